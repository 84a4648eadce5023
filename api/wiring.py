"""The only composition root: settings in, every part of the service out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from api.services.plan_book import PlanBook
from api.settings import Settings
from api.storage.database import Database

Clock = Callable[[], datetime]
"""Gives the current instant, with an offset."""


def utc_now() -> datetime:
    """Give the current instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The parts of one running service.

    Parameters
    ----------
    clock
        Where every part takes the time from.
    """

    settings: Settings
    clock: Clock
    database: Database
    plan_book: PlanBook

    def start(self) -> None:
        """Begin to work: called once, when the service starts."""

    def stop(self) -> None:
        """End in order: called once, when the service stops."""
        self.database.close()


def wire(settings: Settings, *, clock: Clock = utc_now) -> Wiring:
    """Build the service; the database is brought up to date.

    Raises
    ------
    DatabaseUnavailable
        The database cannot be opened.
    """
    database = Database(settings.database)
    database.migrate()
    return Wiring(
        settings=settings,
        clock=clock,
        database=database,
        plan_book=PlanBook(database, travel_folder=settings.travel_folder),
    )
