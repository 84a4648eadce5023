"""The question that linehaul is asked, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.domain.ids import SiteId, WaveId
from optimizer.domain.plan import Delivery, Route, Unserved
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Seconds

Call = tuple[SiteId, WaveId]
"""A grid warehouse and the wave it supplies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridDemand:
    """What trucks must bring to one grid warehouse for one wave.

    Parameters
    ----------
    deliveries
        The lines, less what the grid has in stock.
    due
        Unloading should be done by then: the wave's departure less the sorting time.
    latest
        Unloading must be done by then; None where late goods are better than none.
    """

    grid: SiteId
    wave: WaveId
    deliveries: tuple[Delivery, ...]
    due: Seconds
    latest: Seconds | None = None

    @property
    def call(self) -> Call:
        """The name of this demand."""
        return self.grid, self.wave

    @property
    def zones(self) -> frozenset[Zone]:
        """The zones of its goods."""
        return frozenset(delivery.zone for delivery in self.deliveries)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinehaulPlan:
    """The trucks' day.

    Parameters
    ----------
    ready
        When the goods of a call are sorted: its last unloading plus the grid's sorting time.
        A call to which no truck goes is absent.
    unserved
        Lines that no truck brings in full.
    gap
        Proved distance of the choice of tours from its optimum, as a share of its cost; it does
        not cover the timetable. None where the solver proved nothing.
    """

    routes: tuple[Route, ...]
    ready: Mapping[Call, Seconds]
    unserved: tuple[Unserved, ...]
    gap: float | None = None
