"""Opens plans on the road: the version that counts, with all that was reported about it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.road.day import Day, StopName, Visit, open_day
from api.road.forecast import bearing_on, with_outlook
from api.road.progress import stop_progress
from api.road.rules import CLOCK_TOLERANCE
from api.road.words import Event, Fix
from api.services.plan_book import OpenPlan, PlanBook
from api.storage import plans, road, stops
from api.storage.database import Database, Transaction
from api.storage.road import Leg
from api.storage.stops import StopRow
from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem

Choice = Callable[[Plan], Collection[str]]
"""Picks routes of a plan by id."""

BEFORE_DEPARTURE = timedelta(minutes=15)
"""A vehicle seen away from its start earlier than this before its departure drives for others."""

POSITIONS_SPEAK = timedelta(hours=3)
"""A position older than this says nothing any more about where a vehicle is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStop:
    """A stop with the plan and the version that it stands in."""

    row: StopRow
    opened: OpenPlan
    visit: Visit


class RoadDays:
    """Puts plans and events together."""

    def __init__(self, database: Database, book: PlanBook) -> None:
        self._database = database
        self._book = book

    def day(self, plan: str, now: datetime, only: Choice | None = None) -> Day:
        """Open a plan with its events and positions, without expected times.

        Parameters
        ----------
        plan
            The plan's id.
        now
            The present instant.
        only
            Chooses routes: the day is narrowed to them and what their times depend on.

        Raises
        ------
        Refusal
            There is no such plan.
        """
        opened = self._book.open(plan)
        if only is not None:
            opened = replace(opened, plan=bearing_on(opened.plan, only(opened.plan)))
        named = names(plan, opened.plan)
        with self._database.read() as tx:
            fixes = self._fixes(tx, opened, now)
            ids = [name.id for some in named.values() for name in some]
            events = (
                road.events_of_plan(tx, plan) if only is None else road.events_of_stops(tx, ids)
            )
            return open_day(
                id=plan,
                state=opened.head.state,
                problem=opened.problem,
                plan=opened.plan,
                names=named,
                events=events,
                left=self._left(tx, opened, now),
                fixes=fixes,
            )

    def day_ahead(self, plan: str, now: datetime, only: Choice | None = None) -> Day:
        """Open a plan with its events, positions and expected times.

        Parameters
        ----------
        plan
            The plan's id.
        now
            The present instant.
        only
            Chooses routes: the day is narrowed to them and what their times depend on.

        Raises
        ------
        Refusal
            There is no such plan.
        """
        return with_outlook(self.day(plan, now, only), now)

    def stop(self, row: StopRow) -> OpenStop:
        """Open a stop in the version that counts, or else in the newest version that has it.

        Raises
        ------
        Refusal
            Its plan is gone.
        """
        opened = self._book.open(row.plan)
        visit = planned_visit(row, opened.plan)
        if visit is not None:
            return OpenStop(row=row, opened=opened, visit=visit)
        with self._database.read() as tx:
            versions = [note.version for note in plans.notes(tx, row.plan)]
        for version in sorted(versions, reverse=True):
            opened = self._book.open(row.plan, version)
            visit = planned_visit(row, opened.plan)
            if visit is not None:
                return OpenStop(row=row, opened=opened, visit=visit)
        raise AssertionError(f"{row.id} stands in no version of {row.plan}")

    def _fixes(self, tx: Transaction, opened: OpenPlan, now: datetime) -> Mapping[VehicleId, Fix]:
        vehicles = {route.vehicle for route in opened.plan.routes}
        since = max(opened.plan.horizon.start, now - POSITIONS_SPEAK)
        return road.latest_fixes(tx, vehicles, since, now + CLOCK_TOLERANCE)

    def _left(self, tx: Transaction, opened: OpenPlan, now: datetime) -> dict[str, datetime]:
        """Say when vehicles were first seen away from where their first trip starts.

        Later trips are left to reports: until the trip before is over a vehicle is away anyway.
        """
        left: dict[str, datetime] = {}
        for route in first_trips(opened.plan).values():
            leg = _leg(opened.problem, route)
            if leg.since <= now:
                seen = road.first_away(tx, leg)
                if seen is not None:
                    left[route.id] = seen
        return left


def names(plan_id: str, plan: Plan) -> dict[str, tuple[StopName, ...]]:
    """Name the stops of every route."""
    return {
        route.id: tuple(
            StopName(id=stops.stop_id(plan_id, route.id, stop.site, visit), visit=visit)
            for visit, stop in stops.visits(route)
        )
        for route in plan.routes
    }


def planned_visit(row: StopRow, plan: Plan) -> Visit | None:
    """Find a stop in a version of its plan, without any event; None where it is not there."""
    for route in plan.routes:
        if route.id == row.route:
            for visit, stop in stops.visits(route):
                if (stop.site, visit) == (row.site, row.visit):
                    planned = {item.key: (item.zone, item.mass_g) for item in stop.delivers}
                    progress = stop_progress(planned, ())
                    return Visit(id=row.id, visit=visit, route=route, stop=stop, progress=progress)
    return None


def first_trips(plan: Plan) -> dict[VehicleId, Route]:
    """Give each vehicle's first trip."""
    first: dict[VehicleId, Route] = {}
    for route in sorted(plan.routes, key=lambda r: (r.departs, r.trip)):
        first.setdefault(route.vehicle, route)
    return first


def told(visit: Visit, events: list[Event]) -> Visit:
    """Lay events upon a stop."""
    planned = {item.key: (item.zone, item.mass_g) for item in visit.stop.delivers}
    return Visit(
        id=visit.id,
        visit=visit.visit,
        route=visit.route,
        stop=visit.stop,
        progress=stop_progress(planned, events),
    )


def _leg(problem: Problem, route: Route) -> Leg:
    site = problem.sites[route.start_site]
    return Leg(
        vehicle=route.vehicle,
        lat=site.lat,
        lon=site.lon,
        since=problem.horizon.instant(route.departs) - BEFORE_DEPARTURE,
        until=problem.horizon.instant(route.returns),
    )
