"""The timed trips in a plan's words: routes with stops, numbers of trips, costs, readiness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.domain.errors import EngineFailed
from optimizer.domain.fleet import Echelon, Layout, layout_for
from optimizer.domain.objective import route_cost
from optimizer.domain.plan import Route, Stop
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Millilitres, Seconds
from optimizer.planning.linehaul.demand import Call, GridDemand
from optimizer.planning.linehaul.ground import TimedTrip
from optimizer.planning.linehaul.loading import Trip
from optimizer.planning.linehaul.network import Network


def routes_of(
    network: Network, demands: Sequence[GridDemand], timed: Sequence[TimedTrip]
) -> tuple[Route, ...]:
    """Write trips as routes, by vehicle in file order and by departure."""
    ordered = sorted(timed, key=lambda trip: (trip.trip.tour.group, trip.truck, trip.departs))
    routes: list[Route] = []
    for trip in ordered:
        truck = network.groups[trip.trip.tour.group].trucks[trip.truck].id
        before = network.trips_made.get(truck, 0)
        before += sum(route.vehicle == truck for route in routes)
        routes.append(_route(network, demands, trip, before + 1))
    return tuple(routes)


def ready_times(
    network: Network, demands: Sequence[GridDemand], routes: Sequence[Route]
) -> Mapping[Call, Seconds]:
    """Say when the goods of each call are unloaded and sorted."""
    ready: dict[Call, Seconds] = {}
    for demand in demands:
        ends = [
            stop.departs
            for route in routes
            if route.wave == demand.wave
            for stop in route.stops
            if stop.site == demand.grid
        ]
        if ends:
            ready[demand.call] = max(ends) + network.sites[network.rows[demand.grid]].sorting_s
    return ready


def _route(network: Network, demands: Sequence[GridDemand], timed: TimedTrip, number: int) -> Route:
    tour = timed.trip.tour
    group = network.groups[tour.group]
    truck = group.trucks[timed.truck]
    home = network.rows[truck.home]
    rows = [network.rows[demands[stop].grid] for stop in tour.stops]
    path = list(zip([home, *rows], [*rows, home], strict=True))
    legs_s = [int(group.duration_s[leg]) for leg in path]
    stops: list[Stop] = []
    now = timed.departs
    for row, leg_s, starts, load in zip(rows, legs_s, timed.starts, timed.trip.loads, strict=False):
        site = network.sites[row]
        stops.append(
            Stop(
                site=site.id,
                kind=site.kind,
                arrives=now + leg_s,
                service_starts=starts,
                departs=starts + site.service_s,
                delivers=load,
            )
        )
        now = stops[-1].departs
    distance_m = sum(int(network.distance_m[leg]) for leg in path)
    returns = now + legs_s[-1]
    cost = route_cost(
        truck,
        distance_m=distance_m,
        duration_s=returns - timed.departs,
        first_trip=number == 1,
    )
    return Route(
        id=f"{truck.id}-{tour.wave}-{number}",
        echelon=Echelon.LINEHAUL,
        vehicle=truck.id,
        vehicle_type=truck.type,
        wave=tour.wave,
        trip=number,
        start_site=truck.home,
        end_site=truck.home,
        departs=timed.departs,
        returns=returns,
        distance_m=distance_m,
        duration_s=returns - timed.departs,
        cost_cents=cost.total,
        compartments={zone: room for zone, room in _layout(timed.trip).items() if room},
        stops=tuple(stops),
    )


def _layout(trip: Trip) -> Layout:
    load: dict[Zone, Millilitres] = dict.fromkeys(ZONES, 0)
    for stop in trip.loads:
        for part in stop:
            load[part.zone] += part.volume_ml
    layout = layout_for(trip.vehicle, load)
    if layout is None:
        raise EngineFailed("CG-3001", f"a load for {trip.vehicle.type} does not fit its body")
    return layout
