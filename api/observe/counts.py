"""What the database tells of jobs, for figures and health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from api.storage import upkeep
from api.storage.database import Database


class JobCounts:
    """Counts jobs, and reports each one that ends after this object was made once.

    Parameters
    ----------
    database
        Where the jobs are.
    clock
        Gives the current instant.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._known_until = clock()

    @property
    def database_errors(self) -> int:
        """Count how often the database did not answer."""
        return self._database.troubles

    def by_state(self) -> dict[str, int]:
        """Count the jobs in each state, also where there is none."""
        with self._database.read() as tx:
            return upkeep.jobs_by_state(tx)

    def newly_ended(self) -> list[tuple[str, float]]:
        """Give how they ended and seconds from begin to end, of jobs not reported before."""
        with self._database.read() as tx:
            ended = upkeep.jobs_ended_after(tx, self._known_until)
        self._known_until = max([self._known_until, *(job.finished_at for job in ended)])
        return [(job.state, job.seconds) for job in ended]
