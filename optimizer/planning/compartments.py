"""How the fleet of a grid stands in a routing problem: capacities, bulkheads, groups of equals.

Bulkheads move only while a body is empty, so within one routing problem every compartment is
fixed. Movable ones are found by alternation: the first round sees the whole body with one step
kept back for the rounding, each later round sees the bulkheads as the routes so far want them,
with the spare steps shared out as the grid's goods are. Routes never stop fitting on the way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Layout, Vehicle, layout_for
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.temperature import COLD_ZONES, ZONES, Zone
from optimizer.domain.units import Grams, Millilitres, Seconds, ceil_div
from optimizer.engines.engine import Bulkheads, VehicleGroup

NO_BREAKS: Mapping[str, BreakRule] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A vehicle that may leave on one trip, or on several.

    Parameters
    ----------
    available
        Earliest departure: shift, wave, goods and an earlier trip considered.
    trip
        The number of the next trip; 1 for the first of the day.
    layout
        Where the bulkheads stand; None while that is still open, and where each trip has its own.
    zones
        The zones this vehicle may carry and keep.
    max_duration_s
        Longest trip, where boxes or the body do not keep longer.
    trips_left
        How many trips it may make from now on.
    pause_s
        Shortest time at home between two trips.
    ice_g
        What the ice of its boxes may weigh.
    """

    vehicle: Vehicle
    available: Seconds
    trip: int
    zones: frozenset[Zone]
    max_duration_s: Seconds | None = None
    layout: Layout | None = None
    trips_left: int = 1
    pause_s: Seconds = 0
    ice_g: Grams = 0

    @property
    def is_movable(self) -> bool:
        """Say whether its bulkheads are set between rounds, once for its only trip."""
        return self.vehicle.bulkhead_step_ml is not None and self.trips_left == 1


def zones_carried(vehicle: Vehicle) -> frozenset[Zone]:
    """Give the zones a vehicle may carry: a compartment, and for cold ones a live temperature."""
    return frozenset(
        zone
        for zone in ZONES
        if vehicle.carries(zone) and (vehicle.live_temperature or zone not in COLD_ZONES)
    )


def room_of(slot: Slot) -> tuple[int, ...]:
    """Give what a slot could carry at best, in the dimensions of ``jobs.load_of``."""
    vehicle = slot.vehicle
    if slot.layout is not None:
        rooms = [slot.layout.get(zone, 0) if zone in slot.zones else 0 for zone in ZONES]
    elif vehicle.bulkhead_step_ml is None:
        rooms = [vehicle.capacity_ml.get(zone, 0) if zone in slot.zones else 0 for zone in ZONES]
    else:
        rooms = [vehicle.body_ml if zone in slot.zones else 0 for zone in ZONES]
    return (max(0, vehicle.payload_g - slot.ice_g), *rooms, vehicle.body_ml)


def capacity_of(slot: Slot) -> tuple[int, ...]:
    """Give what a solver may load; while bulkheads are open, one step is kept back for them.

    Where a vehicle makes several trips its bulkheads are the solver's business.
    """
    best = room_of(slot)
    step = slot.vehicle.bulkhead_step_ml
    if step is None or slot.layout is not None or len(slot.zones) == 1 or slot.trips_left > 1:
        return best
    return (*best[:-1], max(0, best[-1] - step))


