"""Where compartments lie in a body, measured from the front wall."""

from __future__ import annotations

from collections.abc import Sequence

from api.manifests.sheet import Amount, Bay, Span
from optimizer.domain.fleet import Body, Cooling, Vehicle
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Millilitres

ML_PER_M3 = 1_000_000


def bays_of(problem: Problem, route: Route, totals: Sequence[Amount]) -> tuple[Bay, ...]:
    """Give the compartments of a trip, from the front wall to the rear door.

    A compartment is as long as its volume over the inside cross-section of the body. Fixed
    bulkheads stand where the vehicle has them, however little the plan uses; movable ones where
    the plan wants them. A vehicle with insulated boxes has no bulkheads.
    """
    vehicle = problem.vehicles[route.vehicle]
    boxes = {box.zone: box for box in route.boxes if box.count > 0}
    sizes = {
        zone: route.compartments.get(zone, 0)
        for zone in ZONES
        if route.compartments.get(zone, 0) > 0 or zone in boxes
    }
    spans = _spans(vehicle, sizes, problem.body(vehicle))
    loads = {amount.zone: amount for amount in totals}
    return tuple(
        Bay(
            zone=zone,
            size_ml=size,
            span=spans.get(zone),
            boxes=boxes.get(zone),
            load=loads.get(zone, Amount(zone=zone, mass_g=0, volume_ml=0)),
            policy=problem.policies[zone],
        )
        for zone, size in sizes.items()
    )


def _spans(vehicle: Vehicle, sizes: dict[Zone, Millilitres], body: Body) -> dict[Zone, Span]:
    if vehicle.cooling is Cooling.BOXES:
        return {}
    standing = sizes
    if vehicle.bulkhead_step_ml is None:
        standing = {zone: size for zone in ZONES if (size := vehicle.capacity_ml.get(zone, 0)) > 0}
    metres_per_ml = 1 / (ML_PER_M3 * body.width_m * body.height_m)
    spans: dict[Zone, Span] = {}
    front = 0
    for zone, size in standing.items():
        rear = front + size
        spans[zone] = Span(
            front_ml=front,
            rear_ml=rear,
            front_m=front * metres_per_ml,
            rear_m=rear * metres_per_ml,
            bulkhead=rear < vehicle.body_ml,
        )
        front = rear
    return spans
