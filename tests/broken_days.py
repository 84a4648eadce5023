"""Days on the road in which a compartment may fail, written without a solver.

One grid whose goods all lie in stock, vans that each drive a list of points, and stations around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from math import atan2
from random import Random
from typing import Any

from optimizer.check import check, kpis
from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.network import Site, SiteKind, Stock
from optimizer.domain.objective import route_cost
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Delivery, Plan, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import Leg
from optimizer.planning.pricing import price
from optimizer.planning.product_temperature import with_predictions
from optimizer.travel.great_circle import GreatCircle
from tests import builders
from tests.builders import SIX

ROADS = GreatCircle(circuity=1.0)
"""A kilometre on the map is one on the road."""


def station(name: str, east_km: float, north_km: float = 0.0, **changes: Any) -> Site:
    """Place a station some kilometres from the grid."""
    given = {
        "kind": SiteKind.STATION,
        "hours": builders.ALWAYS,
        "service_s": 600,
        "docks": 1,
        "capacity_ml": dict.fromkeys(Zone, 1_000_000),
        "grid": None,
    }
    return builders.point(name, east_km, north_km, **(given | changes))


def day(
    tours: Sequence[Sequence[Site]],
    lines: Sequence[OrderLine],
    *,
    stations: Sequence[Site] = (),
    vehicles: Sequence[Vehicle] | None = None,
    **changes: Any,
) -> tuple[Problem, Plan]:
    """Give a problem and its plan: van V1 drives the first tour, V2 the second, and so on."""
    vans = vehicles or [builders.van(f"V{n}") for n in range(1, len(tours) + 1)]
    points = [site for tour in tours for site in tour]
    stock = tuple(
        Stock(site="G1", article=line.article, mass_g=line.mass_g, volume_ml=line.volume_ml)
        for line in lines
    )
    problem = builders.problem(
        sites=[builders.central(), builders.grid(), *points, *stations],
        vehicles=vans,
        lines=lines,
        **({"stock": stock} | changes),
    )
    routes = tuple(_route(problem, van, tour) for van, tour in zip(vans, tours, strict=False))
    plan = Plan(
        problem=problem.id,
        problem_digest=problem.digest,
        horizon=problem.horizon,
        travel=ROADS.source,
        seed=1,
        cost=price(problem, routes, (), 0),
        routes=routes,
        unserved=(),
        kpis={},
        state="running",
    )
    plan = replace(plan, kpis=kpis(problem, plan))
    return problem, replace(plan, check=check(problem, plan, ROADS))


def _route(problem: Problem, van: Vehicle, tour: Sequence[Site]) -> Route:
    now, stops, metres = SIX, [], 0
    path = [problem.sites[van.home], *tour, problem.sites[van.home]]
    legs = [_leg(problem, van, a, b) for a, b in pairwise(path)]
    for site, leg in zip(tour, legs, strict=False):
        arrives = now + leg.duration_s
        starts = site.next_open(arrives)
        assert starts is not None
        now, metres = starts + site.service_s, metres + leg.distance_m
        stops.append(
            Stop(
                site=site.id,
                kind=site.kind,
                arrives=arrives,
                service_starts=starts,
                departs=now,
                delivers=tuple(
                    Delivery(
                        key=line.key, zone=line.zone, mass_g=line.mass_g, volume_ml=line.volume_ml
                    )
                    for line in problem.lines.values()
                    if line.site == site.id
                ),
            )
        )
    metres += legs[-1].distance_m
    returns = now + legs[-1].duration_s
    cost = route_cost(van, distance_m=metres, duration_s=returns - SIX, first_trip=True)
    return with_predictions(
        problem,
        Route(
            id=f"{van.id}-morning-1",
            echelon=Echelon.LAST_MILE,
            vehicle=van.id,
            vehicle_type=van.type,
            wave="morning",
            trip=1,
            start_site=van.home,
            end_site=van.home,
            departs=SIX,
            returns=returns,
            distance_m=metres,
            duration_s=returns - SIX,
            cost_cents=cost.total,
            compartments=dict(van.capacity_ml),
            stops=tuple(stops),
        ),
    )


def _leg(problem: Problem, van: Vehicle, a: Site, b: Site) -> Leg:
    matrix = ROADS.matrix([a], [b])
    factor = problem.travel.factor(SIX)
    seconds = matrix.durations(problem.travel.speed_kmh[van.type], factor)
    return Leg(distance_m=int(matrix.distance_m[0, 0]), duration_s=int(seconds[0, 0]))


@cache
def random_day(
    seed: int, *, stops: int = 6, stations: int = 4, heaviest_kg: int = 25
) -> tuple[Problem, Plan]:
    """Give a day drawn from a seed: two tours, two vans at home, stations near and far."""
    draw = Random(seed)
    tours, lines = [], []
    for tour in range(2):
        sites = [
            builders.point(
                f"P{tour}{n}",
                draw.uniform(-9, 9),
                draw.uniform(-9, 9),
                hours=(builders.hours(9, 30),),
            )
            for n in range(stops)
        ]
        sites.sort(key=lambda site: atan2(site.lat - 28.2, site.lon - 113.0))
        tours.append(sites)
        for site in sites:
            for zone in draw.sample(list(Zone), draw.randint(1, 3)):
                kg = draw.randint(2, heaviest_kg)
                lines.append(
                    builders.line(
                        f"O{site.id}{zone.value}",
                        site.id,
                        zone,
                        article=f"A{site.id}{zone.value}",
                        mass_g=kg * 1000,
                        volume_ml=kg * 2500,
                        value_cents=kg * draw.randint(500, 3000),
                        promise=draw.choice(["cold", "daily"]),
                    )
                )
    places = [
        station(
            f"S{n}",
            draw.uniform(-9, 9),
            draw.uniform(-9, 9),
            docks=draw.randint(1, 2),
            capacity_ml=dict.fromkeys(Zone, draw.choice([20_000, 200_000, 600_000])),
        )
        for n in range(stations)
    ]
    vans = [builders.van(f"V{n}", shift=builders.hours(9, 30)) for n in range(1, 5)]
    return day(
        tours, lines, stations=places, vehicles=vans, ambient_c=draw.choice([-5.0, 12.0, 33.0])
    )
