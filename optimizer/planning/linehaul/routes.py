"""The timed trips in a plan's words: routes with stops, numbers of trips, costs, readiness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.domain.errors import EngineFailed
from optimizer.domain.fleet import Echelon, Layout, layout_for
from optimizer.domain.ids import WaveId
from optimizer.domain.objective import route_cost
from optimizer.domain.plan import Break, Route, Stop
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Millilitres, Seconds
from optimizer.planning.linehaul.demand import Call
from optimizer.planning.linehaul.ground import Ground, TimedTrip
from optimizer.planning.linehaul.loading import Trip


def routes_of(ground: Ground, timed: Sequence[TimedTrip]) -> tuple[Route, ...]:
    """Write trips as routes, by vehicle in file order and by departure."""
    network = ground.network
    ordered = sorted(timed, key=lambda trip: (trip.trip.tour.group, trip.truck, trip.departs))
    routes: list[Route] = []
    for trip in ordered:
        truck = network.groups[trip.trip.tour.group].trucks[trip.truck].id
        before = network.trips_made.get(truck, 0)
        before += sum(route.vehicle == truck for route in routes)
        routes.append(_route(ground, trip, before + 1))
    return tuple(routes)


def ready_times(ground: Ground, routes: Sequence[Route]) -> Mapping[Call, Seconds]:
    """Say when the goods of each call are unloaded and sorted, whichever trips bring them."""
    ends: dict[int, Seconds] = {}
    for route in routes:
        for stop in route.stops:
            for index in {ground.demand_of[part.key] for part in stop.delivers}:
                ends[index] = max(stop.departs, ends.get(index, 0))
    sites, rows = ground.network.sites, ground.network.rows
    return {
        demand.call: ends[index] + sites[rows[demand.grid]].sorting_s
        for index, demand in enumerate(ground.demands)
        if index in ends
    }


def _route(ground: Ground, timed: TimedTrip, number: int) -> Route:
    trip, network = timed.trip, ground.network
    truck = network.groups[trip.tour.group].trucks[timed.truck]
    legs = ground.legs_of(trip)
    stops: list[Stop] = []
    breaks: list[Break] = []
    now = timed.departs
    for row, leg, starts, load in zip(
        ground.rows_of(trip), legs[:-1], timed.starts, trip.loads, strict=True
    ):
        site = network.sites[row]
        stops.append(
            Stop(
                site=site.id,
                kind=site.kind,
                arrives=now + leg.total_s,
                service_starts=starts,
                departs=starts + site.service_s,
                delivers=load,
            )
        )
        breaks += leg.breaks(now)
        now = stops[-1].departs
    breaks += legs[-1].breaks(now)
    distance_m = ground.metres_of(trip)
    returns = now + legs[-1].total_s
    wave = _wave_of(ground, trip)
    cost = route_cost(
        truck,
        distance_m=distance_m,
        duration_s=returns - timed.departs,
        first_trip=number == 1,
    )
    return Route(
        id=f"{truck.id}-{wave}-{number}",
        echelon=Echelon.LINEHAUL,
        vehicle=truck.id,
        vehicle_type=truck.type,
        wave=wave,
        trip=number,
        start_site=truck.home,
        end_site=truck.home,
        departs=timed.departs,
        returns=returns,
        distance_m=distance_m,
        duration_s=returns - timed.departs,
        cost_cents=cost.total,
        compartments={zone: room for zone, room in _layout(trip).items() if room},
        stops=tuple(stops),
        breaks=tuple(breaks),
    )


def _wave_of(ground: Ground, trip: Trip) -> WaveId:
    """Give the earliest wave that a trip brings goods for."""
    parts = [part for load in trip.loads for part in load]
    first = min((ground.demand_of[part.key] for part in parts), default=trip.tour.stops[0])
    return ground.demands[first].wave


def _layout(trip: Trip) -> Layout:
    load: dict[Zone, Millilitres] = dict.fromkeys(ZONES, 0)
    for stop in trip.loads:
        for part in stop:
            load[part.zone] += part.volume_ml
    layout = layout_for(trip.vehicle, load)
    if layout is None:
        raise EngineFailed("CG-3001", f"a load for {trip.vehicle.type} does not fit its body")
    return layout
