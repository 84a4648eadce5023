"""What happens on the road: reports in, stops, expected times and tracking out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.problem_details import Refusal
from api.road.collects import CollectTrack, track_collects
from api.road.day import Day, Visit
from api.road.forecast import routes_of_order, routes_of_vehicle
from api.road.rules import Objection, not_on_the_road, not_theirs, objections, too_early
from api.road.tasks import TaskRules, custody, tasks_of, uncollected
from api.road.tracking import LineTrack, track
from api.road.words import MOVES_GOODS, Event, Fix, Kind, Report
from api.security.narrowing import require_site, require_vehicle, sees
from api.security.principal import Principal
from api.services.plan_book import PlanBook
from api.services.road_days import OpenStop, RoadDays, told
from api.storage import road, stops, tasks
from api.storage.database import Database, Transaction
from api.storage.road import NamedFix
from api.storage.stops import StopRow

ATTEMPTS = 5
"""How often a report is judged anew because the plan got another version meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody reports about a stop, before it is stored."""

    id: str
    kind: Kind
    at: datetime
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An event as it is stored, and whether it had been sent before."""

    event: Event
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where a vehicle was, under the sender's name for this position."""

    id: str
    at: datetime
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTrack:
    """An order's lines in the newest plan that it rides with, and what is collected for it."""

    order: str
    day: Day
    lines: list[LineTrack]
    collects: list[CollectTrack]


