"""Points to grids under capacity: least drop cost first, least kilogram-metres second.

From the cheap to the dear: nearest grids if they have room; choices in nobody's way are settled;
prices of room and a first fit give a start; CP-SAT decides what is still open.
Under iterations nothing looks at a clock, so the same seed gives the same placement.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import IntArray
from optimizer.planning.placement_case import (
    NOWHERE,
    FloatArray,
    Load,
    Placement,
    PlacementCase,
    overfull,
)
from optimizer.planning.placement_model import PlacementModel
from optimizer.planning.placement_prices import priced_cost

MOST_OPEN_CHOICES = 1000
"""Choices that CP-SAT takes all; of more, each point's best and this many of the next cheapest."""


def place(case: PlacementCase, *, seed: int, limit: Limit) -> Placement:
    """Give every point a grid and leave out what costs least where room is short.

    Where the nearest grids have room, they are the answer and no solver is called.
    """
    volume = case.volume_ml()
    if not overfull(case.capacity_ml, volume, case.grids[:, :1]).any():
        return Placement(columns=(0,) * len(case.loads))
    narrow = _without_idle_choices(case, volume)
    if np.count_nonzero(narrow.grids != NOWHERE) <= MOST_OPEN_CHOICES:
        start = _first_fit(narrow, volume, narrow.kilogram_metres())
    else:
        score = priced_cost(narrow, volume, limit.share(0.3))
        start = _first_fit(narrow, volume, score)
        narrow = _cheapest_choices(narrow, score, start)
    part = limit.share(0.35)
    if start.left:
        fewer = PlacementModel(narrow, volume, start, may_leave=True)
        start = fewer.improve(seed=seed, limit=part, by_distance=False)
    model = PlacementModel(narrow, volume, start, may_leave=bool(start.left))
    return model.improve(seed=seed, limit=part, by_distance=True)


def _without_idle_choices(case: PlacementCase, volume: IntArray) -> PlacementCase:
    """Settle each point whose nearest grid could take everything that might ever come to it.

    Such a point cannot do better and is in nobody's way, so the optimum is kept. Each point that
    is settled frees other grids of its claims, hence the repetition.
    """
    while True:
        contested = np.asarray(case.contested(volume).any(axis=1))
        idle = ~contested[case.grids[:, 0]] & (case.grids[:, 1:] != NOWHERE).any(axis=1)
        if not idle.any():
            return case
        grids = case.grids.copy()
        grids[idle, 1:] = NOWHERE
        case = replace(case, grids=grids)


def _first_fit(case: PlacementCase, volume: IntArray, score: FloatArray) -> Placement:
    """Place points one by one, those first that lose most by a detour, lines if not the whole.

    Parameters
    ----------
    case, volume
        The case and its demand.
    score
        Cost of each choice, infinite where there is none; the cheapest with room is taken.
    """
    room = case.capacity_ml.copy()
    columns = np.zeros(len(case.loads), dtype=np.int64)
    ranked = np.argsort(score, axis=1, kind="stable")
    left: set[LineKey] = set()
    for point in _by_regret(score):
        choices = ranked[point][np.isfinite(score[point, ranked[point]])]
        fits = (room[case.grids[point, choices]] >= volume[point]).all(axis=1)
        columns[point] = choices[int(np.argmax(fits))]
        rest = room[case.grids[point, columns[point]]]
        for load in sorted(case.loads[point], key=_dearest_first):
            if load.volume_ml <= rest[load.zone]:
                rest[load.zone] -= load.volume_ml
            else:
                left.add(load.key)
    return Placement(columns=tuple(columns.tolist()), left=frozenset(left))


def _by_regret(score: FloatArray) -> list[int]:
    """Order points: single choices first, then by how much dearer the second-best choice is."""
    padded = np.column_stack([score, np.full(len(score), np.inf)])
    best = np.partition(padded, 1, axis=1)
    regret = best[:, 1] - best[:, 0]
    order: list[int] = np.argsort(-regret, kind="stable").tolist()
    return order


def _dearest_first(load: Load) -> tuple[float, LineKey]:
    return (-load.drop_cents / max(1, load.volume_ml), load.key)


def _cheapest_choices(case: PlacementCase, score: FloatArray, start: Placement) -> PlacementCase:
    """Leave open the choices nearest to each point's best, and the start's own."""
    above = score - score.min(axis=1, keepdims=True)
    above[np.arange(len(start.columns)), np.array(start.columns)] = 0.0
    dearer = np.sort(above[np.isfinite(above) & (above > 0)])
    threshold = dearer[min(MOST_OPEN_CHOICES, dearer.size) - 1] if dearer.size else 0.0
    return replace(case, grids=np.where(above <= threshold, case.grids, NOWHERE))
