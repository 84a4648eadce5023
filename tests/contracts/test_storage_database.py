"""What every store relies on, on SQLite and PostgreSQL alike: transactions and migrations."""

from __future__ import annotations

import multiprocessing
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing.synchronize import Barrier as ProcessBarrier
from threading import Barrier, Thread

import pytest
from alembic import command
from sqlalchemy import inspect
from sqlalchemy.exc import InternalError

from api.storage import claim, problems
from api.storage.claim import sole_service
from api.storage.database import Clash, Database, DatabaseUnavailable, migration_config
from api.storage.problems import ProblemRow
from api.storage.tables import metadata, users
from tests.contracts.conftest import Opener

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
AnyBarrier = Barrier | ProcessBarrier
WRITERS, WRITES = 4, 25
LONGEST_S = 60


def problem(name: str, document: bytes = b"{}", at: datetime = NOON) -> ProblemRow:
    return ProblemRow(id=name, name=name, digest="", document=document, lines=0, created_at=at)


def user(name: str) -> dict[str, object]:
    plain = {"password_hash": "", "role": "admin", "failed_logins": 0, "created_by": "test"}
    return {"id": name, "name": name, "created_at": NOON, **plain}


def table_names(database: Database) -> set[str]:
    with database.read() as tx:
        return set(inspect(tx).get_table_names())


# --- migrations ---------------------------------------------------------------------------------


def test_the_migrations_build_the_tables_that_the_code_describes(database: Database) -> None:
    with database.write() as tx:
        command.check(migration_config(tx))


def test_down_and_up_again_gives_the_same_tables(database: Database) -> None:
    with database.write() as tx:
        command.downgrade(migration_config(tx), "base")
    assert table_names(database) == {"alembic_version"}
    database.migrate()
    assert table_names(database) == {"alembic_version", *metadata.tables}
    with database.write() as tx:
        command.check(migration_config(tx))


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.write() as tx:
        problems.keep(tx, problem("kept"))
    database.migrate()
    with database.read() as tx:
        assert problems.find(tx, "kept") is not None


def test_a_database_of_a_newer_release_is_left_alone(database: Database) -> None:
    with database.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnavailable, match="9999") as refused:
        database.migrate()
    assert refused.value.code == "CG-7601"


# --- transactions -------------------------------------------------------------------------------


def test_a_database_answers(database: Database) -> None:
    database.ping()


def test_a_crash_in_a_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        problems.keep(tx, problem("lost"))
        raise ZeroDivisionError
    with database.read() as tx:
        assert problems.find(tx, "lost") is None


def test_what_is_written_while_reading_is_not_kept(database: Database) -> None:
    refused: AbstractContextManager[object] = (
        nullcontext() if database.is_sqlite else pytest.raises(InternalError)
    )
    with refused, database.read() as tx:
        problems.keep(tx, problem("lost"))
    with database.read() as tx:
        assert problems.find(tx, "lost") is None


def test_a_reader_sees_one_state(database: Database) -> None:
    with database.read() as reading:
        assert problems.find(reading, "new") is None
        with database.write() as writing:
            problems.keep(writing, problem("new"))
        assert problems.find(reading, "new") is None
    with database.read() as reading:
        assert problems.find(reading, "new") is not None


def test_a_clash_of_keys_is_the_callers_to_understand(database: Database) -> None:
    with pytest.raises(Clash), database.write() as tx:
        tx.execute(users.insert().values(**user("li")))
        tx.execute(users.insert().values(**user("li")))


def test_openings_in_several_threads_lose_no_write(reopen: Opener) -> None:
    openings = [reopen() for _ in range(WRITERS)]
    with openings[0].write() as tx:
        tx.execute(users.insert().values(**user("counter")))
    together = Barrier(WRITERS)
    threads = [Thread(target=_count_up, args=(opening, together)) for opening in openings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST_S)
    assert _counted(openings[0]) == WRITERS * WRITES


