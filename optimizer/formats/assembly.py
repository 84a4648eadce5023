"""Puts the typed rows and the settings together into a problem, and checks the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil

from optimizer.domain.fleet import Vehicle
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.network import Site, SiteKind, Stock
from optimizer.domain.objective import ObjectiveWeights, left_behind_cost
from optimizer.domain.orders import OrderLine
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.domain.units import LARGEST_SUM, PER_THOUSAND, SECONDS_PER_HOUR, ceil_div
from optimizer.formats.bodies import bodies_for
from optimizer.formats.break_settings import breaks_for
from optimizer.formats.collect_rows import read_collects
from optimizer.formats.cut_off_settings import read_cut_offs
from optimizer.formats.faults import FaultLog, shown
from optimizer.formats.order_rows import read_orders
from optimizer.formats.raw import (
    COLLECTS,
    ORDERS,
    SITES,
    STOCK,
    VEHICLES,
    RawProblem,
    RawSettings,
    RawTable,
)
from optimizer.formats.settings import Settings, read_settings
from optimizer.formats.settings_nodes import Node, root
from optimizer.formats.site_rows import read_sites, read_stock
from optimizer.formats.travel_settings import refuse_idle_types, with_every_speed
from optimizer.formats.vehicle_rows import read_vehicles

HALF_EARTH_M = 20_100_000
"""No two places are farther apart than this, as the crow flies."""
NO_SETTINGS = RawSettings(document={}, place=lambda _: "")


def assemble(raw: RawProblem, log: FaultLog) -> Problem | None:
    """Make the problem; None where tables or settings are missing, which the log then says."""
    # Settings that could not be read are read as empty ones, whose faults nobody needs to hear.
    node = root(raw.settings or NO_SETTINGS, log if raw.settings else FaultLog())
    settings = read_settings(node)
    clock = settings.clock
    sites, index = read_sites(_table(raw, SITES), clock, log)
    if SITES not in raw.tables:
        # Every reference would be unknown, for a reason that is noted already.
        return None
    vehicles = read_vehicles(_table(raw, VEHICLES), clock, index, log)
    promises = settings.promises if raw.settings else None
    lines = read_orders(_table(raw, ORDERS), clock, index, promises, log)
    stock = read_stock(_table(raw, STOCK), index, log)
    _check_network(raw, index.kinds.values(), log)
    _check_types(node, settings, vehicles.values(), log)
    _check_usual_vehicles(node.child("usual_vehicles"), settings, sites, vehicles, log)
    collects = read_collects(_table(raw, COLLECTS), index, lines, log)
    problem = _problem(raw.name, settings, sites=sites, vehicles=vehicles, lines=lines, stock=stock)
    problem = replace(problem, collects=collects)
    _check_sums(raw, problem, log)
    return replace(problem, cut_offs=read_cut_offs(node.child("cut_offs"), index))


def _problem(
    name: str,
    settings: Settings,
    *,
    sites: Mapping[SiteId, Site],
    vehicles: Mapping[VehicleId, Vehicle],
    lines: Mapping[LineKey, OrderLine],
    stock: tuple[Stock, ...],
) -> Problem:
    bodies = bodies_for(vehicles.values(), settings.types.bodies)
    return Problem(
        id=settings.id or name,
        horizon=settings.clock.horizon,
        sites=sites,
        vehicles=vehicles,
        lines=lines,
        stock=stock,
        waves=settings.waves,
        travel=with_every_speed(settings.travel, vehicles.values()),
        policies=settings.policies,
        promises=settings.promises,
        time_on_board_s=settings.time_on_board_s,
        objective=settings.objective,
        bodies=bodies,
        radius_m=settings.radius_m,
        ambient_c=settings.ambient_c,
        sun_c=settings.sun_c,
        usual_vehicle=settings.usual_vehicle,
        breaks=breaks_for(bodies, settings.types.breaks),
        door_service_s=settings.door_service_s,
        orders_together=settings.orders_together,
    )


def _table(raw: RawProblem, name: str) -> RawTable:
    return raw.tables.get(name) or RawTable(name=name, place=name, columns={}, rows=())


def _check_network(raw: RawProblem, kinds: Iterable[SiteKind | None], log: FaultLog) -> None:
    seen = set(kinds)
    if not seen & {SiteKind.CENTRAL, None}:
        log.add("CG-1018", raw.tables[SITES].place, "no site is of kind central")
    orders = raw.tables.get(ORDERS)
    if orders is not None and not orders.rows:
        log.add("CG-1022", orders.place, "the table has no rows")


def _check_types(
    node: Node, settings: Settings, vehicles: Iterable[Vehicle], log: FaultLog
) -> None:
    """Compare the types of the fleet with those that the settings describe."""
    if log.bad_rows(VEHICLES):
        return
    fleet = {vehicle.type for vehicle in vehicles}
    refuse_idle_types(fleet, settings.types.nodes)
    speeds = node.child("travel").child("speed_kmh")
    if isinstance(speeds.value, Mapping):
        refuse_idle_types(fleet, {name: speeds.child(name) for name in speeds.value})


def _check_usual_vehicles(
    node: Node,
    settings: Settings,
    sites: Mapping[SiteId, Site],
    vehicles: Mapping[VehicleId, Vehicle],
    log: FaultLog,
) -> None:
    """Refuse sites and vehicles that no table has; of tables with bad rows nothing is known."""
    for site, vehicle in settings.usual_vehicle.items():
        if site not in sites and not log.bad_rows(SITES):
            cause = f"no site is called {shown(site)}{log.meant(site, sites)}"
            node.child(site).fault("CG-1015", cause, "Write the id of a site of the sites table")
        if vehicle not in vehicles and not log.bad_rows(VEHICLES):
            cause = f"no vehicle is called {shown(vehicle)}{log.meant(vehicle, vehicles)}"
            action = "Write the id of a vehicle of the vehicles table, or take the site out"
            node.child(site).fault("CG-1015", cause, action)


def _check_sums(raw: RawProblem, problem: Problem, log: FaultLog) -> None:
    """Refuse numbers whose sums, or whose worst objective, would not be exact."""
    lines, vehicles = problem.lines.values(), problem.vehicles.values()
    sums = [
        (ORDERS, "mass_kg in grams", sum(line.mass_g for line in lines)),
        (ORDERS, "volume_l in millilitres", sum(line.volume_ml for line in lines)),
        (VEHICLES, "payload_kg in grams", sum(v.payload_g * v.max_trips for v in vehicles)),
        (VEHICLES, "litres in millilitres", sum(v.body_ml * v.max_trips for v in vehicles)),
        (STOCK, "mass_kg in grams", sum(stock.mass_g for stock in problem.stock)),
        (STOCK, "volume_l in millilitres", sum(stock.volume_ml for stock in problem.stock)),
        (COLLECTS, "mass_kg in grams", sum(one.mass_g for one in problem.collects.values())),
        (COLLECTS, "volume_l in millilitres", sum(c.volume_ml for c in problem.collects.values())),
        (ORDERS, "the worst objective in cents", _worst_cents(problem)),
    ]
    for name, what, total in sums:
        if total > LARGEST_SUM:
            cause = f"the sum of {what} is {total:.3g}, more than {LARGEST_SUM:.3g}"
            log.add("CG-1021", raw.tables[name].place, cause)


def _worst_cents(problem: Problem) -> int:
    """Bound every objective: all vehicles drive all day, all lines are late and left out."""
    metres = ceil(2 * HALF_EARTH_M * problem.travel.circuity)
    drives = [_trip_cents(vehicle, metres) for vehicle in problem.vehicles.values()]
    driving = sum(
        cents * vehicle.max_trips
        for cents, vehicle in zip(drives, problem.vehicles.values(), strict=True)
    )
    dearest = max(drives, default=0)
    late_s = max((p.cents_per_min_late for p in problem.promises.values()), default=0) * HORIZON_S
    lines = problem.lines.values()
    left_out = sum(_line_cents(problem.objective, line, dearest) for line in lines)
    left_behind = sum(
        left_behind_cost(problem.objective, collect, dearest)
        for collect in problem.collects.values()
    )
    return driving + left_out + left_behind + len(problem.lines) * ceil_div(late_s, 60)


def _trip_cents(vehicle: Vehicle, metres: int) -> int:
    return (
        vehicle.fixed_cents
        + ceil_div(vehicle.cents_per_km * metres, PER_THOUSAND)
        + ceil_div(vehicle.cents_per_h * HORIZON_S, SECONDS_PER_HOUR)
    )


def _line_cents(weights: ObjectiveWeights, line: OrderLine, dearest: int) -> int:
    base = line.value_cents + weights.round_trips_per_unserved * dearest
    worn = ceil(line.value_cents * weights.shelf_life_weight)
    return (
        ceil(base * weights.factor(line.priority))
        + worn
        + weights.transfer_cents
        + weights.stability_cents
    )
