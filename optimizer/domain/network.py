"""Sites, their hours and their stock: central and grid warehouses, pickup points, stations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from optimizer.domain.ids import ArticleId, SiteId
from optimizer.domain.later import LATER
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Grams, Millilitres, Seconds


class SiteKind(Enum):
    """What a site is in the two-echelon network (depot, satellite, customer, emergency stop)."""

    CENTRAL = "central"
    GRID = "grid"
    PICKUP = "pickup"
    STATION = "station"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TimeWindow:
    """A closed interval of seconds from the horizon start."""

    opens: Seconds
    closes: Seconds

    def __contains__(self, moment: Seconds) -> bool:
        return self.opens <= moment <= self.closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place goods pass through.

    Parameters
    ----------
    id, kind, name
        As the user's file gives them.
    lat, lon
        WGS 84 degrees.
    hours
        Opening hours over the horizon, ascending, not overlapping. Service starts inside one.
    service_s
        Time one visit takes.
    docks
        Vehicles served at once; None means no limit.
    sorting_s
        From a truck's unloading to the goods being ready for the vans; grid warehouses only.
    capacity_ml
        Room per zone for one day's goods; a zone that is absent has no limit.
    grid
        The grid warehouse that serves a pickup point, where the user fixed it.
    needs
        Skills that a vehicle must have to call here.
    cells, cell_ml
        Locker cells per zone at a pickup point, and what one cell holds; a zone that is absent
        has no cells, and its goods need none. Orders do not share a cell.
    """

    id: SiteId
    kind: SiteKind
    name: str
    lat: float
    lon: float
    hours: tuple[TimeWindow, ...]
    service_s: Seconds = 0
    docks: int | None = None
    sorting_s: Seconds = 0
    capacity_ml: Mapping[Zone, Millilitres] = field(default_factory=dict)
    grid: SiteId | None = None
    needs: frozenset[str] = field(default=frozenset(), metadata=LATER)
    cells: Mapping[Zone, int] = field(default_factory=dict, metadata=LATER)
    cell_ml: Millilitres = field(default=0, metadata=LATER)

    def is_open(self, moment: Seconds) -> bool:
        """Say whether service may start at this moment."""
        return any(moment in window for window in self.hours)

    def next_open(self, moment: Seconds) -> Seconds | None:
        """Give the first moment, not before this one, at which service may start."""
        for window in self.hours:
            if moment <= window.closes:
                return max(moment, window.opens)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Goods of one article that already lie at a site; linehaul carries demand minus stock."""

    site: SiteId
    article: ArticleId
    mass_g: Grams
    volume_ml: Millilitres
