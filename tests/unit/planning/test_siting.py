"""Where grids should stand: the weighted p-median over candidates."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.planning.siting import candidate_points, choose_sites

LIMIT = Limit(iterations=200)


def _plane(seed: int, points: int) -> tuple[IntArray, list[int]]:
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 20_000, (points, 2))
    apart = np.linalg.norm(place[:, None] - place[None], axis=2)
    return np.rint(apart).astype(np.int64), rng.integers(1, 500, points).tolist()


def _cost(distance: IntArray, weights: list[int], rows: tuple[int, ...]) -> int:
    return int((distance[list(rows)].min(axis=0) * np.array(weights)).sum())


@pytest.mark.parametrize("seed", range(6))
def test_the_best_of_all_choices_is_found(seed: int) -> None:
    distance, weights = _plane(seed, points=14)
    chosen = choose_sites(distance, weights, 3, candidates=range(14), seed=1, limit=LIMIT)
    best = min(_cost(distance, weights, rows) for rows in itertools.combinations(range(14), 3))
    assert _cost(distance, weights, chosen) == best


def test_weights_pull_a_site() -> None:
    distance = np.abs(np.arange(5)[:, None] - np.arange(5)[None]).astype(np.int64) * 1000

    def site(weights: list[int]) -> tuple[int, ...]:
        return choose_sites(distance, weights, 1, candidates=range(5), seed=1, limit=LIMIT)

    assert site([1, 1, 1, 1, 1]) == (2,)
    assert site([1, 1, 1, 1, 9]) == (4,)


def test_candidates_are_named_by_their_points() -> None:
    distance, weights = _plane(2, points=12)
    candidates = (3, 5, 8, 11)
    chosen = choose_sites(
        distance[list(candidates)], weights, 2, candidates=candidates, seed=1, limit=LIMIT
    )
    best = min(
        itertools.combinations(candidates, 2), key=lambda rows: _cost(distance, weights, rows)
    )
    assert chosen == best


def test_a_point_without_a_way_is_served_from_elsewhere() -> None:
    distance = np.array([[0, 10, UNREACHABLE], [10, 0, 10], [UNREACHABLE, 10, 0]], dtype=np.int64)
    assert choose_sites(distance, [9, 1, 9], 1, candidates=range(3), seed=1, limit=LIMIT) == (1,)


def test_the_same_seed_gives_the_same_sites() -> None:
    distance, weights = _plane(3, points=60)
    first, second = (
        choose_sites(distance, weights, 4, candidates=range(60), seed=5, limit=LIMIT)
        for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == 4


@pytest.mark.parametrize("k", [0, 4])
def test_more_sites_than_candidates_are_refused(k: int) -> None:
    distance, weights = _plane(3, points=3)
    with pytest.raises(ValueError, match="cannot open"):
        choose_sites(distance, weights, k, candidates=range(3), seed=1, limit=LIMIT)


def test_candidates_are_spread_and_places_count_once() -> None:
    lat = [0.0, 0.0, 0.0, 1.0, 1.0001, 2.0]
    lon = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    weights = [5, 5, 5, 4, 3, 1]
    assert len(candidate_points(lat, lon, weights)) == 4
    assert candidate_points(lat, lon, weights, most=3) == (0, 3, 5)
    assert candidate_points(lat, lon, weights, most=1) == (0,)


def test_points_without_demand_may_still_be_candidates() -> None:
    assert candidate_points([0.0, 1.0, 2.0], [0.0, 0.0, 0.0], [0, 0, 0], most=2) == (0, 2)