class Road:
    """Takes reports and answers where everything is.

    Parameters
    ----------
    clock
        Gives the current instant.
    rules
        How long people have for the tasks that reports give rise to.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        *,
        clock: Callable[[], datetime],
        rules: TaskRules,
    ) -> None:
        self._database = database
        self._days = RoadDays(database, book)
        self._clock = clock
        self._rules = rules

    def stops(self, plan: str, caller: Principal) -> tuple[Day, list[Visit]]:
        """Give the stops of a plan that the caller may see, route by route in driving order.

        Raises
        ------
        Refusal
            There is no such plan, or it is a draft.
        """
        mine = caller.vehicle
        # Drivers ask often, and for one vehicle: the other routes need not be looked at.
        only = None if mine is None else lambda whole: routes_of_vehicle(whole, mine)
        day = self._days.day_ahead(plan, self._clock(), only)
        if day.state == "draft":
            raise Refusal(
                "CG-7302", f"plan {plan} is a draft; its stops are there once it is published"
            )
        visible = [
            visit
            for visit in day.visits.values()
            if sees(caller, vehicle=visit.route.vehicle, site=visit.stop.site)
        ]
        return day, visible

    def stop(self, stop: str, caller: Principal) -> tuple[Day, Visit]:
        """Give a stop.

        Raises
        ------
        Refusal
            There is no such stop, or it is not the caller's.
        """
        row = self._row(stop, caller)
        day = self._days.day_ahead(row.plan, self._clock(), lambda _: {row.route})
        known = day.visits.get(stop)
        if known is not None:
            return day, known
        opened = self._days.stop(row)
        with self._database.read() as tx:
            return day, told(opened.visit, road.events_of_stop(tx, stop))

    def events(self, stop: str, caller: Principal) -> list[Event]:
        """Give the events of a stop in the order in which they happened.

        Raises
        ------
        Refusal
            There is no such stop, or it is not the caller's.
        """
        self._row(stop, caller)
        with self._database.read() as tx:
            return sorted(road.events_of_stop(tx, stop), key=lambda e: (e.at, e.number))

    def report(self, stop: str, said: Told, caller: Principal) -> Stored:
        """Store a report; sent again it is answered with what was stored the first time.

        Raises
        ------
        Refusal
            There is no such stop, it is not the caller's, or the report cannot be true.
        """
        row = self._row(stop, caller)
        _insist(not_theirs(said.kind, caller.role.value))
        for _ in range(ATTEMPTS):
            opened = self._days.stop(row)
            event = Event(
                number=0,
                id=said.id,
                plan=row.plan,
                stop=row.id,
                vehicle=row.vehicle,
                kind=said.kind,
                at=said.at,
                report=said.report,
                received_at=self._clock(),
                received_from=caller.name,
            )
            with self._database.write() as tx:
                stored = self._store(tx, opened, event)
            if stored is not None:
                return stored
        raise Refusal("CG-7013", f"plan {row.plan} is changed all the time; send the event again")

    def report_positions(
        self, vehicle: str, seen: Sequence[Seen], caller: Principal
    ) -> tuple[int, int]:
        """Store positions of a vehicle; give how many were new and how many were known.

        Raises
        ------
        Refusal
            No plan knows the vehicle, it is not the caller's, or a position cannot be true.
        """
        require_vehicle(caller, vehicle)
        now = self._clock()
        for one in seen:
            _insist(too_early(one.at, now))
        fixes = {one.id: Fix(vehicle=vehicle, at=one.at, lat=one.lat, lon=one.lon) for one in seen}
        named = [
            NamedFix(id=name, fix=fix, received_at=now, received_from=caller.name)
            for name, fix in fixes.items()
        ]
        with self._database.write() as tx:
            if not road.knows_vehicle(tx, vehicle):
                raise Refusal("CG-7001", f"no published plan has a vehicle {vehicle}")
            new = road.add_positions(tx, named)
            if new < len(seen):
                _refuse_other_content(seen, fixes, road.positions_named(tx, fixes))
        return new, len(seen) - new

    def track(self, order: str, caller: Principal) -> OrderTrack:
        """Say where an order is.

        Raises
        ------
        Refusal
            No published plan knows the order, or none of its lines is the caller's to see.
        """
        with self._database.read() as tx:
            plan = road.plan_of_order(tx, order)
        if plan is None:
            raise Refusal("CG-7001", f"no published plan has an order {order}")
        now = self._clock()
        day = self._days.day_ahead(plan, now, lambda whole: routes_of_order(whole, order))
        lines = track(day, order, now)
        collects = track_collects(day, order)
        every: list[LineTrack | CollectTrack] = [*lines, *collects]
        if every and not any(_shown(caller, one) for one in every):
            require_site(caller, every[0].site)
            require_vehicle(caller, every[0].vehicle or "none, for it is left out")
        return OrderTrack(
            order=order,
            day=day,
            lines=[line for line in lines if _shown(caller, line)],
            collects=[collect for collect in collects if _shown(caller, collect)],
        )

    def _row(self, stop: str, caller: Principal) -> StopRow:
        with self._database.read() as tx:
            row = stops.find(tx, stop)
        if row is None:
            raise Refusal("CG-7001", f"there is no stop {stop}")
        require_vehicle(caller, row.vehicle)
        require_site(caller, row.site)
        return row

    def _store(self, tx: Transaction, opened: OpenStop, event: Event) -> Stored | None:
        """Judge and store an event; None where the plan got another version meanwhile."""
        # The plan before the stop: whoever writes a version takes them in this order as well.
        road.hold_version(tx, event.plan)
        road.lock_stop(tx, event.stop)
        known = road.event_named(tx, event.id)
        if known is not None:
            return _repeated(known, event)
        standing = road.standing(tx, event.plan)
        if standing is None or standing.version != opened.opened.head.version:
            return None
        _insist(too_early(event.at, event.received_at))
        _insist(not_on_the_road(standing.state, event.at, standing.closed_at))
        before = road.events_of_stop(tx, event.stop)
        lines = opened.opened.problem.lines
        for objection in objections(event, told(opened.visit, before).progress, lines):
            _insist(objection)
        if not road.add_event(tx, event):
            # Somebody reported under the same name about another stop this very moment.
            other = road.event_named(tx, event.id)
            assert other is not None
            return _repeated(other, event)
        stored = road.event_named(tx, event.id)
        assert stored is not None
        self._note_tasks(tx, opened, stored, told(opened.visit, [*before, stored]))
        return Stored(event=stored, duplicate=False)

    def _note_tasks(self, tx: Transaction, opened: OpenStop, event: Event, visit: Visit) -> None:
        problem = opened.opened.problem
        bands = {zone: policy.product for zone, policy in problem.policies.items()}
        for task in tasks_of(event, visit, bands, self._rules):
            tasks.add(tx, task, event.received_at)
        if event.kind not in MOVES_GOODS | {Kind.COLLECTED}:
            return
        for one in custody(visit, problem.lines):
            timer = uncollected(one, visit, event.plan, self._rules)
            if timer is None:
                tasks.stop_timer(tx, one.source)
            else:
                tasks.wind(tx, timer, event.received_at)


def _repeated(known: Event, event: Event) -> Stored:
    if not known.says_the_same(event):
        raise Refusal(
            "CG-7306",
            f"client_event_id: {event.id} was sent before with another content, "
            f"as {known.kind.value} of {known.stop} at {known.at.isoformat()}",
        )
    return Stored(event=known, duplicate=True)


def _refuse_other_content(
    seen: Sequence[Seen], fixes: dict[str, Fix], stored: dict[str, Fix]
) -> None:
    for one in seen:
        mine = Fix(vehicle=fixes[one.id].vehicle, at=one.at, lat=one.lat, lon=one.lon)
        if stored[one.id] != mine:
            raise Refusal(
                "CG-7306", f"client_event_id: {one.id} was sent before with another position"
            )


def _insist(objection: Objection | None) -> None:
    if objection is not None:
        raise Refusal(objection.code, objection.message)


def _shown(caller: Principal, one: LineTrack | CollectTrack) -> bool:
    return sees(caller, vehicle=one.vehicle or "", site=one.site)
