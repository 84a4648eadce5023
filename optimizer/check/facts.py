"""What the checker reads out of plan, problem and travel before it judges anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.network import Site
from optimizer.domain.plan import Delivery, Plan, Route, Stop, Violation
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, Leg, TravelMatrix
from optimizer.domain.units import Grams, Metres, Millilitres

ANY_SPEED_KMH = 1.0
"""Given to matrices with measured durations, which do not look at it."""


class Travel(Protocol):
    """A source of directed distances between sites."""

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        """Give distances, shape (origins, destinations)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRoute:
    """A route whose vehicle, sites and wave are known, with its drives recomputed.

    Parameters
    ----------
    legs
        From start to first stop, from stop to stop, from last stop to end.
    from_start_m
        Distance from the start to each stop.
    """

    route: Route
    vehicle: Vehicle
    legs: tuple[Leg, ...]
    from_start_m: tuple[Metres, ...]

    @property
    def places(self) -> list[str]:
        """Name where each leg ends."""
        route = self.route
        return [*(at(route, stop) for stop in route.stops), f"{route.id}/{route.end_site}"]

    @property
    def reachable(self) -> bool:
        """Say whether every leg exists."""
        return all(leg.distance_m != UNREACHABLE for leg in self.legs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the rooms of the checker judge.

    Parameters
    ----------
    routes
        All routes, without deliveries of lines and collects that nobody ordered.
    judged
        Those routes of which everything is known.
    complete
        Whether nothing unknown was found, so that the plan can be priced.
    """

    problem: Problem
    plan: Plan
    routes: tuple[Route, ...]
    judged: tuple[JudgedRoute, ...]
    complete: bool

    @property
    def trips(self) -> dict[VehicleId, list[JudgedRoute]]:
        """Give the trips of each vehicle in the order in which it drives them."""
        trips: dict[VehicleId, list[JudgedRoute]] = defaultdict(list)
        for one in sorted(self.judged, key=lambda one: (one.route.departs, one.route.returns)):
            trips[one.vehicle.id].append(one)
        return trips


def gather(problem: Problem, plan: Plan, travel: Travel) -> tuple[Facts, list[Violation]]:
    """Read a plan: what can be judged, and findings for what cannot."""
    found: list[Violation] = []
    routes: list[Route] = []
    judged: list[JudgedRoute] = []
    for raw in plan.routes:
        route = _without_unknown_lines(problem, raw, found)
        routes.append(route)
        unknown = list(_unknown_names(problem, route))
        found += unknown
        if not unknown:
            judged.append(_judged(problem, route, travel))
    for item in plan.unserved:
        if item.key not in problem.lines and item.key not in problem.collects:
            found.append(Violation(code="unknown_line", where=f"unserved/{item.key}", amount=1.0))
    facts = Facts(
        problem=problem,
        plan=plan,
        routes=tuple(routes),
        judged=tuple(judged),
        complete=not found and all(one.reachable for one in judged),
    )
    return facts, found


def _without_unknown_lines(problem: Problem, route: Route, found: list[Violation]) -> Route:
    lines, collects = problem.lines, problem.collects
    unknown = [
        f"{at(route, stop)}/{item.key}"
        for stop in route.stops
        for items, known in ((stop.delivers, lines), (stop.collects, collects))
        for item in items
        if item.key not in known
    ]
    if not unknown:
        return route
    found += [Violation(code="unknown_line", where=where, amount=1.0) for where in unknown]
    stops = tuple(
        replace(
            stop,
            delivers=tuple(item for item in stop.delivers if item.key in lines),
            collects=tuple(item for item in stop.collects if item.key in collects),
        )
        for stop in route.stops
    )
    return replace(route, stops=stops)


def _unknown_names(problem: Problem, route: Route) -> Iterable[Violation]:
    vehicle = problem.vehicles.get(route.vehicle)
    if vehicle is None or vehicle.type != route.vehicle_type:
        where = f"{route.id}/{route.vehicle}"
        yield Violation(code="unknown_vehicle", where=where, amount=1.0)
    for site in (route.start_site, *(stop.site for stop in route.stops), route.end_site):
        if site not in problem.sites:
            yield Violation(code="unknown_site", where=f"{route.id}/{site}", amount=1.0)
    # A truck is not bound to a wave, but if it names one there must be one.
    wave_needed = route.echelon is Echelon.LAST_MILE or route.wave
    if wave_needed and all(wave.id != route.wave for wave in problem.waves):
        yield Violation(code="unknown_wave", where=f"{route.id}/{route.wave}", amount=1.0)


def _judged(problem: Problem, route: Route, travel: Travel) -> JudgedRoute:
    vehicle = problem.vehicles[route.vehicle]
    path = [route.start_site, *(stop.site for stop in route.stops), route.end_site]
    row = {site: place for place, site in enumerate(dict.fromkeys(path))}
    sites = [problem.sites[site] for site in row]
    matrix = travel.matrix(sites, sites)
    seconds = durations(problem, matrix, vehicle, _factor(problem, route, vehicle))
    rows = [row[site] for site in path]
    return JudgedRoute(
        route=route,
        vehicle=vehicle,
        legs=tuple(
            Leg(distance_m=int(matrix.distance_m[a, b]), duration_s=int(seconds[a, b]))
            for a, b in pairwise(rows)
        ),
        from_start_m=tuple(int(matrix.distance_m[rows[0], b]) for b in rows[1:-1]),
    )


def durations(
    problem: Problem, matrix: TravelMatrix, vehicle: Vehicle, factor: float = 1.0
) -> IntArray:
    """Give travel seconds for a vehicle."""
    measured = matrix.duration_s is not None
    speed = ANY_SPEED_KMH if measured else problem.travel.speed_kmh[vehicle.type]
    return matrix.durations(speed, factor)


def _factor(problem: Problem, route: Route, vehicle: Vehicle) -> float:
    if route.echelon is Echelon.LINEHAUL:
        return problem.travel.factor(vehicle.shift.opens)
    return problem.travel.factor(problem.wave(route.wave).departs)


def at(route: Route, stop: Stop | None = None, zone: Zone | None = None) -> str:
    """Name a place in a plan: route, stop, zone."""
    parts = [route.id]
    if stop is not None:
        parts.append(stop.site)
    if zone is not None:
        parts.append(zone.value)
    return "/".join(parts)


@dataclass(slots=True)
class Load:
    """Goods summed up."""

    mass_g: Grams = 0
    volume_ml: Millilitres = 0

    def add(self, item: Delivery, sign: int = 1) -> None:
        """Add a delivery, or take it away."""
        self.mass_g += sign * item.mass_g
        self.volume_ml += sign * item.volume_ml


def from_stock(
    problem: Problem, trucked: Mapping[LineKey, Load], key: LineKey
) -> tuple[Grams, Millilitres]:
    """Give what of a line its trucks do not bring; negative where they bring too much."""
    line, load = problem.lines[key], trucked.get(key, Load())
    return line.mass_g - load.mass_g, line.volume_ml - load.volume_ml
