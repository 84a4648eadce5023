"""A whole service in this process, over a database of its own, for tests that speak HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.wiring import Wiring, wire
from tests.database_files import fresh_database, fresh_telemetry

MORNING = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
"""The horizon start of the small sample city."""

DATABASE, TELEMETRY = "coldgrid.db", "coldgrid-telemetry.db"


class StandingClock:
    """A clock that moves when a test says so."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Give the instant."""
        return self.now

    def advance(self, **parts: float) -> None:
        """Move on by hours, minutes, seconds."""
        self.now += timedelta(**parts)


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Give default settings with the files of both databases in a folder.

    Streams that would never end by themselves end at once: the client in this process reads an
    answer to its end.
    """
    ours: dict[str, Any] = {
        "database": f"sqlite:///{folder}/{DATABASE}",
        "telemetry": f"sqlite:///{folder}/{TELEMETRY}",
        "stream_seconds": 0,
    }
    return Settings(**{**ours, **changes})


def wired(folder: Path, *, clock: StandingClock | None = None, **changes: Any) -> Wiring:
    """Build a service over the databases of a folder; what is not there yet is made."""
    if not (folder / DATABASE).exists():
        fresh_database(folder / DATABASE)
    # Who watches nothing has no telemetry store.
    if "registry" in changes and not (folder / TELEMETRY).exists():
        fresh_telemetry(folder / TELEMETRY)
    return wire(settings_in(folder, **changes), clock=clock or StandingClock())


@contextmanager
def served(
    folder: Path, *, clock: StandingClock | None = None, **changes: Any
) -> Iterator[tuple[TestClient, Wiring]]:
    """Run a service; requests come from loopback, where no user is needed.

    Exceptions that no handler knows are answered with 500, as in production.
    """
    wiring = wired(folder, clock=clock, **changes)
    client = TestClient(
        create_app(wiring),
        base_url="http://localhost",
        client=("127.0.0.1", 50000),
        raise_server_exceptions=False,
    )
    with client:
        yield client, wiring
