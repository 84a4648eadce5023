"""Which compartments have goods in them, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.road.on_board import Aboard
from api.storage import arming, plans
from api.storage.arming import ARM, DISARM, AboardRow
from api.storage.database import Database
from tests.stored_plan import PLAN, store

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOODS = Aboard(
    plan=PLAN,
    route="V1-morning-1",
    point="V1/frozen",
    lane="G1",
    starts_at=NOON,
    ends_at=NOON + 3 * HOUR,
)
LATER = replace(
    GOODS, route="V1-morning-2", starts_at=NOON + 2 * HOUR, ends_at=NOON + 6 * HOUR, lane="G2"
)


@pytest.fixture
def filled(database: Database) -> Database:
    store(database, state="running")
    with database.write() as tx:
        arming.add(tx, [GOODS, LATER])
    return database


def keys(rows: list[AboardRow]) -> list[str]:
    return [row.aboard.route for row in rows]


def to_tell(database: Database, at: datetime) -> list[AboardRow]:
    with database.read() as tx:
        return arming.to_tell(tx, at)


def say(database: Database, row: AboardRow, said: str, until: datetime | None) -> None:
    with database.write() as tx:
        arming.told(tx, row, said, until, 7)


def test_rows_come_back_as_they_were(filled: Database) -> None:
    with filled.read() as tx:
        rows = {row.aboard.route: row for row in arming.of_plan(tx, PLAN)}
    assert {row.aboard.route: row.aboard for row in rows.values()} == {
        GOODS.route: GOODS,
        LATER.route: LATER,
    }
    assert all(
        (row.told, row.told_until, row.command) == (None, None, None) for row in rows.values()
    )


def test_a_row_is_told_from_its_begin_to_before_its_end(filled: Database) -> None:
    assert keys(to_tell(filled, NOON - timedelta(seconds=1))) == []
    assert keys(to_tell(filled, NOON)) == [GOODS.route]
    assert keys(to_tell(filled, NOON + 2 * HOUR)) == [GOODS.route, LATER.route]
    assert keys(to_tell(filled, NOON + 3 * HOUR)) == [LATER.route]


def test_what_was_told_is_told_again_when_its_end_moves(filled: Database) -> None:
    (row,) = to_tell(filled, NOON)
    say(filled, row, ARM, GOODS.ends_at)
    assert to_tell(filled, NOON) == []
    with filled.write() as tx:
        arming.change(tx, [replace(GOODS, ends_at=GOODS.ends_at + HOUR)])
    (again,) = to_tell(filled, NOON)
    assert (again.told, again.told_until, again.command) == (ARM, GOODS.ends_at, 7)
    with filled.read() as tx:
        assert keys(arming.unheard(tx)) == [GOODS.route]


def test_what_is_over_is_let_go_once_if_it_was_armed(filled: Database) -> None:
    with filled.write() as tx:
        arming.change(tx, [replace(LATER, is_over=True)])
    assert keys(to_tell(filled, NOON + 4 * HOUR)) == [], "nobody was told that it begins"
    (row,) = to_tell(filled, NOON)
    say(filled, row, ARM, GOODS.ends_at)
    with filled.write() as tx:
        arming.change(tx, [replace(GOODS, is_over=True)])
    (over,) = to_tell(filled, NOON)
    assert over.aboard.is_over
    say(filled, over, DISARM, None)
    assert to_tell(filled, NOON) == []


def test_points_in_use_are_those_of_this_moment(filled: Database) -> None:
    with filled.read() as tx:
        assert arming.armed_points(tx, NOON) == {"V1/frozen"}
        assert arming.armed_points(tx, NOON + 6 * HOUR) == frozenset()


def test_plans_on_the_way_are_those_driven_or_not_let_go_yet(filled: Database) -> None:
    with filled.read() as tx:
        (way,) = arming.plans_on_the_way(tx)
        head = plans.find(tx, PLAN)
    assert (way.plan, way.state, way.last_event) == (PLAN, "running", 0)
    assert head is not None
    with filled.write() as tx:
        assert plans.change(tx, head, state="closed")
        assert [way.state for way in arming.plans_on_the_way(tx)] == ["closed"]
        arming.change(tx, [replace(one, is_over=True) for one in (GOODS, LATER)])
        assert arming.plans_on_the_way(tx) == []


def test_stays_of_a_stretch_of_time_are_those_that_were_told(filled: Database) -> None:
    begin, end = (round((NOON + n * HOUR).timestamp() * 1000) for n in (0, 24))
    with filled.read() as tx:
        assert arming.stays_between(tx, begin, end) == []
    (row,) = to_tell(filled, NOON)
    say(filled, row, ARM, GOODS.ends_at)
    with filled.read() as tx:
        (stay,) = arming.stays_between(tx, begin, end)
        assert arming.stays_between(tx, begin + 3 * 3_600_000, end) == []
    assert (stay.point, stay.lane, stay.from_ms) == ("V1/frozen", "G1", begin)


def test_on_board_now_is_what_has_begun_and_is_not_over(filled: Database) -> None:
    def routes(at: datetime) -> list[str]:
        with filled.read() as tx:
            return [one.route for one in arming.goods_now(tx, at)]

    assert routes(NOON - HOUR) == []
    assert routes(NOON) == [GOODS.route]
    assert routes(NOON + 2 * HOUR) == [LATER.route, GOODS.route], "what came last stands first"
    assert routes(NOON + 3 * HOUR) == [LATER.route]
    with filled.write() as tx:
        arming.change(tx, [replace(LATER, is_over=True)])
    assert routes(NOON + 3 * HOUR) == []
