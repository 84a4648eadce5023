"""A stored plan on the road: published, with its stops, for tests that speak to stores and HTTP."""

from __future__ import annotations

from api.road.lots import lots_of
from api.storage import in_force
from api.storage.database import Database
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from tests.stored_plan import PLAN, city_plan, store


def publish(
    database: Database,
    problem: Problem | None = None,
    plan: Plan | None = None,
    *,
    name: str = PLAN,
    state: str = "running",
) -> tuple[Problem, Plan]:
    """Store a plan with its stops and orders, by default that of the small city."""
    city, solved = city_plan()
    problem, plan = problem or city, plan or solved
    store(database, problem, plan, name=name, state=state)
    with database.write() as tx:
        in_force.refresh(tx, name, plan, lots_of(problem))
    return problem, plan
