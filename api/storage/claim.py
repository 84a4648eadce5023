"""One service per database: a second one would begin the jobs that the first one runs.

Both claims end with the process that holds them, also when it is killed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.exc import OperationalError

from api.storage.database import Database, DatabaseUnavailable
from telemetry.storage.troubles import place_trouble

SUFFIX = "-serving"
"""Beside an SQLite file lies an empty one of this name, whose lock is the claim."""

ADVISORY_LOCK = 7226318
PATIENCE_S = 5.0
"""How long the claim of a service that is just going away is waited for."""


@contextmanager
def sole_service(database: Database) -> Iterator[None]:
    """Hold the claim on a database.

    Raises
    ------
    DatabaseUnavailable
        Another service holds it (CG-7603), or the database does not answer (CG-7010).
    """
    claim = _claim_on_file(database) if database.is_sqlite else _claim_on_server(database)
    with claim:
        yield


@contextmanager
def _claim_on_file(database: Database) -> Iterator[None]:
    file = Path(str(database.url.database))
    place = file.with_name(file.name + SUFFIX)
    try:
        connection = sqlite3.connect(
            place, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False
        )
    except sqlite3.OperationalError as error:
        cause = f"database {database.name}: {place_trouble(file) or error}"
        raise DatabaseUnavailable("CG-7010", cause) from error
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise _taken(database) from error
        yield


@contextmanager
def _claim_on_server(database: Database) -> Iterator[None]:
    with database.lasting() as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{PATIENCE_S:g}s'")
        try:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
        except OperationalError as error:
            raise _taken(database) from error
        yield


def _taken(database: Database) -> DatabaseUnavailable:
    return DatabaseUnavailable("CG-7603", f"another coldgrid serves from {database.name}")
