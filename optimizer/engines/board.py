"""All places of all routes side by side, and the one at which a job costs least.

One pass over the table of places refuses most of them and bounds the price of the others. These
are priced exactly, the most promising first, until no bound is below the best price.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.engines.engine import FORBIDDEN, RoutingProblem, RoutingRoute
from optimizer.engines.places import NOWHERE, Places, Row, places_of, with_job
from optimizer.engines.schedule import MILLICENTS_PER_CENT, holds, peak_of, schedule

Marks: TypeAlias = npt.NDArray[np.bool_]
"""One truth per place."""

ROUNDING = 2
"""Millicents by which the bound of a place may be above its price, because hours are rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A route with a job in it, and what that costs more than before."""

    extra: int
    owner: int
    route: RoutingRoute


@dataclass(slots=True, eq=False)
class Board:
    """Routes with all their places side by side.

    Parameters
    ----------
    problem
        What the jobs and vehicles are.
    places
        The places of each route.
    """

    problem: RoutingProblem
    places: list[Places]
    _table: IntArray | None = field(default=None, init=False)
    _of_place: IntArray = field(init=False)
    _firsts: IntArray = field(init=False)
    _of_owner: IntArray = field(init=False)

    def put(self, owner: int, route: RoutingRoute) -> None:
        """Set a route in the place of another one."""
        self.places[owner] = places_of(self.problem, route)
        self._table = None

    def insert(self, owner: int, route: RoutingRoute) -> None:
        """Set a route before another one."""
        self.places.insert(owner, places_of(self.problem, route))
        self._table = None

    def remove(self, owner: int) -> None:
        """Take a route away."""
        del self.places[owner]
        self._table = None

    def cheapest(self, index: int, ceiling: float) -> Placed | None:
        """Find the place at which a job costs least, and no more than the ceiling; the first."""
        best: Placed | None = None
        rank = -1
        for bound, column in self._promising(index, ceiling):
            if best is not None and bound > best.extra:
                break
            owner = int(self._of_place[column])
            places = self.places[owner]
            spot = column - int(self._firsts[owner])
            if not self._holds(places, spot, index):
                continue
            route = with_job(places, spot, index)
            timed = schedule(self.problem, route)
            if timed is None:
                continue
            extra = timed.cost_millicents - places.cost
            if extra <= ceiling and (best is None or (extra, column) < (best.extra, rank)):
                best, rank = Placed(extra=extra, owner=owner, route=route), column
        return best

    def floors(self, index: int, ceiling: float) -> dict[int, int]:
        """Give the least that a job could cost in each route that may take it, ascending."""
        found: dict[int, int] = {}
        for bound, column in self._promising(index, ceiling):
            found.setdefault(int(self._of_place[column]), bound)
        return found

    def _holds(self, places: Places, spot: int, index: int) -> bool:
        """Say whether the trip that a job would join has room for it all along its way."""
        number, position, opens = places.spots[spot]
        group, jobs = self.problem.vehicles[places.route.group], self.problem.jobs
        trip = () if opens else places.route.trips[number]
        if any(jobs[one].pickup for one in (*trip, index)):
            joined = (*trip[:position], index, *trip[position:])
            return holds(group, peak_of(self.problem, joined))
        # Without pickups the trip is fullest when it departs, which the table has judged.
        if group.bulkheads is None:
            return True
        aboard = zip(peak_of(self.problem, trip), jobs[index].load, strict=True)
        return holds(group, [most + more for most, more in aboard])

    def _joined(self) -> IntArray:
        if self._table is None:
            counts = [len(each.spots) for each in self.places]
            vehicles = [self.problem.vehicles[each.route.group] for each in self.places]
            self._table = np.concatenate([each.table for each in self.places], axis=1)
            self._of_place = np.repeat(np.arange(len(counts)), counts)
            self._firsts = np.cumsum([0, *counts[:-1]])
            self._of_owner = np.array(
                [
                    (
                        each.route.group,
                        van.profile,
                        van.cents_per_km,
                        van.cents_per_h * MILLICENTS_PER_CENT,
                        each.floor - each.cost,
                        each.late if each.steady else 0,
                    )
                    for each, van in zip(self.places, vehicles, strict=True)
                ],
                dtype=np.int64,
            ).T
        return self._table

    def _promising(self, index: int, ceiling: float) -> list[tuple[int, int]]:
        """Give the places that may be possible as (bound, column), the least bound first."""
        if not self.places:
            return []
        table = self._joined()
        group, profile, per_km, per_h, floor, late = self._of_owner[:, self._of_place]
        node = self.problem.jobs[index].node
        joins = table[Row.SITE_BEFORE] == node
        meets = table[Row.SITE_AFTER] == node
        there, back = self._ways(table, profile, node)
        there[:, joins] = back[:, meets] = 0
        open_ = self._room(table, index) & (np.minimum(there, back) != UNREACHABLE).all(axis=0)
        # A visit is joined at its first place: the others are the same place by another name.
        again = joins.copy()
        again[self._firsts] = False
        open_ &= ~again
        added: IntArray | int = 0
        if self.problem.group_cents is not None:
            added = self.problem.group_cents[index, group]
            open_ &= added != FORBIDDEN
        metres = there[0] + back[0] - table[Row.METRES]
        seconds = there[1] + back[1] - table[Row.SECONDS] + self._service(table, node)
        seconds += self.problem.jobs[index].service_s
        in_time, later = self._in_time(table, index, there[1], back[1])
        open_ &= in_time & (metres <= table[Row.LEFT_M]) & (seconds <= table[Row.LEFT_S])
        open_ &= self._rides(table, index, there[1], seconds)
        bound = floor + per_km * metres + per_h * seconds // 3600 + late * later
        bound = bound + added * MILLICENTS_PER_CENT - ROUNDING
        columns = np.flatnonzero(open_ & (bound <= ceiling))
        order = columns[np.argsort(bound[columns], kind="stable")]
        return list(zip(bound[order].tolist(), order.tolist(), strict=True))

    def _ways(self, table: IntArray, profile: IntArray, node: int) -> tuple[IntArray, IntArray]:
        """Give metres and seconds of the way to a node and of the way on, per place."""
        before, after = table[Row.BEFORE], table[Row.AFTER]
        metres = self.problem.distance_m
        there = np.stack([metres[before, node], np.zeros_like(before)])
        back = np.stack([metres[node, after], np.zeros_like(before)])
        for number, seconds in enumerate(self.problem.duration_s):
            mine = np.flatnonzero(profile == number)
            there[1, mine] = seconds[before[mine], node]
            back[1, mine] = seconds[node, after[mine]]
        return there, back

    def _room(self, table: IntArray, index: int) -> Marks:
        """Mark the places whose trip has room when it departs and when it returns."""
        job = self.problem.jobs[index]
        dimensions = len(job.load)
        rooms = table[len(Row) :]
        room: Marks = np.ones(table.shape[1], dtype=np.bool_)
        for dimension, amount in enumerate(job.load):
            if amount:
                room &= rooms[dimension] >= amount
        for dimension, amount in enumerate(job.pickup):
            if amount:
                room &= rooms[dimensions + dimension] >= amount
        return room

    def _service(self, table: IntArray, node: int) -> IntArray:
        """Give the services of nodes that a place adds: its own, and that of a visit it splits."""
        before, after = table[Row.SITE_BEFORE], table[Row.SITE_AFTER]
        services = np.array(self.problem.service_s, dtype=np.int64)
        alone = (before != node) & (after != node)
        again = (before == after) & (before != NOWHERE) & alone
        added: IntArray = np.where(alone, services[node], 0) + np.where(again, services[before], 0)
        return added

    def _rides(self, table: IntArray, index: int, there_s: IntArray, added_s: IntArray) -> Marks:
        """Mark the places at which neither the job nor what comes after is on board too long."""
        job = self.problem.jobs[index]
        joins = table[Row.SITE_BEFORE] == job.node
        # What comes after and shares the service of the job starts no later than it did.
        meets = table[Row.SITE_AFTER] == job.node
        short: Marks = meets | (added_s <= table[Row.RIDE])
        if job.max_ride_s is not None:
            starts = np.where(joins, table[Row.BEGUN], table[Row.SINCE] + there_s)
            short &= starts <= job.max_ride_s
        return short

    def _in_time(
        self, table: IntArray, index: int, there_s: IntArray, back_s: IntArray
    ) -> tuple[Marks, Marks]:
        """Mark the places that no clock forbids, and those after which nothing is earlier."""
        job = self.problem.jobs[index]
        joins = table[Row.SITE_BEFORE] == job.node
        meets = table[Row.SITE_AFTER] == job.node
        arrives = np.where(joins, table[Row.BEGAN], table[Row.LEAVES] + there_s)
        starts = np.maximum(arrives, max(job.opens, job.release))
        own = self.problem.service_s[job.node] + job.service_s
        leaves = np.where(joins, table[Row.LEAVES] + job.service_s, starts + own)
        following = leaves + back_s
        reached = np.where(meets, starts, following) <= table[Row.LATEST]
        splits = (table[Row.SITE_BEFORE] != NOWHERE) & (
            table[Row.SITE_BEFORE] == table[Row.SITE_AFTER]
        )
        later = (meets | (following >= table[Row.NEXT])) & ~splits
        return (starts <= job.closes) & reached, later
