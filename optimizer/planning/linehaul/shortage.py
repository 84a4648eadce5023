"""Why trucks leave lines behind, in a sentence that names what is short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Delivery, Unserved, UnservedReason
from optimizer.domain.temperature import COLD_ZONES, ZONES, Zone
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.domain.units import Metres, thousands
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
        (demand, zone) for tour in tours for _, demand, zones in tour.brings for zone in zones
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
    admitted = [group for group in joined if group.admitted[row]]
    if not admitted:
        needs = ", ".join(sorted(network.sites[row].needs))
        return (
            UnservedReason.SKILL,
            f"no truck that reaches {demand.grid} has the skills that it needs: {needs}",
        )
    near = [group for group in admitted if _in_range(network, group, row)]
    if not near:
        return UnservedReason.RANGE, _too_far(network, admitted, row)
    return _not_carried(demand, zone, near)


def _too_far(network: Network, groups: Sequence[TruckGroup], row: int) -> str:
    nearest_m = min(_out_and_back_m(network, group, row) for group in groups)
    longest_m = max(group.truck.range_m or 0 for group in groups)
    return (
        f"{network.sites[row].id} and back are {thousands(nearest_m):,.1f} km,"
        f" beyond the range of every truck that may call there: {thousands(longest_m):,.1f} km"
    )


def _not_carried(demand: GridDemand, zone: Zone, groups: Sequence[TruckGroup]) -> Cause:
    able = [group for group in groups if zone in group.zones]
    if not able and zone in COLD_ZONES and any(g.truck.carries(zone) for g in groups):
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


def _in_range(network: Network, group: TruckGroup, row: int) -> bool:
    longest_m = group.truck.range_m
    return longest_m is None or _out_and_back_m(network, group, row) <= longest_m


def _out_and_back_m(network: Network, group: TruckGroup, row: int) -> Metres:
    home = network.rows[group.truck.home]
    return int(network.distance_m[home, row] + network.distance_m[row, home])


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
