"""Jobs that another service on the same database runs: who follows them here learns their end."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import structlog

from api.jobs.feeds import Feeds
from api.storage import jobs
from api.storage.database import Database, DatabaseUnavailable
from api.storage.jobs import JobRow

LOOK_S = 1.0

log = structlog.get_logger(__name__)


class EndsElsewhere:
    """Looks for the ends of followed jobs; ``start`` and ``stop`` it once.

    Parameters
    ----------
    feeds
        Who follows what here.
    runs_here
        Says whether this service runs a job: then it tells of its end itself.
    tell_end
        Tells those who follow a job what became of it.
    """

    def __init__(
        self,
        database: Database,
        feeds: Feeds,
        *,
        runs_here: Callable[[str], bool],
        tell_end: Callable[[JobRow], None],
    ) -> None:
        self._database = database
        self._feeds = feeds
        self._runs_here = runs_here
        self._tell_end = tell_end
        self._stop = Event()
        self._thread = Thread(target=self._work, name="ends elsewhere", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Look once.

        Raises
        ------
        DatabaseUnavailable
            The database does not answer.
        """
        followed = [name for name in self._feeds.followed() if not self._runs_here(name)]
        for name in followed:
            with self._database.read() as tx:
                row = jobs.find(tx, name)
            if row is not None and not row.is_open:
                self._tell_end(row)

    def _work(self) -> None:
        while not self._stop.wait(LOOK_S):
            try:
                self.look()
            except DatabaseUnavailable as error:
                log.warning("ends of jobs not looked for", code=error.code, detail=str(error))
