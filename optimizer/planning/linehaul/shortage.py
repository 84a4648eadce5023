"""Why trucks leave lines behind, in a sentence that names what is short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Delivery, Unserved, UnservedReason
from optimizer.domain.temperature import COLD_ZONES, ZONES, Zone
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.domain.units import thousands
from optimizer.planning.linehaul.demand import GridDemand
from optimizer.planning.linehaul.network import Network, TruckGroup
from optimizer.planning.linehaul.tours import Tour

Cause = tuple[UnservedReason, str]


def unserved_lines(
    network: Network,
    demands: Sequence[GridDemand],
    tours: Sequence[Tour],
    left: Iterable[LineKey],
) -> tuple[Unserved, ...]:
    """Give a reason for every line left, in the order of the demands."""
    wanted = frozenset(left)
    visited = {
        (stop, zone)
        for tour in tours
        for stop, zones in zip(tour.stops, tour.zones, strict=True)
        for zone in zones
    }
    shortage = _shortage(network, demands)
    found: list[Unserved] = []
    for index, demand in enumerate(demands):
        causes: Mapping[Zone, Cause] = {
            zone: shortage[zone] if (index, zone) in visited else _unvisited(network, demand, zone)
            for zone in demand.zones
        }
        found += [
            Unserved(key=part.key, reason=causes[part.zone][0], detail=causes[part.zone][1])
            for part in demand.deliveries
            if part.key in wanted
        ]
    return tuple(found)


def _unvisited(network: Network, demand: GridDemand, zone: Zone) -> Cause:
    """Say why no tour brings this zone to this grid at all."""
    groups = network.groups
    if not groups:
        short = "no truck has a trip and hours left" if network.trucks else "there is no truck"
        return UnservedReason.LINEHAUL, short
    row = network.rows[demand.grid]
    joined = [group for group in groups if _joined(network, group, row)]
    if not joined:
        return (
            UnservedReason.UNREACHABLE,
            f"no road joins a central warehouse and {demand.grid}",
        )
    able = [group for group in joined if zone in group.zones]
    if not able and zone in COLD_ZONES and any(g.truck.carries(zone) for g in joined):
        return (
            UnservedReason.LINEHAUL,
            f"no truck that could bring {zone.value} goods reports live temperatures",
        )
    if not able:
        return UnservedReason.ZONE_CAPACITY, f"no truck has a {zone.value} compartment"
    return (
        UnservedReason.LINEHAUL,
        f"no truck gets {zone.value} goods to {demand.grid} within its shift, "
        "the hours of both warehouses, the time on board and the latest arrival",
    )


def _joined(network: Network, group: TruckGroup, row: int) -> bool:
    home = network.rows[group.truck.home]
    ways = (network.distance_m[home, row], network.distance_m[row, home])
    return UNREACHABLE not in ways


def _shortage(network: Network, demands: Sequence[GridDemand]) -> Mapping[Zone, Cause]:
    """Name per zone what the fleet has too little of: compartments, payload, or time."""
    parts = [part for demand in demands for part in demand.deliveries]
    wanted_kg = thousands(sum(part.mass_g for part in parts))
    held_kg = thousands(sum(trips * group.truck.payload_g for group, trips in _most(network)))
    causes: dict[Zone, Cause] = {}
    for zone in ZONES:
        wanted_l, held_l = _litres(network, parts, zone)
        if wanted_l > held_l:
            causes[zone] = (
                UnservedReason.ZONE_CAPACITY,
                f"all trips together hold {held_l:,.0f} l of {zone.value} goods, "
                f"{wanted_l:,.0f} l are wanted",
            )
        elif wanted_kg > held_kg:
            causes[zone] = (
                UnservedReason.PAYLOAD,
                f"all trips together carry {held_kg:,.0f} kg, {wanted_kg:,.0f} kg are wanted",
            )
        else:
            trucks = sum(len(group.trucks) for group in network.groups)
            causes[zone] = (
                UnservedReason.LINEHAUL,
                f"{trucks} trucks cannot make enough trips to bring {wanted_kg:,.0f} kg in time",
            )
    return causes


def _litres(network: Network, parts: Sequence[Delivery], zone: Zone) -> tuple[float, float]:
    """Give the litres of a zone that are wanted, and those that all trips could hold."""
    held = 0
    for group, trips in _most(network):
        if zone in group.zones:
            truck = group.truck
            fixed = truck.bulkhead_step_ml is None
            held += trips * (truck.capacity_ml[zone] if fixed else truck.body_ml)
    wanted = sum(part.volume_ml for part in parts if part.zone is zone)
    return thousands(wanted), thousands(held)


def _most(network: Network) -> Iterator[tuple[TruckGroup, int]]:
    for group in network.groups:
        yield group, len(group.trucks) * group.truck.max_trips
