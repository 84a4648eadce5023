"""The legs of a plan, and places along them at even steps.

Sources of distances give metres and seconds, not the line of a road. Places lie on the straight
line between the sites of a leg, as a vehicle is placed by the clock where nothing tells its
position; steps are counted in metres of road.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Metres, Millilitres, Seconds, ceil_div
from optimizer.travel.provider import TravelProvider

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A drive with goods on board.

    Parameters
    ----------
    number
        On its route, from 1.
    load_ml
        By zone; zones of which nothing is on board are left out.
    """

    route: Route
    number: int
    origin: Site
    aim: Site
    metres: Metres
    leaves: Seconds
    arrives: Seconds
    load_ml: Mapping[Zone, Millilitres]


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Places along legs, leg after leg.

    Parameters
    ----------
    first
        Number of the first place of each leg, and one more: how many there are.
    leg
        Number of the leg of each place.
    along
        Share of the leg that lies behind it, 0 to 1.
    lat, lon, at
        Where it is, and when the vehicle is there.
    """

    first: IntArray
    leg: IntArray
    along: Floats
    lat: Floats
    lon: Floats
    at: IntArray

    def sites(self) -> list[Site]:
        """Give the places as sites that no problem knows."""
        return [
            Site(id=f"place {number}", kind=SiteKind.STATION, name="", lat=lat, lon=lon, hours=())
            for number, (lat, lon) in enumerate(
                zip(self.lat.tolist(), self.lon.tolist(), strict=True)
            )
        ]


def legs_of(problem: Problem, plan: Plan, travel: TravelProvider) -> list[Leg]:
    """Give every drive with goods on board, in the order of the plan."""
    found: list[Leg] = []
    for route in plan.routes:
        found += _legs(problem, route, travel)
    return found


def _legs(problem: Problem, route: Route, travel: TravelProvider) -> list[Leg]:
    names = [route.start_site, *(stop.site for stop in route.stops)]
    sites = [problem.sites[name] for name in names]
    metres = travel.matrix(sites[:-1], sites[1:]).distance_m.diagonal()
    leaves = [route.departs, *(stop.departs for stop in route.stops)]
    found = []
    for number, (origin, aim) in enumerate(pairwise(sites)):
        load: dict[Zone, Millilitres] = {}
        for stop in route.stops[number:]:
            for item in stop.delivers:
                load[item.zone] = load.get(item.zone, 0) + item.volume_ml
        # What no road joins is for the checker to say.
        if load and int(metres[number]) != UNREACHABLE:
            leg = Leg(
                route=route,
                number=number + 1,
                origin=origin,
                aim=aim,
                metres=int(metres[number]),
                leaves=leaves[number],
                arrives=route.stops[number].arrives,
                load_ml={zone: load[zone] for zone in Zone if load.get(zone)},
            )
            found.append(leg)
    return found


def samples_of(legs: Sequence[Leg], every_m: Metres) -> Samples:
    """Look at both ends of every leg, and between them at even steps of at most some metres."""
    steps = np.array([max(1, ceil_div(leg.metres, every_m)) for leg in legs], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(steps + 1)])
    number = np.repeat(np.arange(len(legs)), steps + 1)
    along = (np.arange(first[-1]) - first[number]) / steps[number]

    def between(values: Sequence[tuple[float, float]]) -> Floats:
        ends = np.array(values, dtype=np.float64).reshape(-1, 2)[number]
        placed: Floats = ends[:, 0] + along * (ends[:, 1] - ends[:, 0])
        return placed

    at = between([(leg.leaves, leg.arrives) for leg in legs])
    return Samples(
        first=first,
        leg=number,
        along=along,
        lat=between([(leg.origin.lat, leg.aim.lat) for leg in legs]),
        lon=between([(leg.origin.lon, leg.aim.lon) for leg in legs]),
        at=np.rint(at).astype(np.int64),
    )
