"""Small days for the rules of the road: planned with a rule and without it."""

from __future__ import annotations

from typing import Any

from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from tests.builders import central, grid, line, point, problem, truck, van
from tests.solving import solve_and_check


def day(**changes: Any) -> Problem:
    """Give a day with one van and one point, with parts replaced."""
    parts: dict[str, Any] = {
        "sites": [central(), grid(), point("P1")],
        "vehicles": [truck(), van()],
        "lines": [line("O1", "P1")],
        **changes,
    }
    return problem(**parts)


def dearer(with_rule: Problem, without: Problem, **options: Any) -> tuple[Plan, Plan]:
    """Plan a day with a rule and without it; keeping it must cost something."""
    kept, ignored = solve_and_check(with_rule, **options), solve_and_check(without, **options)
    assert kept.cost.total > ignored.cost.total
    return kept, ignored


def vans_of(plan: Plan) -> list[Route]:
    """Give the last-mile routes of a plan by departure."""
    return sorted(
        (route for route in plan.routes if route.start_site.startswith("G")),
        key=lambda route: route.departs,
    )


def route_to(plan: Plan, site: str) -> Route:
    """Give the last-mile route that calls at a site."""
    return next(r for r in vans_of(plan) if any(stop.site == site for stop in r.stops))
