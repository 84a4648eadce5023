"""A database that does not answer is named, with the cause and never with a password."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api.storage import database as module
from api.storage.database import Database, DatabaseUnavailable
from telemetry.storage.troubles import place_trouble
from tests.contracts.conftest import Opener


def _refusal(url: str) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as refused, closing(Database(url)) as database:
        database.ping()
    return refused.value


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    error = _refusal(f"sqlite:///{tmp_path}/nowhere/coldgrid.db")
    assert error.code == "CG-7010"
    assert f"the folder {tmp_path}/nowhere does not exist" in str(error)


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    assert f"{tmp_path} is a folder" in str(_refusal(f"sqlite:///{tmp_path}"))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to look like one " * 40)
    assert "the file is no SQLite database" in str(_refusal(f"sqlite:///{tmp_path}/notes.txt"))


def test_a_damaged_file(tmp_path: Path) -> None:
    file = tmp_path / "coldgrid.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        database.migrate()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    with (
        closing(Database(f"sqlite:///{file}")) as database,
        pytest.raises(DatabaseUnavailable, match="the file is damaged; bring back a backup"),
        database.read() as tx,
    ):
        tx.exec_driver_sql("SELECT * FROM jobs")


def test_a_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 20)
    file = tmp_path / "coldgrid.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        database.migrate()
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            database.ping()
            with (
                pytest.raises(DatabaseUnavailable, match="another program holds its write lock"),
                database.write(),
            ):
                pytest.fail("two writers at once")
            other.execute("ROLLBACK")
        with database.write():
            pass


def test_a_file_that_may_not_be_written(tmp_path: Path) -> None:
    file = tmp_path / "coldgrid.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        database.migrate()
    # An SQLite option of the address stands in for file rights, which root does not have to mind.
    with (
        closing(Database(f"sqlite:///file:{file}?mode=ro&uri=true")) as database,
        pytest.raises(DatabaseUnavailable, match="may not be written by this user"),
        database.write() as tx,
    ):
        tx.exec_driver_sql("DELETE FROM jobs")


def test_place_trouble_is_silent_where_all_is_well(tmp_path: Path) -> None:
    assert place_trouble(tmp_path / "coldgrid.db") is None


def test_a_server_that_is_away() -> None:
    error = _refusal("postgresql+psycopg://li:secret@127.0.0.1:1/coldgrid")
    assert error.code == "CG-7010"
    assert "refused" in str(error)
    assert "\n" not in str(error)
    assert "secret" not in str(error)
    assert "postgresql+psycopg://li:***@127.0.0.1:1/coldgrid" in str(error)


def test_a_password_among_the_options_is_not_shown() -> None:
    error = _refusal("postgresql+psycopg://127.0.0.1:1/coldgrid?password=secret")
    assert "secret" not in str(error)


def test_too_many_at_once(reopen: Opener) -> None:
    database = reopen()
    database._engine.pool._timeout = 0.01  # type: ignore[attr-defined]  # 30 s otherwise
    held = []
    with pytest.raises(DatabaseUnavailable, match="all connections are in use"):
        for _ in range(100):
            held.append(database._engine.connect())
            database.ping()
    for connection in held:
        connection.close()
    database.ping()


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("", "Could not parse"),
        ("coldgrid.db", "Could not parse"),
        ("mysql://host/coldgrid", "database setting"),
        ("oracle+nodriver://host/x", "database setting"),
        ("postgresql+nodriver://host/x", "nodriver"),
        ("sqlite://", "name of a file"),
        ("sqlite:///:memory:", "name of a file"),
    ],
)
def test_an_address_that_is_none(url: str, cause: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=cause) as refused:
        Database(url)
    assert refused.value.code == "CG-7011"
