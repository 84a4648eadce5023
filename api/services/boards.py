"""Boards over the plans of a range of days: on time, time on board, scores of drivers.

Every figure is counted from plans and raw events when it is asked for; nothing is kept that
could differ from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.problem_details import Refusal
from api.road.board import Filter, OnTimeBoard, on_time_board
from api.road.facts import LineFact, ReadingFact, RideFact, line_facts, reading_facts, ride_facts
from api.road.score import DriverScore, ScoreRules, driver_scores
from api.services.plan_book import PlanBook
from api.services.road_days import RoadDays
from api.storage import road
from api.storage.database import Database

LONGEST_RANGE = timedelta(days=92)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Days whose horizon starts from one instant on and before another.

    Parameters
    ----------
    plan
        The only plan to look at; None means all that left the draft.
    """

    start: datetime
    end: datetime
    plan: str | None = None


class Boards:
    """Counts.

    Parameters
    ----------
    clock
        Gives the current instant.
    score_rules
        Weights of the drivers' scores.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        *,
        clock: Callable[[], datetime],
        score_rules: ScoreRules,
    ) -> None:
        self._database = database
        self._days = RoadDays(database, book)
        self._clock = clock
        self.score_rules = score_rules

    def on_time(self, asked: Range, narrowed: Filter) -> OnTimeBoard:
        """Give the on-time board.

        Raises
        ------
        Refusal
            The range ends before it begins or is too long.
        """
        plans = self._plans(asked)
        lines: list[LineFact] = []
        rides: list[RideFact] = []
        now = self._clock()
        for plan in plans:
            day = self._days.day(plan, now)
            lines += line_facts(day, now)
            rides += ride_facts(day)
        return on_time_board(len(plans), lines, rides, narrowed)

    def drivers(self, asked: Range) -> list[DriverScore]:
        """Give the scores of the vehicles' drivers.

        Raises
        ------
        Refusal
            The range ends before it begins or is too long.
        """
        lines: list[LineFact] = []
        readings: list[ReadingFact] = []
        now = self._clock()
        for plan in self._plans(asked):
            day = self._days.day(plan, now)
            lines += line_facts(day, now)
            readings += reading_facts(day)
        return driver_scores(lines, readings, self.score_rules)

    def _plans(self, asked: Range) -> list[str]:
        length = asked.end - asked.start
        if length <= timedelta():
            raise Refusal("CG-7311", f"to: {asked.end.isoformat()} does not lie after from")
        if length > LONGEST_RANGE:
            raise Refusal(
                "CG-7311", f"{length.days} days were asked for, {LONGEST_RANGE.days} are the most"
            )
        with self._database.read() as tx:
            plans = road.published_between(tx, asked.start, asked.end)
        return plans if asked.plan is None else [plan for plan in plans if plan == asked.plan]
