"""Cases, their events and what they reserve, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from alembic import command
from sqlalchemy import inspect

from api.reroutes.cases import CaseState, Happened, Origin, OriginKind, Ranked
from api.storage import plans, reroutes
from api.storage.database import Clash, Database, migration_config
from api.storage.reroutes import RerouteEvent, RerouteRow, Reserved
from tests.contracts.conftest import Opener
from tests.stored_plan import PLAN, store

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
BEST = Ranked(
    number=1, kind="station", place="S1", worth_cents=900, saved_cents=1000, cost_cents=100,
    lost_cents=0, loses_nothing=True, delivered_kg=1.5, sheltered_kg=2.0, quarantined_kg=0.0,
    collector=None, headline={"en": "To S1.", "zh": "去 S1。"},
)  # fmt: skip
CASE = RerouteRow(
    id="reroute-1", plan=PLAN, plan_version=1, plan_revision=1, revision=1, state=CaseState.OPEN,
    kind="compartment", vehicle="V1", zone="frozen", severity="I",
    disruption={"kind": "compartment", "vehicle": "V1"}, ranking=(BEST,),
    origin=Origin(kind=OriginKind.ALARM, alarm="high-1"), opened_at=NOON, opened_by="alarm",
    computed_at=NOON,
)  # fmt: skip
TAKEN = Reserved(
    reroute=CASE.id, plan=PLAN, site="S1", lat=28.25, lon=112.9, zone="frozen", volume_ml=22_000,
    dock_from=NOON, dock_to=NOON + timedelta(minutes=10),
)  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    store(database, state="running")
    with database.write() as tx:
        reroutes.add(tx, CASE, b'{"proposals": []}')
    return database


def event(happened: Happened = Happened.OPENED) -> RerouteEvent:
    return RerouteEvent(number=0, reroute=CASE.id, happened=happened, at=NOON, body={"id": CASE.id})


def test_a_case_comes_back_as_it_was(filled: Database) -> None:
    with filled.read() as tx:
        assert reroutes.find(tx, CASE.id) == CASE
        assert reroutes.of_alarm(tx, "high-1") == CASE
        assert reroutes.answer(tx, CASE.id) == b'{"proposals": []}'
        assert reroutes.find(tx, "reroute-2") is None
        assert reroutes.of_alarm(tx, "high-2") is None
        assert reroutes.answer(tx, "reroute-2") is None


def test_an_alarm_opens_one_case_and_people_many(filled: Database) -> None:
    with pytest.raises(Clash), filled.write() as tx:
        reroutes.add(tx, replace(CASE, id="reroute-2"), b"{}")
    for name in ("reroute-3", "reroute-4"):
        with filled.write() as tx:
            reroutes.add(tx, replace(CASE, id=name, origin=Origin()), b"{}")
    with filled.read() as tx:
        ids = [row.id for row in reroutes.listed(tx, plan=PLAN)]
    assert ids == ["reroute-4", "reroute-3", "reroute-1"]


def test_lists_are_narrowed_by_plan_and_state(filled: Database) -> None:
    gone = replace(CASE, id="reroute-2", origin=Origin(), state=CaseState.EXPIRED)
    with filled.write() as tx:
        reroutes.add(tx, gone, b"{}")
    with filled.read() as tx:
        assert reroutes.listed(tx, state=CaseState.OPEN) == [CASE]
        assert reroutes.listed(tx, state=CaseState.EXPIRED) == [gone]
        assert reroutes.listed(tx, plan="plan-9") == []
        assert reroutes.listed(tx, limit=1) == [gone]


def test_of_two_changes_of_one_revision_the_first_counts(filled: Database) -> None:
    accepted = replace(
        CASE, state=CaseState.ACCEPTED, revision=2, accepted=1, decided_at=NOON,
        decided_by="user:li", made_version=2, reason="go",
    )  # fmt: skip
    with filled.write() as tx:
        assert reroutes.change(tx, CASE, accepted)
        assert not reroutes.change(tx, CASE, replace(CASE, state=CaseState.REJECTED, revision=2))
    with filled.read() as tx:
        assert reroutes.find(tx, CASE.id) == accepted
        assert reroutes.answer(tx, CASE.id) == b'{"proposals": []}'


def test_a_case_computed_anew_has_another_answer(filled: Database) -> None:
    with filled.write() as tx:
        assert reroutes.change(tx, CASE, replace(CASE, revision=2), b'{"proposals": [1]}')
    with filled.read() as tx:
        assert reroutes.answer(tx, CASE.id) == b'{"proposals": [1]}'


def test_events_are_read_on_from_a_number(filled: Database) -> None:
    with filled.read() as tx:
        assert reroutes.last_event(tx) == 0
    with filled.write() as tx:
        numbers = [reroutes.tell(tx, event(one)) for one in (Happened.OPENED, Happened.RERANKED)]
    with filled.read() as tx:
        assert reroutes.last_event(tx) == numbers[1]
        (second,) = reroutes.events_after(tx, numbers[0], limit=10)
        assert len(reroutes.events_after(tx, 0, limit=1)) == 1
    assert second == replace(event(Happened.RERANKED), number=numbers[1])


def test_events_become_visible_in_the_order_of_their_numbers(
    filled: Database, reopen: Opener
) -> None:
    """Who reads on from the newest number would never see an older one that comes later."""
    other = reopen()

    def tell() -> int:
        with other.write() as tx:
            return reroutes.tell(tx, event())

    with ThreadPoolExecutor(max_workers=1) as pool:
        with filled.write() as tx:
            first = reroutes.tell(tx, event())
            waiting = pool.submit(tell)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        assert waiting.result(timeout=30) > first


def test_reservations_are_found_by_their_dock(filled: Database) -> None:
    with filled.write() as tx:
        reroutes.reserve(tx, [])
        reroutes.reserve(tx, [TAKEN, replace(TAKEN, site="S2", dock_from=NOON + timedelta(days=2))])
    with filled.read() as tx:
        assert [one.site for one in reroutes.reserved_by(tx, CASE.id)] == ["S1", "S2"]
        assert reroutes.reserved_between(tx, NOON, NOON + timedelta(days=1)) == [TAKEN]
        assert reroutes.reserved_between(tx, NOON - timedelta(days=1), NOON) == []


def test_who_holds_the_stations_lets_the_next_one_wait(filled: Database, reopen: Opener) -> None:
    other, seen = reopen(), []

    def look() -> None:
        with other.write() as tx:
            reroutes.hold_stations(tx)
            seen.extend(reroutes.reserved_by(tx, CASE.id))

    with filled.write() as tx:
        reroutes.hold_stations(tx)
        waiting = Thread(target=look)
        waiting.start()
        reroutes.reserve(tx, [TAKEN])
        waiting.join(timeout=0.3)
        assert waiting.is_alive()
    waiting.join(timeout=30)
    assert seen == [TAKEN]


def test_the_tables_come_and_go_without_harm_to_a_plan(filled: Database) -> None:
    """A database of the release before has plans on the road already."""
    with filled.write() as tx:
        reroutes.tell(tx, event())
        reroutes.reserve(tx, [TAKEN])
    with filled.write() as tx:
        command.downgrade(migration_config(tx), "0002")
    with filled.read() as tx:
        left = set(inspect(tx).get_table_names())
        head = plans.find(tx, PLAN)
    assert not left & {"reroutes", "reroute_events", "station_reservations"}
    assert head is not None
    assert (head.state, head.revision) == ("running", 1)
    filled.migrate()
    with filled.write() as tx:
        assert reroutes.listed(tx) == []
        reroutes.add(tx, CASE, b"{}")
        assert reroutes.tell(tx, event()) == 1