def layout_with_spare(
    vehicle: Vehicle, load_ml: Mapping[Zone, Millilitres], shares: Mapping[Zone, float]
) -> Layout | None:
    """Place movable bulkheads around a load and share out the spare steps as the shares say.

    None where the load does not fit. Fixed bulkheads stay where they are.
    """
    step = vehicle.bulkhead_step_ml
    tight = layout_for(vehicle, load_ml)
    if tight is None or step is None:
        return tight
    wanted = [zone for zone in ZONES if vehicle.carries(zone) and shares.get(zone, 0) > 0]
    carried = [zone for zone in ZONES if load_ml.get(zone, 0) > 0]
    zones = [zone for zone in ZONES if zone in wanted or zone in carried]
    if not zones:
        return tight
    front = {zone: -(-load_ml.get(zone, 0) // step) * step for zone in zones[:-1]}
    rear = zones[-1]
    spare_steps = (vehicle.body_ml - sum(front.values()) - load_ml.get(rear, 0)) // step
    if spare_steps < 0:
        return tight
    total = sum(shares.get(zone, 0.0) for zone in zones) or 1.0
    for zone in front:
        front[zone] += int(spare_steps * shares.get(zone, 0.0) / total) * step
    rest = vehicle.body_ml - sum(front.values())
    return front | {rear: rest} if rest >= load_ml.get(rear, 0) else tight


def concentrated(slots: Sequence[Slot], load_ml: Mapping[Zone, Millilitres]) -> list[Slot]:
    """Place movable bulkheads so that few vans carry the cold goods and the others none.

    Every compartment wastes up to a step, so a fleet that is too short has the fewest of them:
    the roomiest vans get whole steps of the front zones until those goods are placed, and what
    remains of every body goes to the rearmost zone.
    """
    wanted = {zone: load_ml.get(zone, 0) for zone in ZONES[:-1]}
    placed: dict[VehicleId, Slot] = {}
    for slot in sorted(slots, key=lambda each: (-each.vehicle.body_ml, each.vehicle.id)):
        step = slot.vehicle.bulkhead_step_ml
        if step is None or not slot.is_movable:
            continue
        layout: dict[Zone, Millilitres] = {}
        room = slot.vehicle.body_ml
        for zone, volume in wanted.items():
            steps = min(ceil_div(volume, step), room // step) if zone in slot.zones else 0
            if steps > 0:
                layout[zone] = steps * step
                wanted[zone] = max(0, volume - steps * step)
                room -= steps * step
        rear = ZONES[-1] if ZONES[-1] in slot.zones else max(layout, key=ZONES.index, default=None)
        if rear is not None:
            layout[rear] = layout.get(rear, 0) + room
            placed[slot.vehicle.id] = replace(slot, layout=layout)
    return [placed.get(slot.vehicle.id, slot) for slot in slots]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetGroups:
    """Slots grouped by equal properties; ``members`` holds the slots of each group in order."""

    groups: tuple[VehicleGroup, ...]
    members: tuple[tuple[Slot, ...], ...]

    def group_of(self, vehicle: VehicleId) -> int:
        """Give the index of the group that a vehicle is in."""
        for index, slots in enumerate(self.members):
            if any(slot.vehicle.id == vehicle for slot in slots):
                return index
        raise KeyError(vehicle)


def group_slots(
    slots: Sequence[Slot],
    *,
    nodes: Mapping[SiteId, int],
    profiles: Mapping[str, int],
    named: Collection[VehicleId] = (),
    asked: frozenset[str] = frozenset(),
    breaks: Mapping[str, BreakRule] = NO_BREAKS,
) -> FleetGroups:
    """Group slots that no solver needs to tell apart; fixed cost counts on the first trip only.

    A vehicle that is named is a group of its own; so are vehicles with different ones of the
    skills that are asked.
    """
    kinds: dict[tuple[VehicleGroup, VehicleId | None, frozenset[str]], list[Slot]] = {}
    for slot in slots:
        vehicle = slot.vehicle
        home = nodes[vehicle.home]
        kind = VehicleGroup(
            count=1,
            capacity=capacity_of(slot),
            fixed_cents=vehicle.fixed_cents if slot.trip == 1 else 0,
            cents_per_km=vehicle.cents_per_km,
            cents_per_h=vehicle.cents_per_h,
            start=home,
            end=home,
            earliest=slot.available,
            latest=vehicle.shift.closes,
            max_duration_s=slot.max_duration_s if slot.trips_left == 1 else None,
            profile=profiles[vehicle.type],
            max_trips=slot.trips_left,
            reload_s=slot.pause_s if slot.trips_left > 1 else 0,
            max_trip_s=slot.max_duration_s,
            max_trip_m=vehicle.range_m,
            breaks=breaks.get(vehicle.type),
            bulkheads=_bulkheads(slot),
        )
        name = vehicle.id if vehicle.id in named else None
        kinds.setdefault((kind, name, vehicle.skills & asked), []).append(slot)
    return FleetGroups(
        groups=tuple(replace(kind, count=len(members)) for (kind, _, _), members in kinds.items()),
        members=tuple(tuple(members) for members in kinds.values()),
    )


def _bulkheads(slot: Slot) -> Bulkheads | None:
    """Say how the bulkheads move where every trip has its own; see ``jobs.load_of``."""
    step = slot.vehicle.bulkhead_step_ml
    if step is None or slot.trips_left == 1:
        return None
    return Bulkheads(
        dimensions=tuple(range(1, 1 + len(ZONES))), step_ml=step, body_ml=slot.vehicle.body_ml
    )
