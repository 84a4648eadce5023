"""Stops of published plans and the list of changes, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from api.storage import plan_changes, stops
from api.storage.database import Clash, Database
from api.storage.plan_changes import PlanChange
from api.storage.plans import NewVersion
from api.storage.tables import stop_events, tracked_orders
from optimizer.domain.plan import Plan
from tests.cases import part, tiny_plan, tiny_problem
from tests.stored_plan import store

NOON = datetime(2026, 6, 3, 4, 0, tzinfo=UTC)
PROBLEM = tiny_problem()
PLAN = tiny_plan(PROBLEM)


@pytest.fixture
def day(database: Database) -> Database:
    store(database, PROBLEM, PLAN)
    return database


def refreshed(database: Database, plan: Plan) -> dict[str, tuple[str, str, int, str]]:
    with database.write() as tx:
        stops.refresh(tx, "plan-1", plan)
        rows = stops.of_plan(tx, "plan-1")
    return {row.id: (row.route, row.site, row.visit, row.vehicle) for row in rows}


def tracked(database: Database) -> set[str]:
    with database.read() as tx:
        return set(tx.execute(select(tracked_orders.c.order)).scalars())


def reported(stop: str) -> dict[str, object]:
    """Give the row of a report on a stop."""
    return {
        "client_event_id": f"event of {stop}", "plan": "plan-1", "stop": stop, "vehicle": "V1",
        "kind": "arrived", "at": NOON, "body": {}, "received_at": NOON, "received_from": "key:v1",
    }  # fmt: skip


def report(database: Database, stop: str) -> None:
    with database.write() as tx:
        tx.execute(insert(stop_events).values(reported(stop)))


def test_every_stop_has_a_row_and_every_order_is_tracked(day: Database) -> None:
    found = refreshed(day, PLAN)
    assert sorted(found.values()) == [
        ("B1-1", "P4", 1, "B1"),
        ("T1-1", "G1", 1, "T1"),
        ("T2-1", "G2", 1, "T2"),
        ("V1-1", "P1", 1, "V1"),
        ("V1-1", "P2", 1, "V1"),
        ("V1-2", "P2", 1, "V1"),
        ("V3-1", "P3", 1, "V3"),
    ]
    # Orders left out are asked for as well.
    assert tracked(day) == {f"O{number}" for number in range(1, 8)}


def test_refreshing_twice_changes_nothing(day: Database) -> None:
    assert refreshed(day, PLAN) == refreshed(day, PLAN)


def test_a_stop_keeps_its_id_and_has_the_vehicle_that_drives_it_now(day: Database) -> None:
    before = refreshed(day, PLAN)
    other = [replace(r, vehicle="V2") if r.id == "V1-2" else r for r in PLAN.routes]
    after = refreshed(day, replace(PLAN, routes=tuple(other)))
    assert before.keys() == after.keys()
    assert {before[stop] for stop in before if before[stop] != after[stop]} == {
        ("V1-2", "P2", 1, "V1")
    }


def test_a_stop_that_a_version_leaves_out_is_still_known(day: Database) -> None:
    before = refreshed(day, PLAN)
    kept = tuple(route for route in PLAN.routes if route.id != "V1-2")
    assert refreshed(day, replace(PLAN, routes=kept, unserved=())) == before
    assert "O6" in tracked(day)


def test_a_second_visit_is_another_stop() -> None:
    route = next(route for route in PLAN.routes if route.id == "V1-1")
    again = replace(route.stops[0], delivers=(part(PROBLEM, "O6/1"),))
    longer = replace(PLAN, routes=(replace(route, stops=(*route.stops, again)),))
    rows = stops.stops_of("plan-1", longer)
    assert [(row.site, row.visit) for row in rows] == [("P1", 1), ("P2", 1), ("P1", 2)]
    assert len({row.id for row in rows}) == 3


def test_ids_depend_on_each_part_and_on_where_it_ends() -> None:
    names = [("p", "r", "s", 1), ("pr", "", "s", 1), ("p", "r", "s1", 1), ("p", "r", "s", 2)]
    ids = {stops.stop_id(*name) for name in names}
    assert len(ids) == len(names)
    assert all(re.fullmatch("stop-[0-9a-f]{20}", name) for name in ids)


def test_an_empty_plan_has_no_stops(day: Database) -> None:
    assert refreshed(day, replace(PLAN, routes=(), unserved=())) == {}


def test_routes_with_reports_are_known(day: Database) -> None:
    found = refreshed(day, PLAN)
    with day.read() as tx:
        assert stops.reported_routes(tx, "plan-1") == frozenset()
    for stop, (route, *_) in found.items():
        if route in {"V1-1", "T2-1"}:
            report(day, stop)
    with day.read() as tx:
        assert stops.reported_routes(tx, "plan-1") == {"V1-1", "T2-1"}
        assert stops.reported_routes(tx, "plan-2") == frozenset()


def test_a_stop_is_found_by_its_id(day: Database) -> None:
    refreshed(day, PLAN)
    name = stops.stop_id("plan-1", "V1-1", "P2", 1)
    with day.read() as tx:
        found = stops.find(tx, name)
        assert found is not None
        assert (found.route, found.site) == ("V1-1", "P2")
        assert stops.find(tx, "stop-0") is None


def change(revision: int) -> PlanChange:
    return PlanChange(
        plan="plan-1",
        revision=revision,
        change="pinned",
        version=1,
        state="draft",
        note="冷链",
        accepted=None,
        changed_at=NOON,
        changed_by="user:li",
    )


def test_changes_come_back_in_order_and_a_revision_has_one(day: Database) -> None:
    with day.write() as tx:
        for revision in (3, 2):
            plan_changes.add(tx, change(revision))
    with day.read() as tx:
        assert plan_changes.of_plan(tx, "plan-1") == [change(2), change(3)]
        assert plan_changes.of_plan(tx, "plan-2") == []
    with pytest.raises(Clash), day.write() as tx:
        plan_changes.add(tx, change(2))


def test_a_version_is_a_change(day: Database) -> None:
    head = store(day, PROBLEM, PLAN, name="plan-2", state="published")
    new = NewVersion(
        problem="", document=b"", feasible=False, objective_cents=1, unserved=0,
        reason="replanned", note="by night", at=NOON, by="user:li",
    )  # fmt: skip
    with day.write() as tx:
        plan_changes.add(tx, plan_changes.made(head, 2, new, "no other way"))
    with day.read() as tx:
        (found,) = plan_changes.of_plan(tx, "plan-2")
    assert (found.revision, found.version, found.state) == (2, 2, "published")
    assert (found.change, found.note, found.accepted) == ("replanned", "by night", "no other way")
