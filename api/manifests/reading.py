"""Reads the manifest of a vehicle off a problem and a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from api.manifests.load import bays_of
from api.manifests.sheet import (
    Amount,
    Heading,
    LoadingStep,
    Place,
    Rest,
    Sheet,
    SheetLine,
    SheetStop,
    StopZone,
    Trip,
)
from optimizer.domain.fleet import Cooling
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import Mode
from optimizer.domain.plan import Break, Delivery, Plan, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.formats.manifest import BoxShare, box_shares, loading_order, rests_by_stop

Shares = Mapping[tuple[int, Zone], BoxShare]


def build_sheet(problem: Problem, plan: Plan, vehicle: VehicleId, heading: Heading) -> Sheet:
    """Write down everything that loader and driver need to know of one vehicle's day.

    Parameters
    ----------
    problem
        The problem that the plan answers.
    plan
        The plan.
    vehicle
        A vehicle of the problem; where it does not drive the sheet has no trips.
    heading
        What stands on top of every page.
    """
    known = problem.vehicles[vehicle]
    trips = tuple(_trip(problem, plan, route) for route in routes_of(plan, vehicle))
    return Sheet(
        heading=heading,
        vehicle=vehicle,
        type=known.type,
        echelon=known.echelon,
        home=place_of(problem, known.home),
        movable=known.bulkhead_step_ml is not None and known.cooling is Cooling.REFRIGERATED,
        trips=trips,
        totals=_sum(amount for trip in trips for amount in trip.totals),
    )


def routes_of(plan: Plan, vehicle: VehicleId) -> list[Route]:
    """Give the trips of a vehicle in the order in which it drives them."""
    return sorted((r for r in plan.routes if r.vehicle == vehicle), key=lambda r: r.departs)


def place_of(problem: Problem, site: SiteId) -> Place:
    """Name a site; one that the problem does not have is called by its id."""
    known = problem.sites.get(site)
    if known is None:
        return Place(id=site, name="", kind=SiteKind.PICKUP)
    return Place(id=site, name=known.name, kind=known.kind)


def totals_of(route: Route) -> tuple[Amount, ...]:
    """Add up per zone what a trip brings."""
    return _sum(_amount(one.zone, [one]) for stop in route.stops for one in stop.delivers)


def _trip(problem: Problem, plan: Plan, route: Route) -> Trip:
    shares = box_shares(route)
    *before, back = (_rests(plan, rests) for rests in rests_by_stop(route))
    stops = tuple(
        replace(_stop(problem, plan, stop, number, shares), rests=before[number - 1])
        for number, stop in enumerate(route.stops, start=1)
    )
    totals = totals_of(route)
    return Trip(
        route=route.id,
        number=route.trip,
        wave=route.wave,
        start=place_of(problem, route.start_site),
        end=place_of(problem, route.end_site),
        departs=plan.horizon.instant(route.departs),
        returns=plan.horizon.instant(route.returns),
        distance_m=route.distance_m,
        bays=bays_of(problem, route, totals),
        loading=_loading(route, stops),
        rests=_rests(plan, route.breaks),
        rests_on_the_way_back=back,
        stops=stops,
        totals=totals,
    )


def _rests(plan: Plan, breaks: Iterable[Break]) -> tuple[Rest, ...]:
    at = plan.horizon.instant
    return tuple((at(rest.starts), at(rest.ends)) for rest in breaks)


def _loading(
    route: Route, stops: tuple[SheetStop, ...]
) -> tuple[tuple[Zone, tuple[LoadingStep, ...]], ...]:
    steps: dict[Zone, list[LoadingStep]] = defaultdict(list)
    places = loading_order(route)
    for index, stop in enumerate(stops):
        for part in stop.zones:
            zone = part.amount.zone
            step = LoadingStep(
                place=places[index, zone],
                stop=stop.number,
                site=stop.site,
                amount=part.amount,
                boxes=part.boxes,
            )
            steps[zone].append(step)
    return tuple(
        (zone, tuple(sorted(steps[zone], key=lambda step: step.place)))
        for zone in ZONES
        if zone in steps
    )


def _stop(problem: Problem, plan: Plan, stop: Stop, number: int, shares: Shares) -> SheetStop:
    zones = [
        _stop_zone(problem, stop, number, zone, shares)
        for zone in ZONES
        if any(one.zone is zone for one in stop.delivers)
    ]
    return SheetStop(
        number=number,
        site=place_of(problem, stop.site),
        arrives=plan.horizon.instant(stop.arrives),
        serves=plan.horizon.instant(stop.service_starts),
        departs=plan.horizon.instant(stop.departs),
        zones=tuple(zones),
        collects=tuple(_line(problem, one) for one in stop.collects),
    )


def _stop_zone(problem: Problem, stop: Stop, number: int, zone: Zone, shares: Shares) -> StopZone:
    goods = [one for one in stop.delivers if one.zone is zone]
    predicted = stop.predicted.get(zone)
    return StopZone(
        amount=_amount(zone, goods),
        product_c=None if predicted is None else predicted.product_c,
        margin_c=None if predicted is None else predicted.margin_c,
        boxes=shares.get((number - 1, zone)),
        lines=tuple(_line(problem, one) for one in goods),
    )


def _line(problem: Problem, goods: Delivery) -> SheetLine:
    # Empties are no order lines: they have a name and no article.
    ordered = problem.lines.get(goods.key)
    collect = problem.collects.get(goods.key)
    return SheetLine(
        key=goods.key,
        article="" if ordered is None else ordered.article,
        batch="" if ordered is None else ordered.batch or "",
        zone=goods.zone,
        mass_g=goods.mass_g,
        volume_ml=goods.volume_ml,
        door=ordered is not None and ordered.mode is Mode.DOOR,
        collect=None if collect is None else collect.kind,
    )


def _amount(zone: Zone, goods: Iterable[Delivery]) -> Amount:
    listed = list(goods)
    return Amount(
        zone=zone,
        mass_g=sum(one.mass_g for one in listed),
        volume_ml=sum(one.volume_ml for one in listed),
    )


def _sum(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    mass: dict[Zone, int] = defaultdict(int)
    volume: dict[Zone, int] = defaultdict(int)
    for amount in amounts:
        mass[amount.zone] += amount.mass_g
        volume[amount.zone] += amount.volume_ml
    return tuple(
        Amount(zone=zone, mass_g=mass[zone], volume_ml=volume[zone])
        for zone in ZONES
        if zone in mass
    )
