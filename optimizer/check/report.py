"""The check of a plan: gather the facts, ask every room, list the findings."""

from __future__ import annotations

from optimizer.check.assignment import assignment
from optimizer.check.boxes import boxes
from optimizer.check.capacity import capacity
from optimizer.check.codes import CODES
from optimizer.check.collects import collects
from optimizer.check.cost import cost
from optimizer.check.docks import docks
from optimizer.check.facts import Travel, gather
from optimizer.check.pickup_points import pickup_points
from optimizer.check.rests import rests
from optimizer.check.services import services
from optimizer.check.synchronisation import synchronisation
from optimizer.check.temperature import temperature
from optimizer.check.timing import timing
from optimizer.check.trips import trips
from optimizer.check.waves import waves
from optimizer.domain.errors import ForeignPlan
from optimizer.domain.plan import CheckReport, Plan
from optimizer.domain.problem import Problem

ROOMS = (
    assignment,
    collects,
    capacity,
    pickup_points,
    timing,
    services,
    rests,
    waves,
    trips,
    docks,
    synchronisation,
    boxes,
    temperature,
)
"""Every room judges the facts on its own; ``cost`` needs travel besides."""


def check(problem: Problem, plan: Plan, travel: Travel) -> CheckReport:
    """Judge a plan by arithmetic of its own.

    Parameters
    ----------
    problem
        The day as it was asked; weather and prices may differ from those planned for.
    plan
        The answer; its stated costs and distances are judged too.
    travel
        The distances the plan is judged by; asked for one route's sites at a time.

    Raises
    ------
    ForeignPlan
        The plan answers another problem.
    """
    ensure_same_problem(problem, plan)
    facts, found = gather(problem, plan, travel)
    for room in ROOMS:
        found += room(facts)
    found += cost(facts, travel)
    rank = {code: place for place, code in enumerate(CODES)}
    found.sort(key=lambda one: rank[one.code])
    return CheckReport(violations=tuple(found))


def ensure_same_problem(problem: Problem, plan: Plan) -> None:
    """Refuse a plan of another problem.

    Raises
    ------
    ForeignPlan
        The plan's digest is not the problem's.
    """
    digest = problem.digest
    if plan.problem_digest != digest:
        raise ForeignPlan(
            "CG-4001",
            f"the plan answers problem {plan.problem!r} ({plan.problem_digest}), "
            f"not {problem.id!r} ({digest})",
        )
