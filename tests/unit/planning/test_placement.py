"""Points to grids under capacity, held against enumeration and against the proven optimum."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.planning.placement import MOST_OPEN_CHOICES, place
from optimizer.planning.placement_case import NOWHERE, UNLIMITED, Load, Placement, PlacementCase
from optimizer.planning.placement_model import PlacementModel

LIMIT = Limit(iterations=1000)


def _case(seed: int, points: int, grids: int, room: float, *, zones: int = 2) -> PlacementCase:
    """Draw points with one or two lines; ``room`` is capacity over demand, all grids together."""
    rng = np.random.default_rng(seed)
    loads = tuple(
        tuple(
            Load(
                key=LineKey(f"P{point}", str(number)),
                zone=int(rng.integers(zones)),
                volume_ml=int(rng.integers(1, 40)) * 1000,
                mass_g=int(rng.integers(1, 20)) * 1000,
                drop_cents=int(rng.integers(100, 900)),
            )
            for number in range(int(rng.integers(1, 3)))
        )
        for point in range(points)
    )
    metres = rng.integers(100, 9000, (points, grids))
    order = np.argsort(metres, axis=1, kind="stable")
    demand = np.zeros(zones, dtype=np.int64)
    for load in itertools.chain.from_iterable(loads):
        demand[load.zone] += load.volume_ml
    capacity = np.tile((room * demand / grids).astype(np.int64), (grids, 1))
    return PlacementCase(
        loads=loads,
        grids=order,
        distance_m=np.take_along_axis(metres, order, axis=1),
        capacity_ml=capacity,
    )


def _cost(case: PlacementCase, placement: Placement) -> tuple[int, int]:
    """Give drop cents and gram-metres of what is served; refuse a placement that overflows."""
    taken = np.zeros_like(case.capacity_ml)
    dropped = metres = 0
    for point, (loads, column) in enumerate(zip(case.loads, placement.columns, strict=True)):
        grid = case.grids[point, column]
        assert grid != NOWHERE
        for load in loads:
            if load.key in placement.left:
                dropped += load.drop_cents
            else:
                taken[grid, load.zone] += load.volume_ml
                metres += load.mass_g * int(case.distance_m[point, column])
    assert bool((taken <= case.capacity_ml).all())
    return dropped, metres


def _best_by_enumeration(case: PlacementCase) -> tuple[int, int]:
    """Try every way to leave lines and every grid of every point."""
    keys = [load.key for loads in case.loads for load in loads]
    found = []
    for columns in itertools.product(range(case.grids.shape[1]), repeat=len(case.loads)):
        for size in range(len(keys) + 1):
            for left in itertools.combinations(keys, size):
                try:
                    found.append(_cost(case, Placement(columns=columns, left=frozenset(left))))
                except AssertionError:
                    continue
    return min(found)


@given(st.integers(0, 10_000), st.sampled_from([0.6, 0.9, 1.1, 1.5]))
@settings(max_examples=15)
def test_a_small_case_is_solved_to_the_optimum(seed: int, room: float) -> None:
    case = _case(seed, points=3, grids=2, room=room)
    dropped, metres = _cost(case, place(case, seed=1, limit=LIMIT))
    least_dropped, least_metres = _best_by_enumeration(case)
    assert dropped == least_dropped
    # Kilogram-metres are rounded for each choice and settled to a ten-thousandth.
    assert least_metres <= metres <= least_metres * 1.0001 + 1000 * 6


def test_without_limits_the_nearest_is_taken_at_once() -> None:
    case = _case(1, points=5, grids=3, room=1.0)
    free = PlacementCase(
        loads=case.loads,
        grids=case.grids,
        distance_m=case.distance_m,
        capacity_ml=np.full_like(case.capacity_ml, UNLIMITED),
    )
    assert place(free, seed=1, limit=LIMIT) == Placement(columns=(0,) * 5)


def test_prices_leave_little_for_the_exact_model_to_find() -> None:
    case = _case(5, points=400, grids=8, room=1.15)
    assert case.grids.size > MOST_OPEN_CHOICES, "the case must take the way through prices"
    placement = place(case, seed=1, limit=LIMIT)
    whole = PlacementModel(case, case.volume_ml(), placement, may_leave=False)
    better = whole.improve(seed=1, limit=Limit(iterations=2000), by_distance=True)
    assert placement.left == frozenset()
    ours, theirs = _cost(case, placement)[1], _cost(case, better)[1]
    assert theirs <= ours <= 1.002 * theirs


def test_a_limit_too_short_for_anything_still_gives_a_placement() -> None:
    case = _case(5, points=400, grids=8, room=0.9)
    placement = place(case, seed=1, limit=Limit(seconds=0.001))
    assert _cost(case, placement)[0] > 0
