"""A day on paper: the small city under Chinese names, with a plan written by hand.

V2 has movable bulkheads, V1 carries boxes and drives twice, T1 brings everything to both grids.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from api.manifests.sheet import Heading
from optimizer.domain.fleet import Cooling
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.plan import (
    BoxLoad,
    Break,
    Delivery,
    Plan,
    PredictedTemperature,
    Route,
    Stop,
    TravelSource,
)
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.problem_reading import read_problem
from tests.conftest import ROOT

HEADING = Heading(
    plan="plan-1", name="周一", version=3, state="published",
    made_at=datetime(2026, 7, 14, 12, 0, tzinfo=UTC),
)  # fmt: skip
NAMES = {
    "C1": "石鼓中心仓",
    "G1": "河西网格仓",
    "P1": "桂花巷",
    "P2": "鹭桥",
    "P3": "莲门",
    "P4": "纸鸢苑",
}
MORNING = 36_000
"""06:00, in seconds from the horizon start."""
LAYOUT = {Zone.FROZEN: 300_000, Zone.CHILLED: 800_000, Zone.CONTROLLED: 1_100_000}
BOXES = (
    BoxLoad(zone=Zone.FROZEN, count=2, ice_kg=6.0),
    BoxLoad(zone=Zone.CHILLED, count=3, ice_kg=9.0),
)
CRATE = Delivery(key=LineKey("CRATES", "1"), zone=Zone.CHILLED, mass_g=4_000, volume_ml=30_000)


def city() -> Problem:
    return read_problem(ROOT / "data" / "samples" / "small_city").problem


def problem() -> Problem:
    plain = city()
    sites = {
        key: replace(site, name=NAMES.get(key, site.name)) for key, site in plain.sites.items()
    }
    boxed = replace(plain.vehicles["V1"], cooling=Cooling.BOXES)
    return replace(plain, sites=sites, vehicles={**plain.vehicles, "V1": boxed})


def goods(day: Problem, *sites: SiteId) -> tuple[Delivery, ...]:
    return tuple(
        Delivery(key=key, zone=line.zone, mass_g=line.mass_g, volume_ml=line.volume_ml)
        for key, line in day.lines.items()
        if line.site in sites
    )


def stop(day: Problem, site: SiteId, arrives: int, delivers: tuple[Delivery, ...]) -> Stop:
    seen = PredictedTemperature(product_c=-19.44, air_max_c=-15.0, margin_c=1.26)
    return Stop(
        site=site,
        kind=day.sites[site].kind,
        arrives=arrives,
        service_starts=arrives,
        departs=arrives + 900,
        delivers=delivers,
        predicted={one.zone: seen for one in delivers},
    )


def trip(
    vehicle: VehicleId, day: Problem, departs: int, stops: tuple[Stop, ...], *, number: int = 1
) -> Route:
    known = day.vehicles[vehicle]
    return Route(
        id=f"{vehicle}-{number}",
        echelon=known.echelon,
        vehicle=vehicle,
        vehicle_type=known.type,
        wave="morning",
        trip=number,
        start_site=known.home,
        end_site=known.home,
        departs=departs,
        returns=stops[-1].departs + 600,
        distance_m=12_340,
        duration_s=stops[-1].departs + 600 - departs,
        cost_cents=100,
        compartments=dict(known.capacity_ml),
        stops=stops,
    )


def plan(day: Problem | None = None) -> Plan:
    day = day or problem()
    truck = trip("T1", day, 3_000, (
        stop(day, "G1", 4_000, goods(day, "P1", "P2", "P3", "P4")),
        stop(day, "G2", 7_000, goods(day, "P5", "P6", "P7", "P8")),
    ))  # fmt: skip
    movable = trip("V2", day, MORNING, (
        stop(day, "P1", MORNING + 600, goods(day, "P1")),
        replace(stop(day, "P2", MORNING + 2_000, goods(day, "P2")), collects=(CRATE,)),
    ))  # fmt: skip
    boxed = trip("V1", day, MORNING, (stop(day, "P3", MORNING + 700, goods(day, "P3")),))
    later = trip("V1", day, MORNING + 9_000, (
        stop(day, "P4", MORNING + 9_700, goods(day, "P4")),
    ), number=2)  # fmt: skip
    return Plan(
        problem=day.id,
        problem_digest=day.digest,
        horizon=day.horizon,
        travel=TravelSource(provider="great_circle", digest="sha256:1"),
        seed=1,
        cost=CostBreakdown(),
        routes=(
            later,
            replace(boxed, boxes=BOXES),
            replace(
                movable,
                compartments=LAYOUT,
                breaks=(Break(starts=MORNING + 4_000, ends=MORNING + 5_800),),
            ),
            truck,
        ),
        unserved=(),
        kpis={},
    )
