"""The running day that an event meets: as it is asked now, what is fixed, what may still change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Delivery, Plan, Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents, Seconds
from optimizer.planning.drop_charge import dearest_round_trip_cents
from optimizer.planning.pricing import price
from optimizer.recovery.events import BackupCarrier, Breakdown, Event, UrgentOrder
from optimizer.response.receivers import MUSTER_S
from optimizer.response.roads import Roads
from optimizer.response.situation import Underway, on_trip
from optimizer.response.words import RerouteRefused, Reservation
from optimizer.travel.provider import TravelProvider

NOT_YET = "ordered while the day runs; no way for it is decided"


def asked(problem: Problem, event: Event) -> Problem:
    """Give the day as it is asked after an event; proposals answer this problem.

    Raises
    ------
    RerouteRefused
        A line is in the problem already, names what it lacks, or a van has another one's name.
    """
    if isinstance(event, UrgentOrder):
        if len({line.site for line in event.lines}) != 1:
            raise RerouteRefused("CG-1525", "the lines of an urgent order go to one pickup point")
        for line in event.lines:
            _ensure_new(problem, line.key, line.site, line.promise)
        return replace(problem, lines={**problem.lines, **{line.key: line for line in event.lines}})
    if isinstance(event, BackupCarrier):
        fresh = {}
        for van in event.vehicles:
            known = problem.vehicles.get(van.id, van)
            if known != van:
                raise RerouteRefused(
                    "CG-1526", f"vehicle {van.id}: the problem has another vehicle of this id"
                )
            if van.home not in problem.sites or van.type not in problem.bodies:
                raise RerouteRefused(
                    "CG-1526", f"vehicle {van.id}: the problem lacks its home or its type"
                )
            fresh[van.id] = van
        return replace(problem, vehicles={**problem.vehicles, **fresh})
    return problem


def _ensure_new(problem: Problem, key: LineKey, site: str, promise: str) -> None:
    if key in problem.lines or key in problem.collects:
        raise RerouteRefused("CG-1525", f"line {key}: the problem has it already")
    if site not in problem.sites or problem.sites[site].kind is not SiteKind.PICKUP:
        raise RerouteRefused("CG-1525", f"line {key}: {site} is no pickup point of the problem")
    if promise not in problem.promises:
        raise RerouteRefused("CG-1525", f"line {key}: there is no promise class {promise}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What every candidate looks at.

    Parameters
    ----------
    problem
        As it is asked after the event.
    plan
        As it runs, stated for that problem; what is new is unserved in it.
    at
        When we decide.
    before, travel
        Where distances came from before the event, and come from now.
    judge
        What the checker measures with: as ``travel``, but ways that are driven are as they were.
    roads, stated
        The ways by ``travel``, and those by ``judge``.
    dearest_cents
        The dearest round trip, by which lines left out are priced.
    limit, seed
        For the planner.
    reserved
        Room and docks at stations that others have taken.
    """

    problem: Problem
    plan: Plan
    at: Seconds
    before: TravelProvider
    travel: TravelProvider
    judge: TravelProvider
    roads: Roads
    stated: Roads
    dearest_cents: Cents
    limit: Limit
    seed: int
    reserved: tuple[Reservation, ...] = ()

    @property
    def earliest(self) -> Seconds:
        """When a vehicle at home can leave for something that nobody planned."""
        return self.at + MUSTER_S

    def on_road(self) -> list[Underway]:
        """Give the vans in the middle of a trip, in the order of the plan."""
        return [
            on_trip(self.problem, route, self.at)
            for route in self.plan.routes
            if route.echelon is Echelon.LAST_MILE and route.departs <= self.at < route.returns
        ]

    def visited(self, route: Route) -> int:
        """Count the stops of a route whose service has begun."""
        return sum(stop.service_starts <= self.at for stop in route.stops)

    def ahead(self, routes: Iterable[Route]) -> dict[LineKey, Delivery]:
        """Give the lines that vans still have to hand over."""
        return {
            item.key: item
            for route in routes
            if route.echelon is Echelon.LAST_MILE
            for stop in route.stops[self.visited(route) :]
            for item in stop.delivers
        }

    def unserved(
        self, left: Mapping[LineKey, Unserved], served: Iterable[LineKey] = ()
    ) -> tuple[Unserved, ...]:
        """Give what is left out: as the plan has it, less what is served now, and what is new."""
        gone = {*left, *served}
        return (*(one for one in self.plan.unserved if one.key not in gone), *left.values())

    def with_routes(self, changed: Mapping[str, Route]) -> tuple[Route, ...]:
        """Put changed routes in their places, and new ones behind them."""
        known = {route.id for route in self.plan.routes}
        new = [route for name, route in changed.items() if name not in known]
        return (*(changed.get(route.id, route) for route in self.plan.routes), *new)


def day_of(
    problem: Problem,
    plan: Plan,
    event: Event,
    *,
    before: TravelProvider,
    travel: TravelProvider,
    judge: TravelProvider,
    limit: Limit,
    seed: int,
    reserved: Sequence[Reservation] = (),
) -> Day:
    """Look at a day; the problem is the one asked after the event, the plan the running one."""
    names = [site.id for site in problem.sites_of(SiteKind.GRID)]
    names += [stop.site for r in plan.routes if r.returns > event.at for stop in r.stops]
    names += [route.start_site for route in plan.routes]
    names += [problem.lines[one.key].site for one in plan.unserved if one.key in problem.lines]
    if isinstance(event, UrgentOrder):
        names += [line.site for line in event.lines]
    if isinstance(event, Breakdown):
        names += [site.id for site in problem.sites.values() if may_keep_cold(site)]
    roads = Roads.survey(problem, travel, names)
    dearest = dearest_round_trip_cents(problem, before)
    return Day(
        problem=problem,
        plan=_stated(problem, plan, event, dearest),
        at=event.at,
        before=before,
        travel=travel,
        judge=judge,
        roads=roads,
        stated=roads if judge is travel else Roads.survey(problem, judge, names),
        dearest_cents=dearest,
        limit=limit,
        seed=seed,
        reserved=tuple(reserved),
    )


def may_keep_cold(site: Site) -> bool:
    """Say whether goods of others can be left at a place."""
    if site.kind is SiteKind.STATION:
        return True
    return site.kind is SiteKind.PICKUP and bool(site.cells or site.capacity_ml)


def _stated(problem: Problem, plan: Plan, event: Event, dearest: Cents) -> Plan:
    new = event.lines if isinstance(event, UrgentOrder) else ()
    unserved = (
        *plan.unserved,
        *(Unserved(key=i.key, reason=UnservedReason.LEFT_OUT, detail=NOT_YET) for i in new),
    )
    cost = price(problem, plan.routes, unserved, dearest)
    if (plan.problem_digest, plan.unserved, plan.cost) == (problem.digest, unserved, cost):
        # The same object: what the checker has found in it before still holds.
        return plan
    return replace(plan, problem_digest=problem.digest, unserved=unserved, cost=cost)
