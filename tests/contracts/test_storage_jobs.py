"""Jobs, on SQLite and PostgreSQL alike: a job begins, and ends once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from api.storage import jobs, problems
from api.storage.database import Clash, Database
from api.storage.jobs import JobRow
from api.storage.problems import ProblemRow
from tests.contracts.conftest import Opener
from tests.job_rows import job_row

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
RACERS = 6


@pytest.fixture
def queued(database: Database) -> Database:
    """Give a database with three jobs that wait."""
    row = ProblemRow(
        id="problem-1", name="city", digest="", document=b"{}", lines=0, created_at=NOON
    )
    with database.write() as tx:
        problems.keep(tx, row)
        for name in ("a", "b", "c"):
            jobs.add(tx, job_row(name, key=f"key-{name}"))
    return database


def _found(database: Database, job: str) -> JobRow:
    with database.read() as tx:
        found = jobs.find(tx, job)
    assert found is not None
    return found


def test_a_job_comes_back_as_it_was_stored(queued: Database) -> None:
    assert _found(queued, "a") == job_row("a", key="key-a")
    with queued.read() as tx:
        assert jobs.find(tx, "d") is None


def test_jobs_keep_the_order_in_which_they_were_asked(queued: Database) -> None:
    with queued.read() as tx:
        assert [job.id for job in jobs.in_state(tx, jobs.QUEUED)] == ["a", "b", "c"]
        assert [job.id for job in jobs.newest(tx, limit=2)] == ["c", "b"]
        assert [job.id for job in jobs.newest(tx, limit=9, plan="plan-of-b")] == ["b"]
        assert jobs.count(tx, jobs.QUEUED) == 3
        assert jobs.count(tx, jobs.RUNNING) == 0


def test_a_sender_finds_the_job_of_a_key_again(queued: Database) -> None:
    with queued.read() as tx:
        before = jobs.asked_before(tx, "user:li", "key-a")
        assert before is not None
        assert before.id == "a"
        assert jobs.asked_before(tx, "user:wang", "key-a") is None


def test_a_key_used_twice_clashes_for_one_sender_only(queued: Database) -> None:
    with queued.write() as tx:
        jobs.add(tx, job_row("d", key="key-a", by="user:wang"))
        jobs.add(tx, job_row("e"))
        jobs.add(tx, job_row("f"))
    with pytest.raises(Clash), queued.write() as tx:
        jobs.add(tx, job_row("g", key="key-a"))


def test_a_job_begins_once_and_counts_its_attempts(queued: Database) -> None:
    with queued.write() as tx:
        assert jobs.begin(tx, "a", NOON)
        assert not jobs.begin(tx, "a", NOON)
        assert jobs.requeue(tx, "a")
        assert not jobs.requeue(tx, "a")
        assert jobs.begin(tx, "a", NOON + timedelta(seconds=1))
    job = _found(queued, "a")
    assert (job.state, job.attempt, job.is_open) == (jobs.RUNNING, 2, True)


@pytest.mark.parametrize("state", [jobs.SUCCEEDED, jobs.STOPPED, jobs.FAILED])
def test_a_job_ends_once(queued: Database, state: str) -> None:
    cause = {"code": "CG-7012", "detail": "原因"}
    with queued.write() as tx:
        jobs.begin(tx, "a", NOON)
        assert jobs.end(tx, "a", state, NOON + timedelta(minutes=1), cause=cause)
        assert not jobs.end(tx, "a", jobs.FAILED, NOON + timedelta(minutes=2))
        assert not jobs.ask_to_stop(tx, "a")
        assert not jobs.requeue(tx, "a")
        assert not jobs.begin(tx, "a", NOON)
    job = _found(queued, "a")
    assert (job.state, job.cause, job.is_open) == (state, cause, False)
    assert job.finished_at == NOON + timedelta(minutes=1)


def test_a_job_that_waits_can_end_too(queued: Database) -> None:
    with queued.write() as tx:
        assert jobs.ask_to_stop(tx, "b")
        assert jobs.end(tx, "b", jobs.STOPPED, NOON)
    assert _found(queued, "b").stop_asked


def test_one_of_several_who_end_a_job_at_once_ends_it(queued: Database, reopen: Opener) -> None:
    with queued.write() as tx:
        jobs.begin(tx, "a", NOON)
    won: list[int] = []
    together = Barrier(RACERS)

    def race(opening: Database, number: int) -> None:
        together.wait()
        with opening.write() as tx:
            if jobs.end(tx, "a", jobs.SUCCEEDED, NOON, result_version=number):
                won.append(number)

    threads = [Thread(target=race, args=(reopen(), number)) for number in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [_found(queued, "a").result_version] == won


def test_a_job_of_an_unknown_problem_is_refused(queued: Database) -> None:
    with pytest.raises(Clash), queued.write() as tx:
        jobs.add(tx, replace(job_row("x"), problem="nowhere"))
