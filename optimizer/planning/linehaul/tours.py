"""Candidate tours: out from a central, one or more grids, and back, each in its best order.

Few grids are enumerated outright. Where they are too many, only short tours are, and long ones
come from ``savings``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from math import perm

import numpy as np
import numpy.typing as npt

from optimizer.domain.ids import WaveId
from optimizer.domain.objective import distance_cost, time_cost
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Cents, Metres, Seconds
from optimizer.planning.linehaul.demand import GridDemand
from optimizer.planning.linehaul.network import Network
from optimizer.planning.linehaul.savings import fill_of, savings_tours

MOST_SEQUENCES = 30_000
"""Orders of visit that are enumerated per group of trucks and wave."""

MOST_TOURS = 700
"""Enumerated tours of several stops that are kept per group of trucks and wave."""

MOST_SHARES = 400
"""Up to so many triples of tour, stop and zone the zones of a grid are treated one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A way that a truck of one group may take for one wave.

    Parameters
    ----------
    group
        Index into ``Network.groups``.
    stops
        Indices of demands in the order of the visits.
    zones
        Per stop the zones that may be unloaded there.
    duration_s
        From departure to return, leaving as late as the stops allow without delay.
    returns
        When a truck is back that leaves first thing.
    home_leg_s
        The way back, which no grid waits for.
    late_s
        Unloading after the due times, summed over the stops, when the tour leaves first thing.
    cents
        Kilometres and hours.
    rounds
        Rounds of the savings heuristic that drew it: the tours of one round do not overlap.
    """

    group: int
    wave: WaveId
    stops: tuple[int, ...]
    zones: tuple[frozenset[Zone], ...]
    distance_m: Metres
    duration_s: Seconds
    returns: Seconds
    home_leg_s: Seconds
    late_s: Seconds
    cents: Cents
    rounds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Timings:
    """What happens on many sequences of equal length; one row each, stops in columns."""

    possible: npt.NDArray[np.bool_]
    distance_m: IntArray
    duration_s: IntArray
    returns: IntArray
    home_leg_s: IntArray
    late_s: IntArray
    rides_s: IntArray


def candidate_tours(
    network: Network,
    demands: Sequence[GridDemand],
    *,
    time_on_board_s: Mapping[Zone, Seconds],
    seed: int,
) -> list[Tour]:
    """Give the tours worth choosing from, for every group of trucks and every wave.

    Where they are many, tours of several stops bring all zones to each stop or are left out.
    """
    tours: list[Tour] = []
    for index in range(len(network.groups)):
        survey = _Survey(network, index, demands, time_on_board_s)
        for wave in dict.fromkeys(demand.wave for demand in demands):
            members = [i for i, demand in enumerate(demands) if demand.wave == wave]
            tours += survey.tours(members, np.random.default_rng(seed))
    if sum(len(zones) for tour in tours for zones in tour.zones) <= MOST_SHARES:
        return tours
    wanted = [demand.zones for demand in demands]
    return [
        tour
        for tour in tours
        if len(tour.stops) == 1
        or all(z == wanted[stop] for stop, z in zip(tour.stops, tour.zones, strict=True))
    ]


class _Survey:
    """The tours of one group of trucks."""

    def __init__(
        self,
        network: Network,
        group: int,
        demands: Sequence[GridDemand],
        time_on_board_s: Mapping[Zone, Seconds],
    ) -> None:
        self._network = network
        self._index = group
        self._group = network.groups[group]
        self._demands = demands
        self._rows = np.array([network.rows[demand.grid] for demand in demands], dtype=np.int64)
        self._due = np.array([demand.due for demand in demands], dtype=np.int64)
        never = np.iinfo(np.int64).max
        self._latest = np.array(
            [never if demand.latest is None else demand.latest for demand in demands]
        )
        self._time_on_board_s = time_on_board_s
        self._able = [demand.zones & self._group.zones for demand in demands]

    def tours(self, members: Sequence[int], rng: np.random.Generator) -> list[Tour]:
        """Give the candidates over the demands of one wave."""
        if not self._group.departures:
            return []
        singles = self._best(np.array(members, dtype=np.int64)[:, None])
        reached = [tour.stops[0] for tour in singles]
        alone = {tour.stops[0]: tour.cents for tour in singles}
        longest = _longest_enumerated(len(reached))
        several: list[Tour] = []
        for length in range(2, longest + 1):
            several += self._best(np.array(list(permutations(reached, length)), dtype=np.int64))
        # A tour is worth more the less it costs against visiting its stops one by one.
        several.sort(key=lambda tour: (tour.cents / _sum_alone(tour, alone), tour.stops))
        kept = singles + several[:MOST_TOURS]
        if longest < len(reached):
            found = {frozenset(tour.stops): tour for tour in kept}
            found |= {frozenset(tour.stops): tour for tour in self._long(reached, rng)}
            return list(found.values())
        return kept

    def _long(self, reached: Sequence[int], rng: np.random.Generator) -> list[Tour]:
        truck = self._group.truck
        rows = np.concatenate([[self._network.rows[truck.home]], self._rows[reached]])
        cut = np.ix_(rows, rows)
        sequences = savings_tours(
            self._network.distance_m[cut],
            self._group.duration_s[cut] + self._network.service_s[rows][None, :],
            fill_of(truck, [self._demands[i] for i in reached]),
            longest_s=min(
                [
                    int(self._due[reached].max()) - self._group.departures[0].opens,
                    *self._time_on_board_s.values(),
                ]
            ),
            rng=rng,
        )
        rounds: dict[frozenset[int], list[int]] = {}
        by_length: dict[int, list[list[int]]] = {}
        for sequence, drawn in sequences.items():
            stops = [reached[number] for number in sequence]
            rounds.setdefault(frozenset(stops), []).extend(drawn)
            by_length.setdefault(len(stops), []).extend([stops, stops[::-1]])
        return [
            replace(tour, rounds=tuple(sorted(rounds[frozenset(tour.stops)])))
            for _, group in sorted(by_length.items())
            for tour in self._best(np.array(group, dtype=np.int64))
        ]

    def _best(self, stops: IntArray) -> list[Tour]:
        """Time sequences of equal length and keep the best order of each set of stops."""
        if not stops.size:
            return []
        timings = self._time(stops)
        truck = self._group.truck
        # Lateness outranks money here; the selection prices both.
        rank = np.lexsort(
            (
                truck.cents_per_km * timings.distance_m * 3600
                + truck.cents_per_h * timings.duration_s * 1000,
                timings.late_s,
                ~timings.possible,
            )
        )
        sets = np.sort(stops[rank], axis=1)
        first = np.unique(sets, axis=0, return_index=True)[1]
        chosen = [self._tour(stops, timings, int(rank[i])) for i in first]
        return [tour for tour in chosen if tour is not None]

    def _time(self, stops: IntArray) -> _Timings:
        network, group = self._network, self._group
        rows = self._rows[stops]
        home = np.full((len(rows), 1), network.rows[group.truck.home], dtype=np.int64)
        path = np.hstack([home, rows, home])
        legs_m = network.distance_m[path[:, :-1], path[:, 1:]]
        legs_s = group.duration_s[path[:, :-1], path[:, 1:]]
        possible = (legs_m != UNREACHABLE).all(axis=1)
        departs = group.departures[0].opens
        now = np.full(len(rows), departs, dtype=np.int64)
        waited = np.zeros_like(now)
        slack = np.full_like(now, group.departures[0].closes - departs)
        starts, floors, late = np.zeros_like(rows), np.zeros_like(rows), np.zeros_like(now)
        for k in range(rows.shape[1]):
            arrives = now + legs_s[:, k]
            begins, closes = network.opening(rows[:, k], arrives)
            waited += begins - arrives
            possible &= closes >= begins
            slack = np.minimum(slack, waited + closes - begins)
            starts[:, k], floors[:, k] = begins, begins - waited
            now = begins + network.service_s[rows[:, k]]
            late += np.maximum(0, now - self._due[stops[:, k]])
            possible &= now <= self._latest[stops[:, k]]
        returns = now + legs_s[:, -1]
        # Leaving later by the time spent waiting delays no stop.
        delay = np.maximum(0, np.minimum(waited, slack))
        return _Timings(
            possible=possible & (returns <= group.truck.shift.closes),
            distance_m=legs_m.sum(axis=1),
            duration_s=returns - departs - delay,
            returns=returns,
            home_leg_s=legs_s[:, -1],
            late_s=late,
            rides_s=np.maximum(starts - delay[:, None], floors) - departs,
        )

    def _tour(self, stops: IntArray, timings: _Timings, row: int) -> Tour | None:
        if not timings.possible[row]:
            return None
        sequence = tuple(int(stop) for stop in stops[row])
        zones = tuple(
            self._zones(stop, int(ride_s))
            for stop, ride_s in zip(sequence, timings.rides_s[row], strict=True)
        )
        if not all(zones):
            return None
        distance_m, duration_s = int(timings.distance_m[row]), int(timings.duration_s[row])
        truck = self._group.truck
        return Tour(
            group=self._index,
            wave=self._demands[sequence[0]].wave,
            stops=sequence,
            zones=zones,
            distance_m=distance_m,
            duration_s=duration_s,
            returns=int(timings.returns[row]),
            home_leg_s=int(timings.home_leg_s[row]),
            late_s=int(timings.late_s[row]),
            cents=distance_cost(truck, distance_m) + time_cost(truck, duration_s),
        )

    def _zones(self, stop: int, ride_s: Seconds) -> frozenset[Zone]:
        limits = self._time_on_board_s
        return frozenset(z for z in self._able[stop] if ride_s <= limits.get(z, ride_s))


def _longest_enumerated(grids: int) -> int:
    """Give the most stops of an enumerated tour, so that the sequences stay few."""
    sequences, length = 0, 0
    while length < grids and sequences + perm(grids, length + 1) <= MOST_SEQUENCES:
        length += 1
        sequences += perm(grids, length)
    return max(1, length)


def _sum_alone(tour: Tour, alone: Mapping[int, Cents]) -> Cents:
    return max(1, sum(alone[stop] for stop in tour.stops))
