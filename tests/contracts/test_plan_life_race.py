"""Several dispatchers change one plan at once, on SQLite and PostgreSQL alike: one of them does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert

from api.life.etags import etag
from api.life.states import Step
from api.problem_details import Refusal
from api.security.principal import Principal, Role
from api.services.plan_book import OpenPlan, PlanBook
from api.services.plan_changing import PlanChanging, VersionMade, version_of
from api.services.plan_life import PlanLife
from api.storage import plan_changes, plans, road, stops
from api.storage.database import Database
from api.storage.tables import stop_events
from optimizer.domain.errors import InputRefused
from optimizer.domain.plan import CheckReport, Plan
from optimizer.formats.plan_json import dump_plan
from tests.cases import HOUR, tiny_plan, tiny_problem
from tests.contracts.conftest import Opener
from tests.contracts.test_storage_stops import report, reported
from tests.serving import StandingClock
from tests.stored_plan import PLAN, store

RACERS = 5
Race = Callable[[PlanChanging, int, Barrier], None]
PROBLEM = tiny_problem()
DAY = replace(tiny_plan(PROBLEM), check=CheckReport())


def changing(database: Database, *, hours: float = 0.0) -> PlanChanging:
    clock = StandingClock(DAY.horizon.start)
    clock.advance(hours=hours)
    return PlanChanging(database, PlanBook(database), clock=clock, frozen_minutes=60)


def dispatcher(number: int) -> Principal:
    return Principal(name=f"user:{number}", role=Role.DISPATCHER)


def keep(desk: PlanChanging, opened: OpenPlan, plan: Plan, number: int = 1) -> VersionMade:
    new = version_of(
        plan,
        dump_plan(plan),
        opened.note.problem,
        reason="revised",
        note="",
        at=desk.clock(),
        by=dispatcher(number),
    )
    return desk.keep(opened, plan, new, None)


def write_version(desk: PlanChanging, number: int, barrier: Barrier) -> None:
    opened = desk.open(PLAN, etag(PLAN, 1))
    barrier.wait(timeout=60)
    keep(desk, opened, replace(opened.plan, seed=number), number)


def take_step(desk: PlanChanging, number: int, barrier: Barrier) -> None:
    barrier.wait(timeout=60)
    PlanLife(desk).step(
        PLAN,
        Step.PUBLISH,
        if_match=etag(PLAN, 1),
        note="",
        acceptance=None,
        caller=dispatcher(number),
    )


@pytest.mark.parametrize("change", [write_version, take_step])
def test_of_many_with_the_same_etag_one_writes(reopen: Opener, change: Race) -> None:
    database = reopen()
    store(database, PROBLEM, DAY)
    barrier = Barrier(RACERS)
    refused: list[str] = []

    def race(number: int) -> None:
        try:
            change(changing(reopen()), number, barrier)
        except Refusal as refusal:
            refused.append(refusal.code)

    threads = [Thread(target=race, args=(number,)) for number in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert refused == ["CG-7009"] * (RACERS - 1)
    with database.read() as tx:
        head = plans.find(tx, PLAN)
        assert head is not None
        assert head.revision == 2
        assert len(plans.notes(tx, PLAN)) == head.version
        assert len(plan_changes.of_plan(tx, PLAN)) == 1


def test_a_report_that_comes_while_somebody_edits_still_counts(reopen: Opener) -> None:
    """The driver reports after the plan was opened for the change and before it is written."""
    database = reopen()
    store(database, PROBLEM, DAY, state="running")
    with database.write() as tx:
        stops.refresh(tx, PLAN, DAY)
    desk = changing(database)
    opened = desk.open(PLAN, etag(PLAN, 1))
    moved = [replace(r, departs=10 * HOUR) if r.id == "V1-2" else r for r in DAY.routes]
    plan = replace(opened.plan, routes=tuple(moved))
    report(database, stops.stop_id(PLAN, "V1-2", "P2", 1))
    with pytest.raises(InputRefused, match="V1-2 is on the road") as refused:
        keep(desk, opened, plan)
    assert refused.value.code == "CG-7202"
    with database.read() as tx:
        head = plans.find(tx, PLAN)
    assert head is not None
    assert (head.version, head.revision) == (1, 1)


def test_a_version_waits_for_a_report_that_is_being_stored(reopen: Opener) -> None:
    """The driver's report is judged by the version that counts, and not yet stored."""
    database = reopen()
    store(database, PROBLEM, DAY, state="running")
    with database.write() as tx:
        stops.refresh(tx, PLAN, DAY)
    desk = changing(reopen())
    opened = desk.open(PLAN, etag(PLAN, 1))
    moved = [replace(r, departs=10 * HOUR) if r.id == "V1-2" else r for r in DAY.routes]
    with ThreadPoolExecutor(max_workers=1) as pool:
        with database.write() as tx:
            road.hold_version(tx, PLAN)
            keeping = pool.submit(keep, desk, opened, replace(opened.plan, routes=tuple(moved)))
            with pytest.raises(TimeoutError):
                keeping.result(timeout=0.3)
            tx.execute(insert(stop_events).values(reported(stops.stop_id(PLAN, "V1-2", "P2", 1))))
        with pytest.raises(InputRefused, match="V1-2 is on the road"):
            keeping.result(timeout=60)


def test_a_version_that_nobody_has_checked_does_not_reach_the_drivers(reopen: Opener) -> None:
    database = reopen()
    store(database, PROBLEM, DAY, state="published")
    desk = changing(database)
    opened = desk.open(PLAN, etag(PLAN, 1))
    with pytest.raises(InputRefused, match="has not been checked"):
        keep(desk, opened, replace(opened.plan, check=None))


def test_a_version_in_force_reaches_the_drivers_with_it(reopen: Opener) -> None:
    database = reopen()
    store(database, PROBLEM, DAY, state="published")
    desk = changing(database)
    opened = desk.open(PLAN, etag(PLAN, 1))
    fewer = tuple(route for route in DAY.routes if route.id != "V1-2")
    made = keep(desk, opened, replace(opened.plan, routes=fewer))
    assert (made.head.version, made.head.state, made.plan.state) == (2, "published", "published")
    with database.read() as tx:
        assert {row.route for row in stops.of_plan(tx, PLAN)} == {route.id for route in fewer}
