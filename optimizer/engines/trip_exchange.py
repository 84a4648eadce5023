"""Other hands for the same trips: vehicles of one kind change trips, and nothing becomes dearer.

PyVRP moves jobs, one, two or a tail of them, and prices each move by what it gains at once. That
one vehicle makes a trip and not another of its kind gains nothing by itself, so local search never
changes it; but it decides where there is time for one stop more. Here two vehicles give each other
runs of trips as long as both still keep every time, at random: a walk over answers that cost the
same, from each of which other jobs find room.

A trip is three numbers: how long it takes at least, and the earliest and latest departure for
which it takes no longer. Two that follow each other are three numbers again (Vidal, T., Crainic,
T.G., Gendreau, M., Prins, C. (2013), *Computers & Operations Research* 40(1), 475-489), so an
exchange is judged without looking at a single stop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeAlias

from optimizer.domain.units import Seconds
from optimizer.engines.engine import RoutingRoute
from optimizer.engines.told import Client, Fleet, Told

EVERY = 10
"""Candidates between two that begin with exchanged trips; an exchange costs as much as a few."""

TRIES = 40
"""Exchanges that are tried in a row; with tens of vehicles some ten of them succeed."""

MOST_KNOWN = 50_000
"""Trips whose times are kept; some 20 megabytes."""

TAIL = 0.5
"""How often a run of trips goes to the end of its route."""

Stretch: TypeAlias = tuple[Seconds, Seconds, Seconds]
"""Shortest duration, and the earliest and latest departure for which it is no longer."""

Trip: TypeAlias = tuple[int, ...]


@dataclass(slots=True)
class _Vehicle:
    """A vehicle of a kind, its trips, and whether they are others than before."""

    group: int
    trips: list[Trip]
    changed: bool = False


class TripExchange:
    """Exchanges trips between the vehicles of one problem as a solver is told of it.

    Parameters
    ----------
    told
        What the solver is told.
    seed
        Of the choice of exchanges.
    """

    def __init__(self, told: Told, seed: int) -> None:
        self._told = told
        self._random = Random(seed)
        self._fleets = dict(zip(told.groups, told.fleets(), strict=True))
        self._clients = dict(zip(told.view.jobs, told.clients(), strict=True))
        self._ways = [matrix.tolist() for matrix in told.durations]
        alike = {group: replace(f, count=0, fixed=0) for group, f in self._fleets.items()}
        kinds = list(dict.fromkeys(alike.values()))
        self._kind_of = {group: kinds.index(fleet) for group, fleet in alike.items()}
        several = any(fleet.reloads for fleet in self._fleets.values())
        self._has_sense = several and not told.timeless
        self._asked = 0
        self._stretches: dict[tuple[int, Trip], Stretch | None] = {}

    def is_due(self) -> bool:
        """Say, asked for every candidate, whether one shall begin with exchanged trips.

        Never where no vehicle makes several trips or no time is to be kept.
        """
        self._asked += 1
        return self._has_sense and self._asked % EVERY == 0

    def exchanged(self, routes: Sequence[RoutingRoute]) -> list[RoutingRoute]:
        """Let vehicles exchange trips.

        Returns
        -------
        list[RoutingRoute]
            One for each of the routes, the same object where its trips are the same, one without
            jobs where all its trips went elsewhere; then those of vehicles that were not used.
        """
        vehicles = [_Vehicle(route.group, list(route.trips)) for route in routes]
        vehicles += self._unused(routes)
        kinds: dict[int, list[_Vehicle]] = defaultdict(list)
        for vehicle in vehicles:
            if not self._told.problem.locks.get(vehicle.group):
                kinds[self._kind_of[vehicle.group]].append(vehicle)
        for alike in kinds.values():
            for _ in range(TRIES if len(alike) > 1 else 0):
                first, second = self._random.sample(alike, 2)
                self._exchange(first, second)
        known = [*routes, *[None] * (len(vehicles) - len(routes))]
        return [
            route
            if route is not None and not vehicle.changed
            else RoutingRoute.of_trips(vehicle.group, vehicle.trips)
            for route, vehicle in zip(known, vehicles, strict=True)
        ]

    def _unused(self, routes: Sequence[RoutingRoute]) -> list[_Vehicle]:
        """Give one vehicle of each group that has one left and sends it for nothing."""
        used = [route.group for route in routes]
        return [
            _Vehicle(group, [])
            for group, fleet in self._fleets.items()
            if not fleet.fixed and used.count(group) < fleet.count
        ]

    def _exchange(self, first: _Vehicle, second: _Vehicle) -> None:
        """Try one exchange of runs of trips, either of which may be empty."""
        fleet = self._fleets[first.group]
        a, b = first.trips, second.trips
        begin, end = self._run(len(a))
        start, stop = self._run(len(b))
        ours = [*a[:begin], *b[start:stop], *a[end:]]
        theirs = [*b[:start], *a[begin:end], *b[stop:]]
        if (begin == end and start == stop) or max(len(ours), len(theirs)) > fleet.reloads + 1:
            return
        takes = self._duration(first.group, ours, theirs)
        if takes is None:
            return
        if fleet.per_second:
            took = self._duration(first.group, a, b)
            if took is not None and takes > took:
                return
        first.trips, second.trips = ours, theirs
        first.changed = second.changed = True

    def _run(self, trips: int) -> tuple[int, int]:
        begin = self._random.randint(0, trips)
        if self._random.random() < TAIL:
            return begin, trips
        return begin, self._random.randint(begin, trips)

    def _duration(self, group: int, *days: Sequence[Trip]) -> Seconds | None:
        """Say how long vehicles are on the way together; None where one cannot keep a time."""
        fleet, total = self._fleets[group], 0
        for day in days:
            whole: Stretch | None = (0, fleet.earliest, fleet.latest)
            for trip in day:
                whole = _followed(whole, self._stretch(group, trip))
            if whole is None or whole[0] > fleet.longest:
                return None
            total += whole[0] if day else 0
        return total

    def _stretch(self, group: int, trip: Trip) -> Stretch | None:
        """Give the numbers of one trip; None where it cannot keep a time even by itself."""
        key = (self._kind_of[group], trip)
        if key not in self._stretches:
            if len(self._stretches) >= MOST_KNOWN:
                self._stretches.clear()
            clients = [self._clients[job] for job in trip]
            self._stretches[key] = self._measured(self._fleets[group], clients)
        return self._stretches[key]

    def _measured(self, fleet: Fleet, clients: Sequence[Client]) -> Stretch | None:
        ways = self._ways[fleet.profile]
        released = max(client.release for client in clients)
        here = self._told.ends[fleet.start]
        stretch: Stretch | None = (0, max(fleet.earliest, released), fleet.latest)
        for client in clients:
            visit = (client.service, client.opens, client.closes)
            stretch = _followed(stretch, visit, way=ways[here][client.location])
            here = client.location
        home = (0, fleet.earliest, fleet.latest)
        return _followed(stretch, home, way=ways[here][self._told.ends[fleet.end]])


def _followed(first: Stretch | None, then: Stretch | None, *, way: Seconds = 0) -> Stretch | None:
    """Join two stretches; None where the second cannot be begun in time after the first."""
    if first is None or then is None or first[1] > first[2]:
        return None
    taken, earliest, latest = first[0] + way, first[1], first[2]
    if earliest + taken > then[2]:
        return None
    wait = max(0, then[1] - taken - latest)
    return (
        taken + wait + then[0],
        max(then[1] - taken, earliest) - wait,
        min(then[2] - taken, latest),
    )
