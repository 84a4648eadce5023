"""The loading list as CSV for spreadsheets; the manifest's CSV is that of the command line."""

from __future__ import annotations

import csv
import io

from api.manifests.docks import DockTime, LoadingList
from optimizer.domain.problem import Horizon
from optimizer.domain.temperature import ZONES
from optimizer.domain.units import thousands
from optimizer.formats.manifest import safe_cell

COLUMNS = (
    "dock", "work", "vehicle", "trip", "wave", "from", "to", "departs", "goods_sorted",
    "first_stop",
    *(f"{zone.value}_{unit}" for zone in ZONES for unit in ("kg", "l", "boxes", "ice_kg")),
)  # fmt: skip


def loading_list_csv(listing: LoadingList, horizon: Horizon) -> str:
    """Write the loading list of one site; instants are RFC 3339 with the local offset.

    Parameters
    ----------
    listing
        The loading list.
    horizon
        From when its seconds count.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    writer.writerows(_row(one, horizon) for one in listing.times)
    return buffer.getvalue()


def _row(one: DockTime, horizon: Horizon) -> list[object]:
    amounts = {amount.zone: amount for amount in one.amounts}
    boxes = {box.zone: box for box in one.boxes}
    row: list[object] = [
        "" if one.dock is None else one.dock,
        "load" if one.loads else "unload",
        safe_cell(one.vehicle),
        one.trip,
        safe_cell(one.wave),
        horizon.instant(one.starts).isoformat(),
        horizon.instant(one.ends).isoformat(),
        horizon.instant(one.departs).isoformat(),
        "" if one.ready is None else horizon.instant(one.ready).isoformat(),
        "" if one.first_stop is None else safe_cell(one.first_stop.id),
    ]
    for zone in ZONES:
        amount, box = amounts.get(zone), boxes.get(zone)
        row += (
            ["", ""]
            if amount is None
            else [thousands(n) for n in (amount.mass_g, amount.volume_ml)]
        )
        row += ["", ""] if box is None else [box.count, box.ice_kg]
    return row
