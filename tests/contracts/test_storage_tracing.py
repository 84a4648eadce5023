"""Batches of plans on the road, on SQLite and PostgreSQL alike: written, renewed, migrated."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic import command
from sqlalchemy import select

from api.road.lots import asked_batches, lots_of
from api.storage import in_force, problems, tracing
from api.storage.database import Database, Transaction, migration_config
from api.storage.problems import ProblemRow
from api.storage.tables import asked_batches as asked_table
from api.storage.tables import plan_versions, traced_goods, traced_trips
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.problem_writing import write_problem_json
from tests.cases import tiny_plan, tiny_problem
from tests.published import publish
from tests.stored_plan import MADE, PLAN, store


def marked(problem: Problem) -> Problem:
    """Name a batch for every line."""
    lines = {
        key: replace(one, batch="L1" if one.zone.value == "chilled" else "L'2")
        for key, one in problem.lines.items()
    }
    return replace(problem, lines=lines)


PROBLEM = marked(tiny_problem())
DAY = tiny_plan(PROBLEM)
LOTS = lots_of(PROBLEM)
Row = tuple[str, str, str, str, int, bool]


def rows(tx: Transaction) -> set[Row]:
    """Give all that is stored of any batch."""
    columns = (
        traced_trips.c.route, traced_goods.c.site, traced_goods.c.order, traced_goods.c.batch,
        traced_goods.c.mass_g, traced_goods.c.is_planned,
    )  # fmt: skip
    joined = select(*columns).join(traced_trips, traced_trips.c.number == traced_goods.c.trip)
    return {tuple(row) for row in tx.execute(joined)}


def expected(plan: Plan) -> set[Row]:
    """Say the same by the plan itself."""
    found: dict[tuple[str, str, str, str, str], int] = {}
    for route in plan.routes:
        for stop in route.stops:
            for item in stop.delivers:
                lot = LOTS[item.key]
                key = (route.id, stop.site, *item.key, lot.batch)
                found[key] = found.get(key, 0) + item.mass_g
    made = {(r, s, o, b, mass_g, True) for (r, s, o, _, b), mass_g in found.items()}
    left = {
        ("", LOTS[one.key].site, one.key.order, LOTS[one.key].batch, LOTS[one.key].mass_g, True)
        for one in plan.unserved
    }
    return made | left


@pytest.fixture
def day(database: Database) -> Database:
    store(database, PROBLEM, DAY)
    return database


def refreshed(database: Database, plan: Plan) -> set[Row]:
    with database.write() as tx:
        in_force.refresh(tx, PLAN, plan, LOTS)
        return rows(tx)


def test_every_line_of_a_batch_is_stored_with_each_trip_that_carries_it(day: Database) -> None:
    assert refreshed(day, DAY) == expected(DAY)
    with day.read() as tx:
        chilled = tracing.goods_of(tx, "L1", None)
        assert {one.carried.key for one in chilled} == {
            key for key, lot in LOTS.items() if lot.batch == "L1"
        }
        trips = tracing.trips(tx, {one.trip for one in chilled})
        assert {row.plan for row in trips.values()} == {PLAN}
        assert tracing.goods_of(tx, "L1", "no such article") == []
        assert tracing.goods_of(tx, "L", None) == []


def test_a_version_that_is_the_same_writes_nothing(day: Database) -> None:
    before = refreshed(day, DAY)
    with day.write() as tx:
        numbers = tx.execute(select(traced_trips)).all()
        in_force.refresh(tx, PLAN, DAY, LOTS)
        assert tx.execute(select(traced_trips)).all() == numbers
        assert rows(tx) == before


def test_what_a_version_leaves_out_stays_but_counts_no_more(day: Database) -> None:
    refreshed(day, DAY)
    fewer = replace(DAY, routes=tuple(one for one in DAY.routes if one.id != "V1-2"))
    gone = expected(DAY) - expected(fewer)
    assert gone
    after = refreshed(day, fewer)
    assert after == expected(fewer) | {(*one[:5], False) for one in gone}
    assert refreshed(day, DAY) == expected(DAY), "and back again"


def test_a_changed_trip_is_written_anew(day: Database) -> None:
    refreshed(day, DAY)
    routes = [replace(one, vehicle="V9") if one.id == "V1-1" else one for one in DAY.routes]
    assert refreshed(day, replace(DAY, routes=tuple(routes))) == expected(DAY)
    with day.read() as tx:
        vehicles = dict(tx.execute(select(traced_trips.c.route, traced_trips.c.vehicle)).all())
    assert vehicles["V1-1"] == "V9"


def test_two_parts_of_a_line_at_one_stop_are_one_row(day: Database) -> None:
    route = next(one for one in DAY.routes if one.id == "V1-1")
    first = route.stops[0]
    parts = tuple(
        replace(item, mass_g=half)
        for item in first.delivers
        for half in (item.mass_g // 2, item.mass_g - item.mass_g // 2)
    )
    split = replace(route, stops=(replace(first, delivers=parts), *route.stops[1:]))
    routes = tuple(split if one.id == "V1-1" else one for one in DAY.routes)
    assert refreshed(day, replace(DAY, routes=routes)) == expected(DAY)


def test_drafts_are_known_by_what_their_question_asks_for(day: Database) -> None:
    document = write_problem_json(PROBLEM)
    asked = asked_batches(LOTS)
    with day.write() as tx:
        name = tx.execute(select(plan_versions.c.problem)).scalar_one()
        tracing.keep_asked(tx, name, asked)
        tracing.keep_asked(tx, name, asked)
        row = ProblemRow(
            id="other", name="", digest="", document=document, lines=0, created_at=MADE,
            batches=asked,
        )  # fmt: skip
        problems.keep(tx, row)
        found = tracing.drafts_with(tx, "L1", None)
        assert {one.plan for one in found} == {PLAN}
        of_batch = [lot for lot in LOTS.values() if lot.batch == "L1"]
        assert sum(one.asked.lines for one in found) == len(of_batch)
        assert sum(one.asked.mass_g for one in found) == sum(lot.mass_g for lot in of_batch)
        assert tracing.drafts_with(tx, "L1", "no such article") == []


def test_plans_of_before_are_traced_by_the_migration(database: Database) -> None:
    publish(database, PROBLEM, DAY)
    store(database, PROBLEM, DAY, name="plan-2")
    with database.write() as tx:
        before = rows(tx)
        assert before == expected(DAY)
        command.downgrade(migration_config(tx), "0006")
    database.migrate()
    with database.read() as tx:
        assert rows(tx) == before
        asked = {(row.batch, row.lines) for row in tx.execute(select(asked_table))}
        assert asked == {(one.batch, one.lines) for one in asked_batches(LOTS)}
        drafts = tracing.drafts_with(tx, "L'2", None)
        assert {one.plan for one in drafts} == {"plan-2"}, "the other one is driven"


def test_a_version_after_the_migration_knows_the_trips(database: Database) -> None:
    publish(database, PROBLEM, DAY)
    with database.write() as tx:
        command.downgrade(migration_config(tx), "0006")
    database.migrate()
    with database.write() as tx:
        numbers = tx.execute(select(traced_trips)).all()
        in_force.refresh(tx, PLAN, DAY, LOTS)
        assert tx.execute(select(traced_trips)).all() == numbers
        assert LineKey("O1", "2") in {one.carried.key for one in tracing.goods_of(tx, "L1", None)}
