"""One service per database leads: a second one would begin the jobs that the first one runs.

Both claims end with the process that holds them, also when it is killed: so the claim is the lease
of all jobs that run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from api.storage.database import Database, DatabaseUnavailable
from telemetry.storage.troubles import place_trouble

SUFFIX = "-serving"
"""Beside an SQLite file lies an empty one of this name, whose lock is the claim."""

ADVISORY_LOCK = 7226318
PATIENCE_S = 5.0
"""How long the claim of a service that is just going away is waited for."""

TAKEN = "CG-7603"

Holds: TypeAlias = Callable[[], bool]
"""Says whether a claim is still held: a server that was started anew has forgotten it."""


@contextmanager
def sole_service(database: Database, *, patience_s: float = PATIENCE_S) -> Iterator[Holds]:
    """Hold the claim on a database.

    Parameters
    ----------
    database
        Whose.
    patience_s
        How long to wait for a service that may be going away.

    Raises
    ------
    DatabaseUnavailable
        Another service holds it (CG-7603), or the database does not answer (CG-7010).
    """
    if database.is_sqlite:
        claim = _claim_on_file(database, patience_s)
    else:
        claim = _claim_on_server(database, patience_s)
    with claim as holds:
        yield holds


@contextmanager
def _claim_on_file(database: Database, patience_s: float) -> Iterator[Holds]:
    file = Path(str(database.url.database))
    place = file.with_name(file.name + SUFFIX)
    try:
        connection = sqlite3.connect(
            place, timeout=patience_s, isolation_level=None, check_same_thread=False
        )
    except sqlite3.OperationalError as error:
        cause = f"database {database.name}: {place_trouble(file) or error}"
        raise DatabaseUnavailable("CG-7010", cause) from error
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise taken_by_another(database) from error
        yield lambda: True


@contextmanager
def _claim_on_server(database: Database, patience_s: float) -> Iterator[Holds]:
    with database.lasting() as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{patience_s:g}s'")
        try:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
        except OperationalError as error:
            raise taken_by_another(database) from error

        def holds() -> bool:
            try:
                connection.exec_driver_sql("SELECT 1")
            except SQLAlchemyError:
                return False
            return True

        yield holds


def taken_by_another(database: Database) -> DatabaseUnavailable:
    """Say that another service leads on a database."""
    return DatabaseUnavailable(TAKEN, f"another coldgrid serves from {database.name}")
