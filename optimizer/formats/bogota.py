"""Days of a food distributor in Bogotá as problems: ``Date,ClientID,Lat,Lon,Kg,ProductType``.

``read_day`` reads a day file, ``problem_tables`` gives the rows of a problem once it is known
where the grid warehouses stand. Every kilogram that goes in comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from optimizer.domain.errors import InputRefused
from optimizer.domain.temperature import COLD_ZONES, Zone
from optimizer.domain.units import nearest_int
from optimizer.formats import cells
from optimizer.formats.bogota_options import ZONE_OF, BogotaOptions, FleetRule
from optimizer.formats.faults import CellError, FaultLog, shown
from optimizer.formats.foreign_table import read_foreign_table
from optimizer.formats.settings import PROBLEM_SCHEMA
from optimizer.formats.typed_columns import TypedColumns

CENTRAL = "C1"
MOST_KG = 100_000
Place = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client and the kilograms it gets per product type, in the order of the file."""

    id: str
    place: Place
    kilograms: Mapping[str, Decimal]

    @property
    def total_kg(self) -> Decimal:
        """Kilograms of all types."""
        return sum(self.kilograms.values(), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class BogotaDay:
    """One day of deliveries; clients in the order of the file."""

    day: date
    clients: tuple[Client, ...]
    rows: int

    @property
    def total_kg(self) -> Decimal:
        """Kilograms of all clients."""
        return sum((client.total_kg for client in self.clients), Decimal(0))


# --- reading ------------------------------------------------------------------------------------


def read_day(path: Path) -> BogotaDay:
    """Read a day file; rows of one client and type add up.

    Raises
    ------
    InputRefused
        Every fault of the file, with its row.
    """
    log = FaultLog()
    table = read_foreign_table(path, "day", log)
    day = None if table is None else _day(TypedColumns(table, log))
    if log.faults() or day is None:
        raise InputRefused(log.faults())
    return day


def _day(columns: TypedColumns) -> BogotaDay | None:
    dates = columns.required("Date", _date)
    ids = columns.required("ClientID", cells.text)
    lats = columns.required("Lat", cells.real(-90, 90))
    lons = columns.required("Lon", cells.real(-180, 180))
    kilograms = columns.required("Kg", cells.within(most=MOST_KG, above=0))
    types = columns.required("ProductType", lambda cell: cells.one_of(cell, ZONE_OF))
    places: dict[str, Place] = {}
    amounts: dict[str, dict[str, Decimal]] = {}
    first: date | None = None
    good = list(columns.good_rows())
    for i in good:
        first = first or dates[i]
        if dates[i] != first:
            cause = f"{dates[i]} is another day than {first} of the rows before"
            columns.refuse(i, CellError("CG-1029", cause), "Date")
        if places.setdefault(ids[i], (lats[i], lons[i])) != (lats[i], lons[i]):
            cause = f"the client {shown(ids[i])} stood elsewhere in an earlier row"
            columns.refuse(i, CellError("CG-1030", cause))
        amount = amounts.setdefault(ids[i], {})
        amount[types[i]] = amount.get(types[i], Decimal(0)) + kilograms[i]
    if first is None:
        return None
    clients = tuple(
        Client(id=name, place=places[name], kilograms=amount) for name, amount in amounts.items()
    )
    return BogotaDay(day=first, clients=clients, rows=len(good))


def _date(cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError as error:
        action = "Write the date as YYYY-MM-DD"
        raise CellError("CG-1009", f"{shown(cell)} is not a date", action) from error


# --- writing ------------------------------------------------------------------------------------


def problem_tables(
    day: BogotaDay, grids: Sequence[Place], grid_of: Sequence[int], options: BogotaOptions
) -> dict[str, Any]:
    """Give the rows of ``sites``, ``vehicles``, ``orders`` and the content of ``settings``.

    Parameters
    ----------
    day
        The deliveries.
    grids
        Where the grid warehouses stand.
    grid_of
        For each client of the day the index of its grid.
    options
        Everything the day file does not say.
    """
    return {
        "sites": list(_site_rows(day, grids, grid_of, options)),
        "vehicles": list(_vehicle_rows(day, len(grids), grid_of, options)),
        "orders": [row for client in day.clients for row in _order_rows(client, options)],
        "settings": _settings(day, options),
    }


def grid_id(index: int) -> str:
    """Name a grid warehouse."""
    return f"G{index + 1}"


def _site_rows(
    day: BogotaDay, grids: Sequence[Place], grid_of: Sequence[int], options: BogotaOptions
) -> Iterator[dict[str, Any]]:
    house = {"opens": options.grid_opens, "closes": options.grid_closes}
    place: dict[str, Any] = {"lat": options.central_lat, "lon": options.central_lon}
    yield {"id": CENTRAL, "kind": "central", "name": "Central warehouse", **place, **house}
    work = {
        "service_s": options.grid_service_s,
        "docks": options.grid_docks,
        "sorting_min": options.sorting_min,
    }
    for index, (lat, lon) in enumerate(grids):
        name = {"id": grid_id(index), "kind": "grid", "name": f"Grid warehouse {index + 1}"}
        yield {**name, "lat": lat, "lon": lon, **house, **work}
    hours = {"opens": options.opens, "closes": options.closes}
    for client, grid in zip(day.clients, grid_of, strict=True):
        lat, lon = client.place
        name = {"id": client.id, "kind": "pickup", "name": f"Client {client.id}"}
        service = {"service_s": options.client_service_s, "grid": grid_id(grid)}
        yield {**name, "lat": lat, "lon": lon, **hours, **service}


def _vehicle_rows(
    day: BogotaDay, grids: int, grid_of: Sequence[int], options: BogotaOptions
) -> Iterator[dict[str, Any]]:
    """Station large vans by each grid's demand, as many small ones, and trucks by the day's."""
    trucks = _needed(day.clients, options.truck, options)
    yield from _vehicles("truck", options.truck, CENTRAL, trucks)
    largest = max(options.vans.values(), key=lambda van: van.body_l)
    for index in range(grids):
        served = [c for c, grid in zip(day.clients, grid_of, strict=True) if grid == index]
        count = _needed(served, largest, options)
        for kind, van in options.vans.items():
            yield from _vehicles(kind, van, grid_id(index), count)


def _needed(clients: Sequence[Client], rule: FleetRule, options: BogotaOptions) -> int:
    litres = sum((client.total_kg for client in clients), Decimal(0)) * options.litres_per_kg
    return ceil(options.fleet_factor * litres / rule.body_l)


def _vehicles(kind: str, rule: FleetRule, home: str, count: int) -> Iterator[dict[str, Any]]:
    echelon = "linehaul" if home == CENTRAL else "last_mile"
    for number in range(1, count + 1):
        name = {"id": f"{home}-{kind}-{number:02d}", "type": kind, "home": home}
        yield {**name, "echelon": echelon, **rule.columns()}


def _order_rows(client: Client, options: BogotaOptions) -> Iterator[dict[str, Any]]:
    for number, (kind, kilograms) in enumerate(client.kilograms.items(), start=1):
        pieces = _pieces(kilograms, options)
        zone = ZONE_OF[kind]
        for part, mass in enumerate(pieces, start=1):
            yield {
                "order": client.id,
                "line": f"{number}.{part}" if len(pieces) > 1 else str(number),
                "site": client.id,
                "article": kind,
                "zone": zone.value,
                "mass_kg": mass,
                "volume_l": mass * options.litres_per_kg,
                "value_cents": nearest_int(mass * options.value_cents_per_kg),
                "promise": "cold" if zone in COLD_ZONES else "daily",
                "priority": 1,
                "mode": "pickup",
            }


def _pieces(kilograms: Decimal, options: BogotaOptions) -> list[Decimal]:
    """Cut a line that is too large into full pieces and a rest; they add up exactly."""
    if kilograms * options.litres_per_kg <= options.whole_line_l:
        return [kilograms]
    # Whole kilograms, so that no piece gets a fraction that the client's line does not have.
    piece = Decimal(options.piece_l) / options.litres_per_kg // 1
    full, rest = divmod(kilograms, piece)
    return [piece] * int(full) + ([rest] if rest else [])


def _settings(day: BogotaDay, options: BogotaOptions) -> dict[str, Any]:
    zone = ZoneInfo(options.time_zone)
    eve = day.day - timedelta(days=1)
    start = datetime.combine(eve, time.fromisoformat(options.start), zone)
    closing = datetime.combine(day.day, time.fromisoformat(options.closes), zone)
    deadline_h = (closing - start).total_seconds() / 3600
    speeds = {kind: rule.speed_kmh for kind, rule in options.vans.items()}
    cold = [Zone.FROZEN.value, Zone.CHILLED.value]
    return {
        "schema": PROBLEM_SCHEMA,
        "id": f"bogota-{day.day}",
        "time_zone": options.time_zone,
        "horizon_start": start.isoformat(),
        "ambient_c": options.ambient_c,
        "travel": {
            "provider": "great_circle",
            "circuity": options.circuity,
            "speed_kmh": {"truck": options.truck.speed_kmh, **speeds},
        },
        "waves": [{"id": "morning", "departs": options.wave}],
        "promises": {
            name: {"deadline_h": deadline_h, "cents_per_min_late": cents}
            for name, cents in options.cents_per_min_late.items()
        },
        "time_on_board_h": dict.fromkeys(cold, options.time_on_board_h),
        "radius_km": None,
    }
