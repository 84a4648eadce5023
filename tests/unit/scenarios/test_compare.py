"""Baseline against variant: what is different is found, what is not is not declared."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.compare import compare, quantile
from scenarios.day import play
from scenarios.metrics import KPIS
from scenarios.variation import Variation
from tests.cases import TRAVEL, tiny_plan, tiny_problem

REPEATS, SEEDS = 50, 5
DAY = Variation(breakdowns_per_1000_h=0.0, failures_per_1000_h=0.0)


def test_the_quantiles_are_those_of_the_tables() -> None:
    known = {(0.95, 1): 12.706, (0.95, 2): 4.303, (0.95, 30): 2.042, (0.99, 4): 4.604}
    for (level, freedom), value in known.items():
        assert quantile(level, freedom) == pytest.approx(value, abs=5e-4)


def test_figures_and_the_interval_are_those_of_the_pairs() -> None:
    found = compare([10.0, 20.0, 30.0], [12.0, 21.0, 33.0], better="less", level=0.95)
    assert (found.baseline, found.variant, found.difference) == (20.0, 22.0, 2.0)
    assert found.share == 0.1
    assert found.low == pytest.approx(2.0 - 4.303 / 3**0.5, abs=1e-3)
    assert found.high == pytest.approx(2.0 + 4.303 / 3**0.5, abs=1e-3)
    assert found.verdict == "no difference"


@pytest.mark.parametrize(
    ("variant", "better", "verdict"),
    [
        ([8.0, 18.1, 28.0], "less", "better"),
        ([8.0, 18.1, 28.0], "more", "worse"),
        ([12.0, 22.1, 32.0], "less", "worse"),
        ([12.0, 22.1, 32.0], "more", "better"),
        ([10.0, 20.0, 30.0 + 1e-12], "less", "no difference"),
    ],
)
def test_verdicts_know_which_way_is_good(variant: list[float], better: str, verdict: str) -> None:
    assert compare([10.0, 20.0, 30.0], variant, better=better).verdict == verdict  # type: ignore[arg-type]


def test_one_pair_says_nothing_of_chance() -> None:
    found = compare([1.0], [2.0])
    assert (found.low, found.high, found.verdict) == (None, None, "no difference")
    with pytest.raises(ValueError, match="same seeds"):
        compare([1.0], [])


def test_two_per_cent_of_cost_are_found_and_nothing_is_not_declared() -> None:
    """Days of their own luck stand for a variant that is no different: it shares none at all."""
    problem = tiny_problem()
    plan = tiny_plan(problem)

    def cost(seed: int) -> float:
        record = play(problem, plan, TRAVEL, variation=DAY, seed=seed)
        return KPIS["cost_cents"].count(problem, plan, record)

    costs = np.array([cost(seed) for seed in range(REPEATS * SEEDS)])
    ours = costs.reshape(REPEATS, SEEDS).tolist()
    # Another plan shares legs and stops, not all that happens on them: 0.5 % of cost is its own.
    chance = np.random.default_rng(1)
    planted = [[one * (1.02 + 0.005 * chance.normal()) for one in five] for five in ours]
    found = [compare(a, b).verdict for a, b in zip(ours, planted, strict=True)]
    assert found.count("worse") >= 0.9 * REPEATS
    others = np.roll(costs, SEEDS).reshape(REPEATS, SEEDS).tolist()
    nothing = [compare(a, b).verdict for a, b in zip(ours, others, strict=True)]
    assert REPEATS - nothing.count("no difference") <= 0.05 * REPEATS
