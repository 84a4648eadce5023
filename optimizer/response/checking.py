"""The checker on a plan of which a few routes changed: every rule, and nothing judged twice.

Some rooms of the checker judge each route by itself. For routes that stay, what they found in the
running plan holds; only changed routes go through these rooms again. All other rooms see the whole
plan each time. The report is the one that ``optimizer.check.check`` would give.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from optimizer.check.boxes import boxes
from optimizer.check.codes import CODES
from optimizer.check.cost import cost
from optimizer.check.facts import Facts, gather
from optimizer.check.report import ROOMS, ensure_same_problem
from optimizer.check.services import services
from optimizer.check.temperature import temperature
from optimizer.check.timing import timing
from optimizer.domain.plan import CheckReport, Plan, Route, Violation
from optimizer.domain.problem import Problem
from optimizer.travel.provider import TravelProvider

BY_ROUTE = (timing, services, boxes, temperature)
"""Rooms that look at one route at a time and name it first in every finding."""

TOGETHER = tuple(room for room in ROOMS if room not in BY_ROUTE)
MARK = "\n"
"""No id has a line break."""

RANK = {code: place for place, code in enumerate(CODES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """A checker that has seen the running plan.

    Parameters
    ----------
    alone
        What the rooms that judge routes one by one found in the running plan.
    running
        All that was found there.
    """

    problem: Problem
    travel: TravelProvider
    alone: tuple[Violation, ...]
    running: CheckReport

    def anew(self, plan: Plan, changed: Set[str], alone: Sequence[Violation]) -> CheckReport:
        """Check a version of the running plan.

        Parameters
        ----------
        plan
            The version.
        changed
            Ids of the routes in it that differ from the running plan, or are new.
        alone
            What ``side_by_side`` found in them.
        """
        facts, found = gather(self.problem, plan, self.travel)
        stays = [one for one in self.alone if one.where.split("/")[0] not in changed]
        return _report([*found, *stays, *alone, *_whole(facts, self.travel)])


_SEEN: deque[tuple[Checker, Plan]] = deque(maxlen=6)
"""Running plans that were checked last, some of them with a road closed. Breaks come in one after
the other while a plan runs, and problem, plan and travel never change, so what was found in them
holds as long as they are the same objects."""


def running_checker(
    problem: Problem, plan: Plan, travel: TravelProvider, versions: Sequence[Sequence[Route]]
) -> tuple[Checker, list[tuple[Violation, ...]]]:
    """Check the running plan, and the changed routes of some versions of it at one go.

    Raises
    ------
    ForeignPlan
        The plan answers another problem.
    """
    for known, seen in _SEEN:
        if known.problem is problem and known.travel is travel and seen is plan:
            return known, side_by_side(problem, plan, travel, versions)
    ensure_same_problem(problem, plan)
    facts, found = gather(problem, plan, travel)
    alone, *others = side_by_side(problem, plan, travel, [plan.routes, *versions])
    report = _report([*found, *alone, *_whole(facts, travel)])
    checker = Checker(problem=problem, travel=travel, alone=alone, running=report)
    _SEEN.append((checker, plan))
    return checker, others


def side_by_side(
    problem: Problem, plan: Plan, travel: TravelProvider, versions: Sequence[Sequence[Route]]
) -> list[tuple[Violation, ...]]:
    """Judge the routes of many versions one by one, in one pass.

    The temperatures of a hundred routes are integrated in the time of one. Routes of different
    versions may have one name; for this pass each bears the number of its version.
    """
    routes = [
        replace(route, id=f"{number}{MARK}{route.id}")
        for number, version in enumerate(versions)
        for route in version
    ]
    only = replace(plan, routes=tuple(routes), unserved=(), check=None)
    facts, _ = gather(problem, only, travel)
    found: list[list[Violation]] = [[] for _ in versions]
    for room in BY_ROUTE:
        for one in room(facts):
            number, _, where = one.where.partition(MARK)
            found[int(number)].append(replace(one, where=where))
    return [tuple(ones) for ones in found]


def _whole(facts: Facts, travel: TravelProvider) -> list[Violation]:
    found = [one for room in TOGETHER for one in room(facts)]
    return [*found, *cost(facts, travel)]


def _report(found: list[Violation]) -> CheckReport:
    found.sort(key=lambda one: RANK[one.code])
    return CheckReport(violations=tuple(found))
