"""What a timetable stands on, and the trips it gives times to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Delivery
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Cents, Metres, Seconds
from optimizer.planning.linehaul.demand import GridDemand
from optimizer.planning.linehaul.legs import Leg, legs_of
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
    """What a timetable stands on.

    Parameters
    ----------
    demands
        The earlier waves first.
    demand_of
        The demand that a line belongs to.
    """

    network: Network
    demands: Sequence[GridDemand]
    time_on_board_s: Mapping[Zone, Seconds]
    leaving_cents: Mapping[LineKey, Cents]
    demand_of: Mapping[LineKey, int]

    @classmethod
    def of(
        cls,
        network: Network,
        demands: Sequence[GridDemand],
        *,
        time_on_board_s: Mapping[Zone, Seconds],
        leaving_cents: Mapping[LineKey, Cents],
    ) -> Ground:
        """Look up which demand each line belongs to."""
        return cls(
            network=network,
            demands=demands,
            time_on_board_s=time_on_board_s,
            leaving_cents=leaving_cents,
            demand_of={
                part.key: index
                for index, demand in enumerate(demands)
                for part in demand.deliveries
            },
        )

    @property
    def haste(self) -> Mapping[LineKey, int]:
        """Say of each line how many waves leave after its own."""
        waves = list(dict.fromkeys(demand.wave for demand in self.demands))
        after = [len(waves) - 1 - waves.index(demand.wave) for demand in self.demands]
        return {key: after[number] for key, number in self.demand_of.items()}

    def rows_of(self, trip: Trip) -> list[int]:
        """Give the rows of the grids that a trip calls at."""
        return [self.network.rows[self.demands[stop].grid] for stop in trip.tour.stops]

    def legs_of(self, trip: Trip) -> tuple[Leg, ...]:
        """Give the legs of a trip, the way home among them."""
        group = self.network.groups[trip.tour.group]
        home, rows = self.network.rows[trip.vehicle.home], self.rows_of(trip)
        path = zip([home, *rows], [*rows, home], strict=True)
        return legs_of([int(group.duration_s[leg]) for leg in path], group.breaks)

    def metres_of(self, trip: Trip) -> Metres:
        """Give the length of a trip."""
        home, rows = self.network.rows[trip.vehicle.home], self.rows_of(trip)
        path = zip([home, *rows], [*rows, home], strict=True)
        return sum(int(self.network.distance_m[leg]) for leg in path)

    def wanted_by(self, stop: int, load: Sequence[Delivery]) -> tuple[GridDemand, ...]:
        """Give the demands whose goods are unloaded at a stop, in the order of their waves.

        Where nothing is, the stop is for the demand that the tour was drawn for.
        """
        numbers = sorted({self.demand_of[part.key] for part in load}) or [stop]
        return tuple(self.demands[number] for number in numbers)

    def keeps(self, timed: TimedTrip) -> bool:
        """Say whether the goods keep their time on board and their latest arrival."""
        for stop, start, load in zip(
            timed.trip.tour.stops, timed.starts, timed.trip.loads, strict=True
        ):
            ends = start + int(self.network.service_s[self.network.rows[self.demands[stop].grid]])
            wanted = self.wanted_by(stop, load)
            if any(each.latest is not None and ends > each.latest for each in wanted):
                return False
            ride_s = start - timed.departs
            if any(ride_s > self.time_on_board_s.get(part.zone, ride_s) for part in load):
                return False
        return True
