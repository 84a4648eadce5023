"""The one way in which tests call a solver: what comes back has been judged."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor

from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.planning.synchronise import Listener
from optimizer.replan import Held, replan
from optimizer.solve import solve
from optimizer.travel.great_circle import GreatCircle
from optimizer.travel.provider import TravelProvider


def solve_and_check(
    problem: Problem,
    *,
    travel: TravelProvider | None = None,
    iterations: int = 50,
    seed: int = 1,
    engine: str = "portfolio",
    executor: Executor | None = None,
    limit: Limit | None = None,
) -> Plan:
    """Plan a problem and insist that the independent checker finds nothing."""
    used = travel or GreatCircle(circuity=problem.travel.circuity)
    with ThreadPoolExecutor(max_workers=1) as here:
        plan = solve(
            problem,
            travel=used,
            limit=limit or Limit(iterations=iterations),
            seed=seed,
            executor=executor or here,
            engine=engine,
        )
    assert plan.check is not None
    assert plan.check.violations == ()
    return plan


def replan_and_check(
    problem: Problem,
    held: Held,
    *,
    travel: TravelProvider | None = None,
    iterations: int = 50,
    seed: int = 1,
    engine: str = "portfolio",
    executor: Executor | None = None,
) -> Plan:
    """Plan a problem around what stays and insist that the independent checker finds nothing."""
    plan = replanned(
        problem,
        held,
        travel=travel,
        iterations=iterations,
        seed=seed,
        engine=engine,
        executor=executor,
    )
    assert plan.check is not None
    assert plan.check.violations == ()
    return plan


def replanned(
    problem: Problem,
    held: Held,
    *,
    travel: TravelProvider | None = None,
    iterations: int = 50,
    seed: int = 1,
    engine: str = "portfolio",
    executor: Executor | None = None,
    listener: Listener | None = None,
) -> Plan:
    """Plan a problem around what stays, where what stays may break rules already."""
    used = travel or GreatCircle(circuity=problem.travel.circuity)
    with ThreadPoolExecutor(max_workers=1) as here:
        return replan(
            problem,
            held,
            travel=used,
            limit=Limit(iterations=iterations),
            seed=seed,
            executor=executor or here,
            engine=engine,
            listener=listener,
        )
