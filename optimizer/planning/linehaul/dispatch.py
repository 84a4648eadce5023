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
        trip = trips[number]
        wanted = [
            demand
            for stop, load in zip(trip.tour.stops, trip.loads, strict=True)
            for demand in ground.wanted_by(stop, load)
        ]
        return min(demand.due for demand in wanted), -trip.tour.duration_s

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
        departs = self._departure(trip, free)
        if departs is None:
            return None
        legs = self._ground.legs_of(trip)
        starts: list[Seconds] = []
        now = departs
        for row, leg in zip(self._ground.rows_of(trip), legs[:-1], strict=True):
            site = network.sites[row]
            start = self._slot(row, now + leg.total_s, site.hours)
            if start is None:
                return None
            starts.append(start)
            now = start + site.service_s
        # Nobody waits on the road for what the truck can wait for at home.
        later = starts[0] - legs[0].total_s
        if self._departure(trip, later - group.loading_s) == later:
            departs = later
        if now + legs[-1].total_s > trip.vehicle.shift.closes:
            return None
        return TimedTrip(trip=trip, truck=truck, departs=departs, starts=tuple(starts))

    def _away_s(self, trip: Trip) -> Seconds:
        """Give the time from departure to the last unloading where nobody waits."""
        on_the_way_s = sum(leg.total_s for leg in self._ground.legs_of(trip)[:-1])
        sites = self._ground.network.sites
        return on_the_way_s + sum(sites[row].service_s for row in self._ground.rows_of(trip))

    def _waited_s(self, timed: TimedTrip) -> Seconds:
        last = self._ground.rows_of(timed.trip)[-1]
        service_s = self._ground.network.sites[last].service_s
        return timed.starts[-1] + service_s - timed.departs - self._away_s(timed.trip)

    def _book(self, timed: TimedTrip) -> None:
        """Keep truck and docks busy."""
        network, trip = self._ground.network, timed.trip
        group = network.groups[trip.tour.group]
        home, rows = network.rows[trip.vehicle.home], self._ground.rows_of(trip)
        for row, start in zip(rows, timed.starts, strict=True):
            self._occupy(row, start, network.sites[row].service_s)
        self._occupy(home, timed.departs - group.loading_s, group.loading_s)
        unloaded = timed.starts[-1] + network.sites[rows[-1]].service_s
        key = trip.tour.group, timed.truck
        # Its next loading may begin once its driver has rested, less the time that loading takes.
        back = unloaded + self._ground.legs_of(trip)[-1].total_s
        self._free[key] = back + group.at_home_s - group.loading_s
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
