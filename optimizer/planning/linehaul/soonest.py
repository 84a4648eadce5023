"""When goods could be unloaded at all, for a day that has begun: before that nobody is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from optimizer.domain.ids import SiteId
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, TravelMatrix
from optimizer.domain.units import Seconds
from optimizer.planning.linehaul.legs import with_rests
from optimizer.planning.linehaul.network import network_of
from optimizer.planning.underway import Underway


def soonest_unloading(
    problem: Problem, travel: TravelMatrix, grids: Sequence[SiteId], underway: Underway
) -> Mapping[SiteId, Seconds]:
    """Give the end of the first unloading that any truck reaches; a grid out of reach is absent."""
    network = network_of(problem, travel, grids, underway)
    rows = np.array([network.rows[grid] for grid in grids], dtype=np.int64)
    soonest: dict[SiteId, Seconds] = {}
    for group in network.groups:
        if not group.departures:
            continue
        ways = group.duration_s[network.rows[group.truck.home], rows]
        possible = (ways != UNREACHABLE) & group.admitted[rows]
        arrives = group.departures[0].opens + with_rests(ways[:, None], group.breaks)[:, 0]
        starts, closes = network.opening(rows, arrives)
        possible &= starts <= closes
        ends = starts + network.service_s[rows]
        for place in np.flatnonzero(possible).tolist():
            end = int(ends[place])
            soonest[grids[place]] = min(end, soonest.get(grids[place], end))
    return soonest
