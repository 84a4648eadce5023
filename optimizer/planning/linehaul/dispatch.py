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

TRIES = 8
"""How often a trip is tried with a later departure."""


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
        self._busy = {row: list(spans) for row, spans in ground.network.busy.items()}

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
        for _ in range(TRIES):
            timed = self._drive(trip, truck, free)
            if timed is None:
                return None
            if self._ground.keeps(timed):
                self._book(timed)
                return timed
            # Waiting on the road is time on board: leave later by what was waited.
            free = timed.departs - group.loading_s + max(1, self._waited_s(timed))
        return None

    def _drive(self, trip: Trip, truck: int, free: Seconds) -> TimedTrip | None:
        """Drive a trip with a truck that may load from this moment on, whatever the goods say."""
        network = self._ground.network
        group = network.groups[trip.tour.group]
        home = network.rows[trip.vehicle.home]
        departs = self._departure(trip, free)
        if departs is None:
            return None
        rows = self._rows(trip)
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
        if now + int(group.duration_s[here, home]) > trip.vehicle.shift.closes:
            return None
        return TimedTrip(trip=trip, truck=truck, departs=departs, starts=tuple(starts))

    def _rows(self, trip: Trip) -> list[int]:
        network = self._ground.network
        return [network.rows[self._ground.demands[stop].grid] for stop in trip.tour.stops]

    def _away_s(self, trip: Trip) -> Seconds:
        """Give the time from departure to the last unloading where nobody waits."""
        network = self._ground.network
        rows = self._rows(trip)
        path = zip([network.rows[trip.vehicle.home], *rows[:-1]], rows, strict=True)
        durations = network.groups[trip.tour.group].duration_s
        driving_s = sum(int(durations[leg]) for leg in path)
        return driving_s + sum(network.sites[row].service_s for row in rows)

    def _waited_s(self, timed: TimedTrip) -> Seconds:
        service_s = self._ground.network.sites[self._rows(timed.trip)[-1]].service_s
        return timed.starts[-1] + service_s - timed.departs - self._away_s(timed.trip)

    def _book(self, timed: TimedTrip) -> None:
        """Keep truck and docks busy."""
        network, trip = self._ground.network, timed.trip
        group = network.groups[trip.tour.group]
        home, rows = network.rows[trip.vehicle.home], self._rows(trip)
        for row, start in zip(rows, timed.starts, strict=True):
            self._occupy(row, start, network.sites[row].service_s)
        self._occupy(home, timed.departs - group.loading_s, group.loading_s)
        unloaded = timed.starts[-1] + network.sites[rows[-1]].service_s
        key = trip.tour.group, timed.truck
        self._free[key] = unloaded + int(group.duration_s[rows[-1], home])
        self._trips[key] += 1

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
