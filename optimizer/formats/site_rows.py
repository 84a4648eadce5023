"""Sites and their stock: from typed columns to the domain, with what rows say of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site, SiteKind, Stock, TimeWindow
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import SECONDS_PER_DAY, SECONDS_PER_MINUTE, Millilitres
from optimizer.formats import cells
from optimizer.formats.clock import Clock
from optimizer.formats.faults import CellError, FaultLog, shown
from optimizer.formats.raw import RawTable
from optimizer.formats.typed_columns import TypedColumns

MOST_CELLS = 100_000
_cells = cells.whole(0, MOST_CELLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteIndex:
    """What other tables may refer to: every id that could be read, of faulty rows too.

    A kind that could not be read is None: whatever refers to the site is not judged by it. Where
    ``complete`` is false, some id could not be read, and no reference is called unknown.
    """

    kinds: Mapping[SiteId, SiteKind | None]
    complete: bool

    def refuse_unknown(self, columns: TypedColumns, ids: list[SiteId], column: str) -> None:
        """Note the rows that refer to no site."""
        if self.complete:
            columns.refuse_unknown(ids, self.kinds, column, "site")

    def of_other_kind(
        self, ids: list[SiteId], *kinds: SiteKind
    ) -> Iterator[tuple[int, SiteId, SiteKind]]:
        """Give index, id and kind of references to a site that is of another kind."""
        for index, site in enumerate(ids):
            kind = self.kinds.get(site)
            if kind is not None and kind not in kinds:
                yield index, site, kind


def capacities(columns: TypedColumns) -> list[dict[Zone, Millilitres | None]]:
    """Read the three columns of litres per zone; an empty cell is None."""
    per_zone = [columns.optional(f"cap_{zone.value}_l", cells.room, None) for zone in ZONES]
    return [dict(zip(ZONES, row, strict=True)) for row in zip(*per_zone, strict=True)]


def given(capacity: Mapping[Zone, Millilitres | None]) -> dict[Zone, Millilitres]:
    """Keep the zones for which litres are given."""
    return {zone: litres for zone, litres in capacity.items() if litres is not None}


def read_sites(
    table: RawTable, clock: Clock, log: FaultLog
) -> tuple[dict[SiteId, Site], SiteIndex]:
    """Read ``sites``.

    Returns
    -------
    dict[SiteId, Site]
        The sites of faultless rows, in file order.
    SiteIndex
        What other tables may refer to.
    """
    columns = TypedColumns(table, log)
    ids = columns.required("id", cells.text)
    columns.refuse_repeated(ids, "id", "CG-1013")
    kinds = columns.required("kind", cells.word(SiteKind))
    index = _index(ids, kinds)
    fields: dict[str, Sequence[Any]] = {
        "id": ids,
        "kind": kinds,
        "name": [name or ids[i] for i, name in enumerate(columns.optional("name", cells.text, ""))],
        "lat": columns.required("lat", cells.real(-90, 90)),
        "lon": columns.required("lon", cells.real(-180, 180)),
        "service_s": columns.optional("service_s", cells.whole(0, SECONDS_PER_DAY), 0),
        "docks": columns.optional("docks", cells.whole(1), None),
        "sorting_s": columns.optional("sorting_min", cells.seconds_from(SECONDS_PER_MINUTE), 0),
        "capacity_ml": [given(row) for row in capacities(columns)],
        "grid": _grids(columns, index, kinds),
        "hours": _hours(columns, clock),
        "needs": columns.optional("needs", cells.skills, frozenset()),
        "cell_ml": columns.optional("cell_l", cells.step, 0),
    }
    fields["cells"] = _lockers(columns, kinds, fields["cell_ml"])
    return {record["id"]: Site(**record) for record in columns.good_records(fields)}, index


def _hours(columns: TypedColumns, clock: Clock) -> list[tuple[TimeWindow, ...]]:
    opens = columns.optional("opens", clock.moment, None)
    closes = columns.optional("closes", clock.moment, None)
    return columns.paired(opens, closes, clock.hours, "opens")


def _lockers(
    columns: TypedColumns, kinds: Sequence[SiteKind | None], sizes: Sequence[Millilitres]
) -> list[dict[Zone, int]]:
    """Read the locker cells per zone; they stand at pickup points and have a size."""
    per_zone = [columns.optional(f"cells_{z.value}", _cells, None) for z in ZONES]
    lockers: list[dict[Zone, int]] = []
    for i, row in enumerate(zip(*per_zone, strict=True)):
        lockers.append({z: n for z, n in zip(ZONES, row, strict=True) if n is not None})
        if not lockers[i]:
            continue
        column = f"cells_{next(iter(lockers[i])).value}"
        kind = kinds[i]
        if kind not in {SiteKind.PICKUP, None}:
            cause = f"a site of kind {kind.value} has locker cells"
            columns.refuse(i, CellError("CG-1032", cause), column)
        elif sizes[i] == 0:
            columns.refuse(i, CellError("CG-1033", "the cells have no size"), "cell_l")
    return lockers


def _index(ids: Sequence[SiteId | None], kinds: Sequence[SiteKind | None]) -> SiteIndex:
    named = {site: kind for site, kind in zip(ids, kinds, strict=True) if site is not None}
    return SiteIndex(kinds=named, complete=None not in ids)


def _grids(
    columns: TypedColumns, index: SiteIndex, kinds: Sequence[SiteKind]
) -> list[SiteId | None]:
    """Read the grid warehouses that serve pickup points; nothing else may name one."""
    grids = columns.optional("grid", cells.text, None)
    known = [site for site, kind in index.kinds.items() if kind in {SiteKind.GRID, None}]
    if index.complete:
        columns.refuse_unknown(grids, known, "grid", "grid warehouse")
    for i, (kind, grid) in enumerate(zip(kinds, grids, strict=True)):
        if grid is not None and kind not in {SiteKind.PICKUP, None}:
            cause = f"a site of kind {kind.value} is not served by the grid {shown(grid)}"
            error = CellError("CG-1015", cause, "Leave grid empty unless kind is pickup")
            columns.refuse(i, error, "grid")
    return grids


def read_stock(table: RawTable, index: SiteIndex, log: FaultLog) -> tuple[Stock, ...]:
    """Read ``stock``; several rows of one site and article add up."""
    columns = TypedColumns(table, log)
    sites = columns.required("site", cells.text)
    articles = columns.required("article", cells.text)
    masses = columns.required("mass_kg", cells.room)
    volumes = columns.required("volume_l", cells.room)
    index.refuse_unknown(columns, sites, "site")
    return tuple(
        Stock(site=sites[i], article=articles[i], mass_g=masses[i], volume_ml=volumes[i])
        for i in columns.good_rows()
    )
