"""One monitor of a name at a time: two would raise every alarm twice.

The lease ends with the process that holds it, also when it is killed: SQLite's is a lock of the
operating system on a file beside the database, PostgreSQL's lasts as long as a connection. That one
can be lost while its holder lives on: before each write the holder makes sure of it.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack
from select import POLLIN, poll
from threading import Lock
from typing import Any, Protocol
from urllib.parse import quote
from zlib import crc32

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from telemetry.errors import StoreUnavailable
from telemetry.storage.database import Database

LEASES = 7226324
"""The first half of PostgreSQL's locks; the second half comes from the name."""

PATIENCE_S = 2
"""How long a server may take to see that the last holder is gone."""

LOCK_NOT_AVAILABLE = "55P03"


class Lease(Protocol):
    """The right to be the only monitor of a name."""

    def assure(self) -> None:
        """Make sure that it is held, and take it anew where it was lost."""
        ...

    def release(self) -> None:
        """Give it back."""
        ...


def take_lease(database: Database, name: str) -> Lease:
    """Take a lease.

    Raises
    ------
    StoreUnavailable
        Another one holds it (CG-8202), or the database does not answer (CG-8201).
    """
    return FileLease(database, name) if database.is_sqlite else ServerLease(database, name)


class FileLease:
    """A lock on a file beside the database; nothing but its release or our end takes it away."""

    def __init__(self, database: Database, name: str) -> None:
        file = database.file
        with database.named():
            place = file.with_name(f"{file.name}-lease-{quote(name, safe='')}")
            self._descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise _taken(database, name) from error

    def assure(self) -> None:
        """Do nothing: it is held."""

    def release(self) -> None:
        """Give it back."""
        os.close(self._descriptor)


class ServerLease:
    """An advisory lock on a connection of its own."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._lock = Lock()
        self._stack = ExitStack()
        self._driver: Any = None
        self._take()

    def assure(self) -> None:
        """Make sure that it is held, and take it anew where it was lost.

        Raises
        ------
        StoreUnavailable
            Another one has taken it (CG-8202), or the database does not answer (CG-8201).
        """
        with self._lock:
            if not self._is_quiet():
                self.release()
                self._take()

    def release(self) -> None:
        """Give it back."""
        self._driver = None
        self._stack.close()

    def _is_quiet(self) -> bool:
        """Say whether the connection lives: the server says nothing on it but that it ends."""
        if self._driver is None or self._driver.closed:
            return False
        watch = poll()
        watch.register(self._driver.fileno(), POLLIN)
        return not watch.poll(0)

    def _take(self) -> None:
        with ExitStack() as stack:
            connection = stack.enter_context(self._database.lasting())
            with self._database.named():
                is_ours = _lock(connection, self._name)
            if not is_ours:
                raise _taken(self._database, self._name)
            self._driver = connection.connection.dbapi_connection
            self._stack = stack.pop_all()


def _lock(connection: Connection, name: str) -> bool:
    number = crc32(name.encode()) - 2**31
    connection.exec_driver_sql(f"SET lock_timeout = '{PATIENCE_S}s'")
    try:
        connection.exec_driver_sql("SELECT pg_advisory_lock(%s, %s)", (LEASES, number))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def _taken(database: Database, name: str) -> StoreUnavailable:
    return StoreUnavailable("CG-8202", f"another monitor {name!r} writes to {database.name}")
