"""Plans and versions, on SQLite and PostgreSQL alike: nobody overwrites anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from api.storage import jobs, plans, problems
from api.storage.database import Clash, Database, Transaction
from api.storage.plans import NewVersion, PlanHead
from api.storage.problems import ProblemRow
from tests.contracts.conftest import Opener
from tests.job_rows import job_row

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
RACERS = 6

HEAD = PlanHead(
    id="plan-1",
    name="Changsha, Tuesday",
    state="draft",
    version=1,
    revision=1,
    horizon_start=NOON,
    pins={"o1/1": "V1"},
    locks=("V1-morning-1",),
    created_at=NOON + timedelta(microseconds=7),
    created_by="user:li",
)
VERSION = NewVersion(
    problem="problem-1",
    document=b'{"plan": "first"}',
    feasible=True,
    objective_cents=2**40,
    unserved=3,
    reason="planned",
    note="the evening's plan",
    at=NOON,
    by="user:li",
)


def _problem(tx: Transaction) -> None:
    row = ProblemRow(
        id="problem-1", name="city", digest="", document=b"{}", lines=0, created_at=NOON
    )
    problems.keep(tx, row)


@pytest.fixture
def head(database: Database) -> PlanHead:
    with database.write() as tx:
        _problem(tx)
        plans.create(tx, HEAD, VERSION)
    return HEAD


def _found(database: Database) -> PlanHead:
    with database.read() as tx:
        found = plans.find(tx, HEAD.id)
    assert found is not None
    return found


def test_a_plan_comes_back_as_it_was_stored(database: Database, head: PlanHead) -> None:
    assert replace(_found(database), locks=tuple(_found(database).locks)) == head
    with database.read() as tx:
        assert plans.document(tx, head.id, 1) == VERSION.document
        note = plans.note(tx, head.id, 1)
        assert note is not None
        assert plans.notes(tx, head.id) == [note]
        assert plans.newest(tx, limit=5) == [_found(database)]
        assert plans.newest(tx, limit=5, state="published") == []
    assert (note.objective_cents, note.feasible, note.created_at) == (2**40, True, NOON)


def test_what_is_not_there_is_none(database: Database, head: PlanHead) -> None:
    with database.read() as tx:
        assert plans.find(tx, "plan-2") is None
        assert plans.note(tx, head.id, 2) is None
        assert plans.document(tx, head.id, 2) is None
        assert plans.version_of_job(tx, "job-1") is None


def test_a_version_makes_itself_the_head(database: Database, head: PlanHead) -> None:
    with database.write() as tx:
        assert plans.add_version(tx, head, replace(VERSION, document=b"second")) == 2
    after = _found(database)
    assert (after.version, after.revision) == (2, 2)
    with database.read() as tx:
        assert plans.document(tx, head.id, 1) == VERSION.document
        assert plans.document(tx, head.id, 2) == b"second"


def test_who_knows_an_old_revision_writes_nothing(database: Database, head: PlanHead) -> None:
    with database.write() as tx:
        assert plans.change(tx, head, state="published")
    with database.write() as tx:
        assert plans.add_version(tx, head, VERSION) is None
        assert not plans.change(tx, head, state="closed")
    after = _found(database)
    assert (after.state, after.version, after.revision) == ("published", 1, 2)
    with database.read() as tx:
        assert len(plans.notes(tx, head.id)) == 1


def test_one_of_several_who_change_at_once_wins(
    reopen: Opener, database: Database, head: PlanHead
) -> None:
    numbers: list[int | None] = []
    together = Barrier(RACERS)

    def race(opening: Database) -> None:
        with opening.read() as tx:
            known = plans.find(tx, head.id)
        assert known is not None
        together.wait()
        with opening.write() as tx:
            numbers.append(plans.add_version(tx, known, VERSION))

    threads = [Thread(target=race, args=(reopen(),)) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(numbers, key=str) == [2, *[None] * (RACERS - 1)]
    with database.read() as tx:
        assert [note.version for note in plans.notes(tx, head.id)] == [1, 2]


def test_one_job_makes_one_version(database: Database, head: PlanHead) -> None:
    with database.write() as tx:
        jobs.add(tx, job_row("job-1"))
        plans.add_version(tx, head, replace(VERSION, job="job-1"))
    with pytest.raises(Clash), database.write() as tx:
        plans.add_version(tx, _found(database), replace(VERSION, job="job-1"))
    with database.read() as tx:
        made = plans.version_of_job(tx, "job-1")
    assert made is not None
    assert made.version == 2


def test_the_same_plan_is_not_created_twice(database: Database, head: PlanHead) -> None:
    with pytest.raises(Clash), database.write() as tx:
        plans.create(tx, head, VERSION)


def test_a_version_of_an_unknown_problem_is_refused(database: Database, head: PlanHead) -> None:
    with pytest.raises(Clash), database.write() as tx:
        plans.add_version(tx, head, replace(VERSION, problem="nowhere"))
