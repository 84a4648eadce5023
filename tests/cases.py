"""A problem a person can hold in the head, with a good plan for it, both written by hand.

One central warehouse, two grids, four pickup points on a plane measured in kilometres; two trucks,
two cooled vans at the first grid, a cooled van and a van with boxes at the second. Nine lines: one
from stock, one partly from stock, one left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

from optimizer.check.cost import breakdown, route_prices
from optimizer.check.facts import gather
from optimizer.domain.fleet import Body, Box, Cooling, Echelon, Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.network import Site, SiteKind, Stock, TimeWindow
from optimizer.domain.objective import CostBreakdown, ObjectiveWeights, Promise
from optimizer.domain.orders import Mode, OrderLine
from optimizer.domain.plan import (
    BoxLoad,
    Break,
    Delivery,
    Plan,
    Route,
    Stop,
    TravelSource,
    Unserved,
    UnservedReason,
)
from optimizer.domain.problem import Horizon, Problem, TrafficSlot, TravelSettings, Wave
from optimizer.domain.temperature import DEFAULT_POLICIES, Zone
from optimizer.domain.travel_matrix import TravelMatrix

HOUR, MINUTE = 3600, 60
DEGREES_PER_KM = 0.01
ALL_DAY = (TimeWindow(opens=0, closes=48 * HOUR),)
FROZEN, CHILLED, CONTROLLED = Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightLines:
    """Distances on a plane: a hundredth of a degree is a kilometre, in both directions."""

    @property
    def source(self) -> TravelSource:
        return TravelSource(provider="straight_lines", digest="plane")

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        a = np.array([(site.lat, site.lon) for site in origins])
        b = np.array([(site.lat, site.lon) for site in destinations])
        metres = np.hypot(*(a[:, None, :] - b[None, :, :]).transpose(2, 0, 1)) * 100_000.0
        return TravelMatrix(
            origins=tuple(site.id for site in origins),
            destinations=tuple(site.id for site in destinations),
            distance_m=np.round(metres).astype(np.int64),
        )


TRAVEL = StraightLines()


def site(name: str, kind: SiteKind, x_km: float, y_km: float, **more: Any) -> Site:
    given: dict[str, Any] = {"hours": ALL_DAY, "service_s": 5 * MINUTE} | more
    lat, lon = x_km * DEGREES_PER_KM, y_km * DEGREES_PER_KM
    return Site(id=name, kind=kind, name=name, lat=lat, lon=lon, **given)


def vehicle(name: str, home: str, echelon: Echelon, **more: Any) -> Vehicle:
    truck = echelon is Echelon.LINEHAUL
    litres = {FROZEN: 8000, CHILLED: 8000, CONTROLLED: 4000} if truck else {}
    capacity = litres or {FROZEN: 2000, CHILLED: 3000, CONTROLLED: 1000}
    given: dict[str, Any] = {
        "type": "truck" if truck else "van",
        "owner": "own",
        "payload_g": 5_000_000 if truck else 1_000_000,
        "capacity_ml": {zone: one * 1000 for zone, one in capacity.items()},
        "bulkhead_step_ml": None if truck else 250_000,
        "fixed_cents": 20_000 if truck else 8_000,
        "cents_per_km": 150 if truck else 90,
        "cents_per_h": 4_000 if truck else 3_000,
        "shift": TimeWindow(opens=0 if truck else 5 * HOUR, closes=18 * HOUR),
        "max_trips": 1 if truck else 2,
        "cooling": Cooling.REFRIGERATED,
        "live_temperature": True,
    }
    return Vehicle(id=name, home=home, echelon=echelon, **(given | more))


def line(name: str, place: str, zone: Zone, kg: int, **more: Any) -> OrderLine:
    order, _, number = name.partition("/")
    given: dict[str, Any] = {
        "article": f"{zone.value} goods",
        "batch": None,
        "mass_g": kg * 1000,
        "volume_ml": kg * 3000,
        "value_cents": kg * 1000,
        "shelf_life_left_s": 100 * HOUR,
        "promise": "morning",
        "priority": 1,
        "window": None,
        "mode": Mode.PICKUP,
    }
    return OrderLine(key=LineKey(order, number), site=place, zone=zone, **(given | more))


SITES = (
    site("C", SiteKind.CENTRAL, 0, 0, service_s=30 * MINUTE, docks=1),
    site(
        "G1",
        SiteKind.GRID,
        10,
        0,
        service_s=15 * MINUTE,
        docks=1,
        sorting_s=30 * MINUTE,
        capacity_ml={CHILLED: 400_000},
    ),
    site("G2", SiteKind.GRID, 0, 10, service_s=15 * MINUTE, docks=1, sorting_s=30 * MINUTE),
    site("P1", SiteKind.PICKUP, 12, 0, grid="G1"),
    site("P2", SiteKind.PICKUP, 12, 1.5),
    site("P3", SiteKind.PICKUP, 0, 12, hours=(TimeWindow(opens=6 * HOUR, closes=20 * HOUR),)),
    site("P4", SiteKind.PICKUP, 1.5, 12),
)
BOXES = Box(
    volume_ml=60_000,
    u_w_m2k=0.5,
    area_m2=1.0,
    ice_kg=3.0,
    melt_c={FROZEN: -21.0, CHILLED: 0.0},
)
VEHICLES = (
    vehicle("T1", "C", Echelon.LINEHAUL),
    vehicle("T2", "C", Echelon.LINEHAUL),
    vehicle("V1", "G1", Echelon.LAST_MILE),
    vehicle("V2", "G1", Echelon.LAST_MILE),
    vehicle("V3", "G2", Echelon.LAST_MILE),
    vehicle("B1", "G2", Echelon.LAST_MILE, type="box van", cooling=Cooling.BOXES),
)
LINES = (
    line("O1/1", "P1", FROZEN, 40),
    line("O1/2", "P1", CHILLED, 50),
    line("O2/1", "P2", CONTROLLED, 30, promise="early"),
    line("O2/2", "P2", CHILLED, 20, window=TimeWindow(opens=7 * HOUR, closes=9 * HOUR)),
    line("O3/1", "P3", CHILLED, 60),
    line("O4/1", "P4", FROZEN, 20),
    line("O5/1", "P3", CHILLED, 40, article="milk"),
    line("O6/1", "P2", FROZEN, 35, priority=2),
    line("O7/1", "P4", CONTROLLED, 10),
)


def tiny_problem(**more: Any) -> Problem:
    """Build the problem; keywords replace fields."""
    given: dict[str, Any] = {
        "id": "tiny",
        "horizon": Horizon(
            start=datetime(2026, 6, 3, tzinfo=timezone(timedelta(hours=8))),
            time_zone="Asia/Shanghai",
        ),
        "sites": {one.id: one for one in SITES},
        "vehicles": {one.id: one for one in VEHICLES},
        "lines": {one.key: one for one in LINES},
        "stock": (Stock(site="G2", article="milk", mass_g=30_000, volume_ml=90_000),),
        "waves": (Wave(id="W1", departs=6 * HOUR), Wave(id="W2", departs=9 * HOUR)),
        "travel": TravelSettings(
            speed_kmh={"truck": 40.0, "van": 30.0, "box van": 30.0},
            slots=(TrafficSlot(window=TimeWindow(opens=6 * HOUR, closes=8 * HOUR), factor=1.5),),
        ),
        "policies": DEFAULT_POLICIES,
        "promises": {
            "early": Promise(deadline_s=7 * HOUR, cents_per_min_late=30),
            "morning": Promise(deadline_s=12 * HOUR, cents_per_min_late=50),
        },
        "time_on_board_s": {FROZEN: 6 * HOUR, CHILLED: 6 * HOUR},
        "objective": ObjectiveWeights(transfer_cents=100, shelf_life_weight=0.1),
        "bodies": {"truck": Body(cooling_w=6000.0), "van": Body(), "box van": Body(box=BOXES)},
        "radius_m": 5000,
        "ambient_c": 30.0,
        "sun_c": 15.0,
    }
    return Problem(**(given | more))


def key(name: str) -> LineKey:
    order, _, number = name.partition("/")
    return LineKey(order, number)


def part(problem: Problem, name: str, kg: int | None = None) -> Delivery:
    """Deliver a line, or some kilograms of it."""
    one = problem.lines[key(name)]
    grams = one.mass_g if kg is None else kg * 1000
    volume = one.volume_ml * grams // one.mass_g
    return Delivery(key=one.key, zone=one.zone, mass_g=grams, volume_ml=volume)


def drive(
    problem: Problem,
    *,
    vehicle: str,
    departs: int,
    visits: Iterable[tuple[str, Sequence[Delivery]]],
    wave: str = "",
    trip: int = 1,
    boxes: tuple[BoxLoad, ...] = (),
    compartments: Mapping[Zone, int] | None = None,
    collects: Mapping[str, Sequence[Delivery]] | None = None,
    rests: Mapping[int, Sequence[tuple[int, int]]] | None = None,
) -> Route:
    """Drive from site to site without waiting, except for sites to open and for rests.

    ``collects`` names per site what is taken along; ``rests`` per leg the driving seconds after
    which a rest begins, and its length.
    """
    van = problem.vehicles[vehicle]
    scheduled = problem.wave(wave).departs if wave else van.shift.opens
    factor = problem.travel.factor(scheduled)
    clock, here, stops, metres = departs, problem.sites[van.home], [], 0
    path = list(visits)
    pauses: list[Break] = []
    for leg, (name, delivers) in enumerate([*path, (van.home, ())]):
        there = problem.sites[name]
        way = TRAVEL.matrix([here], [there])
        seconds = way.durations(problem.travel.speed_kmh[van.type], factor)
        for driven, length in (rests or {}).get(leg, ()):
            rested = sum(one.ends - one.starts for one in pauses if one.starts >= clock)
            begins = clock + driven + rested
            pauses.append(Break(starts=begins, ends=begins + length))
        rested = sum(one.ends - one.starts for one in pauses if one.starts >= clock)
        clock, metres = clock + int(seconds[0, 0]) + rested, metres + int(way.distance_m[0, 0])
        here = there
        if leg == len(path):
            break
        doors = {item.key.order for item in delivers if problem.lines[item.key].mode is Mode.DOOR}
        start = there.next_open(clock)
        assert start is not None
        stop = Stop(
            site=name,
            kind=there.kind,
            arrives=clock,
            service_starts=start,
            departs=start + there.service_s + problem.door_service_s * len(doors),
            delivers=tuple(delivers),
            collects=tuple((collects or {}).get(name, ())),
        )
        stops.append(stop)
        clock = stop.departs
    return Route(
        id=f"{vehicle}-{trip}",
        echelon=van.echelon,
        vehicle=vehicle,
        vehicle_type=van.type,
        wave=wave,
        trip=trip,
        start_site=van.home,
        end_site=van.home,
        departs=departs,
        returns=clock,
        distance_m=metres,
        duration_s=clock - departs,
        cost_cents=0,
        compartments=van.capacity_ml if compartments is None else compartments,
        stops=tuple(stops),
        boxes=boxes,
        breaks=tuple(pauses),
    )


def plan_of(problem: Problem, routes: Iterable[Route], unserved: Sequence[str] = ()) -> Plan:
    """Put routes together and state their costs."""
    plan = Plan(
        problem=problem.id,
        problem_digest=problem.digest,
        horizon=problem.horizon,
        travel=TRAVEL.source,
        seed=1,
        cost=CostBreakdown(),
        routes=tuple(routes),
        unserved=tuple(
            Unserved(key=key(name), reason=UnservedReason.FLEET, detail="left out by hand")
            for name in unserved
        ),
        kpis={},
    )
    return priced(problem, plan)


def priced(problem: Problem, plan: Plan) -> Plan:
    """State the costs, distances and durations that the plan's routes have."""
    facts, _ = gather(problem, plan, TRAVEL)
    prices = route_prices(facts)
    routes = [
        replace(
            one.route,
            distance_m=sum(leg.distance_m for leg in one.legs),
            duration_s=one.route.returns - one.route.departs,
            cost_cents=price.total,
        )
        for one, price in zip(facts.judged, prices, strict=True)
    ]
    return replace(plan, routes=tuple(routes), cost=breakdown(facts, TRAVEL))


