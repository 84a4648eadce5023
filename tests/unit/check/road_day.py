"""The day of `cases` with every word of the road in use at once, and a plan without a fault.

The trucks rest, the first van drives twice, the second leaves before all waves with express from
stock, the third takes crates home, the box van knows the narrow lane and takes half its ice.
"""

from dataclasses import replace
from typing import Any

from optimizer.domain.driving import BreakRule
from optimizer.domain.ids import LineKey
from optimizer.domain.network import Stock, TimeWindow
from optimizer.domain.objective import Promise
from optimizer.domain.orders import Collect, CollectKind, Mode
from optimizer.domain.plan import BoxLoad, Delivery, Plan, Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from tests.cases import (
    CHILLED,
    FROZEN,
    HOUR,
    LINES,
    MINUTE,
    SITES,
    VEHICLES,
    drive,
    line,
    part,
    plan_of,
    priced,
    tiny_problem,
)

RETURNED = Collect(
    key=LineKey("R1", "1"),
    site="P3",
    kind=CollectKind.RETURN,
    zone=CHILLED,
    mass_g=2_000,
    volume_ml=6_000,
    value_cents=3_000,
)
LEFT = replace(RETURNED, key=LineKey("E9", "1"), site="P2", kind=CollectKind.EMPTIES)
BERRIES = line("O8/1", "P1", CHILLED, 5, article="berries", promise="express", ordered_s=5 * HOUR)
Fields = dict[str, dict[str, Any]]
CHANGED_LINES: Fields = {
    "O2/2": {"mode": Mode.DOOR},
    "O6/1": {"promise": "soft", "window": TimeWindow(opens=6 * HOUR, closes=7 * HOUR)},
}
CHANGED_SITES: Fields = {
    "P1": {"capacity_ml": {FROZEN: 120_000, CHILLED: 165_000}},
    "P3": {"cells": {CHILLED: 30}, "cell_ml": 10_000},
    "P4": {"needs": frozenset({"narrow lane"})},
}
CHANGED_VEHICLES: Fields = {
    "V3": {"range_m": 4000},
    "B1": {"skills": frozenset({"narrow lane", "stairs"}), "carrier": "Ice and Sons"},
}


def road_problem() -> Problem:
    """Build the problem; its waves, prices and roads are those of the tiny one."""
    plain = tiny_problem()
    lines = {one.key: replace(one, **CHANGED_LINES.get(str(one.key), {})) for one in LINES}
    berries = Stock(site="G1", article="berries", mass_g=5_000, volume_ml=15_000)
    return replace(
        plain,
        sites={one.id: replace(one, **CHANGED_SITES.get(one.id, {})) for one in SITES},
        vehicles={one.id: replace(one, **CHANGED_VEHICLES.get(one.id, {})) for one in VEHICLES},
        lines=lines | {BERRIES.key: BERRIES},
        stock=(*plain.stock, berries),
        promises=dict(plain.promises)
        | {
            "soft": Promise(deadline_s=12 * HOUR, cents_per_min_late=3, soft_window=True),
            "express": Promise(
                deadline_s=24 * HOUR, cents_per_min_late=9, within_s=HOUR, express=True
            ),
        },
        collects={one.key: one for one in (RETURNED, LEFT)},
        breaks={
            "truck": BreakRule(after_driving_s=1000, rest_s=10 * MINUTE),
            "van": BreakRule(after_driving_s=2100, rest_s=10 * MINUTE),
        },
        door_service_s=MINUTE,
        orders_together=True,
    )


def _taken(collect: Collect) -> Delivery:
    return Delivery(
        key=collect.key,
        zone=collect.zone,
        mass_g=collect.mass_g,
        volume_ml=collect.volume_ml,
    )


def _routes(problem: Problem) -> list[Route]:
    def goods(*names: str) -> list[Delivery]:
        return [part(problem, name) for name in names]

    milk = part(problem, "O5/1", 10)
    first = goods("O1/1", "O1/2", "O2/1", "O2/2", "O6/1")
    second = [*goods("O3/1", "O4/1"), milk]
    home = {1: [(0, 10 * MINUTE)]}
    early = 6 * HOUR
    return [
        drive(problem, vehicle="T1", departs=3 * HOUR, visits=[("G1", first)], rests=home),
        drive(problem, vehicle="T2", departs=4 * HOUR, visits=[("G2", second)], rests=home),
        drive(
            problem,
            vehicle="V1",
            wave="W1",
            departs=early + 50 * MINUTE,
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
            vehicle="V2",
            wave="W1",
            departs=5 * HOUR,
            visits=[("P1", goods("O8/1"))],
        ),
        drive(
            problem,
            vehicle="V3",
            wave="W1",
            departs=early,
            visits=[("P3", goods("O3/1", "O5/1"))],
            collects={"P3": [_taken(RETURNED)]},
        ),
        drive(
            problem,
            vehicle="B1",
            wave="W1",
            departs=early,
            visits=[("P4", goods("O4/1"))],
            boxes=(BoxLoad(zone=FROZEN, count=1, ice_kg=1.5),),
        ),
    ]


def road_plan(problem: Problem | None = None) -> Plan:
    """Give a plan without a fault; a line and some empties are left out."""
    problem = road_problem() if problem is None else problem
    plan = plan_of(problem, _routes(problem), unserved=["O7/1"])
    empties = Unserved(key=LEFT.key, reason=UnservedReason.LEFT_OUT, detail="left by hand")
    return priced(problem, replace(plan, unserved=(*plan.unserved, empties)))
