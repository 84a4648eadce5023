"""OR-Tools on random problems with every rule at once."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.limit import Limit
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import faults
from tests.routing_trials import best_of_all, random_road


@settings(max_examples=25, deadline=None)
@given(dice=st.integers(0, 10**6), jobs=st.integers(1, 4))
def test_answers_keep_all_rules_and_beat_no_exhaustive_trial(dice: int, jobs: int) -> None:
    problem = random_road(dice, jobs)
    answer = OrToolsRouting().solve(problem, limit=Limit(iterations=24), seed=dice)
    assert faults(problem, answer) == []
    assert answer.cost_millicents >= best_of_all(problem).cost_millicents


@settings(max_examples=20, deadline=None)
@given(dice=st.integers(0, 10**6), jobs=st.integers(8, 30))
def test_answers_with_all_rules_are_never_worse_than_their_start(dice: int, jobs: int) -> None:
    problem = random_road(dice, jobs)
    start = repaired(problem, [])
    answer = OrToolsRouting().solve(problem, limit=Limit(iterations=8), seed=dice, start=start)
    assert faults(problem, answer) == []
    assert start is None or answer.cost_millicents <= start.cost_millicents
