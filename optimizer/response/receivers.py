"""Vehicles that could take the goods over: on the road nearby with room, or idle at home."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.fleet import Cooling, Echelon, Vehicle
from optimizer.domain.ids import VehicleId
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Route
from optimizer.domain.temperature import COLD_ZONES, Zone
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds
from optimizer.planning.pauses import pause_s
from optimizer.response.roads import Roads
from optimizer.response.situation import Situation, Underway, on_trip, underway
from optimizer.response.why_not import Reason, WhyNot, no_room

MUSTER_S: Seconds = 10 * SECONDS_PER_MINUTE
"""From the call to a driver at home until the vehicle leaves, its compartment cold."""

MOST_RECEIVERS = 5
"""On the road, and as many at home: farther ones only cost time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A vehicle with room.

    Parameters
    ----------
    fresh
        Whether it stands at home and its trip would be new.
    """

    where: Underway
    fresh: bool


def receivers(
    here: Situation, roads: Roads, broken: Collection[VehicleId] = ()
) -> tuple[list[Receiver], dict[str, Reason], list[Receiver]]:
    """Give the nearest vehicles with room for all goods, why others have none, and those others.

    Goods stay with the vans of their own grid: that one answers for them.

    Parameters
    ----------
    here, roads
        The break and the ways around it.
    broken
        Vehicles that fail as well and take nothing.
    """
    found: list[tuple[Seconds, str, Receiver]] = []
    short: list[tuple[Seconds, str, Receiver]] = []
    refused: dict[str, Reason] = {}
    for vehicle in here.problem.vehicles.values():
        if vehicle.id in broken or not _may(here, vehicle):
            continue
        one = _receiver(here, vehicle)
        if one is None:
            continue
        why = _no_room(here, one.where)
        leg = roads.from_here(here.broken, one.where.ahead[0].site) if one.where.ahead else None
        near = 0 if leg is None else leg.duration_s
        if why is not None:
            refused[vehicle.id] = why
        (short if why is not None else found).append((near, vehicle.id, one))
    return _nearest(found), refused, _nearest(short)


def _nearest(found: list[tuple[Seconds, str, Receiver]]) -> list[Receiver]:
    found.sort(key=lambda row: row[:2])
    on_road = [one for _, _, one in found if not one.fresh][:MOST_RECEIVERS]
    return [*on_road, *_different([one for _, _, one in found if one.fresh])]


def _different(idle: Sequence[Receiver]) -> list[Receiver]:
    """Keep one idle vehicle of each kind and price, own ones first."""
    kinds: dict[object, Receiver] = {}
    for one in sorted(idle, key=lambda one: (one.where.vehicle.owner != "own",)):
        van = one.where.vehicle
        key = van.type, van.fixed_cents, van.cents_per_km, van.cents_per_h, van.home
        kinds.setdefault(key, one)
    return list(kinds.values())[:MOST_RECEIVERS]


def _may(here: Situation, vehicle: Vehicle) -> bool:
    return (
        vehicle.echelon is Echelon.LAST_MILE
        and vehicle.id != here.broken.vehicle.id
        and vehicle.home == here.broken.vehicle.home
        and vehicle.cooling is Cooling.REFRIGERATED
        and all(
            vehicle.carries(zone) and (vehicle.live_temperature or zone not in COLD_ZONES)
            for zone in here.zones
        )
    )


def _receiver(here: Situation, vehicle: Vehicle) -> Receiver | None:
    at = here.disruption.at
    where = underway(here.problem, here.plan.routes, vehicle.id, at)
    if where is not None:
        return Receiver(where=where, fresh=False)
    trips = [route for route in here.plan.routes if route.vehicle == vehicle.id]
    # A trip that is still to come is loaded; one more before or after it would move it.
    if len(trips) >= vehicle.max_trips or any(route.departs > at for route in trips):
        return None
    back = max((route.returns for route in trips), default=0)
    loading = pause_s(here.problem, vehicle) if trips else 0
    departs = max(at + MUSTER_S, back + loading, vehicle.shift.opens)
    if departs >= vehicle.shift.closes:
        return None
    return Receiver(where=_from_home(here, vehicle, departs, len(trips) + 1), fresh=True)


def _from_home(here: Situation, vehicle: Vehicle, departs: Seconds, trip: int) -> Underway:
    """Put an empty trip before a vehicle that stands at home."""
    broken = here.broken.route
    taken = {route.id for route in here.plan.routes}
    name = f"{vehicle.id}-{broken.wave}-{trip}"
    while name in taken:
        name += "r"
    route = replace(
        broken,
        id=name,
        vehicle=vehicle.id,
        vehicle_type=vehicle.type,
        trip=trip,
        start_site=vehicle.home,
        end_site=vehicle.home,
        departs=departs,
        returns=departs,
        distance_m=0,
        duration_s=0,
        cost_cents=0,
        compartments={zone: ml for zone, ml in vehicle.capacity_ml.items() if ml > 0},
        stops=(),
        boxes=(),
        breaks=(),
    )
    return on_trip(here.problem, route, departs)


def _no_room(here: Situation, where: Underway) -> Reason | None:
    for zone in here.zones:
        free, need = room_in(where.route, where, zone), here.need_ml(zone)
        if free < need:
            return no_room(zone, free, need)
    if where.load_g() + here.mass_g > where.vehicle.payload_g:
        return Reason(WhyNot.OVERLOADED)
    return None


def room_in(route: Route, where: Underway, zone: Zone) -> int:
    """Give the litres of a compartment that nothing stands in now or will."""
    coming = sum(
        item.volume_ml
        for stop in where.ahead
        for item in stop.collects
        if item.zone is zone and stop.kind is SiteKind.PICKUP
    )
    return route.compartments.get(zone, 0) - where.load_ml(zone) - coming
