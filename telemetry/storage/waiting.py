"""Waiting for alarm events.

PostgreSQL tells who listens. SQLite cannot, so a waiter looks again and again whether
anybody has committed anything, which costs microseconds (``PRAGMA data_version``); only then
does it ask for events. One in the writer's own process is woken at once.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from time import monotonic
from typing import Any

from telemetry.storage.database import Database, driver_of
from telemetry.storage.ledger import EVENTS_CHANNEL

DATA_VERSION = "PRAGMA data_version"
"""Another number whenever another connection has committed to the file."""

LOOK_S = 0.01
"""How often one looks; who can wait longer says so, for looks cost processor time all day."""
LISTEN_S = 0.5
"""How long one listens before looking whether the store has been closed."""


class EventBell:
    """Wakes those who wait for events.

    Parameters
    ----------
    last_event
        Asks the store for the newest number.
    """

    def __init__(self, database: Database, last_event: Callable[[], int]) -> None:
        self._database = database
        self._last_event = last_event
        self._changed = Condition()
        self._rings = 0
        self._waiters = 0
        self._closed = False

    def ring(self) -> None:
        """Say that events were committed."""
        with self._changed:
            self._rings += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let all go, and wait until they are gone: they hold connections."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiters == 0, timeout=4 * LISTEN_S)

    def wait(self, after: int, timeout_s: float, look_s: float = LOOK_S) -> bool:
        """Wait until there is an event behind a number; say whether there is.

        Parameters
        ----------
        after, timeout_s
            The number, and how long to wait.
        look_s
            How long a look may come after the one before, where the database tells nobody.
        """
        end = monotonic() + timeout_s
        with self._changed:
            if self._closed:
                return False
            self._waiters += 1
        try:
            if self._last_event() > after:
                return True
            if self._database.is_sqlite:
                return self._look(after, end, look_s)
            return self._listen(after, end)
        finally:
            with self._changed:
                self._waiters -= 1
                self._changed.notify_all()

    def _look(self, after: int, end: float, look_s: float) -> bool:
        with self._database.lasting() as connection, self._database.named():
            driver = driver_of(connection)
            known: int | None = None
            while not self._closed and (left := end - monotonic()) > 0:
                with self._changed:
                    rings = self._rings
                # Read first: what is committed while we ask makes it another number again.
                (version,) = driver.execute(DATA_VERSION).fetchone()
                if version != known and self._last_event() > after:
                    return True
                known = version
                with self._changed:
                    # No ring between the look and here is missed.
                    if self._rings == rings and not self._closed:
                        self._changed.wait(min(left, look_s))
        return not self._closed and self._last_event() > after

    def _listen(self, after: int, end: float) -> bool:
        with self._database.lasting() as connection, self._database.named():
            connection.exec_driver_sql(f"LISTEN {EVENTS_CHANNEL}")
            driver: Any = connection.connection.dbapi_connection
            while not self._closed:
                # After listening has begun, so that nothing falls between.
                if self._last_event() > after:
                    return True
                left = end - monotonic()
                if left <= 0:
                    return False
                for _ in driver.notifies(timeout=min(left, LISTEN_S), stop_after=1):
                    pass
        return False
