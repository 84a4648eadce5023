"""Boards over the plans of a range of days: on time, time on board, scores of drivers.

Every figure is counted from plans and raw events when it is asked for. What was counted is kept
in memory for days that are over, and counted anew as soon as anything of the day has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from api.problem_details import Refusal
from api.road.board import Filter, OnTimeBoard, on_time_board
from api.road.facts import (
    Fate,
    LineFact,
    ReadingFact,
    RideFact,
    line_facts,
    reading_facts,
    ride_facts,
)
from api.road.score import DriverScore, ScoreRules, driver_scores
from api.services.plan_book import PlanBook
from api.services.road_days import RoadDays
from api.storage import road
from api.storage.database import Database
from api.storage.road import PlanMark

LONGEST_RANGE = timedelta(days=92)
KEPT_DAYS = 100
"""A city's day takes about a megabyte."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _DayFacts:
    mark: PlanMark | None
    lines: tuple[LineFact, ...]
    rides: tuple[RideFact, ...]
    readings: tuple[ReadingFact, ...]


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
        self._kept: dict[str, _DayFacts] = {}
        self._lock = Lock()
        self.score_rules = score_rules

    def on_time(self, asked: Range, narrowed: Filter) -> OnTimeBoard:
        """Give the on-time board.

        Raises
        ------
        Refusal
            The range ends before it begins or is too long.
        """
        found = self._facts(asked)
        lines = (fact for day in found for fact in day.lines)
        rides = (fact for day in found for fact in day.rides)
        return on_time_board(len(found), lines, rides, narrowed)

    def drivers(self, asked: Range) -> list[DriverScore]:
        """Give the scores of the vehicles' drivers.

        Raises
        ------
        Refusal
            The range ends before it begins or is too long.
        """
        found = self._facts(asked)
        lines = (fact for day in found for fact in day.lines)
        readings = (fact for day in found for fact in day.readings)
        return driver_scores(lines, readings, self.score_rules)

    def _facts(self, asked: Range) -> list[_DayFacts]:
        plans, now = self._plans(asked), self._clock()
        return [self._facts_of(plan, now) for plan in plans]

    def _facts_of(self, plan: str, now: datetime) -> _DayFacts:
        # The mark is read first: what comes in meanwhile makes the facts newer than their mark,
        # so that they are counted once more than needed and never once less.
        with self._database.read() as tx:
            mark = road.mark(tx, plan)
        with self._lock:
            known = self._kept.get(plan)
        if known is not None and known.mark == mark:
            return known
        day = self._days.day(plan, now)
        facts = _DayFacts(
            mark=mark,
            lines=tuple(line_facts(day, now)),
            rides=tuple(ride_facts(day)),
            readings=tuple(reading_facts(day)),
        )
        # An open line turns overdue by the clock alone, so only days without one are kept.
        if all(fact.fate is not Fate.OPEN for fact in facts.lines):
            self._keep(plan, facts)
        return facts

    def _keep(self, plan: str, facts: _DayFacts) -> None:
        with self._lock:
            self._kept.pop(plan, None)
            self._kept[plan] = facts
            while len(self._kept) > KEPT_DAYS:
                self._kept.pop(next(iter(self._kept)))

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
