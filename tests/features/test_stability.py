"""A point sees the van it knows, where that is not dearer than it is worth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.domain.fleet import Echelon
from optimizer.domain.objective import ObjectiveWeights
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from tests.builders import central, grid, line, point, problem, truck, van
from tests.solving import solve_and_check

SITES = [
    central(),
    grid(),
    *(point(f"P{i}", -5 + 2 * (i % 6), -3 + 2 * (i // 6)) for i in range(24)),
]
VANS = [van(f"V{i}", bulkhead_step_ml=100_000) for i in range(5)]
LINES = [line(f"O{i}", f"P{i}", volume_ml=90_000 + 1000 * i) for i in range(24)]
STABILITY_CENTS = 300


def visits(plan: Plan) -> list[tuple[str, str]]:
    """Give (site, vehicle) of every stop of the last mile."""
    return [
        (stop.site, route.vehicle)
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
    ]


def yesterday() -> tuple[Problem, dict[str, str]]:
    """Plan a day and learn who goes where."""
    day = problem(sites=SITES, vehicles=[truck(), *VANS], lines=LINES)
    plan = solve_and_check(day, iterations=60)
    assert plan.unserved == ()
    return day, dict(visits(plan))


def today(day: Problem, usual: dict[str, str], cents: int) -> Plan:
    """Plan a day like yesterday's: one line is gone, another has doubled."""
    lines = {key: item for key, item in day.lines.items() if item.site != "P7"}
    large = next(item for item in lines.values() if item.site == "P11")
    lines[large.key] = replace(large, volume_ml=2 * large.volume_ml)
    changed = replace(
        day,
        lines=lines,
        usual_vehicle=usual,
        objective=ObjectiveWeights(stability_cents=cents),
    )
    return solve_and_check(changed, iterations=60, seed=2)


def test_with_a_price_nearly_all_points_keep_their_van() -> None:
    day, usual = yesterday()
    free, dear = (today(day, usual, cents) for cents in (0, STABILITY_CENTS))
    kept_free, kept_dear = (
        sum(usual[site] == vehicle for site, vehicle in visits(plan)) for plan in (free, dear)
    )
    assert kept_dear > kept_free
    assert kept_dear >= 21
    assert free.cost.stability == 0
    assert dear.cost.stability == STABILITY_CENTS * (len(visits(dear)) - kept_dear)
    assert dear.unserved == ()


@pytest.mark.parametrize("engine", ["pyvrp", "ortools"])
def test_every_engine_steers_by_it(engine: str) -> None:
    east, west = point("P1", 5), point("P2", -5)
    day = problem(
        sites=[central(), grid(), east, west],
        vehicles=[truck(), van("V1", fixed_cents=0), van("V2", fixed_cents=0)],
        lines=[line("O1", "P1"), line("O2", "P2")],
        objective=ObjectiveWeights(stability_cents=10_000),
    )
    for usual in ({"P1": "V1", "P2": "V2"}, {"P1": "V2", "P2": "V1"}, {"P1": "V2", "P2": "V2"}):
        plan = solve_and_check(replace(day, usual_vehicle=usual), engine=engine)
        assert dict(visits(plan)) == usual
        assert plan.cost.stability == 0
