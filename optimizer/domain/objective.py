"""The one objective, in integer cents: engines, checker, portfolio and what-if all count by it.

cost = vehicles + kilometres + hours + lateness + transfers + shelf life + stability + unserved

A line left out costs its value plus ten times the dearest round trip that any single order
could need, times its priority's factor: no line is dropped because driving is dear, and where
the fleet is too small the lines that cost least to leave are left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from optimizer.domain.fleet import Vehicle
from optimizer.domain.orders import Collect, CollectKind, OrderLine
from optimizer.domain.units import (
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    Cents,
    Metres,
    Seconds,
    nearest_div,
    nearest_int,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A promise class: when its goods are due, and what a minute of lateness costs.

    Parameters
    ----------
    deadline_s
        Seconds from the horizon start.
    within_s
        Seconds from the moment of the order, where the class promises that; the earlier of the
        two counts.
    soft_window
        Whether a booked window may be missed at its end, at the price of lateness. Service never
        starts before a window opens.
    express
        Whether goods that lie at the grid warehouse leave as soon as they are ordered, without
        waiting for a wave.
    """

    deadline_s: Seconds
    cents_per_min_late: Cents
    within_s: Seconds | None = None
    soft_window: bool = False
    express: bool = False

    def due(self, line: OrderLine) -> Seconds:
        """Give the moment from which on a later hand-over of a line costs."""
        moments = [self.deadline_s]
        if self.within_s is not None:
            moments.append((line.ordered_s or 0) + self.within_s)
        if self.soft_window and line.window is not None:
            moments.append(line.window.closes)
        return min(moments)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveWeights:
    """The weights of ``settings.yaml: objective``.

    Parameters
    ----------
    transfer_cents
        Charged per order and change of vehicle on the way.
    shelf_life_weight
        Share of a line's value charged when it arrives with no shelf life left; in between in
        proportion to the shelf life used from the horizon start to the hand-over.
    round_trips_per_unserved
        How many of the dearest round trips a line left out costs besides its value.
    stability_cents
        Charged per last-mile stop that another vehicle makes than the site's usual one.
    priority_factor
        Factor per priority; a priority that is absent has its own number as factor.
    """

    transfer_cents: Cents = 0
    shelf_life_weight: float = 0.0
    round_trips_per_unserved: int = 10
    stability_cents: Cents = 0
    priority_factor: Mapping[int, float] = field(default_factory=dict)

    def factor(self, priority: int) -> float:
        """Give the factor of a priority."""
        return self.priority_factor.get(priority, float(priority))


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBreakdown:
    """What a plan costs in cents, part by part."""

    vehicles: Cents = 0
    distance: Cents = 0
    time: Cents = 0
    lateness: Cents = 0
    transfers: Cents = 0
    shelf_life: Cents = 0
    stability: Cents = 0
    unserved: Cents = 0

    @property
    def total(self) -> Cents:
        """The objective: the sum of all parts."""
        return sum(self.as_dict().values())

    def as_dict(self) -> dict[str, Cents]:
        """Give the parts by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def __add__(self, other: CostBreakdown) -> CostBreakdown:
        return CostBreakdown(
            vehicles=self.vehicles + other.vehicles,
            distance=self.distance + other.distance,
            time=self.time + other.time,
            lateness=self.lateness + other.lateness,
            transfers=self.transfers + other.transfers,
            shelf_life=self.shelf_life + other.shelf_life,
            stability=self.stability + other.stability,
            unserved=self.unserved + other.unserved,
        )


def distance_cost(vehicle: Vehicle, distance_m: Metres) -> Cents:
    """Price the kilometres of a route."""
    return nearest_div(vehicle.cents_per_km * distance_m, 1000)


def time_cost(vehicle: Vehicle, duration_s: Seconds) -> Cents:
    """Price the hours of a route, from departure to return."""
    return nearest_div(vehicle.cents_per_h * duration_s, SECONDS_PER_HOUR)


def route_cost(
    vehicle: Vehicle, *, distance_m: Metres, duration_s: Seconds, first_trip: bool
) -> CostBreakdown:
    """Price one trip; the vehicle itself is charged with its first trip of the day."""
    return CostBreakdown(
        vehicles=vehicle.fixed_cents if first_trip else 0,
        distance=distance_cost(vehicle, distance_m),
        time=time_cost(vehicle, duration_s),
    )


def lateness_cost(promise: Promise, line: OrderLine, service_start: Seconds) -> Cents:
    """Price the lateness of one line whose service starts at this moment."""
    late = max(0, service_start - promise.due(line))
    return nearest_div(promise.cents_per_min_late * late, SECONDS_PER_MINUTE)


def shelf_life_cost(weights: ObjectiveWeights, line: OrderLine, service_start: Seconds) -> Cents:
    """Price the shelf life that one line uses up on its way."""
    if not weights.shelf_life_weight or not line.shelf_life_left_s:
        return 0
    used = min(1.0, service_start / line.shelf_life_left_s)
    return nearest_int(weights.shelf_life_weight * line.value_cents * used)


def unserved_cost(
    weights: ObjectiveWeights, line: OrderLine, dearest_round_trip_cents: Cents
) -> Cents:
    """Price one line that is left out."""
    base = line.value_cents + weights.round_trips_per_unserved * dearest_round_trip_cents
    return nearest_int(base * weights.factor(line.priority))


def left_behind_cost(
    weights: ObjectiveWeights, collect: Collect, dearest_round_trip_cents: Cents
) -> Cents:
    """Price empties or a return that no vehicle collects."""
    if collect.kind is CollectKind.EMPTIES:
        return collect.value_cents
    return collect.value_cents + weights.round_trips_per_unserved * dearest_round_trip_cents
