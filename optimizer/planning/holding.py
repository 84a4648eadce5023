"""How a held day comes about: from the plan as it stands, the routes that stay, and the pins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import ArticleId, LineKey, SiteId, VehicleId
from optimizer.domain.network import Stock
from optimizer.domain.plan import Delivery, Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.units import Grams, Millilitres, Seconds, thousands
from optimizer.planning.beginnings import NO_BEGINNINGS, Beginnings
from optimizer.planning.freight import Freight
from optimizer.planning.held_day import HeldDay, collected, litres_through, riding
from optimizer.planning.underway import Underway
from optimizer.planning.whole_orders import rides_begun
from optimizer.travel.provider import TravelProvider


def hold(
    problem: Problem,
    routes: Iterable[Route],
    frozen: frozenset[str],
    *,
    pins: Mapping[LineKey, VehicleId],
    earliest: Seconds,
    travel: TravelProvider,
    out: frozenset[LineKey] = frozenset(),
    beginnings: Beginnings = NO_BEGINNINGS,
) -> HeldDay:
    """Say what stays of a day.

    Parameters
    ----------
    problem
        The day as it is asked now; late orders are in it, cancelled ones are not.
    routes
        All routes of the plan as it stands.
    frozen
        Ids of the routes that stay.
    pins
        Lines and collects that one vehicle and no other may carry.
    earliest
        Before this moment nothing new departs.
    travel
        Where distances come from.
    out
        Lines and collects that a dispatcher has taken out.
    beginnings
        What the first new trip of a van begins with; it is pinned to the van.
    """
    known = list(routes)
    kept = [route for route in known if route.id in frozen]
    gone = riding(kept)
    underway = Underway.of(problem, kept, earliest)
    brought, there_at, grid_by_truck = _brought(problem, kept, gone)
    freight: dict[LineKey, Freight] = {**problem.lines, **problem.collects}
    fixed = gone | collected(kept)
    begun = rides_begun(problem, kept)
    wanted = {key: v for key, v in pins.items() if key in freight and key not in fixed}
    wanted = {key: route.vehicle for key, route in begun.items()} | wanted
    wanted |= {
        key: van
        for van, stops in beginnings.items()
        for key in (key for stop in stops for key in stop)
        if key in freight and key not in fixed
    }
    points, other = _grids(problem, known, gone)
    homes = {key: problem.vehicles[van].home for key, van in wanted.items()}
    asked = other | {key: home for key, home in homes.items() if key in problem.lines}
    refused = {item.key: item for item in _misplaced(problem, travel, freight, wanted)}
    refused |= {item.key: item for item in _parted(problem, underway, begun, wanted)}
    refused |= {item.key: item for item in _taken_out(freight, out)}
    bound = grid_by_truck | {
        key: grid for key, grid in asked.items() if key not in refused and key not in grid_by_truck
    }
    refused |= {item.key: item for item in _crowded(problem, kept, bound, grid_by_truck)}
    stock, brought = _reserved(problem, _stock_left(problem, kept, gone), brought, grid_by_truck)
    return HeldDay(
        stock=stock,
        routes=tuple(kept),
        underway=underway,
        grid_of=points,
        bound={key: grid for key, grid in bound.items() if key not in refused},
        brought=brought,
        there_at=there_at,
        pins={key: van for key, van in wanted.items() if key not in refused},
        beginnings=beginnings,
        refused=tuple(refused[key] for key in freight if key in refused),
    )


def _taken_out(freight: Mapping[LineKey, Freight], out: Iterable[LineKey]) -> Iterator[Unserved]:
    for key in out:
        if key in freight:
            yield Unserved(key=key, reason=UnservedReason.LEFT_OUT, detail="taken out by hand")


def _parted(
    problem: Problem,
    underway: Underway,
    begun: Mapping[LineKey, Route],
    pins: Mapping[LineKey, VehicleId],
) -> Iterator[Unserved]:
    """Refuse what is left of orders that ride already, where their vehicle cannot bring it."""
    for key, route in begun.items():
        stays = f"order {key.order} is to come whole, and a part of it rides on {route.id}"
        van = problem.vehicles[route.vehicle]
        if pins[key] != van.id:
            detail = f"{stays}, which stays; this line is pinned to {pins[key]}"
            yield Unserved(key=key, reason=UnservedReason.TOGETHER, detail=detail)
        elif underway.trips[van.id] >= van.max_trips:
            detail = f"{stays}, which stays; {van.id} makes no further trip"
            yield Unserved(key=key, reason=UnservedReason.TOGETHER, detail=detail)


def _unloadings(routes: Iterable[Route]) -> Iterator[tuple[SiteId, Seconds, Delivery]]:
    for route in routes:
        if route.echelon is Echelon.LINEHAUL:
            for stop in route.stops:
                for item in stop.delivers:
                    yield stop.site, stop.departs, item


def _brought(
    problem: Problem, routes: Iterable[Route], gone: set[LineKey]
) -> tuple[dict[LineKey, Delivery], dict[LineKey, Seconds], dict[LineKey, SiteId]]:
    """Say what trucks bring of open lines, when that is sorted, and where."""
    brought: dict[LineKey, Delivery] = {}
    there_at: dict[LineKey, Seconds] = {}
    grids: dict[LineKey, SiteId] = {}
    for grid, unloaded, item in _unloadings(routes):
        if item.key in gone:
            continue
        part = brought.get(item.key, replace(item, mass_g=0, volume_ml=0))
        brought[item.key] = replace(
            part, mass_g=part.mass_g + item.mass_g, volume_ml=part.volume_ml + item.volume_ml
        )
        ready = unloaded + problem.sites[grid].sorting_s
        there_at[item.key] = max(ready, there_at.get(item.key, 0))
        grids[item.key] = grid
    return brought, there_at, grids


def _grids(
    problem: Problem, routes: Iterable[Route], gone: set[LineKey]
) -> tuple[dict[SiteId, SiteId], dict[LineKey, SiteId]]:
    """Give the grid of each point as most of its litres have it, and the lines that differ."""
    litres: dict[SiteId, dict[SiteId, Millilitres]] = {}
    now: dict[LineKey, SiteId] = {}
    for route in routes:
        if route.echelon is not Echelon.LAST_MILE:
            continue
        for stop in route.stops:
            for item in stop.delivers:
                grids = litres.setdefault(stop.site, {})
                grids[route.start_site] = grids.get(route.start_site, 0) + item.volume_ml
                now[item.key] = route.start_site
    points = {
        site: max(grids, key=lambda grid: (grids[grid], grid))
        for site, grids in litres.items()
        if site in problem.sites and problem.sites[site].grid is None
    }
    other = {
        key: grid
        for key, grid in now.items()
        if key in problem.lines
        and key not in gone
        and points.get(problem.lines[key].site, grid) != grid
    }
    return points, other


def _misplaced(
    problem: Problem,
    travel: TravelProvider,
    freight: Mapping[LineKey, Freight],
    pins: Mapping[LineKey, VehicleId],
) -> Iterator[Unserved]:
    """Refuse pins to vehicles that may not go to the point."""
    for key, van in pins.items():
        point, home = problem.sites[freight[key].site], problem.vehicles[van].home
        if point.grid is not None and point.grid != home:
            detail = f"pinned to {van} of {home}, but {point.id} belongs to {point.grid}"
            yield Unserved(key=key, reason=UnservedReason.NO_GRID, detail=detail)
        elif problem.radius_m is not None:
            metres = int(travel.matrix([problem.sites[home]], [point]).distance_m[0, 0])
            if metres > problem.radius_m:
                detail = (
                    f"pinned to {van} of {home}, which lies {thousands(metres):.3f} km from"
                    f" {point.id}; the radius is {thousands(problem.radius_m):.3f} km"
                )
                yield Unserved(key=key, reason=UnservedReason.OUTSIDE_RADIUS, detail=detail)


def _crowded(
    problem: Problem,
    routes: Iterable[Route],
    bound: Mapping[LineKey, SiteId],
    by_truck: Mapping[LineKey, SiteId],
) -> Iterator[Unserved]:
    """Refuse bound lines for which a grid has no room; what trucks bring there has its room."""
    taken = litres_through(problem, routes)
    for key, grid in sorted(bound.items(), key=lambda pair: (pair[0] not in by_truck, pair[0])):
        line = problem.lines[key]
        room = problem.sites[grid].capacity_ml.get(line.zone)
        used = taken.get((grid, line.zone), 0)
        if room is not None and used + line.volume_ml > room and key not in by_truck:
            detail = (
                f"the {line.zone.value} room of {grid} holds {thousands(room):g} l, of which"
                f" {thousands(max(0, room - used)):g} l are left; this line is bound to {grid}"
                f" and needs {thousands(line.volume_ml):g} l"
            )
            yield Unserved(key=key, reason=UnservedReason.GRID_CAPACITY, detail=detail)
        else:
            taken[grid, line.zone] = used + line.volume_ml


def _stock_left(problem: Problem, routes: Iterable[Route], gone: set[LineKey]) -> tuple[Stock, ...]:
    """Take from the stock what vans that stay carry beyond what trucks brought for them."""
    if not problem.stock:
        return ()
    kept = list(routes)
    used: dict[tuple[SiteId, ArticleId], tuple[Grams, Millilitres]] = {}
    for route in kept:
        if route.echelon is Echelon.LAST_MILE:
            for stop in route.stops:
                for item in stop.delivers:
                    place = route.start_site, problem.lines[item.key].article
                    mass_g, volume_ml = used.get(place, (0, 0))
                    used[place] = mass_g + item.mass_g, volume_ml + item.volume_ml
    for grid, _, item in _unloadings(kept):
        if item.key in gone:
            place = grid, problem.lines[item.key].article
            mass_g, volume_ml = used.get(place, (0, 0))
            used[place] = mass_g - item.mass_g, volume_ml - item.volume_ml
    left = []
    for stock in problem.stock:
        mass_g, volume_ml = used.get((stock.site, stock.article), (0, 0))
        taken = min(stock.mass_g, max(0, mass_g)), min(stock.volume_ml, max(0, volume_ml))
        used[stock.site, stock.article] = mass_g - taken[0], volume_ml - taken[1]
        rest = replace(stock, mass_g=stock.mass_g - taken[0], volume_ml=stock.volume_ml - taken[1])
        left.append(rest)
    return tuple(left)


def _reserved(
    problem: Problem,
    stock: tuple[Stock, ...],
    brought: Mapping[LineKey, Delivery],
    grids: Mapping[LineKey, SiteId],
) -> tuple[tuple[Stock, ...], dict[LineKey, Delivery]]:
    """Keep the stock that completes a line which trucks that stay bring in part."""
    left = list(stock)
    there = dict(brought)
    for key, part in brought.items():
        line = problem.lines[key]
        mass_g, volume_ml = line.mass_g - part.mass_g, line.volume_ml - part.volume_ml
        if mass_g <= 0 and volume_ml <= 0:
            continue
        for place, lying in enumerate(left):
            matches = (lying.site, lying.article) == (grids[key], line.article)
            if matches and lying.mass_g >= mass_g and lying.volume_ml >= volume_ml:
                left[place] = replace(
                    lying, mass_g=lying.mass_g - mass_g, volume_ml=lying.volume_ml - volume_ml
                )
                there[key] = replace(part, mass_g=line.mass_g, volume_ml=line.volume_ml)
                break
    return tuple(left), there
