"""The choice of tours in the terms of ``selection``, and its answer as trips to be loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.domain.fleet import Layout
from optimizer.domain.ids import LineKey
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import (
    SECONDS_PER_MINUTE,
    Cents,
    Millilitres,
    Seconds,
    ceil_div,
    nearest_div,
)
from optimizer.planning.linehaul.demand import GridDemand
from optimizer.planning.linehaul.loading import Trip
from optimizer.planning.linehaul.network import Network, TruckGroup
from optimizer.planning.linehaul.selection import (
    Bulkheads,
    Fleet,
    Goods,
    Option,
    Question,
    Rows,
    Selection,
)
from optimizer.planning.linehaul.tours import MOST_SHARES, Tour

PARTS = 2520
"""Goods of one grid and zone are divided so finely; halves to tenths are whole numbers of it."""

UNDIVIDED = 0.1
"""In a large model goods that take less of a truck than this go with one truck."""

TIERS = 4
"""Steps in which the lines of one grid and zone are left, the cheapest first."""

DIMENSIONS: Mapping[Zone, int] = {zone: index for index, zone in enumerate(ZONES, start=1)}
"""Loads are counted as (grams, millilitres per zone)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """What is to be chosen from.

    Parameters
    ----------
    tours
        The options, in the order of ``question.options``.
    """

    network: Network
    tours: tuple[Tour, ...]
    question: Question


def choice_of(
    network: Network,
    demands: Sequence[GridDemand],
    tours: Sequence[Tour],
    *,
    leaving_cents: Mapping[LineKey, Cents],
    late_cents_per_min: Cents,
    fewest: Mapping[int, int],
    mixed: bool,
    rows: Rows = (),
) -> Choice:
    """Put the tours up for selection.

    Parameters
    ----------
    network, demands, tours
        The trucks, what they must bring, and how they may drive.
    leaving_cents, late_cents_per_min
        What it costs to leave a line, and to unload late.
    fewest
        How many trucks per group must be used at least.
    mixed
        Whether the zones of a grid go as one mixture, see ``may_be_mixed``.
    rows
        Sets of demands, and how many trips must touch each.
    """
    names: dict[tuple[int, Zone], int] = {}
    goods: list[Goods] = []
    for place, demand in enumerate(demands):
        for kinds in [demand.zones] if mixed else [{zone} for zone in ZONES]:
            if demand.zones.intersection(kinds):
                names |= {(place, zone): len(goods) for zone in kinds}
                parts = 1 if _fills(demand, network.groups) < UNDIVIDED and mixed else PARTS
                goods.append(_goods(place, demand, frozenset(kinds), leaving_cents, parts))
    dearer = _backup_charge(network, tours)
    options = [
        Option(
            fleet=tour.group,
            goods=tuple(
                dict.fromkeys(
                    names[demand, zone]
                    for _, demand, zones in tour.brings
                    for zone in ZONES
                    if zone in zones
                )
            ),
            cents=tour.cents
            + nearest_div(late_cents_per_min * tour.late_s, SECONDS_PER_MINUTE)
            + (dearer if network.groups[tour.group].is_backup else 0),
            busy_s=network.groups[tour.group].at_home_s + tour.duration_s,
            home_leg_s=tour.home_leg_s,
            due=demands[tour.stops[-1]].due,
        )
        for tour in tours
    ]
    return Choice(
        network=network,
        tours=tuple(tours),
        question=Question(
            goods=tuple(goods),
            fleets=tuple(
                _fleet(group, fewest.get(index, 0), _begin(group, index, tours))
                for index, group in enumerate(network.groups)
            ),
            options=tuple(options),
            divided=PARTS,
            late_cents_per_min=late_cents_per_min,
            rows=rows,
        ),
    )


def _backup_charge(network: Network, tours: Sequence[Tour]) -> Cents:
    """Give a charge per trip of a backup truck: dearer than any trip of an own one."""
    own = [
        tour.cents + group.truck.fixed_cents
        for tour in tours
        if not (group := network.groups[tour.group]).is_backup
    ]
    return max(own, default=0)


def may_be_mixed(demands: Sequence[GridDemand], tours: Sequence[Tour]) -> bool:
    """Say whether the zones of a grid should go as one mixture, which keeps large models small.

    They may where every tour takes all zones of its stops. A small model tells zones apart, so
    that it may split each of them differently.
    """
    shares = [share for tour in tours for share in tour.brings]
    small = sum(len(zones) for _, _, zones in shares) <= MOST_SHARES
    wanted = [demand.zones for demand in demands]
    return not small and all(zones == wanted[demand] for _, demand, zones in shares)


