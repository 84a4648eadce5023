"""What the lateness of a route costs."""

from __future__ import annotations

from optimizer.domain.objective import lateness_cost
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents


def lateness_cents(problem: Problem, route: Route) -> Cents:
    """Price the lateness of everything that a van hands over."""
    return sum(
        lateness_cost(
            problem.promises[problem.lines[item.key].promise],
            problem.lines[item.key],
            stop.service_starts,
        )
        for stop in route.stops
        for item in stop.delivers
    )
