"""The objective recomputed, part by part, and compared with what a plan states."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.check.facts import Facts, JudgedRoute, Travel, durations
from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.objective import (
    CostBreakdown,
    distance_cost,
    lateness_cost,
    left_behind_cost,
    route_cost,
    shelf_life_cost,
    time_cost,
    unserved_cost,
)
from optimizer.domain.plan import Violation
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Cents


def cost(facts: Facts, travel: Travel) -> Iterator[Violation]:
    """Compare stated costs with recomputed ones; a plan with unknown names has no price."""
    if not facts.complete:
        return
    prices = route_prices(facts)
    for one, price in zip(facts.judged, prices, strict=True):
        wrong = abs(one.route.cost_cents - price.total)
        if wrong:
            where = f"{one.route.id}/cost_cents"
            yield Violation(code="cost", where=where, amount=float(wrong))
    stated = facts.plan.cost.as_dict()
    for part, cents in breakdown(facts, travel).as_dict().items():
        if stated[part] != cents:
            amount = float(abs(stated[part] - cents))
            yield Violation(code="cost", where=f"cost_breakdown/{part}", amount=amount)


def route_prices(facts: Facts) -> list[CostBreakdown]:
    """Price every judged route; the vehicle itself is charged with its first trip of the day."""
    first: dict[VehicleId, JudgedRoute] = {}
    for one in facts.judged:
        known = first.setdefault(one.vehicle.id, one)
        if one.route.departs < known.route.departs:
            first[one.vehicle.id] = one
    return [
        route_cost(
            one.vehicle,
            distance_m=sum(leg.distance_m for leg in one.legs),
            duration_s=one.route.returns - one.route.departs,
            first_trip=first[one.vehicle.id] is one,
        )
        for one in facts.judged
    ]


def breakdown(facts: Facts, travel: Travel) -> CostBreakdown:
    """Price a plan of which everything is known."""
    problem = facts.problem
    total = sum(route_prices(facts), CostBreakdown())
    lateness = shelf_life = 0
    for one in facts.judged:
        if one.route.echelon is Echelon.LINEHAUL:
            continue
        for stop in one.route.stops:
            for item in stop.delivers:
                line = problem.lines[item.key]
                lateness += lateness_cost(problem.promises[line.promise], line, stop.service_starts)
                shelf_life += shelf_life_cost(problem.objective, line, stop.service_starts)
    transfers = problem.objective.transfer_cents * transferred_orders(facts)
    return total + CostBreakdown(
        lateness=lateness,
        shelf_life=shelf_life,
        transfers=transfers,
        stability=problem.objective.stability_cents * strange_stops(facts),
        unserved=_unserved(facts, travel),
    )


def strange_stops(facts: Facts) -> int:
    """Count the last-mile stops whose site has a usual vehicle and sees another one."""
    usual = facts.problem.usual_vehicle
    seen = [
        (stop.site, one.vehicle.id)
        for one in facts.judged
        if one.route.echelon is Echelon.LAST_MILE
        for stop in one.route.stops
    ]
    return sum(1 for site, vehicle in seen if site in usual and usual[site] != vehicle)


def transferred_orders(facts: Facts) -> int:
    """Count the orders of which a delivered line rode a truck before its van."""
    trucked, delivered = set(), set()
    for route in facts.routes:
        keys = {item.key for stop in route.stops for item in stop.delivers}
        if route.echelon is Echelon.LINEHAUL:
            trucked |= keys
        else:
            delivered |= keys
    return len({key.order for key in trucked & delivered})


def _unserved(facts: Facts, travel: Travel) -> Cents:
    if not facts.plan.unserved:
        return 0
    problem = facts.problem
    dearest = dearest_round_trip_cents(problem, travel)
    return sum(
        unserved_cost(problem.objective, problem.lines[item.key], dearest)
        if item.key in problem.lines
        else left_behind_cost(problem.objective, problem.collects[item.key], dearest)
        for item in facts.plan.unserved
    )


# --- the dearest round trip ---------------------------------------------------------------------


def dearest_round_trip_cents(problem: Problem, travel: Travel) -> Cents:
    """Price the dearest round trip that a single order could need.

    For every pickup point with lines and every grid that may serve it (the given one, else those
    within the radius, else all): the dearest van of that grid out and back, plus the dearest truck
    from its central warehouse to that grid and back, each with its fixed cost, at traffic factor 1.
    Pairs without a road are passed over; where there is no vehicle its part is 0.
    """
    grids = problem.sites_of(SiteKind.GRID)
    ordered = {line.site for line in problem.lines.values()}
    points = [site for site in problem.sites_of(SiteKind.PICKUP) if site.id in ordered]
    if not grids or not points:
        return 0
    haul = {grid.id: _dearest_truck(problem, travel, grid) for grid in grids}
    allowed = _candidates(problem, travel, grids, points)
    dearest = 0
    for row, grid in enumerate(grids):
        served = [point for point, may in zip(points, allowed[row], strict=True) if may]
        if served:
            vans = _homed(problem, Echelon.LAST_MILE, grid.id)
            reach = _round_trips(problem, travel, grid, served, vans)
            best = max((cents for cents in reach if cents is not None), default=None)
            dearest = max(dearest, 0 if best is None else best + haul[grid.id])
    return dearest


def _homed(problem: Problem, echelon: Echelon, home: SiteId) -> list[Vehicle]:
    vehicles = problem.vehicles.values()
    return [one for one in vehicles if one.echelon is echelon and one.home == home]


def _candidates(
    problem: Problem, travel: Travel, grids: list[Site], points: list[Site]
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Say which grid (row) may serve which point (column)."""
    names = [grid.id for grid in grids]
    allowed = np.ones((len(grids), len(points)), dtype=np.bool_)
    if problem.radius_m is not None:
        metres = travel.matrix(grids, points).distance_m
        near = (metres != UNREACHABLE) & (metres <= problem.radius_m)
        allowed = np.where(near.any(axis=0), near, allowed)
    for column, point in enumerate(points):
        if point.grid is not None:
            allowed[:, column] = [name == point.grid for name in names]
    return allowed


