"""Whatever the problem, an answer keeps the rules, and no answer beats trying everything."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.limit import Limit
from optimizer.engines.engine import Engine
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.portfolio import Portfolio
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import faults
from tests.routing_cases import best_by_trial, random_problem

engines: st.SearchStrategy[Engine] = st.sampled_from([PyVrp(), OrToolsRouting(), Portfolio()])


@settings(max_examples=40)
@given(engine=engines, dice=st.integers(0, 10**6), jobs=st.integers(1, 5))
def test_answers_keep_the_rules_and_beat_no_exhaustive_trial(
    engine: Engine, dice: int, jobs: int
) -> None:
    problem = random_problem(dice, jobs)
    answer = engine.solve(problem, limit=Limit(iterations=20), seed=dice)
    assert faults(problem, answer) == []
    assert answer.cost_millicents >= best_by_trial(problem).cost_millicents


@settings(max_examples=40)
@given(engine=engines, dice=st.integers(0, 10**6), jobs=st.integers(6, 18))
def test_answers_to_larger_problems_keep_the_rules(engine: Engine, dice: int, jobs: int) -> None:
    problem = random_problem(dice, jobs)
    first = repaired(problem, [])
    answer = engine.solve(problem, limit=Limit(iterations=15), seed=dice, start=first)
    assert faults(problem, answer) == []
    assert first is None or answer.cost_millicents <= first.cost_millicents
