"""A draft as routes again: trucks first, because vans wait for what they bring.

Trips whose visits or vehicle changed get new times, and so do later trips of the same vehicle that
it would not be back for. Trips of a vehicle are numbered by departure, and the first of them pays
for the vehicle. A route that changed its vehicle or number gets an id to match.
"""

from __future__ import annotations

from dataclasses import replace

from optimizer.by_hand.clock import Ways, timed
from optimizer.by_hand.draft import Draft, Trip
from optimizer.by_hand.loads import peak_ml
from optimizer.by_hand.supply import follow_vans, sorted_at
from optimizer.domain.fleet import Cooling, Echelon, layout_for
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.objective import route_cost
from optimizer.domain.plan import Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Millilitres, Seconds
from optimizer.planning.ice import boxes_for
from optimizer.planning.pauses import pause_s
from optimizer.planning.product_temperature import with_predictions
from optimizer.planning.stock import is_express
from optimizer.travel.provider import TravelProvider

Ready = dict[tuple[SiteId, LineKey], Seconds]


def written(draft: Draft, travel: TravelProvider, before: dict[LineKey, SiteId]) -> list[Route]:
    """Give the routes of a draft, in the order of the plan.

    Parameters
    ----------
    draft
        After its edits.
    travel
        Where distances come from.
    before
        From which grid each line left before the edits.
    """
    _drop_empty(draft, Echelon.LAST_MILE)
    _time(draft, travel, Echelon.LINEHAUL, {})
    follow_vans(draft, before)
    _drop_empty(draft, Echelon.LINEHAUL)
    _time(draft, travel, Echelon.LAST_MILE, sorted_at(draft))
    _renumber_all(draft)
    return [_finished(draft.problem, trip) for trip in draft.trips.values()]


def _drop_empty(draft: Draft, echelon: Echelon) -> None:
    """Let trips stay at home that edits have emptied."""
    for name, trip in list(draft.trips.items()):
        changed = trip.moved or trip.loaded
        if trip.route.echelon is echelon and changed and not trip.needed():
            del draft.trips[name]


def _time(draft: Draft, travel: TravelProvider, echelon: Echelon, ready: Ready) -> None:
    """Give times to the trips of an echelon that have none, vehicle by vehicle."""
    for trips in _by_vehicle(draft, echelon).values():
        fixed = [trip.route.returns for trip in trips if trip.fixed]
        back = max(fixed, default=None)
        pushed = False
        for trip in trips:
            if trip.fixed:
                continue
            free = 0 if back is None else back + pause_s(draft.problem, trip.vehicle)
            # Trips that nobody touched may stand closer than that; they stay as they are.
            if trip.moved or (pushed and trip.route.departs < free):
                earliest = max(free, _earliest(draft, trip, ready))
                _rename_wave(draft.problem, trip, earliest)
                _retime(draft, travel, trip, earliest)
                pushed = True
            back = trip.route.returns


def _by_vehicle(draft: Draft, echelon: Echelon) -> dict[VehicleId, list[Trip]]:
    groups: dict[VehicleId, list[Trip]] = {}
    for trip in draft.trips.values():
        if trip.route.echelon is echelon:
            groups.setdefault(trip.vehicle.id, []).append(trip)
    for trips in groups.values():
        trips.sort(key=lambda trip: (trip.route.departs, trip.route.id))
    return groups


def _earliest(draft: Draft, trip: Trip, ready: Ready) -> Seconds:
    """Give the first departure: shift, wave, orders and goods considered. A truck keeps its own."""
    opens = max(trip.vehicle.shift.opens, draft.earliest)
    if trip.route.echelon is Echelon.LINEHAUL:
        return max(opens, trip.route.departs)
    problem, home = draft.problem, trip.vehicle.home
    lines = [problem.lines[item.key] for item in trip.deliveries()]
    goods = [ready[home, line.key] for line in lines if (home, line.key) in ready]
    express = [line for line in lines if is_express(problem, line)]
    ordered = [line.ordered_s or 0 for line in express]
    if lines and not goods and len(express) == len(lines):
        return max([opens, *ordered])
    return max([opens, problem.wave(trip.route.wave).departs, *goods, *ordered])


