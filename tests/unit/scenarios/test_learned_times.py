"""Times that were driven make the next plan's times truer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import fmean

import pytest

from optimizer.domain.network import TimeWindow
from optimizer.domain.problem import HORIZON_S, TrafficSlot
from optimizer.formats.problem_reading import read_problem
from optimizer.travel.great_circle import GreatCircle
from scenarios.day import play
from scenarios.learned_times import eta_error_s, learned_times, with_times
from scenarios.variation import NONE, Variation
from tests.cases import HOUR, TRAVEL, tiny_plan, tiny_problem
from tests.solving import solve_and_check

JAM, SLOW = 1.35, 1.25
TRUTH = Variation(
    breakdowns_per_1000_h=0.0,
    failures_per_1000_h=0.0,
    service_factor=SLOW,
    traffic=(TrafficSlot(window=TimeWindow(opens=8 * HOUR, closes=HORIZON_S), factor=JAM),),
)


def test_the_next_plans_arrivals_are_nearer_to_the_truth() -> None:
    problem = read_problem(Path("data/samples/small_city")).problem
    travel = GreatCircle(circuity=problem.travel.circuity)
    plan = solve_and_check(problem, travel=travel, iterations=2)
    seen = [play(problem, plan, travel, variation=TRUTH, seed=seed) for seed in range(10)]
    learned = learned_times(problem, [(plan, record) for record in seen])
    better = with_times(problem, learned)
    next_plan = solve_and_check(better, travel=travel, iterations=2)
    # Roads and hands are as slow as they were: what is planned for is not slower for that.
    same = replace(TRUTH, service_factor=SLOW / learned.service)
    roads = replace(better, travel=problem.travel)
    fresh = range(100, 110)
    before = fmean(
        eta_error_s(play(problem, plan, travel, variation=TRUTH, seed=seed)) for seed in fresh
    )
    after = fmean(
        eta_error_s(play(roads, next_plan, travel, variation=same, seed=seed)) for seed in fresh
    )
    assert after < 0.6 * before
    assert learned.service == pytest.approx(SLOW, rel=0.1)
    vans = learned.travel[problem.waves[0].departs // HOUR]
    assert vans == pytest.approx(JAM * problem.travel.factor(problem.waves[0].departs), rel=0.1)


def test_days_as_planned_teach_nothing_new() -> None:
    problem = tiny_problem()
    plan = tiny_plan(problem)
    record = play(problem, plan, TRAVEL, variation=NONE, seed=1)
    learned = learned_times(problem, [(plan, record)])
    assert learned.service == 1.0
    for hour, factor in learned.travel.items():
        # Whole seconds are rounded up.
        assert factor == pytest.approx(problem.travel.factor(hour * HOUR), rel=1e-9)
    assert eta_error_s(record) == 0.0
    assert with_times(problem, learned).sites == problem.sites
