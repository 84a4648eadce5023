"""Long tours by the savings heuristic of Clarke and Wright (1964), with noise.

Each round scales the savings differently and fills trucks to another degree, some beyond their
capacity on purpose: the selection may split a delivery over two tours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from optimizer.domain.fleet import Vehicle
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Metres, Millilitres, Seconds
from optimizer.planning.linehaul.demand import GridDemand

FloatArray = npt.NDArray[np.float64]

ROUNDS = 24
FILLS = (1.0, 1.0, 1.1, 0.9, 1.25, 1.0)
"""How full a truck may be, round by round."""

FAR_M = 10**9
"""Stands for a way that there is not."""

NOISE = 0.25
SHAPES = (0.8, 1.4)
"""Range of the factor on the distance between two stops (Yellow 1970): compact or radial."""


def fill_of(truck: Vehicle, demands: Sequence[GridDemand]) -> FloatArray:
    """Say how much of a truck each demand takes: one row each, payload, compartments, body.

    Of a demand that needs several trucks only the part that fills none counts.
    """
    fills = []
    for demand in demands:
        mass_g = sum(delivery.mass_g for delivery in demand.deliveries)
        volume_ml: dict[Zone, Millilitres] = dict.fromkeys(ZONES, 0)
        for delivery in demand.deliveries:
            volume_ml[delivery.zone] += delivery.volume_ml
        rooms = [(mass_g, truck.payload_g), (sum(volume_ml.values()), truck.body_ml)]
        if truck.bulkhead_step_ml is None:
            rooms += [(volume_ml[zone], truck.capacity_ml.get(zone, 0)) for zone in ZONES]
        fills.append([load / room if room else 0.0 for load, room in [*rooms, *[(0, 1)] * 3][:5]])
    fill = np.array(fills, dtype=np.float64)
    trucks = np.floor(fill.max(axis=1, keepdims=True))
    rest: FloatArray = fill * (1.0 - trucks / np.maximum(fill.max(axis=1, keepdims=True), 1e-9))
    return rest


def savings_tours(
    distance_m: IntArray,
    duration_s: IntArray,
    fills: Sequence[FloatArray],
    *,
    longest_s: Seconds,
    longest_m: Metres | None,
    rng: np.random.Generator,
) -> dict[tuple[int, ...], list[int]]:
    """Give tours of at least two stops as rows of ``fills``, with the rounds that drew them.

    Row and column 0 of the matrices are the central; ``duration_s`` holds the service at its
    destination. The rounds take turns with the fills. No tour takes longer than ``longest_s`` to
    its last unloading or goes further than ``longest_m`` out and back.
    """
    found: dict[tuple[int, ...], list[int]] = {}
    bounds = _Bounds(distance_m, duration_s, longest_s, longest_m)
    distance_m = np.where(distance_m == UNREACHABLE, FAR_M, distance_m)
    for number in range(ROUNDS):
        shape = rng.uniform(*SHAPES) if number else 1.0
        gain = distance_m[1:, :1] + distance_m[:1, 1:] - shape * distance_m[1:, 1:]
        gain *= 1.0 + NOISE * rng.random(gain.shape) * (number > 0)
        gain[distance_m[1:, 1:] == FAR_M] = 0
        np.fill_diagonal(gain, 0)
        most = FILLS[number % len(FILLS)]
        for tour in _merged(gain, bounds, fills[number % len(fills)], most):
            found.setdefault(_shortened(distance_m, tour), []).append(number)
    return found


class _Bounds:
    """How long and how far a tour may go."""

    def __init__(
        self,
        distance_m: IntArray,
        duration_s: IntArray,
        longest_s: Seconds,
        longest_m: Metres | None,
    ) -> None:
        self._distance_m, self._duration_s = distance_m, duration_s
        self._longest_s, self._longest_m = longest_s, longest_m

    def allow(self, stops: Sequence[int]) -> bool:
        """Say whether a tour of these stops is within them."""
        rows = np.array([0, *(stop + 1 for stop in stops), 0])
        if self._duration_s[rows[:-2], rows[1:-1]].sum() > self._longest_s:
            return False
        if self._longest_m is None:
            return True
        return bool(self._distance_m[rows[:-1], rows[1:]].sum() <= self._longest_m)


def _merged(
    gain: FloatArray, bounds: _Bounds, fill: FloatArray, most: float
) -> list[tuple[int, ...]]:
    """Join the end of one tour to the start of another, the largest saving first."""
    tour_of = {stop: [stop] for stop in range(len(fill))}
    load = {stop: fill[stop] for stop in range(len(fill))}
    order = np.argsort(-gain, axis=None, kind="stable")
    for flat in order[: int((gain > 0).sum())]:
        before, after = divmod(int(flat), len(fill))
        head, tail = tour_of[before], tour_of[after]
        if head is tail or head[-1] != before or tail[0] != after:
            continue
        together = load[head[0]] + load[tail[0]]
        if together.max() > most or not bounds.allow(head + tail):
            continue
        head.extend(tail)
        load[head[0]] = together
        for stop in tail:
            tour_of[stop] = head
    tours = {id(tour): tuple(tour) for tour in tour_of.values()}
    return [tour for tour in tours.values() if len(tour) > 1]


def _shortened(distance_m: IntArray, tour: tuple[int, ...]) -> tuple[int, ...]:
    """Reverse parts of a tour while that makes it shorter (2-opt, Croes 1958)."""
    path = np.array([0, *(stop + 1 for stop in tour), 0])
    size = len(tour)
    spans = [(i, j) for i in range(1, size) for j in range(i + 1, size + 1)]
    columns = np.tile(np.arange(size + 2), (len(spans), 1))
    for row, (i, j) in enumerate(spans):
        columns[row, i : j + 1] = columns[row, i : j + 1][::-1]
    best = int(distance_m[path[:-1], path[1:]].sum())
    while True:
        others = path[columns]
        lengths = distance_m[others[:, :-1], others[:, 1:]].sum(axis=1)
        choice = int(lengths.argmin())
        if lengths[choice] >= best:
            return tuple(int(row) - 1 for row in path[1:-1])
        path, best = others[choice], int(lengths[choice])
