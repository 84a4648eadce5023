"""Database files with all tables and no row: copies of two that each process makes once.

Making the tables costs more than most tests that need them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

from api.storage.database import Database
from telemetry.storage.store import open_store


def fresh_database(file: Path) -> str:
    """Put a database of the application into a file and give its address."""
    file.write_bytes(_database())
    return f"sqlite:///{file}"


def fresh_telemetry(file: Path) -> str:
    """Put a telemetry store into a file and give its address."""
    file.write_bytes(_telemetry())
    return f"sqlite:///{file}"


@cache
def _database() -> bytes:
    def make(url: str) -> None:
        with closing(Database(url)) as database:
            database.migrate()

    return _made(make)


@cache
def _telemetry() -> bytes:
    return _made(lambda url: open_store(url).close())


def _made(make: Callable[[str], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.db"
        make(f"sqlite:///{file}")
        assert not file.with_name("made.db-wal").exists(), "not all of it is in the file"
        return file.read_bytes()
