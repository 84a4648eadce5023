"""What becomes of a job's result, on SQLite and PostgreSQL alike: once, whole, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.jobs.settling import Broken, Finished, settle
from api.storage import job_materials, jobs, plan_changes, plans, stops
from api.storage.database import Clash, Database
from api.storage.jobs import FAILED, RUNNING, STOPPED, SUCCEEDED, JobRow
from optimizer.domain.plan import Plan
from optimizer.formats.plan_json import dump_plan
from tests.cases import tiny_plan, tiny_problem
from tests.contracts.test_storage_stops import report
from tests.serving import MORNING
from tests.stored_plan import BY, PLAN, city_plan, store

PROBLEM = tiny_problem()
DAY = tiny_plan(PROBLEM)
CAUSE = {"code": "CG-7102"}


def finished(**changes: Any) -> Finished:
    _, plan = city_plan()
    figures = {"feasible": True, "objective_cents": plan.cost.total, "unserved": 0}
    return Finished(figures=figures | changes, document=dump_plan(plan))


def running(database: Database, **changes: Any) -> JobRow:
    """Store a job that is being worked on."""
    with database.read() as tx:
        stored = plans.note(tx, PLAN, 1)
    assert stored is not None
    request = {"limit": {"iterations": 5}, "name": "Tuesday", "note": "", "reason": "replanned"}
    given = {
        "id": "job-1", "kind": "plan", "state": jobs.QUEUED, "problem": stored.problem,
        "plan": "new", "request": request, "base_version": None,
        "result_version": None, "attempt": 0,
        "stop_asked": False, "cause": None, "created_at": MORNING, "created_by": BY,
        "started_at": None, "finished_at": None, "idempotency_key": None,
    }  # fmt: skip
    row = JobRow(**(given | changes))
    with database.write() as tx:
        jobs.add(tx, row)
        assert jobs.begin(tx, row.id, MORNING)
    return row


def settled(database: Database, outcome: Finished | Broken, job: str = "job-1") -> JobRow | None:
    with database.write() as tx:
        return settle(tx, job, outcome, MORNING)


def replanning(database: Database, revision: int, state: str = "draft") -> None:
    store(database, state=state)
    request = {
        "note": "rung through", "reason": "replanned", "revision": revision, "earliest": 0,
    }  # fmt: skip
    running(database, kind="replan", plan=PLAN, base_version=1, request=request)


@pytest.mark.parametrize(("stop_asked", "state"), [(False, SUCCEEDED), (True, STOPPED)])
def test_a_result_is_a_plan_and_the_end_of_its_job(
    database: Database, stop_asked: bool, state: str
) -> None:
    store(database)
    running(database)
    if stop_asked:
        with database.write() as tx:
            jobs.ask_to_stop(tx, "job-1")
    ended = settled(database, finished())
    assert ended is not None
    assert (ended.state, ended.result_version) == (state, 1)
    with database.read() as tx:
        head = plans.find(tx, "new")
        note = plans.version_of_job(tx, "job-1")
    assert head is not None
    assert (head.name, head.state, head.revision) == ("Tuesday", "draft", 1)
    assert note is not None
    assert (note.reason, note.created_by) == ("planned", BY)


def test_a_result_counts_once(database: Database) -> None:
    store(database)
    running(database)
    assert settled(database, finished()) is not None
    assert settled(database, finished()) is None
    assert settled(database, Broken(cause=CAUSE)) is None
    with database.read() as tx:
        assert len(plans.notes(tx, "new")) == 1


def test_a_failure_leaves_no_plan(database: Database) -> None:
    store(database)
    running(database)
    ended = settled(database, Broken(cause=CAUSE))
    assert ended is not None
    assert (ended.state, ended.cause) == (FAILED, CAUSE)
    with database.read() as tx:
        assert plans.find(tx, "new") is None


@pytest.mark.parametrize(("state", "has_stops"), [("draft", False), ("published", True)])
def test_a_replan_is_the_next_version(database: Database, state: str, has_stops: bool) -> None:
    replanning(database, revision=1, state=state)
    ended = settled(database, finished())
    assert ended is not None
    assert (ended.state, ended.result_version) == (SUCCEEDED, 2)
    with database.read() as tx:
        head = plans.find(tx, PLAN)
        assert head is not None
        assert (head.version, head.revision) == (2, 2)
        assert [change.change for change in plan_changes.of_plan(tx, PLAN)] == ["replanned"]
        assert bool(stops.of_plan(tx, PLAN)) is has_stops


def test_a_replan_of_a_plan_that_has_changed_is_not_kept(database: Database) -> None:
    replanning(database, revision=1)
    with database.write() as tx:
        head = plans.find(tx, PLAN)
        assert head is not None
        assert plans.change(tx, head, pins={"N101/1": "V1"})
    ended = settled(database, finished())
    assert ended is not None
    assert ended.cause is not None
    assert (ended.state, ended.cause["code"]) == (FAILED, "CG-7009")
    with database.read() as tx:
        assert len(plans.notes(tx, PLAN)) == 1


def test_drivers_are_given_no_version_that_breaks_rules(database: Database) -> None:
    replanning(database, revision=1, state="running")
    ended = settled(database, finished(feasible=False))
    assert ended is not None
    assert ended.cause is not None
    assert (ended.state, ended.cause["code"]) == (FAILED, "CG-7201")


def settled_late(database: Database, new: Plan, *, at: datetime, earliest: int) -> JobRow:
    """End a replan of the tiny day that was asked for when nothing had left."""
    figures = {"feasible": True, "objective_cents": 1, "unserved": 0}
    request = {"note": "", "reason": "replanned", "revision": 1, "earliest": earliest}
    running(database, kind="replan", plan=PLAN, base_version=1, request=request)
    with database.write() as tx:
        ended = settle(tx, "job-1", Finished(figures=figures, document=dump_plan(new)), at)
    assert ended is not None
    return ended


def moved(by_s: int) -> Plan:
    """Let the second trip of V1 leave at another time."""
    routes = [replace(r, departs=r.departs + by_s * (r.id == "V1-2")) for r in DAY.routes]
    return replace(DAY, routes=tuple(routes))


def departs(route: str) -> int:
    return next(r.departs for r in DAY.routes if r.id == route)


def instant(second: int) -> datetime:
    return DAY.horizon.start + timedelta(seconds=second)


@pytest.mark.parametrize("reported", [True, False])
def test_a_replan_does_not_touch_a_route_that_a_driver_reported_on_meanwhile(
    database: Database, reported: bool
) -> None:
    store(database, PROBLEM, DAY, state="running")
    with database.write() as tx:
        stops.refresh(tx, PLAN, DAY)
    if reported:
        report(database, stops.stop_id(PLAN, "V1-2", "P2", 1))
    ended = settled_late(database, moved(600), at=instant(0), earliest=0)
    if not reported:
        assert (ended.state, ended.result_version) == (SUCCEEDED, 2)
        return
    assert ended.cause is not None
    assert (ended.state, ended.cause["code"]) == (FAILED, "CG-7202")
    assert "route V1-2 is on the road" in ended.cause["detail"]
    with database.read() as tx:
        assert len(plans.notes(tx, PLAN)) == 1


@pytest.mark.parametrize(
    ("late_s", "early_s", "reason"),
    [
        (60, 0, "V1-2 left at"),
        (-60, 3600, "V1-2 is new or changed and would leave at"),
        (-3600, 0, None),
    ],
)
def test_a_replan_does_not_touch_a_route_that_left_while_it_worked(
    database: Database, late_s: int, early_s: int, reason: str | None
) -> None:
    """It ends so long after V1-2 left, or would let it leave before the moment it ends."""
    store(database, PROBLEM, DAY, state="running")
    leaves = departs("V1-2")
    new = moved(-early_s) if early_s else moved(600)
    ended = settled_late(database, new, at=instant(leaves + late_s), earliest=leaves - 7200)
    if reason is None:
        assert ended.state == SUCCEEDED
    else:
        assert ended.cause is not None
        assert ended.cause["code"] == "CG-7202"
        assert reason in ended.cause["detail"]


def test_the_time_of_the_job_is_taken_from_the_frozen_minutes(database: Database) -> None:
    """A job may let a van leave at the end of the frozen minutes as they were on the request."""
    store(database, PROBLEM, DAY, state="running")
    leaves = departs("V1-2")
    ended = settled_late(database, moved(600), at=instant(leaves - 60), earliest=leaves)
    assert ended.state == SUCCEEDED


def test_a_job_keeps_the_plan_that_it_begins_with(database: Database) -> None:
    store(database)
    row = running(database)
    with database.write() as tx:
        job_materials.keep(tx, row.id, b'{"a": "\xc3\xa4"}')
    with database.read() as tx:
        assert job_materials.find(tx, row.id) == b'{"a": "\xc3\xa4"}'
        assert job_materials.find(tx, "another") is None
    with pytest.raises(Clash), database.write() as tx:
        job_materials.keep(tx, "unknown", b"{}")


def test_what_a_job_was_asked_outlives_its_end(database: Database) -> None:
    store(database)
    row = running(database)
    settled(database, finished())
    with database.read() as tx:
        found = jobs.find(tx, row.id)
    assert found is not None
    same = replace(found, state=RUNNING, result_version=None, finished_at=None)
    assert same == replace(row, state=RUNNING, attempt=1, started_at=MORNING)
