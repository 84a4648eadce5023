"""Plans on the road at one moment: what is behind each van, and what others have taken.

Whoever looks for ways out, accepts one or takes one back starts from such a look. What was decided
by it is looked at once more, inside the transaction that writes it down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.life.states import State
from api.problem_details import Refusal
from api.reroutes.reservations import KEPT_FOR, counting
from api.reroutes.staleness import moved_past
from api.reroutes.standing import visited
from api.road.day import Day
from api.services.plan_book import OpenPlan, PlanBook
from api.services.road_days import RoadDays
from api.storage import reroutes
from api.storage.database import Database, Transaction
from api.storage.plans import PlanHead
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from optimizer.response.words import Reservation

ON_THE_ROAD = State.RUNNING
"""The state in which vehicles have left."""

NOT_ON_THE_ROAD = "CG-7802"


class Outrun(Exception):
    """What was decided came too late; the message says in which way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A plan on the road as it was at one moment.

    Parameters
    ----------
    now, moment
        The present, and the same in seconds from the horizon start.
    reserved
        What others have taken at its stations.
    """

    opened: OpenPlan
    day: Day
    now: datetime
    moment: Seconds
    reserved: tuple[Reservation, ...]

    @property
    def visited(self) -> dict[str, int]:
        """How many stops of each route are behind its vehicle."""
        return visited(self.day, self.moment)


class PlansOnTheRoad:
    """Looks at plans.

    Parameters
    ----------
    clock
        Gives the current instant.
    """

    def __init__(
        self, database: Database, book: PlanBook, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._book = book
        self._days = RoadDays(database, book)
        self.clock = clock

    def look(self, plan: str) -> Look:
        """Look at a plan.

        Raises
        ------
        Refusal
            There is no such plan, or its vehicles are not on the road.
        """
        opened = self._book.open(plan)
        if State(opened.head.state) is not ON_THE_ROAD:
            raise Refusal(
                NOT_ON_THE_ROAD,
                f"plan {plan} is {opened.head.state}; ways out are looked for while it is "
                f"{ON_THE_ROAD.value}",
            )
        now = self.clock()
        day = self._days.day_ahead(plan, now)
        with self._database.read() as tx:
            reserved = self.reserved(tx, opened.problem)
        return Look(
            opened=opened,
            day=day,
            now=now,
            moment=opened.plan.horizon.seconds(now),
            reserved=tuple(reserved),
        )

    def insist(self, opened: OpenPlan, head: PlanHead, plan: Plan) -> None:
        """Insist that a version may still follow the one that was looked at.

        Parameters
        ----------
        opened
            The plan as it was looked at.
        head
            Its standing, held by the transaction that writes.
        plan
            The version that is to be written.

        Raises
        ------
        Outrun
            The plan has changed, or a vehicle has begun a stop that the version lacks.
        """
        if head.revision != opened.head.revision or head.state != ON_THE_ROAD.value:
            raise Outrun(f"plan {head.id} has changed since it was looked at")
        now = self.clock()
        behind = visited(self._days.day(head.id, now), opened.plan.horizon.seconds(now))
        moved = next(moved_past(opened.plan, plan, behind), None)
        if moved is not None:
            raise Outrun(moved.text)

    def reserved(self, tx: Transaction, problem: Problem) -> list[Reservation]:
        """Give what others have taken at the stations of a problem, as it counts now."""
        now = self.clock()
        taken = reroutes.reserved_between(tx, now - KEPT_FOR, now + KEPT_FOR)
        return list(counting(problem, taken, now))
