"""Ways where groups add cents: dearer into a job, and too long into a forbidden one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.engines.engine import FORBIDDEN, RoutingProblem
from optimizer.engines.ways import forbids, ways_by_group
from tests.routing_cases import job, on_a_line, van

BEYOND = 90_001


def case(cents: list[list[int]], *, rates: tuple[int, ...]) -> RoutingProblem:
    """Two jobs at one node, one 2 km away, and the depot."""
    vehicles = [van(cents_per_km=rate) for rate in rates]
    problem = on_a_line([0, 1000, 2000], [job(1), job(1), job(2)], vehicles, service_s=60)
    return replace(problem, group_cents=np.array(cents, dtype=np.int64))


def test_what_a_group_adds_is_paid_on_every_way_into_the_job() -> None:
    problem = case([[0], [5], [7]], rates=(10,))
    (ways,), kind_of = ways_by_group(problem, range(3), [0], beyond=BEYOND)
    assert kind_of == [0]
    assert ways.millicents.tolist() == [
        [0, 5_000, 17_000, 10_000],
        [0, 0, 17_000, 10_000],
        [10_000, 15_000, 0, 20_000],
        [10_000, 15_000, 27_000, 0],
    ]


def test_jobs_of_one_node_share_a_service_and_a_forbidden_one_is_never_reached() -> None:
    problem = case([[0], [FORBIDDEN], [0]], rates=(10,))
    (ways,), _ = ways_by_group(problem, range(3), [0], beyond=BEYOND)
    assert ways.seconds.tolist() == [
        [0, BEYOND, 160, 100],
        [0, 0, 160, 100],
        [160, BEYOND, 0, 200],
        [160, BEYOND, 260, 0],
    ]


def test_groups_that_no_way_can_tell_apart_are_of_one_kind() -> None:
    cents = [[1, 1, 1, 2], [0, 0, 0, 0], [0, 0, 0, 0]]
    _, kind_of = ways_by_group(case(cents, rates=(10, 10, 12, 10)), range(3), [0], beyond=BEYOND)
    assert kind_of == [0, 0, 1, 2]


def test_a_missing_way_is_farther_than_all_and_never_ends() -> None:
    problem = case([[0], [0], [0]], rates=(10,))
    metres = problem.distance_m.copy()
    metres[0, 2] = UNREACHABLE
    (ways,), _ = ways_by_group(replace(problem, distance_m=metres), range(3), [0], beyond=BEYOND)
    assert ways.seconds[3, 2] == BEYOND
    assert ways.millicents[3, 2] > ways.millicents[ways.seconds < BEYOND].sum()


def test_only_a_forbidden_pair_forbids() -> None:
    assert not forbids(case([[0], [5], [7]], rates=(10,)))
    assert forbids(case([[0], [FORBIDDEN], [7]], rates=(10,)))
    assert not forbids(on_a_line([0, 1000], [job(1)], [van()]))
