"""A plan with one of everything, for the day of ``tiny_day``; it was not solved, only written."""

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.plan import (
    Advice,
    AdviceCode,
    BoxLoad,
    Break,
    CheckReport,
    Delivery,
    Plan,
    PredictedTemperature,
    Route,
    Stop,
    TravelSource,
    Unserved,
    UnservedReason,
    Violation,
)
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.problem_reading import problem_from_document
from tests.unit.formats import tiny_day

MILK = Delivery(key=LineKey("O1", "1"), zone=Zone.CHILLED, mass_g=37_620, volume_ml=83_600)
ICE = Delivery(key=LineKey("O1", "2"), zone=Zone.FROZEN, mass_g=1_001, volume_ml=2_000)


def problem() -> Problem:
    return problem_from_document(tiny_day.document(), name="tiny").problem


def stop(site: str, kind: SiteKind, arrives: int, *delivers: Delivery) -> Stop:
    return Stop(
        site=site,
        kind=kind,
        arrives=arrives,
        service_starts=arrives + 60,
        departs=arrives + 300,
        delivers=delivers,
        predicted={
            one.zone: PredictedTemperature(product_c=-19.5, air_max_c=-11.25, margin_c=1.5)
            for one in delivers
        },
    )


def route(number: int, *stops: Stop, echelon: Echelon = Echelon.LAST_MILE) -> Route:
    return Route(
        id=f"V-{number}",
        echelon=echelon,
        vehicle="V",
        vehicle_type="van",
        wave="morning",
        trip=number,
        start_site="G",
        end_site="G",
        departs=stops[0].arrives - 600,
        returns=stops[-1].departs + 600,
        distance_m=9_876,
        duration_s=stops[-1].departs - stops[0].arrives + 1200,
        cost_cents=1_234,
        compartments={Zone.FROZEN: 500_000, Zone.CHILLED: 900_001},
        stops=stops,
        boxes=(BoxLoad(zone=Zone.FROZEN, count=2, ice_kg=4.5),),
        breaks=(Break(starts=41_000, ends=42_800),),
    )


def plan() -> Plan:
    day = problem()
    return Plan(
        problem=day.id,
        problem_digest=day.digest,
        horizon=day.horizon,
        travel=TravelSource(provider="great_circle", digest="sha256:1"),
        seed=7,
        cost=CostBreakdown(vehicles=1, distance=20, time=300, unserved=4_000),
        routes=(route(1, stop("P", SiteKind.PICKUP, 40_000, MILK)),),
        unserved=(
            Unserved(key=ICE.key, reason=UnservedReason.TEMPERATURE, detail="zu warm · 太热"),
        ),
        kpis={"served_lines": 1.0, "empty_km": 4.25},
        check=CheckReport(violations=(Violation(code="window", where="V-1/P", amount=12.5),)),
        advice=(
            Advice(code=AdviceCode.MORE_ICE, where="V-1", detail="Take one more box · 多带一箱"),
        ),
    )
