"""A day of 60 routes with 1,200 stops around six grid warehouses, made by hand and not solved: for
boards, which have to show what is large.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi, sin

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.plan import (
    CheckReport,
    Delivery,
    Plan,
    PredictedTemperature,
    Route,
    Stop,
    TravelSource,
    Unserved,
    UnservedReason,
)
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.problem_reading import problem_from_document

GRIDS = ("望城", "开福", "星沙", "岳麓", "雨花", "黄花")
ROUTES, STOPS = 10, 20
"""Of each grid warehouse, and of each route."""
LAT, LON = 28.2, 112.95
NIGHT, DEPARTS, LEG, SERVICE = 3600, 36_000, 420, 240
ZONES = (Zone.FROZEN, Zone.CHILLED, Zone.CONTROLLED)
USUAL = {Zone.FROZEN: -19.0, Zone.CHILLED: 2.6, Zone.CONTROLLED: 15.2}


def planned_city() -> tuple[Problem, Plan]:
    """Give the problem and a plan of it; two lines are left out."""
    problem = problem_from_document(_document(), name="city").problem
    routes = (*_trucks(problem), *_vans(problem))
    first = f"P-0-0-{STOPS}"
    unserved = tuple(
        Unserved(
            key=LineKey(first, str(number)),
            reason=reason,
            detail="made by hand",
        )
        for number, reason in enumerate((UnservedReason.ZONE_CAPACITY, UnservedReason.WINDOW), 1)
    )
    plan = Plan(
        problem=problem.id,
        problem_digest=problem.digest,
        horizon=problem.horizon,
        travel=TravelSource(provider="haversine", digest="0" * 64),
        seed=1,
        cost=CostBreakdown(vehicles=2_000_000, distance=2_400_000, time=491_200),
        routes=routes,
        unserved=unserved,
        kpis={"on_time_share": 0.972, "linehaul_km": 214.0, "last_mile_km": 1632.0},
        check=CheckReport(),
    )
    return problem, plan


def _points() -> Iterator[tuple[str, str, str, float, float]]:
    """Give id, name, grid and place of every pickup point: a loop of each route."""
    for grid, name in enumerate(GRIDS):
        lat, lon = _place_of(grid)
        for route in range(ROUTES):
            turn = 2 * pi * route / ROUTES
            # One point more than there are stops waits at the first route for nothing.
            for stop in range(STOPS + (grid == route == 0)):
                along = pi * (stop + 1) / (STOPS + 1)
                far = 0.012 + 0.035 * sin(along)
                at = turn + (along - pi / 2) * 0.36
                yield (f"P-{grid}-{route}-{stop}", f"{name}{route + 1} 组 {stop + 1} 号店",
                       f"G{grid}", lat + far * sin(at), lon + far * cos(at))  # fmt: skip


def _place_of(grid: int) -> tuple[float, float]:
    turn = 2 * pi * grid / len(GRIDS)
    return LAT + 0.11 * sin(turn), LON + 0.15 * cos(turn)


def _document() -> dict[str, object]:
    sites: list[dict[str, object]] = [
        {"id": "C", "name": "中心仓", "kind": "central", "lat": LAT, "lon": LON, "docks": 6}
    ]
    for grid, name in enumerate(GRIDS):
        lat, lon = _place_of(grid)
        sites.append({"id": f"G{grid}", "name": name, "kind": "grid", "lat": lat, "lon": lon,
                      "docks": 12})  # fmt: skip
    points = list(_points())
    sites += [
        {"id": key, "name": name, "kind": "pickup", "lat": lat, "lon": lon, "grid": grid}
        for key, name, grid, lat, lon in points
    ]
    rooms = {"cap_frozen_l": 900, "cap_chilled_l": 900, "cap_controlled_l": 900}
    money = {"fixed_cents": 5000, "cents_per_km": 150, "cents_per_h": 1800}
    usual = {"live_temperature": "yes", **rooms, **money}
    trucks = [
        {"id": f"湘A2G0{grid}2", "type": "truck", "home": "C", "echelon": "linehaul",
         "payload_kg": 9000, "shift_start": "20:00", "shift_end": "09:00", **usual}
        for grid in range(len(GRIDS))
    ]  # fmt: skip
    vans = [
        {"id": _van(grid, route), "type": "van", "home": f"G{grid}", "echelon": "last_mile",
         "payload_kg": 1500, "shift_start": "05:00", "shift_end": "15:00", **usual}
        for grid in range(len(GRIDS))
        for route in range(ROUTES)
    ]  # fmt: skip
    orders = [
        {"order": key, "line": str(number), "site": key, "zone": zone.value, "mass_kg": 6 + number,
         "volume_l": 11 + number}
        for key, *_ in points
        for number, zone in enumerate(ZONES, 1)
    ]  # fmt: skip
    return {
        "schema": "coldgrid/problem/1",
        "id": "city",
        "time_zone": "Asia/Shanghai",
        "horizon_start": "2026-11-21T20:00:00+08:00",
        "sites": sites,
        "vehicles": [*trucks, *vans],
        "orders": orders,
    }


def _van(grid: int, route: int) -> str:
    return f"湘A{grid}{chr(65 + route)}2{route}{grid}"


def _trucks(problem: Problem) -> Iterator[Route]:
    for grid in range(len(GRIDS)):
        site = f"G{grid}"
        lines = [one for one in problem.lines.values() if one.site.startswith(f"P-{grid}-")]
        arrives = NIGHT + 2400
        stop = Stop(
            site=site, kind=SiteKind.GRID, arrives=arrives, service_starts=arrives,
            departs=arrives + 1800, delivers=_goods(problem, [one.key for one in lines]),
            predicted=_expected(0),
        )  # fmt: skip
        yield _route(problem, f"湘A2G0{grid}2", (stop,), departs=NIGHT, home="C",
                     echelon=Echelon.LINEHAUL, wave="night")  # fmt: skip


def _vans(problem: Problem) -> Iterator[Route]:
    for grid in range(len(GRIDS)):
        for route in range(ROUTES):
            departs = DEPARTS + 600 * route
            stops = [
                _visit(problem, f"P-{grid}-{route}-{stop}", departs + LEG * (stop + 1), stop)
                for stop in range(STOPS)
            ]
            yield _route(problem, _van(grid, route), tuple(stops), departs=departs,
                         home=f"G{grid}", echelon=Echelon.LAST_MILE,
                         wave="morning" if route < ROUTES // 2 else "noon")  # fmt: skip


def _visit(problem: Problem, site: str, arrives: int, place: int) -> Stop:
    keys = [LineKey(site, str(number)) for number in range(1, len(ZONES) + 1)]
    return Stop(
        site=site, kind=SiteKind.PICKUP, arrives=arrives, service_starts=arrives,
        departs=arrives + SERVICE, delivers=_goods(problem, keys), predicted=_expected(place),
    )  # fmt: skip


def _expected(place: int) -> dict[Zone, PredictedTemperature]:
    return {
        zone: PredictedTemperature(
            product_c=USUAL[zone] + place * 0.04,
            air_max_c=USUAL[zone] + 1,
            margin_c=1.6 - place * 0.05,
        )
        for zone in ZONES
    }


def _goods(problem: Problem, keys: list[LineKey]) -> tuple[Delivery, ...]:
    lines = [problem.lines[key] for key in keys]
    return tuple(
        Delivery(key=one.key, zone=one.zone, mass_g=one.mass_g, volume_ml=one.volume_ml)
        for one in lines
    )


def _route(
    problem: Problem,
    vehicle: str,
    stops: tuple[Stop, ...],
    *,
    departs: int,
    home: str,
    echelon: Echelon,
    wave: str,
) -> Route:
    returns = stops[-1].departs + 1500
    return Route(
        id=f"{vehicle}-{wave}-1", echelon=echelon, vehicle=vehicle,
        vehicle_type=problem.vehicles[vehicle].type, wave=wave, trip=1, start_site=home,
        end_site=home, departs=departs, returns=returns, distance_m=24_600,
        duration_s=returns - departs, cost_cents=40_000,
        compartments=dict.fromkeys(ZONES, 900_000 if echelon is Echelon.LAST_MILE else 9_000_000),
        stops=stops,
    )  # fmt: skip
