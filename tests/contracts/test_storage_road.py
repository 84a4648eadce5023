"""What the road stores: the same on either database, also when many write at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest

from api.problem_details import Refusal
from api.road.compensation import Cause, Remedy, Terms
from api.road.tasks import NewTask, TaskKind, TaskRules
from api.road.words import Event, Fix, Kind, Piece, Report
from api.security.principal import LOCAL
from api.services.plan_book import PlanBook
from api.services.road import Road, Told
from api.services.tasks import Claim, Compensated, Tasks
from api.storage import resends, road, tasks
from api.storage.database import Clash, Database
from api.storage.road import Leg, NamedFix
from api.storage.stops import StopRow, stops_of
from api.storage.tasks import Wanted
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan
from tests.published import publish
from tests.serving import MORNING
from tests.stored_plan import PLAN, city_plan

Answer = TypeVar("Answer")

NOW = MORNING + timedelta(hours=12)
WRITERS = 8


def first_stop(plan: Plan) -> StopRow:
    """Give a stop of a van: P1's or another pickup point's."""
    return next(row for row in stops_of(PLAN, plan) if row.site.startswith("P"))


def event(row: StopRow, name: str, kind: Kind = Kind.ARRIVED, **said: object) -> Event:
    return Event(
        number=0,
        id=name,
        plan=row.plan,
        stop=row.id,
        vehicle=row.vehicle,
        kind=kind,
        at=NOW,
        report=Report(**said),  # type: ignore[arg-type]
        received_at=NOW,
        received_from="user:driver",
    )


def road_of(database: Database) -> Road:
    return Road(database, PlanBook(database), clock=lambda: NOW, rules=TaskRules())


def all_at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer | Refusal]:
    """Make calls at the same moment, each in a thread of its own."""
    gate = Barrier(len(calls))

    def call(one: Callable[[], Answer]) -> Answer | Refusal:
        gate.wait(timeout=30)
        try:
            return one()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return list(pool.map(call, calls))


# --- events -------------------------------------------------------------------------------------


def test_an_event_comes_back_as_it_went_in(database: Database) -> None:
    _, plan = publish(database)
    row = first_stop(plan)
    sent = event(
        row, "event-0001", Kind.HANDED_OVER,
        pieces=(Piece(key=LineKey("N101", "1"), mass_g=7),), signed_by="罗", inspected=True,
    )  # fmt: skip
    sent = replace(sent, at=NOW.replace(microsecond=123_456))
    with database.write() as tx:
        assert road.add_event(tx, sent)
    with database.read() as tx:
        stored = road.event_named(tx, "event-0001")
        assert stored is not None
        assert stored.number > 0
        assert replace(stored, number=0) == sent
        assert road.events_of_stop(tx, row.id) == [stored]
        assert road.events_of_plan(tx, PLAN) == [stored]
        assert road.event_named(tx, "event-0002") is None


def test_a_name_is_stored_once(database: Database) -> None:
    _, plan = publish(database)
    row = first_stop(plan)
    with database.write() as tx:
        assert road.add_event(tx, event(row, "event-0001"))
        assert not road.add_event(tx, event(row, "event-0001", Kind.DEPARTED))
    with database.read() as tx:
        assert [one.kind for one in road.events_of_stop(tx, row.id)] == [Kind.ARRIVED]


def test_what_is_interrupted_leaves_nothing(database: Database) -> None:
    _, plan = publish(database)
    row = first_stop(plan)
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        road.add_event(tx, event(row, "event-0001"))
        raise ZeroDivisionError
    with database.read() as tx:
        assert road.events_of_stop(tx, row.id) == []


def test_a_report_sent_by_many_at_once_is_stored_once(database: Database) -> None:
    _, plan = publish(database)
    row, service = first_stop(plan), road_of(database)
    said = Told(id="event-0001", kind=Kind.ARRIVED, at=NOW, report=Report())
    answers = all_at_once([lambda: service.report(row.id, said, LOCAL)] * WRITERS)
    stored = [answer for answer in answers if not isinstance(answer, Refusal)]
    assert len(stored) == WRITERS
    assert [answer.duplicate for answer in stored].count(False) == 1
    assert len({answer.event.number for answer in stored}) == 1


def test_one_name_for_two_stops_at_once_is_one_event_and_one_refusal(database: Database) -> None:
    _, plan = publish(database)
    one, other = [row for row in stops_of(PLAN, plan) if row.site.startswith("P")][:2]
    service = road_of(database)
    said = Told(id="event-0001", kind=Kind.ARRIVED, at=NOW, report=Report())
    answers = all_at_once(
        [
            lambda: service.report(one.id, said, LOCAL),
            lambda: service.report(other.id, said, LOCAL),
        ]
    )
    (refused,) = [answer for answer in answers if isinstance(answer, Refusal)]
    assert refused.code == "CG-7306"


def test_hand_overs_at_once_never_exceed_what_the_stop_delivers(database: Database) -> None:
    problem, plan = publish(database)
    row, service = first_stop(plan), road_of(database)
    (visited,) = [
        stop for route in plan.routes if route.id == row.route for stop in route.stops
        if stop.site == row.site
    ]  # fmt: skip
    item = visited.delivers[0]
    third = Piece(key=item.key, mass_g=item.mass_g // 3)

    def hand_over(i: int) -> Callable[[], object]:
        report = Report(pieces=(third,), signed_by="Luo", inspected=True)
        said = Told(id=f"event-{i:04}", kind=Kind.HANDED_OVER, at=NOW, report=report)
        return lambda: service.report(row.id, said, LOCAL)

    answers = all_at_once([hand_over(i) for i in range(WRITERS)])
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [refusal.code for refusal in refused] == ["CG-7304"] * (WRITERS - 3)
    with database.read() as tx:
        assert len(road.events_of_stop(tx, row.id)) == 3
    assert problem.lines[item.key].mass_g == item.mass_g


# --- positions ----------------------------------------------------------------------------------


def fix(name: str, minutes: float, lat: float = 28.2, vehicle: str = "V1") -> NamedFix:
    at = NOW + timedelta(minutes=minutes)
    return NamedFix(
        id=name,
        fix=Fix(vehicle=vehicle, at=at, lat=lat, lon=112.95),
        received_at=NOW,
        received_from="user:driver",
    )


def test_positions_are_stored_once_by_name(database: Database) -> None:
    many = [fix(f"position-{i:04}", i) for i in range(1000)]
    with database.write() as tx:
        assert road.add_positions(tx, many[:600]) == 600
        assert road.add_positions(tx, many) == 400
        assert road.add_positions(tx, []) == 0
        assert len(road.positions_named(tx, [one.id for one in many])) == 1000
        assert road.positions_named(tx, ["position-0007"]) == {"position-0007": many[7].fix}


def test_the_last_position_of_each_vehicle_counts_by_its_own_time(database: Database) -> None:
    with database.write() as tx:
        road.add_positions(
            tx,
            [fix("a-latest1", 5), fix("a-earlier", 1), fix("b-only-12", 2, vehicle="V2"),
             fix("a-outside", 50)],
        )  # fmt: skip
        found = road.latest_fixes(tx, ["V1", "V2", "V3"], NOW, NOW + timedelta(minutes=10))
    assert {vehicle: (one.at - NOW).seconds for vehicle, one in found.items()} == {
        "V1": 300, "V2": 120,
    }  # fmt: skip


def test_a_vehicle_has_left_when_it_is_first_seen_away(database: Database) -> None:
    leg = Leg(vehicle="V1", lat=28.2, lon=112.95, since=NOW, until=NOW + timedelta(hours=1))
    with database.write() as tx:
        road.add_positions(tx, [fix("before-12", -5, 28.9), fix("at-start1", 1, 28.2029)])
        assert road.first_away(tx, leg) is None
        road.add_positions(tx, [fix("away-late", 9, 28.3), fix("away-first", 3, 28.2031)])
        assert road.first_away(tx, leg) == NOW + timedelta(minutes=3)


# --- which plan ---------------------------------------------------------------------------------


def test_an_order_is_looked_up_in_the_newest_plan(database: Database) -> None:
    publish(database)
    publish(database, name="plan-2")
    with database.read() as tx:
        assert road.plan_of_order(tx, "N101") == "plan-2"
        assert road.plan_of_order(tx, "unheard of") is None
        assert road.knows_vehicle(tx, "V1")
        assert not road.knows_vehicle(tx, "V99")


def test_boards_find_plans_by_their_day_and_leave_drafts_out(database: Database) -> None:
    publish(database)
    publish(database, name="plan-2", state="draft")
    with database.read() as tx:
        assert road.published_between(tx, MORNING, NOW) == [PLAN]
        assert road.published_between(tx, MORNING - timedelta(days=1), MORNING) == []


# --- tasks --------------------------------------------------------------------------------------


def task(source: str, due_h: float = 2, **changes: object) -> NewTask:
    made = NewTask(
        kind=TaskKind.DAMAGE,
        source=source,
        plan=PLAN,
        site="P1",
        order="N101",
        line="1",
        due_at=NOW + timedelta(hours=due_h),
        body={"mass_kg": 1.5},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def sources(database: Database, **which: object) -> list[str]:
    with database.read() as tx:
        rows = tasks.wanted(tx, Wanted(**({"shown_until": NOW} | which)))  # type: ignore[arg-type]
        return [row.source for row in rows]


def test_the_same_cause_makes_one_task(database: Database) -> None:
    with database.write() as tx:
        assert tasks.add(tx, task("event-1/N101/1"), NOW)
        assert not tasks.add(tx, task("event-1/N101/1", due_h=9), NOW)
        assert tasks.add(tx, task("event-1/N101/2"), NOW)
    assert sorted(sources(database)) == ["event-1/N101/1", "event-1/N101/2"]


def test_lists_are_by_due_time_in_pages_and_narrowed(database: Database) -> None:
    with database.write() as tx:
        for i in (3, 1, 2):
            tasks.add(tx, task(f"due in {i}", due_h=i, site=f"P{i}"), NOW)
        tasks.add(tx, task("warm", due_h=0.5, kind=TaskKind.TEMPERATURE), NOW)
    assert sources(database) == ["warm", "due in 1", "due in 2", "due in 3"]
    assert sources(database, kind="damage", limit=2) == ["due in 1", "due in 2"]
    last = tasks.task_id(TaskKind.DAMAGE, "due in 2")
    assert sources(database, kind="damage", limit=2, after=last) == ["due in 3"]
    assert sources(database, sites=frozenset({"P2", "P9"})) == ["due in 2"]
    assert sources(database, sites=frozenset()) == []
    assert sources(database, overdue_at=NOW + timedelta(hours=1)) == ["warm"]


def test_a_task_ends_once(database: Database) -> None:
    name = tasks.task_id(TaskKind.DAMAGE, "one")
    with database.write() as tx:
        tasks.add(tx, task("one"), NOW)
        assert tasks.end(tx, name, NOW, "user:lin", {"action": "refunded", "note": ""})
        assert not tasks.end(tx, name, NOW, "user:other", {"action": "resent", "note": ""})
        row = tasks.find(tx, name)
    assert row is not None
    assert (row.state, row.done_by) == ("done", "user:lin")
    assert sources(database, state="open") == []
    assert sources(database, state="done") == ["one"]


def test_a_timer_shows_when_it_runs_out_and_goes_when_it_is_stopped(database: Database) -> None:
    waits = task("stop/N101", due_h=26, kind=TaskKind.UNCOLLECTED)
    with database.write() as tx:
        tasks.wind(tx, waits, NOW)
        tasks.wind(tx, replace(waits, due_at=NOW + timedelta(hours=27)), NOW)
    late = NOW + timedelta(hours=27)
    assert sources(database, shown_until=late - timedelta(seconds=1)) == []
    assert sources(database, shown_until=late) == ["stop/N101"]
    assert sources(database, shown_until=late, state="open") == ["stop/N101"]
    with database.write() as tx:
        tasks.stop_timer(tx, "stop/N101")
    assert sources(database, shown_until=late) == []


def test_a_timer_that_was_ended_as_a_task_stays_ended(database: Database) -> None:
    waits = task("stop/N101", due_h=2, kind=TaskKind.UNCOLLECTED)
    name = tasks.task_id(TaskKind.UNCOLLECTED, "stop/N101")
    with database.write() as tx:
        tasks.wind(tx, waits, NOW)
        tasks.end(tx, name, NOW, "user:lin", {"action": "returned", "note": ""})
        tasks.wind(tx, waits, NOW)
        tasks.stop_timer(tx, "stop/N101")
    assert sources(database, state="done") == ["stop/N101"]


# --- compensation and resends -------------------------------------------------------------------


def tasks_of(database: Database) -> Tasks:
    return Tasks(
        database,
        PlanBook(database),
        clock=lambda: NOW + timedelta(days=2),
        rules=TaskRules(),
        terms=Terms(),
    )


def test_a_claim_made_by_many_at_once_is_settled_once(database: Database) -> None:
    publish(database)
    service = tasks_of(database)
    claim = Claim(key=LineKey("N101", "1"), cause=Cause.DELAYED, remedy=Remedy.RESEND)
    answers = all_at_once([lambda: service.compensate(claim, LOCAL)] * WRITERS)
    settled = [answer for answer in answers if isinstance(answer, Compensated)]
    assert len(settled) == WRITERS
    assert [answer.duplicate for answer in settled].count(False) == 1
    with database.read() as tx:
        ((name, row),) = resends.waiting(tx)
    assert name == settled[0].task.id
    assert (row["order"], row["line"], row["mass_kg"]) == ("N101-R1", "1", 3.2)


def test_a_resend_is_taken_by_one_plan(database: Database) -> None:
    publish(database)
    service = tasks_of(database)
    for order in ("N101", "N201"):
        service.compensate(
            Claim(key=LineKey(order, "1"), cause=Cause.DELAYED, remedy=Remedy.RESEND), LOCAL
        )

    def take(plan: str) -> Callable[[], int]:
        def taken() -> int:
            with database.write() as tx:
                names = [name for name, _ in resends.pending(tx)]
                resends.take(tx, names, plan, NOW)
                return len(names)

        return taken

    answers = all_at_once([take(f"plan-{i}") for i in range(WRITERS)])
    assert sorted(answers, key=str) == [0] * (WRITERS - 1) + [2]
    with database.read() as tx:
        assert resends.waiting(tx) == []
    assert sources(database, state="open", shown_until=NOW) == []
    assert len(sources(database, state="done")) == 2


def test_taking_without_a_time_leaves_the_task_to_people(database: Database) -> None:
    publish(database)
    claim = Claim(key=LineKey("N101", "1"), cause=Cause.DELAYED, remedy=Remedy.RESEND)
    settled = tasks_of(database).compensate(claim, LOCAL)
    with database.write() as tx:
        resends.take(tx, [settled.task.id], "plan-9")
        resends.take(tx, [settled.task.id], "plan-10", NOW)
        resends.take(tx, [], "plan-11")
        assert resends.taker(tx, settled.task.id) == "plan-9"
    assert len(sources(database, state="open")) == 1
    with pytest.raises(Clash), database.write() as tx:
        resends.add(tx, settled.task.id, {}, NOW)


def test_the_small_city_has_no_order_twice() -> None:
    problem, plan = city_plan()
    delivered = [
        item.key for route in plan.routes for stop in route.stops
        if stop.site.startswith("P") for item in stop.delivers
    ]  # fmt: skip
    assert sorted(delivered) == sorted(problem.lines)
