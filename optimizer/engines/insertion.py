"""Put jobs into routes one after another, each where it costs least.

Jobs that ride together are a party: they go to one vehicle, or all of them stay out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from optimizer.engines.board import Board
from optimizer.engines.engine import RoutingProblem, RoutingRoute
from optimizer.engines.places import places_of
from optimizer.engines.stripping import stripped, without, worth_millicents

MOST_TURNS = 3
"""How often a party may be placed again that fell out when another one left its vehicle."""


def insert_cheapest(
    problem: RoutingProblem,
    routes: Iterable[RoutingRoute],
    jobs: Iterable[int],
    *,
    new_routes: bool = True,
    most: float = inf,
) -> list[RoutingRoute] | None:
    """Put jobs, the dearest to leave first, where each costs least; some may find no place.

    A place is any position of any trip, a trip of its own, or a vehicle not yet used. A job whose
    cheapest place costs more than leaving it out stays out. A party follows those of its jobs
    that ride already; where that cannot be, they leave as well.

    Parameters
    ----------
    problem
        What the jobs are.
    routes
        Keep every rule but ``together``.
    jobs
        Which of them to put.
    new_routes
        Whether vehicles not yet used may be.
    most
        What all of it may cost, in millicents, jobs left out included.

    Returns
    -------
    list or None
        The routes in their order, then new ones; None where a job that must be done, or the
        party of a job that is settled, has no place, and where it costs more than it may.
    """
    waiting = sorted(set(jobs))
    if not waiting:
        return list(routes)
    fleet = _Fleet(problem, list(routes), new_routes=new_routes)
    parties = parties_of(problem)
    queue = _queue(problem, waiting, parties)
    turns = 0
    while queue:
        turns += 1
        fallen: list[int] = []
        for party in queue:
            if len(party) == 1:
                done = fleet.take(party[0], most)
            else:
                done = fleet.take_party(party, fallen, hopeful=turns <= MOST_TURNS)
            if not done:
                return None
        queue = _queue(problem, fallen, parties)
    return [route for route in fleet.routes if route.jobs]


def _queue(
    problem: RoutingProblem, jobs: Iterable[int], parties: Mapping[int, frozenset[int]]
) -> list[list[int]]:
    """Put jobs and their parties in order, the dearest to leave first."""
    queue = {tuple(sorted(parties.get(index, {index}))) for index in jobs}
    return [
        list(party) for party in sorted(queue, key=lambda p: (-worth_millicents(problem, p), p))
    ]


def parties_of(problem: RoutingProblem) -> dict[int, frozenset[int]]:
    """Give the party of every job that has one; sets of ``together`` that share a job are one."""
    party_of: dict[int, frozenset[int]] = {}
    for jobs in problem.together:
        merged = jobs.union(*(party_of[index] for index in jobs if index in party_of))
        party_of.update(dict.fromkeys(merged, merged))
    return {index: party for index, party in party_of.items() if len(party) > 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ride:
    """A route that takes a whole party, and what that costs more than before."""

    extra: int
    owner: int
    route: RoutingRoute


class _Fleet:
    """The routes so far, then an empty one of every group that still has a vehicle."""

    def __init__(
        self, problem: RoutingProblem, routes: Sequence[RoutingRoute], *, new_routes: bool
    ) -> None:
        self.problem = problem
        self.spent: float = 0
        self.routes = list(routes)
        used = Counter(route.group for route in routes)
        self.unused = {
            number: group.count - used[number]
            for number, group in enumerate(problem.vehicles if new_routes else ())
            # The vehicle of a settled beginning has its route from the start.
            if group.count > used[number] and not problem.locks.get(number)
        }
        empty = [RoutingRoute(group=number, jobs=()) for number in self.unused]
        self.board = Board(problem, [places_of(problem, each) for each in (*routes, *empty)])

    def take(self, index: int, most: float) -> bool:
        """Put a single job; False where it must be done and has no place, or costs too much."""
        worth = worth_millicents(self.problem, [index])
        placed = self.board.cheapest(index, min(worth, most - self.spent))
        if placed is not None:
            self._set(placed.owner, placed.route)
        self.spent += worth if placed is None else placed.extra
        return self.spent <= most and (placed is not None or worth < inf)

    def take_party(self, party: Sequence[int], fallen: list[int], *, hopeful: bool) -> bool:
        """Put a party; False where it must be done, or is settled in part, and has no place.

        What leaves a route that can no longer be driven without the party is added to ``fallen``.
        A party without hope is taken out.
        """
        worth = worth_millicents(self.problem, party)
        home = self._home(party) if hopeful else None
        if home is not None:
            riding = set(self.routes[home].jobs)
            ride = self._ride(home, [index for index in party if index not in riding])
            if ride is not None and ride.extra <= worth:
                self._set(home, ride.route)
                self._leave(party, fallen, but=home)
                return True
        if not self._leave(party, fallen):
            return False
        best = self._best_ride(party, worth) if hopeful else None
        if best is not None:
            self._set(best.owner, best.route)
        return best is not None or worth < inf

    def _home(self, party: Sequence[int]) -> int | None:
        """Name the route that has most of a party; one where it is settled before all others."""
        shares: dict[int, tuple[bool, float]] = {}
        for owner, route in enumerate(self.routes):
            riding = set(route.jobs).intersection(party)
            if riding:
                lock = self.problem.locks.get(route.group, ())
                shares[owner] = (
                    not riding.isdisjoint(lock),
                    worth_millicents(self.problem, riding),
                )
        return max(shares, key=lambda owner: (*shares[owner], -owner), default=None)

    def _leave(self, party: Sequence[int], fallen: list[int], but: int | None = None) -> bool:
        """Take a party out of all routes but one; False where it is settled in one of them."""
        for owner, route in enumerate(self.routes):
            if owner == but or set(route.jobs).isdisjoint(party):
                continue
            if not set(self.problem.locks.get(route.group, ())).isdisjoint(party):
                return False
            rest = without(route, party)
            kept = stripped(self.problem, rest)
            fallen.extend(sorted(set(rest.jobs) - set(kept.jobs)))
            self._set(owner, kept)
        return True

    def _best_ride(self, party: Sequence[int], ceiling: float) -> _Ride | None:
        best: _Ride | None = None
        order = self._order(party)
        for owner, floor in self.board.floors(order[0], ceiling).items():
            if best is not None and floor >= best.extra:
                break
            ride = self._ride(owner, order)
            if (
                ride is not None
                and ride.extra <= ceiling
                and (best is None or (ride.extra, owner) < (best.extra, best.owner))
            ):
                best = ride
        return best

    def _ride(self, owner: int, jobs: Sequence[int]) -> _Ride | None:
        """Put jobs into one route; None where it has no place for one of them."""
        board = Board(self.problem, [self.board.places[owner]])
        extra = 0
        for index in self._order(jobs):
            placed = board.cheapest(index, inf)
            if placed is None:
                return None
            extra += placed.extra
            board.put(0, placed.route)
        return _Ride(extra=extra, owner=owner, route=board.places[0].route)

    def _order(self, jobs: Sequence[int]) -> list[int]:
        return sorted(jobs, key=lambda index: (-worth_millicents(self.problem, [index]), index))

    def _set(self, owner: int, route: RoutingRoute) -> None:
        if owner < len(self.routes):
            self.routes[owner] = route
            self.board.put(owner, route)
            return
        self.routes.append(route)
        self.board.insert(len(self.routes) - 1, route)
        self.unused[route.group] -= 1
        if not self.unused[route.group]:
            self.board.remove(owner + 1)