def tiny_routes(problem: Problem) -> list[Route]:
    """Drive the good plan: a truck to each grid, the first van twice, and the box van."""

    def goods(*names: str) -> list[Delivery]:
        return [part(problem, name) for name in names]

    ice = BoxLoad(zone=FROZEN, count=1, ice_kg=3.0)
    milk = part(problem, "O5/1", 10)
    return [
        drive(
            problem,
            vehicle="T1",
            departs=3 * HOUR,
            visits=[("G1", goods("O1/1", "O1/2", "O2/1", "O2/2", "O6/1"))],
        ),
        drive(
            problem,
            vehicle="T2",
            departs=4 * HOUR,
            visits=[("G2", [*goods("O3/1", "O4/1"), milk])],
        ),
        drive(
            problem,
            vehicle="V1",
            wave="W1",
            departs=6 * HOUR + 50 * MINUTE,
            visits=[("P1", goods("O1/1", "O1/2")), ("P2", goods("O2/1", "O2/2"))],
        ),
        drive(
            problem,
            vehicle="V1",
            wave="W2",
            trip=2,
            departs=9 * HOUR,
            visits=[("P2", goods("O6/1"))],
        ),
        drive(
            problem,
            vehicle="V3",
            wave="W1",
            departs=6 * HOUR,
            visits=[("P3", goods("O3/1", "O5/1"))],
        ),
        drive(
            problem,
            vehicle="B1",
            wave="W1",
            departs=6 * HOUR,
            visits=[("P4", goods("O4/1"))],
            boxes=(ice,),
        ),
    ]


def tiny_plan(problem: Problem | None = None) -> Plan:
    """Give a plan without a fault; line O7/1 is left out."""
    problem = tiny_problem() if problem is None else problem
    return plan_of(problem, tiny_routes(problem), unserved=["O7/1"])
