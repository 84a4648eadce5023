"""A backup made while a monitor writes: whole batches, nothing torn, and it can be restored."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

from telemetry.ports import Store
from telemetry.readings import Channel
from telemetry.storage.store import open_store
from tests.database_files import fresh_telemetry
from tests.postgres import Cluster, binaries
from tests.telemetry_stores import NOON_MS, SECOND_MS, reading

BATCH = 50
SENSORS = [f"truck-{number}/air" for number in range(BATCH)]
LONGEST_S = 60
FIRST = 20
"""Batches that are there before the backup begins."""


class Writer:
    """Writes a reading of every sensor at a time, each batch in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ending = Event()
        self.batches = 0

    def one(self) -> None:
        """Write one batch."""
        at_ms = NOON_MS + self.batches * SECOND_MS
        with self._store.write() as ledger:
            ledger.add_readings(
                [reading(sensor, at_ms, value=-20.0 - self.batches / 1000) for sensor in SENSORS]
            )
        self.batches += 1

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Write on in a thread; what goes wrong there is raised at the end."""
        with ThreadPoolExecutor(max_workers=1) as threads:
            working = threads.submit(self._work)
            try:
                yield
            finally:
                self._ending.set()
            working.result(LONGEST_S)

    def _work(self) -> None:
        while not self._ending.is_set():
            self.one()


def rows(store: Store) -> dict[str, list[tuple[int, float]]]:
    """Give all readings by sensor, oldest first."""
    found: dict[str, list[tuple[int, float]]] = {sensor: [] for sensor in SENSORS}
    for one in store.readings(SENSORS, Channel.TEMPERATURE, NOON_MS, NOON_MS + 10**9):
        found[one.sensor].append((one.at_ms, one.value))
    return found


def compare(original: str, copy: str, least: int) -> None:
    """Hold a restored copy against what it was made of, row by row."""
    with closing(open_store(original)) as ours, closing(open_store(copy)) as restored:
        whole, kept = rows(ours), rows(restored)
        lengths = {len(each) for each in kept.values()}
        # Whole batches only: every sensor has as many.
        (batches,) = lengths
        assert least <= batches <= len(whole[SENSORS[0]])
        assert all(kept[sensor] == whole[sensor][:batches] for sensor in SENSORS)
        # It goes on where it stopped.
        with restored.write() as ledger:
            assert ledger.add_readings([reading(SENSORS[0], NOON_MS + 10**8)]) == 1


def test_sqlite_is_copied_while_it_is_written(tmp_path: Path) -> None:
    url = fresh_telemetry(tmp_path / "telemetry.db")
    with closing(open_store(url)) as store:
        writer = Writer(store)
        for _ in range(FIRST):
            writer.one()
        with writer.at_work():
            copy(tmp_path / "telemetry.db", tmp_path / "backup.db")
        assert writer.batches >= FIRST
    compare(url, f"sqlite:///{tmp_path}/backup.db", FIRST)


def copy(file: Path, to: Path) -> None:
    """Do what ``.backup`` of SQLite's own command does."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
        assert target.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_postgresql_is_dumped_while_it_is_written(postgres_cluster: Cluster) -> None:
    programs = binaries()
    assert programs is not None
    with postgres_cluster.empty_database() as url, postgres_cluster.empty_database() as other:
        with closing(open_store(url)) as store:
            writer = Writer(store)
            for _ in range(FIRST):
                writer.one()
            with writer.at_work():
                dump = run(programs / "pg_dump", "--format=custom", address(url))
        assert writer.batches >= FIRST
        run(programs / "pg_restore", "--no-owner", f"--dbname={address(other)}", fed=dump)
        compare(url, other, FIRST)


def address(url: str) -> str:
    """Give an address as PostgreSQL's own programs read it."""
    return url.replace("postgresql+psycopg", "postgresql")


def run(program: Path, *words: str, fed: bytes | None = None) -> bytes:
    """Run one of PostgreSQL's programs; give what it prints."""
    done = subprocess.run(
        [program, *words], input=fed, capture_output=True, timeout=LONGEST_S, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
