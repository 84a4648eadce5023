"""A plan and everything reported about it, together: what boards, lists and tracking look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from api.road.progress import StopProgress, stop_progress
from api.road.words import Event, Fix
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.plan import Plan, Route, Stop
from optimizer.domain.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class StopName:
    """The id of a stop and the visit that it names: which one of its route to this site."""

    id: str
    visit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A planned stop and how far it is.

    Parameters
    ----------
    expected_at, earliest_at, latest_at
        Of a stop that is still ahead; None where it was reached, or passed over unreported.
    """

    id: str
    visit: int
    route: Route
    stop: Stop
    progress: StopProgress
    expected_at: datetime | None = None
    earliest_at: datetime | None = None
    latest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A plan on the road.

    Parameters
    ----------
    visits
        By stop id, route by route in driving order.
    left
        By route, when positions show that its vehicle left.
    """

    id: str
    state: str
    version: int
    problem: Problem
    plan: Plan
    visits: Mapping[str, Visit]
    left: Mapping[str, datetime]
    fixes: Mapping[VehicleId, Fix]

    def visits_of(self, key: LineKey, echelon: Echelon) -> list[Visit]:
        """Give the stops of one echelon that deliver a line."""
        return [
            visit
            for visit in self.visits.values()
            if visit.route.echelon is echelon and key in visit.progress.lines
        ]

    def route_visits(self, route: str) -> list[Visit]:
        """Give the stops of a route in driving order."""
        return [visit for visit in self.visits.values() if visit.route.id == route]


def open_day(
    *,
    id: str,
    state: str,
    problem: Problem,
    plan: Plan,
    names: Mapping[str, tuple[StopName, ...]],
    events: Iterable[Event] = (),
    left: Mapping[str, datetime] | None = None,
    fixes: Mapping[VehicleId, Fix] | None = None,
) -> Day:
    """Lay the events of a plan upon its stops; what is expected comes with ``with_outlook``.

    Parameters
    ----------
    id, state
        Of the plan as it is stored.
    problem, plan
        The question and the version that counts.
    names
        By route, the names of its stops in driving order.
    events
        Everything reported about the plan, in any order.
    left
        By route, when positions show that its vehicle left.
    fixes
        The latest position per vehicle.
    """
    told: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        told[event.stop].append(event)
    visits = {
        name.id: Visit(
            id=name.id,
            visit=name.visit,
            route=route,
            stop=stop,
            progress=stop_progress(
                {item.key: (item.zone, item.mass_g) for item in stop.delivers}, told[name.id]
            ),
        )
        for route in plan.routes
        for name, stop in zip(names[route.id], route.stops, strict=True)
    }
    return Day(
        id=id,
        state=state,
        version=plan.version,
        problem=problem,
        plan=plan,
        visits=visits,
        left=left or {},
        fixes=fixes or {},
    )