def _rename_wave(problem: Problem, trip: Trip, earliest: Seconds) -> None:
    """Let express goods that leave before their wave name the last one gone, else the first."""
    if trip.route.echelon is Echelon.LINEHAUL:
        return
    if earliest < problem.wave(trip.route.wave).departs:
        waves = sorted(problem.waves, key=lambda wave: wave.departs)
        gone = [wave for wave in waves if wave.departs <= earliest]
        trip.route = replace(trip.route, wave=gone[-1].id if gone else waves[0].id)


def _retime(draft: Draft, travel: TravelProvider, trip: Trip, earliest: Seconds) -> None:
    problem = draft.problem
    ways = Ways.between(problem, travel, trip)
    times = timed(problem, ways, trip.vehicle, trip.visits, earliest)
    stops = tuple(
        Stop(
            site=visit.site,
            kind=problem.sites[visit.site].kind,
            arrives=arrives,
            service_starts=starts,
            departs=leaves,
            delivers=tuple(visit.delivers),
            collects=visit.collects,
        )
        for visit, (arrives, starts, leaves) in zip(trip.visits, times.rows, strict=True)
    )
    trip.moved = True
    trip.route = replace(
        trip.route,
        vehicle=trip.vehicle.id,
        vehicle_type=trip.vehicle.type,
        departs=times.departs,
        returns=times.returns,
        distance_m=times.distance_m,
        duration_s=times.returns - times.departs,
        stops=stops,
        breaks=times.rests,
    )


def _renumber_all(draft: Draft) -> None:
    """Give the trips of each vehicle their numbers, and new ones a price."""
    for echelon in Echelon:
        for trips in _by_vehicle(draft, echelon).values():
            trips.sort(key=lambda trip: (not trip.fixed, trip.route.departs))
            for number, trip in enumerate(trips, 1):
                if not trip.fixed and (trip.moved or trip.route.trip != number):
                    _renumber(trip, number)


def _renumber(trip: Trip, number: int) -> None:
    route = trip.route
    planned = trip.planned
    same = (trip.vehicle.id, number, route.wave) == (planned.vehicle, planned.trip, planned.wave)
    cost = route_cost(
        trip.vehicle,
        distance_m=route.distance_m,
        duration_s=route.duration_s,
        first_trip=number == 1,
    )
    trip.route = replace(
        route,
        id=route.id if same else f"{trip.vehicle.id}-{route.wave}-{number}",
        trip=number,
        cost_cents=cost.total,
    )


def _finished(problem: Problem, trip: Trip) -> Route:
    """Write loads, bulkheads, boxes and temperatures of a trip that changed."""
    if not trip.moved and not trip.loaded:
        return trip.route
    stops = tuple(
        replace(stop, delivers=tuple(visit.delivers), predicted={})
        for stop, visit in zip(trip.route.stops, trip.visits, strict=True)
    )
    route = replace(
        trip.route,
        stops=stops,
        compartments=_compartments(trip),
        boxes=boxes_for(problem, trip.vehicle, trip.route.departs, stops),
    )
    in_boxes = trip.vehicle.cooling is Cooling.BOXES
    if in_boxes and problem.body(trip.vehicle).box is None:
        return route
    return with_predictions(problem, route)


def _compartments(trip: Trip) -> dict[Zone, Millilitres]:
    """Leave the bulkheads where they stand if the load fits, else move them if that helps."""
    load_ml, now = peak_ml(trip.visits), trip.planned.compartments
    same = trip.vehicle.id == trip.planned.vehicle
    if same and all(volume <= now.get(zone, 0) for zone, volume in load_ml.items()):
        return dict(now)
    layout = layout_for(trip.vehicle, load_ml)
    if layout is None:
        layout = now if same else trip.vehicle.capacity_ml
    return {zone: size for zone, size in layout.items() if size > 0}
