"""Empties and returns that wait at pickup points: from typed columns to the domain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import Collect, CollectKind
from optimizer.domain.temperature import Zone
from optimizer.formats import cells
from optimizer.formats.faults import CellError, FaultLog, shown
from optimizer.formats.raw import RawTable
from optimizer.formats.site_rows import SiteIndex
from optimizer.formats.typed_columns import TypedColumns


def read_collects(
    table: RawTable, index: SiteIndex, lines: Collection[LineKey], log: FaultLog
) -> dict[LineKey, Collect]:
    """Read ``collects``.

    Parameters
    ----------
    table
        The rows.
    index
        The sites that may be named.
    lines
        Names of order lines, which no collect may bear.
    log
        Where faults go.

    Returns
    -------
    dict[LineKey, Collect]
        What faultless rows say, in file order.
    """
    columns = TypedColumns(table, log)
    orders = columns.required("order", cells.text)
    numbers = columns.required("line", cells.text)
    keys = [LineKey(order, line) for order, line in zip(orders, numbers, strict=True)]
    columns.refuse_repeated(keys, "line", "CG-1014")
    for i in list(columns.good_rows()):
        if keys[i] in lines:
            cause = f"{shown(str(keys[i]))} is an order line as well"
            columns.refuse(i, CellError("CG-1035", cause), "line")
    fields: dict[str, Sequence[Any]] = {
        "key": keys,
        "site": _sites(columns, index),
        "kind": columns.required("kind", cells.word(CollectKind)),
        "zone": columns.required("zone", cells.word(Zone)),
        "mass_g": columns.required("mass_kg", cells.demand),
        "volume_ml": columns.required("volume_l", cells.demand),
        "value_cents": columns.optional("value_cents", cells.whole(), 0),
    }
    return {record["key"]: Collect(**record) for record in columns.good_records(fields)}


def _sites(columns: TypedColumns, index: SiteIndex) -> list[SiteId]:
    sites = columns.required("site", cells.text)
    index.refuse_unknown(columns, sites, "site")
    for i, site, kind in index.of_other_kind(sites, SiteKind.PICKUP):
        cause = f"{shown(site)} is a site of kind {kind.value}"
        action = "Write the id of a site of kind pickup: vans collect there"
        columns.refuse(i, CellError("CG-1017", cause, action), "site")
    return sites
