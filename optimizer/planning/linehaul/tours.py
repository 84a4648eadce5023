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

from optimizer.domain.ids import SiteId, WaveId
from optimizer.domain.objective import distance_cost, time_cost
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Cents, Metres, Seconds
from optimizer.planning.linehaul.demand import GridDemand
from optimizer.planning.linehaul.merging import together
from optimizer.planning.linehaul.network import Network
from optimizer.planning.linehaul.savings import FloatArray, fill_of, savings_tours
from optimizer.planning.linehaul.tour_times import Clock, Timings

MOST_SEQUENCES = 30_000
"""Orders of visit that are enumerated per group of trucks and wave."""

MOST_TOURS = 700
"""Enumerated tours of several stops that are kept per group of trucks and wave."""

MOST_SHARES = 400
"""Up to so many triples of tour, stop and zone the zones of a grid are treated one by one."""

Share = tuple[tuple[int, frozenset[Zone]], ...]
"""Demands and the zones of each that may be unloaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A way that a truck of one group may take.

    Parameters
    ----------
    group
        Index into ``Network.groups``.
    stops
        Indices of demands in the order of the visits.
    zones
        Per stop the zones that may be unloaded there.
    along
        Per stop the demands of later waves whose goods may come with it, and their zones.
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
    stops: tuple[int, ...]
    zones: tuple[frozenset[Zone], ...]
    along: tuple[Share, ...]
    distance_m: Metres
    duration_s: Seconds
    returns: Seconds
    home_leg_s: Seconds
    late_s: Seconds
    cents: Cents
    rounds: tuple[int, ...] = ()

    @property
    def brings(self) -> tuple[tuple[int, int, frozenset[Zone]], ...]:
        """Name the stop, demand and zones of all that may come, the goods of later waves last."""
        own = zip(range(len(self.stops)), self.stops, self.zones, strict=True)
        later = [
            (position, demand, zones)
            for position, share in enumerate(self.along)
            for demand, zones in share
        ]
        return *own, *sorted(later, key=lambda item: item[1])


def candidate_tours(
    network: Network,
    demands: Sequence[GridDemand],
    *,
    time_on_board_s: Mapping[Zone, Seconds],
    seed: int,
) -> list[Tour]:
    """Give the tours worth choosing from, for every group of trucks and every wave.

    Where they are many, tours of several stops bring all zones to each stop or are left out.

    Parameters
    ----------
    network
        Trucks and ways.
    demands
        What to bring, the earlier waves first.
    time_on_board_s
        Longest ride per zone.
    seed
        Where tours are drawn.
    """
    tours: list[Tour] = []
    waves = list(dict.fromkeys(demand.wave for demand in demands))
    for index in range(len(network.groups)):
        survey = _Survey(network, index, demands, time_on_board_s)
        for number, wave in enumerate(waves):
            # A truck with goods for one wave may also call where only a later wave wants some.
            members = _first_of_each_grid(demands, waves[number:])
            tours += [
                tour
                for tour in survey.tours(members, np.random.default_rng(seed))
                if any(demands[stop].wave == wave for stop in tour.stops)
            ]
    if sum(len(zones) for tour in tours for _, _, zones in tour.brings) <= MOST_SHARES:
        return tours
    wanted = [demand.zones for demand in demands]
    return [
        replace(tour, along=tuple(_whole(share, wanted) for share in tour.along))
        for tour in tours
        if len(tour.stops) == 1
        or all(z == wanted[stop] for stop, z in zip(tour.stops, tour.zones, strict=True))
    ]


def _first_of_each_grid(demands: Sequence[GridDemand], waves: Sequence[WaveId]) -> list[int]:
    first: dict[SiteId, int] = {}
    for index, demand in enumerate(demands):
        if demand.wave in waves:
            first.setdefault(demand.grid, index)
    return sorted(first.values())


def _whole(share: Share, wanted: Sequence[frozenset[Zone]]) -> Share:
    return tuple((demand, zones) for demand, zones in share if zones == wanted[demand])


def _riders(demands: Sequence[GridDemand], number: int) -> tuple[int, ...]:
    """Give the demands of later waves whose goods may come with those of this demand."""
    first = demands[number]
    return tuple(
        later
        for later in range(number + 1, len(demands))
        if demands[later].grid == first.grid
        and demands[later].due >= first.due
        and _no_sooner(demands[later].latest, first.latest)
    )


def _no_sooner(latest: Seconds | None, other: Seconds | None) -> bool:
    return latest is None or (other is not None and latest >= other)


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
        self._clock = Clock(network, self._group, demands)
        self._time_on_board_s = time_on_board_s
        self._zones = self._group.zones
        self._able = [demand.zones & self._zones for demand in demands]
        self._riders = [_riders(demands, number) for number in range(len(demands))]
        self._known: dict[tuple[int, frozenset[Zone]], tuple[frozenset[Zone], Share]] = {}

    def tours(self, members: Sequence[int], rng: np.random.Generator) -> list[Tour]:
        """Give the candidates over some demands, at most one of each grid."""
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
        rows = np.concatenate([[self._network.rows[truck.home]], self._clock.rows[reached]])
        cut = np.ix_(rows, rows)
        sequences = savings_tours(
            self._network.distance_m[cut],
            self._group.duration_s[cut] + self._network.service_s[rows][None, :],
            self._fills(reached),
            longest_s=min(
                [
                    int(self._clock.due[reached].max()) - self._group.departures[0].opens,
                    *self._time_on_board_s.values(),
                ]
            ),
            longest_m=truck.range_m,
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

    def _fills(self, reached: Sequence[int]) -> list[FloatArray]:
        """Say how much of a truck the goods of each demand take, then with more and more riders."""
        truck = self._group.truck
        fills = [fill_of(truck, [self._demands[i] for i in reached])]
        for riders in range(1, 1 + max(len(self._riders[i]) for i in reached)):
            groups = [[i, *self._riders[i][:riders]] for i in reached]
            fills.append(
                fill_of(truck, [together([self._demands[i] for i in group]) for group in groups])
            )
        return fills

    def _best(self, stops: IntArray) -> list[Tour]:
        """Time sequences of equal length and keep the best order of each set of stops."""
        if not stops.size:
            return []
        timings = self._clock.times(stops)
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

    def _tour(self, stops: IntArray, timings: Timings, row: int) -> Tour | None:
        if not timings.possible[row]:
            return None
        sequence = tuple(int(stop) for stop in stops[row])
        visits = [
            self._unloads(stop, self._cold(int(ride_s)))
            for stop, ride_s in zip(sequence, timings.rides_s[row], strict=True)
        ]
        if not all(zones for zones, _ in visits):
            return None
        distance_m, duration_s = int(timings.distance_m[row]), int(timings.duration_s[row])
        truck = self._group.truck
        return Tour(
            group=self._index,
            stops=sequence,
            zones=tuple(zones for zones, _ in visits),
            along=tuple(along for _, along in visits),
            distance_m=distance_m,
            duration_s=duration_s,
            returns=int(timings.returns[row]),
            home_leg_s=int(timings.home_leg_s[row]),
            late_s=int(timings.late_s[row]),
            cents=distance_cost(truck, distance_m) + time_cost(truck, duration_s),
        )

    def _cold(self, ride_s: Seconds) -> frozenset[Zone]:
        """Give the zones that may be on board for so long."""
        limits = self._time_on_board_s
        return frozenset(z for z in self._zones if ride_s <= limits.get(z, ride_s))

    def _unloads(self, stop: int, cold: frozenset[Zone]) -> tuple[frozenset[Zone], Share]:
        """Give the zones that may be unloaded at a stop, and what may come along with them."""
        known = self._known.get((stop, cold))
        if known is None:
            shares = ((rider, self._able[rider] & cold) for rider in self._riders[stop])
            along = tuple((rider, zones) for rider, zones in shares if zones)
            known = self._known[stop, cold] = self._able[stop] & cold, along
        return known


def _longest_enumerated(grids: int) -> int:
    """Give the most stops of an enumerated tour, so that the sequences stay few."""
    sequences, length = 0, 0
    while length < grids and sequences + perm(grids, length + 1) <= MOST_SEQUENCES:
        length += 1
        sequences += perm(grids, length)
    return max(1, length)


def _sum_alone(tour: Tour, alone: Mapping[int, Cents]) -> Cents:
    return max(1, sum(alone[stop] for stop in tour.stops))
