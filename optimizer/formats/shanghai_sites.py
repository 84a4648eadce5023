"""Reads delivery sites: ``Order_id,Spot_id,Site_id,Num,Lng_site,Lat_site,Lng_spot,Lat_spot``.

A row is an order of ``Num`` parcels from a site to a spot. Rows of one spot add up. A spot that
two sites serve is two places to call at, one for each; their ids say which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from optimizer.domain.errors import InputRefused
from optimizer.formats import cells
from optimizer.formats.faults import CellError, FaultLog, shown
from optimizer.formats.foreign_table import read_foreign_table
from optimizer.formats.typed_columns import TypedColumns

CENTRAL = "central"
MOST_PARCELS = 100_000
Place = tuple[float, float]
"""Latitude and longitude in degrees."""
_PLACE_ACTION = "Give all rows of an id the same coordinates, or another place its own id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcels:
    """One row of the file: an order of so many parcels for a spot."""

    order: str
    spot: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySite:
    """A site, the places of its spots, and its orders in the order of the file."""

    id: str
    place: Place
    spots: Mapping[str, Place]
    orders: tuple[Parcels, ...]

    @property
    def parcels(self) -> int:
        """Parcels of all orders."""
        return sum(order.number for order in self.orders)


def read_sites_and_spots(path: Path) -> tuple[DeliverySite, ...]:
    """Read the file; sites by id, numbers in ids compared as numbers.

    Raises
    ------
    InputRefused
        Every fault of the file, with its row.
    """
    log = FaultLog()
    table = read_foreign_table(path, "parcels", log)
    sites = () if table is None else _sites(TypedColumns(table, log))
    if log.faults():
        raise InputRefused(log.faults())
    return sites


def _sites(columns: TypedColumns) -> tuple[DeliverySite, ...]:
    orders = columns.required("Order_id", cells.text)
    spots = columns.required("Spot_id", cells.text)
    sites = columns.required("Site_id", cells.text)
    numbers = columns.required("Num", cells.whole(1, MOST_PARCELS))
    site_places = _places(columns, "site")
    spot_places = _places(columns, "spot")
    columns.refuse_repeated(orders, "Order_id", "CG-1013")
    _refuse_moved(columns, sites, site_places, "Site_id")
    _refuse_moved(columns, spots, spot_places, "Spot_id")
    _refuse_shared(columns, sites, spots)
    rows: dict[str, list[int]] = {}
    served_by: dict[str, set[str]] = {}
    for i in columns.good_rows():
        rows.setdefault(sites[i], []).append(i)
        served_by.setdefault(spots[i], set()).add(sites[i])
    names = [
        f"{spot}@{site}" if len(served_by.get(spot, ())) > 1 else spot
        for site, spot in zip(sites, spots, strict=True)
    ]
    return tuple(
        DeliverySite(
            id=site,
            place=site_places[members[0]],
            spots={names[i]: spot_places[i] for i in members},
            orders=tuple(
                Parcels(order=orders[i], spot=names[i], number=numbers[i]) for i in members
            ),
        )
        for site, members in sorted(rows.items(), key=lambda item: _by_number(item[0]))
    )


def _places(columns: TypedColumns, what: str) -> list[Place]:
    lats = columns.required(f"Lat_{what}", cells.real(-90, 90))
    lons = columns.required(f"Lng_{what}", cells.real(-180, 180))
    return list(zip(lats, lons, strict=True))


def _refuse_moved(
    columns: TypedColumns, ids: Sequence[str], places: Sequence[Place], column: str
) -> None:
    first: dict[str, Place] = {}
    for i in list(columns.good_rows()):
        if first.setdefault(ids[i], places[i]) != places[i]:
            cause = f"{shown(ids[i])} stood elsewhere in an earlier row"
            columns.refuse(i, CellError("CG-1030", cause, _PLACE_ACTION), column)


def _refuse_shared(columns: TypedColumns, sites: Sequence[str], spots: Sequence[str]) -> None:
    """Refuse a spot that bears the id of a site, and what bears that of the central warehouse."""
    taken = {sites[i] for i in columns.good_rows()} | {CENTRAL}
    for i in list(columns.good_rows()):
        for name, column in ((sites[i], "Site_id"), (spots[i], "Spot_id")):
            if name == CENTRAL or (column == "Spot_id" and name in taken):
                cause = f"{shown(name)} is the id of another place"
                columns.refuse(
                    i, CellError("CG-1013", cause, "Give every place its own id"), column
                )


def _by_number(name: str) -> list[tuple[int, int, str]]:
    parts: Iterable[str] = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(1, int(p), "") if p.isdecimal() else (2, 0, p) for p in parts] + [(0, 0, name)]
