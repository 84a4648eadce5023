"""How the fleet of a grid stands in a routing problem: capacities, bulkheads, groups of equals.

Bulkheads move only while a body is empty, so within one routing problem every compartment is
fixed. Movable ones are found by alternation: the first round sees the whole body with one step
kept back for the rounding, each later round sees the bulkheads as the routes so far want them,
with the spare steps shared out as the grid's goods are. Routes never stop fitting on the way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.fleet import Layout, Vehicle, layout_for
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.temperature import COLD_ZONES, ZONES, Zone
from optimizer.domain.units import Millilitres, Seconds, ceil_div
from optimizer.engines.engine import VehicleGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A vehicle that may leave on one trip.

    Parameters
    ----------
    available
        Earliest departure: shift, wave, goods and an earlier trip considered.
    trip
        1 for the first trip of the day.
    layout
        Where the bulkheads stand; None while that is still open.
    zones
        The zones this vehicle may carry and keep.
    max_duration_s
        Longest trip, where boxes or the body do not keep longer.
    """

    vehicle: Vehicle
    available: Seconds
    trip: int
    zones: frozenset[Zone]
    max_duration_s: Seconds | None = None
    layout: Layout | None = None


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
    return (vehicle.payload_g, *rooms, vehicle.body_ml)


def capacity_of(slot: Slot) -> tuple[int, ...]:
    """Give what a solver may load; while bulkheads are open, one step is kept back for them."""
    best = room_of(slot)
    step = slot.vehicle.bulkhead_step_ml
    if step is None or slot.layout is not None or len(slot.zones) == 1:
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
        if step is None:
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
) -> FleetGroups:
    """Group slots that no solver needs to tell apart; fixed cost counts on the first trip only.

    A vehicle that is named is a group of its own.
    """
    kinds: dict[tuple[VehicleGroup, VehicleId | None], list[Slot]] = {}
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
            max_duration_s=slot.max_duration_s,
            profile=profiles[vehicle.type],
        )
        name = vehicle.id if vehicle.id in named else None
        kinds.setdefault((kind, name), []).append(slot)
    return FleetGroups(
        groups=tuple(replace(kind, count=len(members)) for (kind, _), members in kinds.items()),
        members=tuple(tuple(members) for members in kinds.values()),
    )
