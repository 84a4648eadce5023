"""Which of several services on one database leads: runs the jobs and looks after the plans.

All answer requests. The one that holds the claim leads; when it is gone, however it went, the
claim is free, another one takes it within seconds and begins anew what was running. A service that
has lost its claim, because the database server was started anew, takes it again; where another one
was faster it must stop, for what it runs is no longer its own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Event, Thread

import structlog

from api.storage.claim import PATIENCE_S, TAKEN, Holds, sole_service
from api.storage.database import Database, DatabaseUnavailable

LOOK_S = 1.0
"""How often a service that waits asks for the claim, and one that leads looks whether it has it."""

log = structlog.get_logger(__name__)


class Leading:
    """Takes the claim and keeps it; ``stop`` it after all that it began.

    Parameters
    ----------
    database
        A database of its own, on whose connection the claim is held.
    begin
        Called in a thread when this service is to lead from now on; once more where the database
        did not answer meanwhile.
    overtaken
        Called once when this service must stop: another one leads although this one did, or it
        cannot lead at all.
    """

    def __init__(
        self, database: Database, *, begin: Callable[[], None], overtaken: Callable[[], None]
    ) -> None:
        self._database = database
        self._begin = begin
        self._overtaken = overtaken
        self._stop = Event()
        self._claim = ExitStack()
        self._holds: Holds | None = None
        self._has_led = False
        self._thread = Thread(target=self._work, name="leading", daemon=True)

    def insist(self) -> None:
        """Take the claim now.

        Raises
        ------
        DatabaseUnavailable
            Another service holds it, or the database does not answer.
        """
        self._holds = self._claim.enter_context(sole_service(self._database, patience_s=PATIENCE_S))
        self._has_led = True

    def start(self) -> None:
        """Look after the claim from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Give the claim back."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._let_go()

    def _work(self) -> None:
        if self._holds is not None:
            self._lead()
        while not self._stop.wait(LOOK_S):
            if self._holds is not None and not self._holds():
                log.warning("the claim on the database was lost")
                self._let_go()
            if self._holds is None and not self._is_taken():
                return

    def _is_taken(self) -> bool:
        """Try to take the claim; False where this service must stop."""
        try:
            self._holds = self._claim.enter_context(sole_service(self._database, patience_s=LOOK_S))
        except DatabaseUnavailable as error:
            self._let_go()
            if error.code == TAKEN and self._has_led:
                log.error("another service leads now; this one stops", code=error.code)
                self._overtaken()
                return False
            return True
        if not self._has_led:
            self._lead()
        return True

    def _lead(self) -> None:
        """Begin to lead; who cannot must not keep the claim from those who could."""
        try:
            self._begin()
        except DatabaseUnavailable as error:
            log.warning("this service cannot lead yet", code=error.code, detail=str(error))
            self._let_go()
        except Exception:
            log.exception("this service cannot lead; it stops")
            self._overtaken()
            raise
        else:
            self._has_led = True
            log.info("this service leads")

    def _let_go(self) -> None:
        self._holds = None
        self._claim.close()
