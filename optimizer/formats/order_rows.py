"""Order lines: from typed columns to the domain, with what rows say of each other."""

from __future__ import annotations

from collections.abc import Collection

from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.orders import Mode, OrderLine
from optimizer.domain.temperature import COLD_ZONES, Zone
from optimizer.domain.units import SECONDS_PER_HOUR
from optimizer.formats import cells
from optimizer.formats.clock import Clock, Moment
from optimizer.formats.faults import CellError, FaultLog, shown
from optimizer.formats.raw import RawTable
from optimizer.formats.site_rows import SiteIndex
from optimizer.formats.typed_columns import TypedColumns

DEFAULT_PROMISE = {zone: "cold" if zone in COLD_ZONES else "daily" for zone in Zone}
"""The promise class of a line that names none: cold goods the same morning."""


def read_orders(
    table: RawTable, clock: Clock, index: SiteIndex, promises: Collection[str], log: FaultLog
) -> dict[LineKey, OrderLine]:
    """Read ``orders``; the lines of faultless rows, in file order."""
    columns = TypedColumns(table, log)
    keys = _keys(columns)
    sites = columns.required("site", cells.text)
    articles = columns.optional("article", cells.text, "")
    batches = columns.optional("batch", cells.text, None)
    zones = columns.required("zone", cells.word(Zone))
    masses = columns.required("mass_kg", cells.demand)
    volumes = columns.required("volume_l", cells.demand)
    values = columns.optional("value_cents", cells.whole(), 0)
    lives = columns.optional("shelf_life_left_h", cells.seconds_from(SECONDS_PER_HOUR), None)
    named = columns.optional("promise", cells.text, None)
    priorities = columns.optional("priority", cells.whole(1, 1_000_000), 1)
    modes = columns.optional("mode", cells.word(Mode), Mode.PICKUP)
    loading = columns.optional("loading_c", cells.real(-100, 100), None)
    columns.refuse_unknown(named, promises, "promise", "promise class")
    _check_sites(columns, index, sites)
    windows = _windows(columns, clock)
    return {
        keys[i]: OrderLine(
            key=keys[i],
            site=sites[i],
            article=articles[i],
            batch=batches[i],
            zone=zones[i],
            mass_g=masses[i],
            volume_ml=volumes[i],
            value_cents=values[i],
            shelf_life_left_s=lives[i],
            promise=named[i] or DEFAULT_PROMISE[zones[i]],
            priority=priorities[i],
            window=windows[i],
            mode=modes[i],
            loading_c=loading[i],
        )
        for i in columns.good_rows()
    }


def _keys(columns: TypedColumns) -> list[LineKey]:
    """Read the names of the lines; a later line of the same name is refused."""
    orders = columns.required("order", cells.text)
    lines = columns.required("line", cells.text)
    keys = [LineKey(order, line) for order, line in zip(orders, lines, strict=True)]
    columns.refuse_repeated(keys, "line", "CG-1014")
    return keys


def _check_sites(columns: TypedColumns, index: SiteIndex, sites: list[str]) -> None:
    index.refuse_unknown(columns, sites, "site")
    for i, site, kind in index.of_other_kind(sites, SiteKind.PICKUP):
        cause = f"{shown(site)} is a site of kind {kind.value}"
        columns.refuse(i, CellError("CG-1017", cause), "site")


def _windows(columns: TypedColumns, clock: Clock) -> list[TimeWindow | None]:
    opens = columns.optional("window_from", clock.moment, None)
    closes = columns.optional("window_to", clock.moment, None)

    def window(first: Moment | None, last: Moment | None) -> TimeWindow | None:
        if first is None and last is None:
            return None
        if first == last:
            raise CellError("CG-1020", "the window begins and ends at the same time")
        return clock.window(first, last)

    return columns.paired(opens, closes, window, "window_from")
