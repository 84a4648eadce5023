"""A telemetry store that fails, and several programs on one store."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier as ProcessBarrier
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from alembic import command as alembic
from sqlalchemy import inspect

from api.storage.database import Database as ApplicationDatabase
from telemetry.errors import StoreUnavailable
from telemetry.storage import database as module
from telemetry.storage.database import Database, migration_config
from telemetry.storage.store import SqlStore, open_store
from telemetry.storage.tables import metadata
from tests.postgres import Cluster
from tests.telemetry_stores import DAY_MS, NOON_MS, command, event, reading

SPAWN = multiprocessing.get_context("spawn")
LONGEST_S = 30
VERSION = "coldgrid_telemetry_version"


def refusal(url: str) -> StoreUnavailable:
    with pytest.raises(StoreUnavailable) as refused, closing(open_store(url)):
        pass
    return refused.value


# --- the tables ---------------------------------------------------------------------------------


def test_the_migrations_build_the_tables_that_the_code_describes(store_url: str) -> None:
    with closing(open_store(store_url)) as store, store.write() as ledger:
        ledger.add_readings([reading()])
    with closing(Database(store_url)) as database, database.write() as tx:
        alembic.check(migration_config(tx))


def test_down_and_up_again_gives_the_same_tables(store_url: str) -> None:
    with closing(open_store(store_url)) as store, store.write() as ledger:
        ledger.add_readings([reading(), reading(at_ms=NOON_MS - DAY_MS)])
    with closing(Database(store_url)) as database:
        with database.write() as tx:
            alembic.downgrade(migration_config(tx), "base")
        with database.read() as tx:
            assert set(inspect(tx).get_table_names()) == {VERSION}
        database.migrate()
        with database.write() as tx:
            alembic.check(migration_config(tx))
            assert set(metadata.tables) < set(inspect(tx).get_table_names())


def test_a_store_of_a_newer_coldgrid_is_refused(store_url: str) -> None:
    open_store(store_url).close()
    with closing(Database(store_url)) as database, database.write() as tx:
        tx.exec_driver_sql(f"UPDATE {VERSION} SET version_num = '9999'")
    assert refusal(store_url).code == "CG-8204"


def test_it_shares_a_database_with_the_application(postgres_cluster: Cluster) -> None:
    with postgres_cluster.fresh_database() as url, closing(open_store(url)) as store:
        with store.write() as ledger:
            ledger.add_readings([reading()])
        with closing(ApplicationDatabase(url)) as application:
            application.migrate()
        with closing(Database(url)) as database, database.write() as tx:
            alembic.check(migration_config(tx))


def open_and_write(url: str, barrier: ProcessBarrier, number: int) -> None:
    barrier.wait(LONGEST_S)
    with closing(open_store(url)) as store:
        for batch in range(10):
            with store.write() as ledger:
                ledger.add_events([event()])
                ledger.add_readings([reading(f"{number}/{batch % 3}", NOON_MS + batch), reading()])
        assert store.submit(command()) > 0


@pytest.mark.slow
def test_programs_that_begin_together_build_one_store(store_url: str) -> None:
    barrier = SPAWN.Barrier(3)
    programs = [
        SPAWN.Process(target=open_and_write, args=(store_url, barrier, number))
        for number in range(3)
    ]
    for program in programs:
        program.start()
    for program in programs:
        program.join(LONGEST_S)
        assert program.exitcode == 0
    with closing(open_store(store_url)) as store:
        assert [numbered.number for numbered in store.events()] == list(range(1, 31))
        assert len(store.commands()) == 3
        assert len(store.latest()) == 10


# --- failures -----------------------------------------------------------------------------------


def test_an_address_that_means_nothing(tmp_path: Path) -> None:
    for url in ("nonsense", "mysql://host/name", "sqlite://", "oracle://host/name"):
        assert refusal(url).code == "CG-8203"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    error = refusal(f"sqlite:///{tmp_path}/nowhere/telemetry.db")
    assert error.code == "CG-8201"
    assert f"the folder {tmp_path}/nowhere does not exist" in str(error)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to look like one " * 40)
    assert "the file is no SQLite database" in str(refusal(f"sqlite:///{tmp_path}/notes.txt"))


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://wen:secret@/telemetry?host={tmp_path}&password=hidden"
    error = refusal(url)
    assert error.code == "CG-8201"
    assert "telemetry" in str(error)
    assert "secret" not in str(error)
    assert "hidden" not in str(error)


def test_a_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 20)
    file = tmp_path / "telemetry.db"
    with closing(open_store(f"sqlite:///{file}")) as store:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.ping()
            with pytest.raises(StoreUnavailable, match="does not let go"), store.write() as ledger:
                ledger.add_readings([reading()])
        with store.write() as ledger:
            assert ledger.add_readings([reading()]) == 1


def cut_off(url: str) -> None:
    """End every connection to a database but our own, and wait until they are gone."""
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_that_goes_away_in_the_middle_and_comes_back(postgres_cluster: Cluster) -> None:
    with postgres_cluster.empty_database() as url, closing(open_store(url)) as store:
        store.ping()
        with pytest.raises(StoreUnavailable) as refused, store.write() as ledger:
            ledger.add_readings([reading()])
            cut_off(url)
            ledger.add_readings([reading("truck-2/air")])
        assert refused.value.code == "CG-8201"
        assert store.latest() == []
        with store.write() as ledger:
            assert ledger.add_readings([reading()]) == 1
        cut_off(url)
        assert store.latest() == [reading()]
        cut_off(url)
        assert store.submit(command()) == 1


def test_a_server_that_crashes_and_is_started_again(postgres_cluster: Cluster) -> None:
    with postgres_cluster.empty_database() as plain:
        # The tests' server does not wait for its disk; here a commit has to be one.
        url = f"{plain}&options=-csynchronous_commit%3Don"
        with closing(open_store(url)) as store, store.lease("north"):
            add(store)
            with pytest.raises(StoreUnavailable), store.write() as ledger:
                ledger.add_readings([reading("truck-2/air")])
                postgres_cluster.restart()
            add(store)
            assert store.latest() == [reading()]


def test_one_who_waits_learns_that_the_server_went_away(postgres_cluster: Cluster) -> None:
    with postgres_cluster.empty_database() as url, closing(open_store(url)) as store:
        ended, causes = Event(), list[str]()

        def wait() -> None:
            try:
                store.wait_for_events(0, LONGEST_S)
            except StoreUnavailable as error:
                causes.append(error.code)
            ended.set()

        waiter = Thread(target=wait)
        waiter.start()
        until(lambda: listening(url))
        cut_off(url)
        assert ended.wait(LONGEST_S)
        waiter.join(LONGEST_S)
        assert causes == ["CG-8201"]
        assert not store.wait_for_events(0, 0.01)


def listening(url: str) -> bool:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        found = admin.execute(query).fetchone()
        return found is not None and found[0] > 0


def until(holds: Callable[[], bool]) -> None:
    pause = Event()
    for _ in range(1000):
        if holds():
            return
        pause.wait(0.02)
    raise AssertionError("it never came to be")


# --- several programs ---------------------------------------------------------------------------


def hold_lease(url: str, name: str, pipe: Pipe) -> None:
    with closing(open_store(url)) as store, store.lease(name):
        pipe.send("held")
        pipe.recv()


def test_one_monitor_of_a_name_at_a_time(store_url: str) -> None:
    with closing(open_store(store_url)) as store, closing(open_store(store_url)) as other:
        with store.lease("north/1"):
            with pytest.raises(StoreUnavailable) as refused, other.lease("north/1"):
                pass
            assert refused.value.code == "CG-8202"
            assert "north/1" in str(refused.value)
            with other.lease("south"):
                store.ping()
        with other.lease("north/1"):
            other.ping()


def test_a_lease_ends_with_a_process_that_is_killed(store_url: str) -> None:
    ours, theirs = SPAWN.Pipe()
    holder = SPAWN.Process(target=hold_lease, args=(store_url, "north", theirs))
    holder.start()
    assert ours.poll(LONGEST_S)
    assert ours.recv() == "held"
    with closing(open_store(store_url)) as store:
        with pytest.raises(StoreUnavailable), store.lease("north"):
            pass
        assert holder.pid is not None
        os.kill(holder.pid, signal.SIGKILL)
        holder.join(LONGEST_S)

        def is_free() -> bool:
            with suppress(StoreUnavailable), store.lease("north"):
                return True
            return False

        until(is_free)


def test_a_lease_that_is_lost_with_its_connection_is_taken_anew(postgres_cluster: Cluster) -> None:
    with (
        postgres_cluster.empty_database() as url,
        closing(open_store(url)) as store,
        store.lease("north"),
    ):
        cut_off(url)
        add(store)
        with closing(open_store(url)) as other:
            with pytest.raises(StoreUnavailable), other.lease("north"):
                pass
            cut_off(url)
            with other.lease("north"):
                with pytest.raises(StoreUnavailable) as refused:
                    add(store)
                assert refused.value.code == "CG-8202"
                add(other)
        add(store)


def add(store: SqlStore) -> None:
    with store.write() as ledger:
        ledger.add_readings([reading()])


def write_without_pause(url: str, pipe: Pipe) -> None:
    with closing(open_store(url)) as store:
        number = 0
        while not pipe.poll():
            batch = [reading(f"s{place}", NOON_MS + number) for place in range(100)]
            with store.write() as ledger:
                ledger.add_readings(batch)
                # All its time is spent inside transactions, as under the heaviest load.
                for _ in range(20):
                    ledger.readings(["s1"], batch[0].channel, 0, 2 * NOON_MS)
            number += 1
            if number == 1:
                pipe.send("begun")
        pipe.recv()
        pipe.send(number)


@pytest.mark.slow
def test_commands_wait_for_their_turn_while_another_program_writes(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Too short for trying until by chance the other one is between two transactions.
    monkeypatch.setattr(module, "BUSY_MS", 1000)
    ours, theirs = SPAWN.Pipe()
    writer = SPAWN.Process(target=write_without_pause, args=(store_url, theirs))
    writer.start()
    assert ours.poll(LONGEST_S)
    assert ours.recv() == "begun"
    with closing(open_store(store_url)) as store:
        numbers = [store.submit(command(f"a{place}")) for place in range(50)]
        assert len(store.commands()) == 50
        assert numbers == sorted(set(numbers))
        ours.send("enough")
        assert ours.poll(LONGEST_S)
        written = ours.recv()
        writer.join(LONGEST_S)
        assert writer.exitcode == 0
        assert store.latest(["s1"])[0].at_ms == NOON_MS + written - 1


def test_threads_write_side_by_side(store: SqlStore) -> None:
    failures: list[BaseException] = []

    def work(place: int) -> None:
        try:
            for number in range(20):
                with store.write() as ledger:
                    ledger.add_readings([reading(f"{place}", NOON_MS + number)])
                    ledger.add_events([event()])
                store.submit(command())
                store.latest()
        except StoreUnavailable as error:
            failures.append(error)

    threads = [Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST_S)
    assert failures == []
    assert [numbered.number for numbered in store.events()] == list(range(1, 81))
    assert len(store.commands()) == 80
