"""News of accepted cases is there once and goes one way, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.reroutes.cases import CaseState, Origin
from api.storage import reroute_news, reroutes
from api.storage.database import Database
from api.storage.reroute_news import NewsKind, NewsRow, NewsState
from api.storage.reroutes import RerouteRow
from tests.stored_plan import PLAN, store

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CASE = RerouteRow(
    id="reroute-1",
    plan=PLAN,
    plan_version=1,
    plan_revision=1,
    revision=2,
    state=CaseState.ACCEPTED,
    kind="compartment",
    vehicle="V1",
    zone="frozen",
    severity="I",
    disruption={},
    ranking=(),
    origin=Origin(),
    opened_at=NOON - MINUTE,
    opened_by="user:li",
    computed_at=NOON - MINUTE,
    decided_at=NOON,
    decided_by="user:li",
    accepted=1,
    made_version=2,
)
NEWS = NewsRow(
    id="news-1",
    reroute=CASE.id,
    kind=NewsKind.ETA,
    receiver="P1",
    body='{"site": "P1", "reason": "改道"}'.encode(),
    state=NewsState.WAITING,
    created_at=NOON,
    next_try_at=NOON,
)
COMMAND = replace(
    NEWS, id="news-2", kind=NewsKind.COMMAND, receiver="V1", expires_at=NOON + 60 * MINUTE
)


@pytest.fixture
def filled(database: Database) -> Database:
    store(database, state="running")
    with database.write() as tx:
        reroutes.add(tx, CASE, b"{}")
    return database


def add(database: Database, *rows: NewsRow) -> None:
    with database.write() as tx:
        reroute_news.add(tx, rows)


def test_news_comes_back_as_it_was_points_first(filled: Database) -> None:
    add(filled, COMMAND, NEWS)
    with filled.read() as tx:
        assert reroute_news.of_reroute(tx, CASE.id) == [NEWS, COMMAND]
        assert reroute_news.find(tx, NEWS.id) == NEWS
        assert reroute_news.find(tx, "news-9") is None
        assert reroute_news.of_reroute(tx, "reroute-9") == []


def test_news_written_twice_is_there_once_as_it_stands(filled: Database) -> None:
    add(filled, NEWS)
    delivered = replace(NEWS, state=NewsState.DELIVERED, tries=1, delivered_at=NOON + MINUTE)
    with filled.write() as tx:
        reroute_news.tried(tx, delivered)
    add(filled, NEWS, COMMAND)
    add(filled)
    with filled.read() as tx:
        assert reroute_news.of_reroute(tx, CASE.id) == [delivered, COMMAND]


def test_due_is_what_waits_and_may_be_tried(filled: Database) -> None:
    later = replace(NEWS, id="news-3", next_try_at=NOON + MINUTE)
    other = replace(NEWS, id="news-4", state=NewsState.NOT_SENT, error="not sent: no webhook")
    older = replace(NEWS, id="news-5", created_at=NOON - MINUTE)
    add(filled, NEWS, later, other, older)
    with filled.read() as tx:
        assert [one.id for one in reroute_news.due(tx, NOON, 9)] == ["news-5", "news-1"]
        assert [one.id for one in reroute_news.due(tx, NOON + MINUTE, 2)] == ["news-5", "news-1"]
        assert len(reroute_news.due(tx, NOON + MINUTE, 9)) == 3
        assert reroute_news.due(tx, NOON - MINUTE, 9) == []


def test_what_is_decided_does_not_wait_again(filled: Database) -> None:
    given_up = replace(NEWS, state=NewsState.GIVEN_UP, error="x" * 600)
    add(filled, NEWS)
    with filled.write() as tx:
        reroute_news.tried(tx, given_up)
        reroute_news.tried(tx, replace(NEWS, tries=7))
        (row,) = reroute_news.of_reroute(tx, CASE.id)
    assert (row.state, row.tries, row.error) == (NewsState.GIVEN_UP, 0, "x" * 500)


def test_untold_are_accepted_cases_without_any_news(filled: Database) -> None:
    open_case = replace(CASE, id="reroute-2", state=CaseState.OPEN, decided_at=None)
    with filled.write() as tx:
        reroutes.add(tx, open_case, b"{}")
    with filled.read() as tx:
        assert reroute_news.untold(tx, NOON - MINUTE) == [CASE.id]
        assert reroute_news.untold(tx, NOON) == [CASE.id]
        assert reroute_news.untold(tx, NOON + MINUTE) == []
    add(filled, NEWS)
    with filled.read() as tx:
        assert reroute_news.untold(tx, NOON - MINUTE) == []
