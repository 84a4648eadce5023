"""A plan of the small sample city, solved once per process, and its way into a database."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache

from api.road.lots import asked_batches, lots_of
from api.storage import plans, problems
from api.storage.database import Database
from api.storage.plans import NewVersion, PlanHead
from api.storage.problems import ProblemRow
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.plan_json import dump_plan
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import write_problem_json
from tests.conftest import ROOT
from tests.solving import solve_and_check

PLAN = "plan-1"
BY = "user:dispatcher"
MADE = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
"""The horizon start of the small city."""


@cache
def city_plan() -> tuple[Problem, Plan]:
    """Solve the small sample city: two trucks or fewer, a van or two at either grid."""
    problem = read_problem(ROOT / "data" / "samples" / "small_city").problem
    return problem, solve_and_check(problem, iterations=20)


def store(
    database: Database,
    problem: Problem | None = None,
    plan: Plan | None = None,
    *,
    name: str = PLAN,
    state: str = "draft",
) -> PlanHead:
    """Put a plan with one version into a database, by default that of the small city.

    Without a plan of its own a problem goes with the small city's plan: names may differ then,
    the question may not.
    """
    city, solved = city_plan()
    problem, plan = problem or city, plan or solved
    head = PlanHead(
        id=name,
        name=problem.id,
        state=state,
        version=1,
        revision=1,
        horizon_start=plan.horizon.start,
        pins={},
        locks=[],
        created_at=MADE,
        created_by=BY,
    )
    row = _row(problem)
    with database.write() as tx:
        problems.keep(tx, row)
        plans.create(tx, head, _first(row.id, plan))
    return head


def _row(problem: Problem) -> ProblemRow:
    document = write_problem_json(problem)
    return ProblemRow(
        id=f"problem-{hashlib.sha256(document).hexdigest()[:16]}",
        name=problem.id,
        digest=problem.digest,
        document=document,
        lines=len(problem.lines),
        created_at=MADE,
        batches=asked_batches(lots_of(problem)),
    )


def _first(problem: str, plan: Plan) -> NewVersion:
    return NewVersion(
        problem=problem,
        document=dump_plan(plan),
        feasible=plan.check is not None and plan.check.feasible,
        objective_cents=plan.cost.total,
        unserved=len(plan.unserved),
        reason="planned",
        note="",
        at=MADE,
        by=BY,
    )
