"""A first timetable: trip after trip on the truck that is free first, the most urgent first.

The exact model starts from it, and it stands where that model has no time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.domain.network import TimeWindow
from optimizer.domain.problem import HORIZON_S
from optimizer.domain.units import Seconds
from optimizer.planning.linehaul.ground import Ground, TimedTrip
from optimizer.planning.linehaul.loading import Trip


def dispatched(
    ground: Ground, trips: Sequence[Trip], trucks: Mapping[int, int]
) -> tuple[TimedTrip | None, ...]:
    """Give times to trips in their order; None for a trip that found neither truck nor time."""
    yard = _Yard(ground, trucks)
    timed: list[TimedTrip | None] = [None] * len(trips)

    def urgency(number: int) -> tuple[Seconds, Seconds]:
        tour = trips[number].tour
        return min(ground.demands[stop].due for stop in tour.stops), -tour.duration_s

    for number in sorted(range(len(trips)), key=urgency):
        timed[number] = yard.send(trips[number])
    return tuple(timed)


class _Yard:
    """Trucks, docks and when they are busy."""

    def __init__(self, ground: Ground, trucks: Mapping[int, int]) -> None:
        self._ground = ground
        self._free = {(group, k): 0 for group, count in trucks.items() for k in range(count)}
        self._trips = dict.fromkeys(self._free, 0)
        self._busy: dict[int, list[tuple[Seconds, Seconds]]] = {}

    def send(self, trip: Trip) -> TimedTrip | None:
        """Send a trip with the first truck that is free; None where no truck can do it."""
        group = self._ground.network.groups[trip.tour.group]
        able = [
            (free, key[1])
            for key, free in self._free.items()
            if key[0] == trip.tour.group and self._trips[key] < group.truck.max_trips
        ]
        if not able:
            return None
        free, truck = min(able)
        timed = self._drive(trip, truck, free)
        if timed is not None:
            self._trips[trip.tour.group, truck] += 1
        return timed

    def _drive(self, trip: Trip, truck: int, free: Seconds) -> TimedTrip | None:
        network = self._ground.network
        group = network.groups[trip.tour.group]
        home = network.rows[trip.vehicle.home]
        departs = self._departure(trip, free)
        if departs is None:
            return None
        rows = [network.rows[self._ground.demands[stop].grid] for stop in trip.tour.stops]
        starts: list[Seconds] = []
        now, here = departs, home
        for row in rows:
            site = network.sites[row]
            start = self._slot(row, now + int(group.duration_s[here, row]), site.hours)
            if start is None:
                return None
            starts.append(start)
            now, here = start + site.service_s, row
        # Nobody waits on the road for what the truck can wait for at home.
        later = starts[0] - int(group.duration_s[home, rows[0]])
        if self._departure(trip, later - group.loading_s) == later:
            departs = later
        returns = now + int(group.duration_s[here, home])
        timed = TimedTrip(trip=trip, truck=truck, departs=departs, starts=tuple(starts))
        if returns > trip.vehicle.shift.closes or not self._ground.keeps(timed):
            return None
        for row, start in zip(rows, starts, strict=True):
            self._occupy(row, start, network.sites[row].service_s)
        self._occupy(home, departs - group.loading_s, group.loading_s)
        self._free[trip.tour.group, truck] = returns
        return timed

    def _departure(self, trip: Trip, free: Seconds) -> Seconds | None:
        """Give the first departure of a truck that may load from this moment on."""
        network = self._ground.network
        group = network.groups[trip.tour.group]
        windows = [
            TimeWindow(opens=w.opens - group.loading_s, closes=w.closes - group.loading_s)
            for w in group.departures
        ]
        loads = self._slot(network.rows[trip.vehicle.home], free, windows, group.loading_s)
        return None if loads is None else loads + group.loading_s

    def _slot(
        self,
        row: int,
        moment: Seconds,
        windows: Sequence[TimeWindow],
        size_s: Seconds | None = None,
    ) -> Seconds | None:
        """Give the first moment at which a dock is free for as long as it takes."""
        site = self._ground.network.sites[row]
        size = site.service_s if size_s is None else size_s
        busy = self._busy.get(row, [])
        for moment_tried in sorted({moment, *(end for _, end in busy if end > moment)}):
            for window in windows:
                start = max(moment_tried, window.opens)
                overlaps = sum(begin < start + size and start < end for begin, end in busy)
                free = site.docks is None or not size or overlaps < site.docks
                if start <= min(window.closes, HORIZON_S) and free:
                    return start
        return None

    def _occupy(self, row: int, start: Seconds, size_s: Seconds) -> None:
        self._busy.setdefault(row, []).append((start, start + size_s))
