"""Expected times for a whole day: trips of one vehicle follow each other, vans wait for trucks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from api.road.day import Day, Visit
from api.road.eta import Call, Expected, Outlook, Place, Position, Trip, outlook
from api.road.progress import StopState
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, OrderId, SiteId, VehicleId
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem


def with_outlook(day: Day, now: datetime) -> Day:
    """Say of every stop ahead when it will be reached.

    Parameters
    ----------
    day
        The day; its positions and reports are what is known.
    now
        The present instant.
    """
    return replace(day, visits=dict(day.visits) | _Forecast(day, now).visits())


def bearing_on(plan: Plan, routes: Collection[str]) -> Plan:
    """Narrow a plan to what the expected times of some routes depend on.

    That is every trip of their vehicles, and every trip of the trucks that bring their goods.

    Parameters
    ----------
    plan
        The whole plan.
    routes
        Ids of routes.
    """
    vehicles = {route.vehicle for route in plan.routes if route.id in routes}
    keys = {
        item.key
        for route in plan.routes
        if route.vehicle in vehicles and route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in stop.delivers
    }
    for route in plan.routes:
        if route.echelon is Echelon.LINEHAUL and any(
            item.key in keys for stop in route.stops for item in stop.delivers
        ):
            vehicles.add(route.vehicle)
    return replace(plan, routes=tuple(r for r in plan.routes if r.vehicle in vehicles))


def routes_of_order(plan: Plan, order: OrderId) -> frozenset[str]:
    """Give the routes of both echelons that carry any line or collect of an order."""
    return frozenset(
        route.id
        for route in plan.routes
        if any(
            item.key.order == order
            for stop in route.stops
            for item in (*stop.delivers, *stop.collects)
        )
    )


def routes_of_vehicle(plan: Plan, vehicle: VehicleId) -> frozenset[str]:
    """Give the trips of a vehicle."""
    return frozenset(route.id for route in plan.routes if route.vehicle == vehicle)


class _Forecast:
    """One reckoning: trucks first, then vans, each vehicle's trips in order."""

    def __init__(self, day: Day, now: datetime) -> None:
        self._day = day
        self._now = _seconds(day, now)
        self._back: dict[VehicleId, float] = {}
        self._unloaded: dict[tuple[SiteId, LineKey], float] = {}
        self._by_route: dict[str, list[Visit]] = defaultdict(list)
        for visit in day.visits.values():
            self._by_route[visit.route.id].append(visit)
        self._under_way = self._trips_under_way()

    def visits(self) -> dict[str, Visit]:
        """Give the visits that are ahead, with their expected times."""
        found: dict[str, Visit] = {}
        for route in sorted(self._day.plan.routes, key=_trucks_first):
            visits = self._by_route[route.id]
            position = self._position(route, visits)
            answer = outlook(self._trip(route, visits), position, self._now)
            heard_of = position is not None or any(v.progress.last for v in visits)
            # Of a vehicle that never reports the plan is believed, or every trip that waits for
            # it would seem to be late.
            if heard_of:
                self._back[route.vehicle] = answer.back
            expected = {one.stop: one for one in answer.calls}
            found |= {v.id: self._foreseen(v, expected[v.id]) for v in visits if v.id in expected}
            if route.echelon is Echelon.LINEHAUL and heard_of:
                self._note_unloading(visits, answer)
        return found

    def _trip(self, route: Route, visits: Sequence[Visit]) -> Trip:
        starts = [route.departs, *(visit.stop.departs for visit in visits)]
        left = self._day.left.get(route.id)
        return Trip(
            start=_place(self._day.problem, route.start_site),
            departs=route.departs,
            calls=tuple(
                self._call(visit, visit.stop.arrives - start)
                for visit, start in zip(visits, starts, strict=False)
            ),
            back_s=route.returns - starts[-1],
            ready=self._ready(route, visits),
            left=None if left is None else _seconds(self._day, left),
        )

    def _call(self, visit: Visit, drive_s: int) -> Call:
        site, stop, progress = self._day.problem.sites[visit.stop.site], visit.stop, visit.progress
        windows = [
            line.window
            for key in progress.lines
            if (line := self._day.problem.lines.get(key)) is not None and line.window is not None
        ]
        last_mile = visit.route.echelon is Echelon.LAST_MILE
        left = progress.departed_at
        if left is None and progress.state is StopState.SERVED:
            left = progress.handed_at or progress.arrived_at
        return Call(
            stop=visit.id,
            place=Place(lat=site.lat, lon=site.lon),
            drive_s=drive_s,
            service_s=stop.departs - stop.service_starts,
            hours=site.hours,
            not_before=max((w.opens for w in windows), default=0) if last_mile else 0,
            arrived=self._moment(progress.arrived_at),
            left=self._moment(left),
        )

    def _ready(self, route: Route, visits: Sequence[Visit]) -> float:
        """Say when vehicle and goods can be at the start."""
        site = self._day.problem.sites[route.start_site]
        back = self._back.get(route.vehicle)
        moments = [] if back is None else [back + site.service_s]
        for visit in visits:
            for key in visit.progress.lines:
                unloaded = self._unloaded.get((route.start_site, key))
                if unloaded is not None:
                    moments.append(unloaded + site.sorting_s)
        return max(moments, default=0.0)

    def _note_unloading(self, visits: Sequence[Visit], answer: Outlook) -> None:
        """Note when each line is off its last truck at a grid warehouse."""
        for visit in visits:
            ended = answer.leaves.get(visit.id)
            for key in visit.progress.lines if ended is not None else ():
                place = visit.stop.site, key
                self._unloaded[place] = max(self._unloaded.get(place, 0.0), ended or 0.0)

    def _position(self, route: Route, visits: Sequence[Visit]) -> Position | None:
        """Give the vehicle's position where it belongs to this trip and not to another one."""
        fix = self._day.fixes.get(route.vehicle)
        if fix is None or not visits or route.id not in self._under_way:
            return None
        place = Place(lat=fix.lat, lon=fix.lon)
        return Position(at=_seconds(self._day, fix.at), place=place)

    def _trips_under_way(self) -> frozenset[str]:
        """Give each vehicle's first trip whose last stop was not reached."""
        first: dict[VehicleId, str] = {}
        for route in sorted(self._day.plan.routes, key=_trucks_first):
            if not self._is_over(route):
                first.setdefault(route.vehicle, route.id)
        return frozenset(first.values())

    def _is_over(self, route: Route) -> bool:
        return all(visit.progress.is_touched for visit in self._by_route[route.id][-1:])

    def _moment(self, instant: datetime | None) -> float | None:
        return None if instant is None else _seconds(self._day, instant)

    def _foreseen(self, visit: Visit, expected: Expected) -> Visit:
        return replace(
            visit,
            expected_at=_instant(self._day, expected.arrives),
            earliest_at=_instant(self._day, expected.earliest),
            latest_at=_instant(self._day, expected.latest),
        )


def _trucks_first(route: Route) -> tuple[bool, int, int]:
    return route.echelon is not Echelon.LINEHAUL, route.departs, route.trip


def _place(problem: Problem, site: SiteId) -> Place:
    return Place(lat=problem.sites[site].lat, lon=problem.sites[site].lon)


def _seconds(day: Day, instant: datetime) -> float:
    return (instant - day.problem.horizon.start).total_seconds()


def _instant(day: Day, moment: float) -> datetime:
    # Whole seconds: nobody waits for a fraction.
    return day.problem.horizon.instant(0) + timedelta(seconds=round(moment))
