"""The settings key ``cut_offs``: which sites take no orders in the last days before a festival."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from optimizer.domain.cut_off import CutOff
from optimizer.domain.ids import SiteId
from optimizer.domain.network import SiteKind
from optimizer.formats import cells
from optimizer.formats.faults import CellError, nearest, shown
from optimizer.formats.settings import FIRST_YEAR, LAST_YEAR
from optimizer.formats.settings_nodes import Node
from optimizer.formats.site_rows import SiteIndex

MOST_DAYS = 366
_days = cells.whole(0, MOST_DAYS)


def read_cut_offs(node: Node, index: SiteIndex) -> tuple[CutOff, ...]:
    """Read the list; what cannot be read is noted and left out.

    Parameters
    ----------
    node
        The value of ``cut_offs``; absent means none.
    index
        The sites that may be named.
    """
    cut_offs = []
    for item in node.items():
        item.only(("festival", "days", "sites"))
        festival = item.child("festival").required(_date)
        days = item.child("days").required(_days)
        sites = [site for entry in item.child("sites").items() if (site := _site(entry, index))]
        if item.child("sites").value in (None, []):
            item.child("sites").fault("CG-1006", "no site is named", "Name at least one site")
        if festival is not None and days is not None:
            cut_offs.append(CutOff(festival=festival, days=days, sites=frozenset(sites)))
    return tuple(cut_offs)


def cut_offs_document(cut_offs: Iterable[CutOff]) -> list[dict[str, Any]]:
    """Write the list so that reading gives it back."""
    return [
        {"festival": cut.festival.isoformat(), "days": cut.days, "sites": sorted(cut.sites)}
        for cut in cut_offs
    ]


def _date(cell: str) -> date:
    try:
        day = date.fromisoformat(cell)
    except ValueError as error:
        action = "Write a date such as 2026-02-17"
        raise CellError("CG-1009", f"{shown(cell)} is not a date", action) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        action = f"Write a date of the years {FIRST_YEAR} to {LAST_YEAR}"
        raise CellError("CG-1008", f"{shown(cell)} is out of range", action)
    return day


def _site(node: Node, index: SiteIndex) -> SiteId | None:
    """Read the id of a pickup point; None where there is none of this id."""
    site = node.required(cells.text)
    if site is None:
        return None
    kind = index.kinds.get(site)
    if kind is not None and kind is not SiteKind.PICKUP:
        cause = f"{shown(site)} is a site of kind {kind.value}, which takes no orders"
        node.fault("CG-1015", cause, "Name sites of kind pickup")
        return None
    if site not in index.kinds and index.complete:
        near = nearest(site, index.kinds)
        meant = "" if near is None else f"; did you mean {shown(near)}?"
        node.fault("CG-1015", f"there is no site {shown(site)}{meant}")
    return site
