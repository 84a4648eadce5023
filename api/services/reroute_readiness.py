"""Gets the process that computes ways out ready for the plans on the road, before a break comes.

After a restart the first break would wait for the solvers to load, for problem and plan to be read
and for the running plan to be checked. A thread sees to that as soon as the service runs. Without a
plan on the road there is nothing to be ready for, and no process.
"""

from __future__ import annotations

from threading import Event, Thread

import structlog

from api.jobs.warm import KEPT
from api.services.plans_on_the_road import ON_THE_ROAD, PlansOnTheRoad
from api.services.reroute_answers import RerouteAnswers
from api.storage import plans
from api.storage.database import Database
from optimizer.domain.errors import ColdgridError

log = structlog.get_logger(__name__)


class RerouteReadiness:
    """Keeps ready; ``start`` and ``stop`` it."""

    def __init__(self, database: Database, looks: PlansOnTheRoad, answers: RerouteAnswers) -> None:
        self._database = database
        self._looks = looks
        self._answers = answers
        self._wake = Event()
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Get ready, and again whenever somebody says ``hurry``."""
        self._wake.set()
        self._thread = Thread(target=self._work, name="reroute readiness", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Get ready for nothing any more."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def hurry(self) -> None:
        """Say that vehicles have left."""
        self._wake.set()

    def get_ready(self) -> int:
        """Get ready for the newest plans on the road, as many as the process keeps.

        Returns
        -------
        int
            For how many.

        Raises
        ------
        DatabaseUnavailable
            The database does not answer.
        """
        with self._database.read() as tx:
            heads = plans.newest(tx, limit=KEPT, state=ON_THE_ROAD.value)
        done = 0
        # The newest last: what was used longest ago is forgotten first.
        for head in reversed(heads):
            if self._stop.is_set():
                break
            try:
                self._answers.get_ready(self._looks.look(head.id))
                done += 1
            except ColdgridError as error:
                log.warning(
                    "not ready to reroute", plan=head.id, code=error.code, detail=str(error)
                )
        return done

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._wake.clear()
            if self._stop.is_set():
                return
            try:
                self.get_ready()
            except Exception:
                # The first break waits a little longer; nothing else depends on this.
                log.exception("cannot get ready to reroute")