def _round_trips(
    problem: Problem, travel: Travel, home: Site, places: list[Site], vehicles: list[Vehicle]
) -> list[Cents | None]:
    """Price the dearest vehicle's way to each place and back; None where there is no way."""
    out, back = travel.matrix([home], places), travel.matrix(places, [home])
    metres_out, metres_back = out.distance_m[0], back.distance_m[:, 0]
    reach = (metres_out != UNREACHABLE) & (metres_back != UNREACHABLE)
    dearest: list[Cents | None] = [0 if way else None for way in reach]
    for vehicle in _distinct(vehicles):
        seconds: IntArray = durations(problem, out, vehicle)[0]
        seconds = seconds + durations(problem, back, vehicle)[:, 0]
        for place in np.flatnonzero(reach):
            cents = vehicle.fixed_cents
            cents += distance_cost(vehicle, int(metres_out[place] + metres_back[place]))
            cents += time_cost(vehicle, int(seconds[place]))
            dearest[place] = max(dearest[place] or 0, cents)
    return dearest


def _distinct(vehicles: list[Vehicle]) -> list[Vehicle]:
    """Keep one vehicle of each price."""
    prices = {
        (one.type, one.fixed_cents, one.cents_per_km, one.cents_per_h): one for one in vehicles
    }
    return list(prices.values())


def _dearest_truck(problem: Problem, travel: Travel, grid: Site) -> Cents:
    dearest = 0
    for central in problem.sites_of(SiteKind.CENTRAL):
        trucks = _homed(problem, Echelon.LINEHAUL, central.id)
        if trucks:
            (cents,) = _round_trips(problem, travel, central, [grid], trucks)
            dearest = max(dearest, cents or 0)
    return dearest
