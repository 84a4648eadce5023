"""Where grid warehouses should stand: the weighted p-median, solved by CP-SAT.

    minimise  Σ weight_p distance_cp a_cp
    subject to  Σ_c a_cp = 1,  a_cp ≤ o_c,  Σ_c o_c = k

o opens a candidate and a sends a point to it (C. ReVelle and R. Swain, Central Facilities
Location, Geographical Analysis 2, 1970). CP-SAT sees each point's demand at the candidate nearest
to it, which makes the model small enough to be solved to the end. Vertex interchange (M. Teitz and
P. Bart, Operations Research 16, 1968) on the points themselves gives the start and has the last
word, so that the folding costs nothing that a swap of sites can win back.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ortools.sat.python import cp_model

from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import LARGEST_SUM
from optimizer.planning.placement_model import set_limit

MOST_CANDIDATES = 60
"""On days in Bogotá (200 to 400 places) 60 candidates end within 0.3 % of 100, far sooner."""


def candidate_points(
    lat: Sequence[float],
    lon: Sequence[float],
    weights: Sequence[int],
    *,
    most: int = MOST_CANDIDATES,
) -> tuple[int, ...]:
    """Thin demand points to candidates that are spread like the demand.

    The heaviest point comes first; after that always the point that has most weight times
    distance to the candidates so far. Points at the same place count together.

    Parameters
    ----------
    lat, lon
        Degrees of the points.
    weights
        Demand of each point in any one unit.
    most
        How many candidates are wanted at most.

    Returns
    -------
    Indices into the points, ascending.
    """
    # A plane will do: the candidates only have to be well spread, distances come later.
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    place = np.stack([phi, np.radians(np.asarray(lon, dtype=np.float64)) * np.cos(phi.mean())], 1)
    _, first, group = np.unique(place, axis=0, return_index=True, return_inverse=True)
    mass = np.bincount(group.ravel(), weights=np.asarray(weights, dtype=np.float64))
    spots = place[first]
    chosen = [int(np.argmax(mass))]
    away = np.linalg.norm(spots - spots[chosen[0]], axis=1)
    while len(chosen) < min(most, len(first)):
        chosen.append(int(np.argmax(np.where(away > 0, mass * away + away, -1.0))))
        away = np.minimum(away, np.linalg.norm(spots - spots[chosen[-1]], axis=1))
    return tuple(sorted(first[chosen].tolist()))


def choose_sites(
    distance_m: IntArray,
    weights: Sequence[int],
    k: int,
    *,
    candidates: Sequence[int],
    seed: int,
    limit: Limit,
) -> tuple[int, ...]:
    """Choose k candidates so that the weighted distance from each point's nearest is least.

    Parameters
    ----------
    distance_m
        From candidates (rows) to points (columns).
    weights
        Demand of each point in any one unit.
    k
        How many sites to open.
    candidates
        Which point each row of ``distance_m`` is.
    seed, limit
        Passed to CP-SAT; the same seed and iterations give the same sites.

    Returns
    -------
    Indices into the points, ascending.

    Raises
    ------
    ValueError
        There are fewer candidates than sites wanted.
    """
    if not 1 <= k <= len(candidates):
        raise ValueError(f"cannot open {k} sites at {len(candidates)} candidates")
    weight = np.asarray(weights, dtype=np.int64)
    far = LARGEST_SUM // max(1, 2 * int(weight.sum()))
    distance = np.where(distance_m == UNREACHABLE, far, distance_m)
    cost = distance * weight
    start = _interchange(cost, _greedy(cost, k))
    folded = np.zeros(len(candidates), dtype=np.int64)
    np.add.at(folded, np.argmin(distance, axis=0), weight)
    among = distance[:, list(candidates)] * folded
    found = _interchange(cost, _solve(among, start, seed=seed, limit=limit))
    best = min(start, found, key=lambda rows: int(cost[rows].min(axis=0).sum()))
    return tuple(sorted(candidates[row] for row in best))


def _greedy(cost: IntArray, k: int) -> list[int]:
    """Open one site after the other, each time the one that saves most."""
    chosen: list[int] = []
    best = np.full(cost.shape[1], cost.max(initial=0), dtype=np.int64)
    for _ in range(k):
        total = np.minimum(cost, best).sum(axis=1)
        total[chosen] = LARGEST_SUM
        chosen.append(int(np.argmin(total)))
        best = np.minimum(best, cost[chosen[-1]])
    return chosen


def _interchange(cost: IntArray, start: Sequence[int]) -> list[int]:
    """Swap an open site for a closed one while the best swap saves anything."""
    chosen = list(start)
    while True:
        now = int(cost[chosen].min(axis=0).sum())
        swaps = []
        for place in range(len(chosen)):
            others = cost[chosen[:place] + chosen[place + 1 :]]
            rest = others.min(axis=0, initial=LARGEST_SUM)
            total = np.minimum(cost, rest).sum(axis=1)
            swaps.append((int(total.min()), place, int(np.argmin(total))))
        best, place, row = min(swaps)
        if best >= now:
            return chosen
        chosen[place] = row


def _solve(cost: IntArray, start: Sequence[int], *, seed: int, limit: Limit) -> list[int]:
    model = cp_model.CpModel()
    rows, columns = cost.shape
    nearest = np.array(start)[np.argmin(cost[list(start)], axis=0)]
    opens = [model.new_bool_var("") for _ in range(rows)]
    sends: list[cp_model.IntVar] = []
    for column in range(columns):
        own = [model.new_bool_var("") for _ in range(rows)]
        model.add_exactly_one(own)
        for row, send in enumerate(own):
            model.add_implication(send, opens[row])
            model.add_hint(send, int(nearest[column]) == row)
        sends += own
    for row, is_open in enumerate(opens):
        model.add_hint(is_open, row in start)
    model.add(cp_model.LinearExpr.sum(opens) == len(start))
    model.minimize(cp_model.LinearExpr.weighted_sum(sends, cost.T.ravel().tolist()))
    solver = cp_model.CpSolver()
    set_limit(solver, seed=seed, limit=limit)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return list(start)  # the limit was too short even to repeat the hint
    return [row for row, is_open in enumerate(opens) if solver.boolean_value(is_open)]
