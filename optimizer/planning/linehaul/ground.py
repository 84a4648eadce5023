"""What a timetable stands on, and the trips it gives times to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.domain.ids import LineKey
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Cents, Seconds
from optimizer.planning.linehaul.demand import GridDemand
from optimizer.planning.linehaul.loading import Trip
from optimizer.planning.linehaul.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedTrip:
    """A trip with its truck and its times.

    Parameters
    ----------
    truck
        Index into the trucks of the trip's group.
    starts
        Start of service per stop.
    """

    trip: Trip
    truck: int
    departs: Seconds
    starts: tuple[Seconds, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What a timetable stands on."""

    network: Network
    demands: Sequence[GridDemand]
    time_on_board_s: Mapping[Zone, Seconds]
    leaving_cents: Mapping[LineKey, Cents]

    def keeps(self, timed: TimedTrip) -> bool:
        """Say whether the goods keep their time on board and their latest arrival."""
        for stop, start, load in zip(
            timed.trip.tour.stops, timed.starts, timed.trip.loads, strict=True
        ):
            demand = self.demands[stop]
            service_s = int(self.network.service_s[self.network.rows[demand.grid]])
            if demand.latest is not None and start + service_s > demand.latest:
                return False
            ride_s = start - timed.departs
            if any(ride_s > self.time_on_board_s.get(part.zone, ride_s) for part in load):
                return False
        return True
