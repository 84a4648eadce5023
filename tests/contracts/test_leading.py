"""One of several services leads; a claim that was lost is taken again, or given up for good."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event

import pytest
from sqlalchemy import text

from api.jobs import leading
from api.jobs.leading import Leading
from api.storage.claim import ADVISORY_LOCK, sole_service
from api.storage.database import Database, DatabaseUnavailable
from tests.contracts.conftest import Opener

LONGEST_S = 30


@dataclass(slots=True)
class Service:
    """A service as far as its claim goes."""

    claim: Leading
    leads: Event
    is_overtaken: Event


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "LOOK_S", 0.02)
    monkeypatch.setattr(leading, "PATIENCE_S", 0.05)


@pytest.fixture
def services(reopen: Opener) -> Iterator[list[Service]]:
    with ExitStack() as stack:
        made = []
        for _ in range(2):
            leads, is_overtaken = Event(), Event()
            claim = Leading(reopen(), begin=leads.set, overtaken=is_overtaken.set)
            stack.callback(claim.stop)
            made.append(Service(claim, leads, is_overtaken))
        yield made


def lose(database: Database) -> None:
    """Let the server forget who holds the claim, as it does when it is started anew."""
    holders = text(
        "SELECT pg_terminate_backend(pid) FROM pg_locks"
        " WHERE locktype = 'advisory' AND granted AND objid = :lock"
    )
    with database.write() as tx:
        assert tx.execute(holders, {"lock": ADVISORY_LOCK}).scalars().all() == [True]


def test_the_second_one_leads_when_the_first_one_is_gone(services: list[Service]) -> None:
    first, second = services
    first.claim.start()
    assert first.leads.wait(LONGEST_S)
    second.claim.start()
    assert not second.leads.wait(0.2)
    first.claim.stop()
    assert second.leads.wait(LONGEST_S)
    assert not first.is_overtaken.is_set()


def test_one_that_insists_is_refused_where_another_leads(services: list[Service]) -> None:
    first, second = services
    first.claim.insist()
    with pytest.raises(DatabaseUnavailable) as refused:
        second.claim.insist()
    assert refused.value.code == "CG-7603"
    first.claim.start()
    assert first.leads.wait(LONGEST_S)


def test_a_claim_that_the_server_forgot_is_taken_again(
    services: list[Service], database: Database, reopen: Opener
) -> None:
    if database.is_sqlite:
        pytest.skip("a lock of a file is never forgotten")
    first, _ = services
    first.claim.start()
    assert first.leads.wait(LONGEST_S)
    lose(database)

    def is_taken() -> bool:
        try:
            with sole_service(reopen(), patience_s=0.05):
                return False
        except DatabaseUnavailable:
            return True

    assert any(is_taken() for _ in range(100))
    first.claim.stop()
    assert not first.is_overtaken.is_set()
    assert not is_taken()


def test_one_that_cannot_lead_yet_lets_go_and_tries_again(reopen: Opener) -> None:
    tries, leads, is_overtaken = [], Event(), Event()

    def begin() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise DatabaseUnavailable("CG-7010", "away")
        leads.set()

    claim = Leading(reopen(), begin=begin, overtaken=is_overtaken.set)
    claim.start()
    assert leads.wait(LONGEST_S)
    claim.stop()
    assert (len(tries), is_overtaken.is_set()) == (2, False)
    with sole_service(reopen()):
        pass


def test_one_that_was_overtaken_stops(services: list[Service], database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("a lock of a file is never forgotten")
    first, second = services
    first.claim.insist()
    lose(database)
    second.claim.insist()
    first.claim.start()
    assert first.is_overtaken.wait(LONGEST_S)
    first.claim.stop()
    second.claim.start()
    assert second.leads.wait(LONGEST_S)
    assert not second.is_overtaken.is_set()