def _goods(
    place: int,
    demand: GridDemand,
    zones: frozenset[Zone],
    leaving_cents: Mapping[LineKey, Cents],
    parts: int,
) -> Goods:
    lines = [delivery for delivery in demand.deliveries if delivery.zone in zones]
    mass_g = sum(line.mass_g for line in lines)
    volume_ml = sum(line.volume_ml for line in lines)
    shares = {
        line.key: max(line.mass_g / max(1, mass_g), line.volume_ml / max(1, volume_ml))
        for line in lines
    }
    cheapest = sorted(shares, key=lambda key: (leaving_cents[key] / max(shares[key], 1e-12), key))
    tiers = min(TIERS, parts)
    total, so_far = sum(shares.values()), 0.0
    cents = [0] * tiers
    for key in cheapest:
        cents[min(tiers - 1, int(so_far * tiers))] += leaving_cents[key]
        so_far += shares[key] / max(total, 1e-12)
    load = [mass_g, 0, 0, 0]
    for line in lines:
        load[DIMENSIONS[line.zone]] += line.volume_ml
    return Goods(
        place=place,
        load=tuple(amount * PARTS // parts for amount in load),
        parts=parts,
        leave=tuple((parts // tiers, ceil_div(tier * tiers, parts)) for tier in cents),
        leave_first=min(leaving_cents[line.key] for line in lines),
    )


def _fills(demand: GridDemand, groups: Sequence[TruckGroup]) -> float:
    """Say how much of the payload or body of the smallest truck a demand takes."""
    mass_g = sum(line.mass_g for line in demand.deliveries)
    volume_ml = sum(line.volume_ml for line in demand.deliveries)
    payload_g = min(group.truck.payload_g for group in groups)
    body_ml = min(group.truck.body_ml for group in groups)
    return max(mass_g / max(1, payload_g), volume_ml / max(1, body_ml))


def _begin(group: TruckGroup, index: int, tours: Sequence[Tour]) -> Seconds:
    """Give the moment before which no truck of a group has anything to do, gates being shut."""
    begins = (tour.returns - tour.duration_s for tour in tours if tour.group == index)
    return min(begins, default=group.truck.shift.opens) - group.at_home_s


def _fleet(group: TruckGroup, fewest: int, begins: Seconds) -> Fleet:
    truck = group.truck
    step = truck.bulkhead_step_ml
    zones = [zone for zone in ZONES if zone in group.zones]
    rooms = [
        (truck.capacity_ml[zone] if step is None else truck.body_ml) if zone in zones else 0
        for zone in ZONES
    ]
    bulkheads = None
    if step is not None and zones:
        bulkheads = Bulkheads(
            dimensions=tuple(DIMENSIONS[zone] for zone in zones),
            step_ml=step,
            body_ml=truck.body_ml,
        )
    return Fleet(
        trucks=len(group.trucks),
        trips=truck.max_trips,
        fixed_cents=truck.fixed_cents,
        capacity=(truck.payload_g, *rooms),
        bulkheads=bulkheads,
        fewest=fewest,
        begins=begins,
        closes=max(begins, truck.shift.closes),
    )


def trips_of(choice: Choice, selection: Selection) -> list[Trip]:
    """Make one trip of each copy of a chosen tour, with its bulkheads in place."""
    trips = []
    for option, copies in sorted(selection.copies.items()):
        tour = choice.tours[option]
        truck = choice.network.groups[tour.group].truck
        blocks = {
            zone: selection.blocks[option, d]
            for zone, d in DIMENSIONS.items()
            if (option, d) in selection.blocks
        }
        for rooms in _rooms(choice.network.groups[tour.group], blocks, copies):
            trips.append(Trip(tour=tour, vehicle=truck, rooms=rooms))
    return trips


def _rooms(group: TruckGroup, blocks: Mapping[Zone, int], copies: int) -> list[Layout]:
    """Deal the steps of a tour out to its copies, each time to the one with the fewest."""
    truck, step = group.truck, group.truck.bulkhead_step_ml
    if step is None:
        return [
            {zone: room for zone, room in truck.capacity_ml.items() if zone in group.zones}
            for _ in range(copies)
        ]
    rooms: list[dict[Zone, Millilitres]] = [{} for _ in range(copies)]
    for zone in ZONES:
        for _ in range(blocks.get(zone, 0)):
            emptiest = min(rooms, key=lambda room: sum(room.values()))
            emptiest[zone] = emptiest.get(zone, 0) + step
    for room in rooms:
        if room:
            rear = list(room)[-1]
            room[rear] += truck.body_ml - sum(room.values())
    return list(rooms)
