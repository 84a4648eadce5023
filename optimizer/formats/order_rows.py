"""Order lines: from typed columns to the domain, with what rows say of each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.objective import Promise
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
MOST_PRIORITY = 1_000_000

_hours = cells.seconds_from(SECONDS_PER_HOUR)


def read_orders(
    table: RawTable,
    clock: Clock,
    index: SiteIndex,
    promises: Mapping[str, Promise] | None,
    log: FaultLog,
) -> dict[LineKey, OrderLine]:
    """Read ``orders``; the lines of faultless rows, in file order.

    Without known promise classes no line's class is called unknown.
    """
    columns = TypedColumns(table, log)
    keys = _keys(columns)
    zones = columns.required("zone", cells.word(Zone))
    fields: dict[str, Sequence[Any]] = {
        "key": keys,
        "site": _sites(columns, index),
        "article": columns.optional("article", cells.text, ""),
        "batch": columns.optional("batch", cells.text, None),
        "zone": zones,
        "mass_g": columns.required("mass_kg", cells.demand),
        "volume_ml": columns.required("volume_l", cells.demand),
        "value_cents": columns.optional("value_cents", cells.whole(), 0),
        "shelf_life_left_s": columns.optional("shelf_life_left_h", _hours, None),
        "promise": _promises(columns, zones, promises),
        "priority": columns.optional("priority", cells.whole(1, MOST_PRIORITY), 1),
        "mode": columns.optional("mode", cells.word(Mode), Mode.PICKUP),
        "loading_c": columns.optional("loading_c", cells.real(-100, 100), None),
        "window": _windows(columns, clock),
        "ordered_s": columns.optional("ordered_at", clock.ordered, None),
    }
    if clock.certain:
        _check_ordered(columns, fields, promises)
    return {record["key"]: OrderLine(**record) for record in columns.good_records(fields)}


def _keys(columns: TypedColumns) -> list[LineKey]:
    """Read the names of the lines; a later line of the same name is refused."""
    orders = columns.required("order", cells.text)
    lines = columns.required("line", cells.text)
    keys = [LineKey(order, line) for order, line in zip(orders, lines, strict=True)]
    columns.refuse_repeated(keys, "line", "CG-1014")
    return keys


def _sites(columns: TypedColumns, index: SiteIndex) -> list[SiteId]:
    sites = columns.required("site", cells.text)
    index.refuse_unknown(columns, sites, "site")
    for i, site, kind in index.of_other_kind(sites, SiteKind.PICKUP):
        cause = f"{shown(site)} is a site of kind {kind.value}"
        columns.refuse(i, CellError("CG-1017", cause), "site")
    return sites


def _promises(
    columns: TypedColumns, zones: Sequence[Zone], known: Collection[str] | None
) -> list[str | None]:
    """Read the promise classes; the zone of a line gives that of one that names none."""
    named = columns.optional("promise", cells.text, None)
    if known is not None:
        columns.refuse_unknown(named, known, "promise", "promise class")
    return [name or DEFAULT_PROMISE.get(zone) for name, zone in zip(named, zones, strict=True)]


def _check_ordered(
    columns: TypedColumns,
    fields: Mapping[str, Sequence[Any]],
    promises: Mapping[str, Promise] | None,
) -> None:
    """Refuse lines that were ordered when it was too late for them.

    So a time of day of the evening before is noticed, which would count as the evening after.
    """
    for i in list(columns.good_rows()):
        ordered, window = fields["ordered_s"][i], fields["window"][i]
        if ordered is None:
            continue
        promise = (promises or {}).get(fields["promise"][i])
        if window is not None and ordered >= window.closes:
            too_late = "its window ends"
        elif promise is not None and ordered >= promise.deadline_s:
            too_late = f"the deadline of {shown(fields['promise'][i])}"
        else:
            continue
        columns.refuse(i, CellError("CG-1034", f"the order came after {too_late}"), "ordered_at")


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
