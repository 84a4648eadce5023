"""Looks now and then for orders under way that stand still, and makes a task of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

import structlog

from api.problem_details import Refusal
from api.road.stalls import stalls
from api.road.tasks import TaskRules
from api.services.plan_book import PlanBook
from api.services.road_days import RoadDays
from api.storage import road, tasks
from api.storage.database import Database, DatabaseUnavailable

LOOK_S = 60.0

log = structlog.get_logger(__name__)


class Stalls:
    """Looks for stalled orders; ``start`` and ``stop`` it.

    Parameters
    ----------
    clock
        Gives the current instant.
    rules
        How long an order may go without a scan.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        *,
        clock: Callable[[], datetime],
        rules: TaskRules,
    ) -> None:
        self._database = database
        self._days = RoadDays(database, book)
        self._clock = clock
        self._rules = rules
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = Thread(target=self._work, name="stalls", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> int:
        """Look once; give how many tasks are new.

        Raises
        ------
        DatabaseUnavailable
            The database does not answer.
        """
        now = self._clock()
        with self._database.read() as tx:
            # Nothing of a plan can have left before its horizon began.
            driven = road.running_since(tx, now - self._rules.stalled_after)
        return sum(self._look_at(plan, now) for plan in driven)

    def _look_at(self, plan: str, now: datetime) -> int:
        day = self._days.day(plan, now)
        with self._database.read() as tx:
            events = road.events_of_plan(tx, plan)
        found = list(stalls(day, events, now, self._rules))
        if not found:
            return 0
        with self._database.write() as tx:
            return sum(tasks.add(tx, task, now) for task in found)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                new = self.look()
            except (DatabaseUnavailable, Refusal) as error:
                log.warning("stalled orders not looked for", code=error.code, detail=str(error))
            else:
                if new:
                    log.info("orders stand still", new=new)
            self._stop.wait(LOOK_S)
