"""What happens on many ways of one group of trucks at once: one row each, stops in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.planning.linehaul.demand import GridDemand
from optimizer.planning.linehaul.legs import with_rests
from optimizer.planning.linehaul.network import Network, TruckGroup


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timings:
    """Sequences of equal length, driven by a truck that leaves first thing.

    Parameters
    ----------
    possible
        Whether roads, hours, the shift, the range, skills and latest arrivals allow it.
    duration_s
        From departure to return, rests included, leaving as late as the stops allow.
    rides_s
        From departure to the start of each service.
    """

    possible: npt.NDArray[np.bool_]
    distance_m: IntArray
    duration_s: IntArray
    returns: IntArray
    home_leg_s: IntArray
    late_s: IntArray
    rides_s: IntArray


class Clock:
    """The times of one group of trucks among these demands; the group has a departure."""

    def __init__(self, network: Network, group: TruckGroup, demands: Sequence[GridDemand]) -> None:
        self._network = network
        self._group = group
        self.rows = np.array([network.rows[demand.grid] for demand in demands], dtype=np.int64)
        self.due = np.array([demand.due for demand in demands], dtype=np.int64)
        never = np.iinfo(np.int64).max
        self._latest = np.array(
            [never if demand.latest is None else demand.latest for demand in demands]
        )

    def times(self, stops: IntArray) -> Timings:
        """Time sequences of demands."""
        network, group = self._network, self._group
        rows = self.rows[stops]
        home = np.full((len(rows), 1), network.rows[group.truck.home], dtype=np.int64)
        path = np.hstack([home, rows, home])
        legs_m = network.distance_m[path[:, :-1], path[:, 1:]]
        legs_s = with_rests(group.duration_s[path[:, :-1], path[:, 1:]], group.breaks)
        possible = (legs_m != UNREACHABLE).all(axis=1) & group.admitted[rows].all(axis=1)
        distance_m = legs_m.sum(axis=1)
        if group.truck.range_m is not None:
            possible &= distance_m <= group.truck.range_m
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
            late += np.maximum(0, now - self.due[stops[:, k]])
            possible &= now <= self._latest[stops[:, k]]
        returns = now + legs_s[:, -1]
        # Leaving later by the time spent waiting delays no stop.
        delay = np.maximum(0, np.minimum(waited, slack))
        return Timings(
            possible=possible & (returns <= group.truck.shift.closes),
            distance_m=distance_m,
            duration_s=returns - departs - delay,
            returns=returns,
            home_leg_s=legs_s[:, -1],
            late_s=late,
            rides_s=np.maximum(starts - delay[:, None], floors) - departs,
        )