@pytest.mark.slow
def test_processes_that_start_together_build_the_tables_once_and_lose_no_write(
    empty_database: Database,
) -> None:
    spawn = multiprocessing.get_context("spawn")
    url = empty_database.url.render_as_string(hide_password=False)
    together = spawn.Barrier(2)
    processes = [spawn.Process(target=_start_and_count, args=(url, together)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(LONGEST_S)
    assert [process.exitcode for process in processes] == [0, 0]
    assert table_names(empty_database) == {"alembic_version", *metadata.tables}
    assert _counted(empty_database) == len(processes) * WRITES


def _start_and_count(url: str, together: AnyBarrier) -> None:
    with closing(Database(url)) as database:
        together.wait()
        database.migrate()
        with suppress(Clash), database.write() as tx:
            tx.execute(users.insert().values(**user("counter")))
        _count_up(database, together)


def _count_up(database: Database, together: AnyBarrier) -> None:
    together.wait()
    for _ in range(WRITES):
        with database.write() as tx:
            # Read, then write: what a transaction that takes its lock late gets wrong.
            before = tx.execute(users.select().with_for_update()).one().failed_logins
            tx.execute(users.update().values(failed_logins=before + 1))


def _counted(database: Database) -> int:
    with database.read() as tx:
        number: int = tx.execute(users.select()).one().failed_logins
    return number


# --- one service per database -------------------------------------------------------------------


def test_the_claim_is_one_services_until_it_goes(
    reopen: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "PATIENCE_S", 0.05)
    first, second = reopen(), reopen()
    with sole_service(first):
        with pytest.raises(DatabaseUnavailable) as refused, sole_service(second):
            pytest.fail("two services on one database")
        assert refused.value.code == "CG-7603"
        # Others may still look and write: the command line, the doctor.
        with second.write() as tx:
            problems.keep(tx, problem("kept"))
    with sole_service(second):
        pass


# --- columns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "instant",
    [
        NOON,
        NOON + timedelta(microseconds=1),
        datetime(2026, 7, 14, 0, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=8))),
        datetime(2026, 2, 28, 20, 0, tzinfo=timezone(-timedelta(hours=9, minutes=30))),
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
    ids=str,
)
def test_an_instant_comes_back_in_utc_to_the_microsecond(
    database: Database, instant: datetime
) -> None:
    with database.write() as tx:
        problems.keep(tx, problem("p", at=instant))
    with database.read() as tx:
        row = problems.find(tx, "p")
    assert row is not None
    assert row.created_at == instant
    assert row.created_at.utcoffset() == timedelta(0)


def test_a_naive_instant_is_a_defect(database: Database) -> None:
    with pytest.raises(Exception, match="without an offset"), database.write() as tx:
        problems.keep(tx, problem("p", at=NOON.replace(tzinfo=None)))


def test_instants_sort_as_they_follow(database: Database) -> None:
    instants = [NOON + timedelta(microseconds=step) for step in (0, 1, 10, 999_999, 1_000_000)]
    with database.write() as tx:
        for number, instant in enumerate(reversed(instants)):
            tx.execute(users.insert().values(**(user(f"{number}") | {"created_at": instant})))
    with database.read() as tx:
        rows = tx.execute(users.select().order_by(users.c.created_at)).all()
    assert [row.created_at for row in rows] == instants


@pytest.mark.parametrize(
    "document",
    [b"", b"{}", '{"站": "麓谷 ❄"}'.encode(), bytes(range(256)), b'{"a": 1}' * 400_000],
    ids=["empty", "object", "chinese", "every byte", "3 MB"],
)
def test_a_document_comes_back_byte_by_byte(database: Database, document: bytes) -> None:
    with database.write() as tx:
        problems.keep(tx, problem("p", document=document))
    with database.read() as tx:
        row = problems.find(tx, "p")
    assert row is not None
    assert row.document == document


def test_the_same_problem_twice_is_one_row(database: Database) -> None:
    with database.write() as tx:
        problems.keep(tx, problem("p", document=b"first"))
        problems.keep(tx, problem("p", document=b"second"))
    with database.read() as tx:
        row = problems.find(tx, "p")
    assert row is not None
    assert row.document == b"first"
