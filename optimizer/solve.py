"""Read me first: a problem goes in, a checked plan comes out.

``solve`` plans both echelons (``planning.synchronise``), prices the plan by the one objective and
hands it to the independent checker; no plan leaves without the checker's report.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

from optimizer.check import check, kpis
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.engines.engine import Engine
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.portfolio import Portfolio
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.planning.advice import advice_on
from optimizer.planning.desk import silent
from optimizer.planning.pricing import price
from optimizer.planning.synchronise import DayRoutes, Listener, Means, plan_day
from optimizer.travel.provider import TravelProvider

ENGINES: dict[str, Engine] = {
    engine.name: engine for engine in (Portfolio(), OrToolsRouting(), PyVrp())
}


def solve(
    problem: Problem,
    *,
    travel: TravelProvider,
    limit: Limit,
    seed: int,
    executor: Executor,
    workers: int = 1,
    engine: str = "portfolio",
    listener: Listener | None = None,
) -> Plan:
    """Plan a day.

    Under an iteration limit the same seed gives the same plan whatever the number of workers.

    Parameters
    ----------
    problem
        The day.
    travel
        Where distances come from.
    limit
        Seconds for the whole plan, or iterations of the engine for every grid and wave.
    seed
        Seed of every solver.
    executor
        Where grids are planned side by side; see ``executors``.
    workers
        How many grids the executor plans at a time.
    engine
        A key of ``ENGINES``.
    listener
        Called with the progress, in this process.

    Returns
    -------
    Plan
        With its check report; lines that cannot be served stand in ``unserved`` with reasons.
    """
    means = Means(
        travel=travel,
        engine=ENGINES[engine],
        limit=limit,
        seed=seed,
        executor=executor,
        workers=workers,
        listener=listener or silent,
    )
    return judged(problem, plan_day(problem, means), means)


def judged(problem: Problem, day: DayRoutes, means: Means) -> Plan:
    """Price the routes of a day, count its figures, and hand it to the checker."""
    plan = Plan(
        problem=problem.id,
        problem_digest=problem.digest,
        horizon=problem.horizon,
        travel=means.travel.source,
        seed=means.seed,
        cost=price(problem, day.routes, day.unserved, day.dearest_round_trip_cents),
        routes=day.routes,
        unserved=day.unserved,
        kpis={},
        advice=advice_on(problem, day.routes, day.unserved),
    )
    plan = replace(plan, kpis=kpis(problem, plan))
    return replace(plan, check=check(problem, plan, means.travel))
