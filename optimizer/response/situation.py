"""Where a vehicle stands in its plan at a moment: what is done, where it is, what is on board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import VehicleId
from optimizer.domain.network import Site, SiteKind, TimeWindow
from optimizer.domain.plan import Delivery, Plan, Route, Stop
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Grams, Millilitres, Seconds
from optimizer.response.words import Disruption, RerouteRefused

MOST_C = 60.0
"""No goods and no weather are warmer, or colder than its negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """A vehicle in the middle of a route, or before it.

    Parameters
    ----------
    done
        How many stops are visited: their service has begun. They stay to the second.
    here
        Where the vehicle is; a site of the problem, or a place on the road between two.
    on_road
        Whether it is between two sites.
    free
        When it can turn to something else: now, or when the service under way has ended.
    """

    route: Route
    vehicle: Vehicle
    done: int
    here: Site
    on_road: bool
    free: Seconds

    @property
    def visited(self) -> tuple[Stop, ...]:
        """The stops that stay."""
        return self.route.stops[: self.done]

    @property
    def ahead(self) -> tuple[Stop, ...]:
        """The stops that are still open."""
        return self.route.stops[self.done :]

    @property
    def last_site(self) -> str:
        """The site it left last."""
        return self.route.stops[self.done - 1].site if self.done else self.route.start_site

    @property
    def last_departs(self) -> Seconds:
        """When it left that site."""
        return self.route.stops[self.done - 1].departs if self.done else self.route.departs

    def load_ml(self, zone: Zone) -> Millilitres:
        """Give the litres on board in a zone: what is ahead, and what was collected."""
        ahead = sum(i.volume_ml for s in self.ahead for i in s.delivers if i.zone is zone)
        taken = sum(i.volume_ml for s in self.visited for i in s.collects if i.zone is zone)
        return ahead + taken

    def load_g(self) -> Grams:
        """Give the mass on board."""
        ahead = sum(item.mass_g for stop in self.ahead for item in stop.delivers)
        return ahead + sum(item.mass_g for stop in self.visited for item in stop.collects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a disruption meets.

    Parameters
    ----------
    affected
        The lines of the broken zones that are on board, each with its stop, in the order of stops.
    told
        Every compartment of the vehicle that fails; ``disruption`` is the first of them.
    """

    problem: Problem
    plan: Plan
    disruption: Disruption
    broken: Underway
    affected: tuple[tuple[Delivery, Stop], ...]
    told: tuple[Disruption, ...] = ()

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The zones that fail and have goods on board."""
        return tuple(dict.fromkeys(item.zone for item, _ in self.affected))

    def of(self, zone: Zone) -> Disruption:
        """Give what is known of one failing zone."""
        return next((one for one in self.told if one.zone is zone), self.disruption)

    def need_ml(self, zone: Zone) -> Millilitres:
        """Give the room that the affected goods of one zone need."""
        return sum(item.volume_ml for item, _ in self.affected if item.zone is zone)

    def need_g(self, zone: Zone) -> Grams:
        """Give the mass of the affected goods of one zone."""
        return sum(item.mass_g for item, _ in self.affected if item.zone is zone)

    @property
    def volume_ml(self) -> Millilitres:
        """The room that all affected goods need."""
        return sum(item.volume_ml for item, _ in self.affected)

    @property
    def mass_g(self) -> Grams:
        """The mass of the affected goods."""
        return sum(item.mass_g for item, _ in self.affected)

    @property
    def ambient_c(self) -> float:
        """The outside air."""
        given = self.disruption.ambient_c
        return self.problem.ambient_c if given is None else given


def situation(
    problem: Problem, plan: Plan, disruption: Disruption, also: Sequence[Disruption] = ()
) -> Situation:
    """Read where a broken vehicle stands and what is at stake.

    Parameters
    ----------
    problem, plan
        The day and its running plan.
    disruption
        What broke.
    also
        Other compartments of the same vehicle that fail at the same moment.

    Raises
    ------
    RerouteRefused
        The vehicle is unknown, is no van, is not on the road, or has nothing of the zone on board.
    """
    vehicle = problem.vehicles.get(disruption.vehicle)
    if vehicle is None:
        raise RerouteRefused(
            "CG-1501", f"vehicle {disruption.vehicle}: the problem has no vehicle of this id"
        )
    if vehicle.echelon is not Echelon.LAST_MILE:
        raise RerouteRefused("CG-1504", f"vehicle {vehicle.id}: it is a truck of the linehaul")
    told = (disruption, *also)
    for one in told:
        _ensure_experience(one)
    broken = underway(problem, plan.routes, vehicle.id, disruption.at)
    if broken is None:
        raise RerouteRefused(
            "CG-1502",
            f"vehicle {vehicle.id}: it is on no trip at"
            f" {problem.horizon.instant(disruption.at).isoformat()}",
        )
    if disruption.lat is not None and disruption.lon is not None:
        broken = _placed(broken, disruption.lat, disruption.lon)
    zones = [one.zone for one in told]
    affected = tuple(
        (item, stop) for stop in broken.ahead for item in stop.delivers if item.zone in zones
    )
    for zone in zones:
        if all(item.zone is not zone for item, _ in affected):
            raise RerouteRefused(
                "CG-1503", f"vehicle {vehicle.id}: nothing {zone.value} is on board any more"
            )
    return Situation(
        problem=problem,
        plan=plan,
        disruption=disruption,
        broken=broken,
        affected=affected,
        told=told,
    )


def _ensure_experience(told: Disruption) -> None:
    for what, given in (("product", told.product_c), ("ambient", told.ambient_c)):
        if given is not None and not abs(given) <= MOST_C:
            raise RerouteRefused("CG-1506", f"{what}: {given:g} °C is outside all experience")


def underway(
    problem: Problem, routes: Iterable[Route], vehicle: VehicleId, at: Seconds
) -> Underway | None:
    """Give where a vehicle stands on the trip that it is on at a moment; None where it is home."""
    for route in routes:
        if route.vehicle == vehicle and route.departs <= at < route.returns:
            return on_trip(problem, route, at)
    return None


def on_trip(problem: Problem, route: Route, at: Seconds) -> Underway:
    """Give where a vehicle stands on a trip that has begun."""
    done = sum(stop.service_starts <= at for stop in route.stops)
    left = route.stops[done - 1].departs if done else route.departs
    last = problem.sites[route.stops[done - 1].site if done else route.start_site]
    follows = route.stops[done] if done < len(route.stops) else None
    aim = problem.sites[route.end_site if follows is None else follows.site]
    reached = route.returns if follows is None else follows.arrives
    if at <= left:
        here, on_road, free = last, False, left
    elif at >= reached:
        here, on_road, free = aim, False, at
    else:
        share = (at - left) / (reached - left)
        here, on_road, free = between(last, aim, share, route.vehicle), True, at
    return Underway(
        route=route,
        vehicle=problem.vehicles[route.vehicle],
        done=done,
        here=here,
        on_road=on_road,
        free=free,
    )


def between(a: Site, b: Site, share: float, vehicle: VehicleId) -> Site:
    """Give a place on the way from one site to another, as a site of its own."""
    return _spot(a.lat + share * (b.lat - a.lat), a.lon + share * (b.lon - a.lon), vehicle)


def _spot(lat: float, lon: float, vehicle: VehicleId) -> Site:
    # A name that no table gives: ids of sites have no line breaks.
    return Site(
        id=f"on the road\n{vehicle}",
        kind=SiteKind.PICKUP,
        name=f"position of {vehicle}",
        lat=lat,
        lon=lon,
        hours=(TimeWindow(opens=0, closes=HORIZON_S),),
    )


def _placed(broken: Underway, lat: float, lon: float) -> Underway:
    """Put a vehicle where its own receiver says it is, unless it stands at a site."""
    if not broken.on_road:
        return broken
    return Underway(
        route=broken.route,
        vehicle=broken.vehicle,
        done=broken.done,
        here=_spot(lat, lon, broken.vehicle.id),
        on_road=True,
        free=broken.free,
    )
