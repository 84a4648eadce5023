"""A search that counts iterations ends where it says, also where constraints refuse a start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.domain.limit import Limit
from optimizer.engines import ortools_model
from optimizer.engines.ortools_bound import MOST_LOOKS, LookBound
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import faults
from tests.routing_cases import job, on_a_line, van
from tests.routing_trials import random_road

JOBS, ITERATIONS = 40, 3


@pytest.mark.parametrize("seed", [0, 1])
def test_candidates_are_counted_and_bounded(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[LookBound] = []

    class Watched(LookBound):
        def __init__(self, *given: object, **named: int) -> None:
            super().__init__(*given, **named)
            counted.append(self)

    monkeypatch.setattr(ortools_model, "LookBound", Watched)
    road = random_road(seed, JOBS)
    problem = replace(road, vehicles=tuple(replace(one, max_trips=3) for one in road.vehicles))
    start = repaired(problem, [])
    assert start is not None
    answers = [
        OrToolsRouting().solve(problem, limit=Limit(iterations=ITERATIONS), seed=1, start=start)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0].cost_millicents <= start.cost_millicents
    assert faults(problem, answers[0]) == []
    assert counted
    assert all(one.looks <= MOST_LOOKS * ITERATIONS * JOBS for one in counted)
    assert any(one.looks for one in counted)


def test_a_start_that_the_model_refuses_is_kept() -> None:
    # Of jobs at one node those behind a long hand-over seem late to the model; they are not.
    held = [job(1, load=(1,), service_s=600), *(job(1, load=(1,), closes=150) for _ in range(15))]
    others = [job(node, load=(1,)) for node in range(2, 14)]
    places = [1000 * node for node in range(14)]
    problem = on_a_line(places, [*held, *others], [van(max_trips=3, capacity=(40,))])
    start = repaired(problem, [])
    assert start is not None
    limit = Limit(iterations=2)
    answer = OrToolsRouting().solve(problem, limit=limit, seed=1, start=start)
    assert answer.cost_millicents <= start.cost_millicents
    assert faults(problem, answer) == []
