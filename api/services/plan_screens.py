"""Plans as a screen gets them: drawn once per standing, then given as they are.

Reading a city's plan off its version takes a tenth of a second, opening it half of one, and every
board of the house asks for the same. The newest plan is drawn when the service starts, so that
the first who looks need not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import NamedTuple, TypeAlias

import structlog

from api.life.freeze import Freeze
from api.problem_details import Refusal
from api.services.plan_book import Kept, OpenPlan
from api.services.plan_changing import PlanChanging
from api.storage import plans
from api.storage.database import DatabaseUnavailable
from api.storage.plans import PlanHead

log = structlog.get_logger(__name__)

Draw: TypeAlias = Callable[[OpenPlan, Freeze], bytes]
"""Writes what a screen gets of a version, and of what stays of it."""


class Screen(NamedTuple):
    """A version as it is sent.

    Parameters
    ----------
    head
        The plan's standing.
    body
        What was drawn.
    """

    head: PlanHead
    body: bytes


class PlanScreens:
    """Draws versions of plans, and keeps what it drew.

    Parameters
    ----------
    changing
        Opens plans and knows what stays of them.
    draw
        How it is written.
    """

    def __init__(self, changing: PlanChanging, draw: Draw) -> None:
        self._changing = changing
        self._draw = draw
        self._kept = Kept[bytes]()
        self._ahead: Thread | None = None

    def start(self) -> None:
        """Draw the newest plan in a thread of its own."""
        self._ahead = Thread(target=self._draw_ahead, name="plan-screens", daemon=True)
        self._ahead.start()

    def stop(self) -> None:
        """Wait for what is being drawn; it reads the database."""
        if self._ahead is not None:
            self._ahead.join()

    def show(self, plan: str, version: int | None = None) -> Screen:
        """Give a version, by default the one that counts; of an older one nothing can be changed.

        Raises
        ------
        Refusal
            There is no such plan or version.
        """
        opened = self._changing.book.open(plan, version)
        head, number = opened.head, opened.note.version
        frozen = self._changing.freeze(opened) if number == head.version else Freeze()
        # The revision counts every change of a plan; what stays of it changes with the hour too.
        key = repr((head.id, number, head.revision, sorted(frozen.because.items())))
        body = self._kept.get(key)
        if body is None:
            body = self._draw(opened, frozen)
            self._kept.put(key, body)
        return Screen(head=head, body=body)

    def _draw_ahead(self) -> None:
        # Nobody has asked yet; whoever does is told what is wrong.
        try:
            with self._changing.database.read() as tx:
                newest = plans.newest(tx, limit=1, state=None)
            for head in newest:
                self.show(head.id)
        except (DatabaseUnavailable, Refusal) as error:
            log.warning("newest plan not drawn ahead", code=error.code, detail=str(error))
