"""The smallest bad plans of the rules of the road: orders together, collects, lockers, rests."""

from dataclasses import replace

from optimizer.domain.driving import BreakRule
from optimizer.domain.ids import LineKey
from optimizer.domain.objective import Promise
from optimizer.domain.orders import Collect, CollectKind, Mode
from optimizer.domain.plan import BoxLoad, Break, Delivery, Plan, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from tests.cases import CHILLED, CONTROLLED, FROZEN, HOUR, MINUTE, TRAVEL, drive, part
from tests.unit.check.broken_plans import (
    BROKEN,
    Case,
    Expected,
    change,
    change_stop,
    charged,
    find,
    of_changed_problem,
    swap,
    with_line,
    with_site,
    with_vehicle,
)

CRATES = Collect(
    key=LineKey("E1", "1"),
    site="P3",
    kind=CollectKind.EMPTIES,
    zone=CONTROLLED,
    mass_g=8_000,
    volume_ml=60_000,
    value_cents=400,
)


def taken(collect: Collect = CRATES, more_g: int = 0) -> Delivery:
    """Take a collect with a van."""
    return Delivery(
        key=collect.key,
        zone=collect.zone,
        mass_g=collect.mass_g + more_g,
        volume_ml=collect.volume_ml,
    )


def left(collect: Collect = CRATES) -> Unserved:
    return Unserved(key=collect.key, reason=UnservedReason.LEFT_OUT, detail="")


def with_crates(problem: Problem) -> Problem:
    return replace(problem, collects=dict(problem.collects) | {CRATES.key: CRATES})


def _also_taken(plan: Plan, *more: Delivery) -> Plan:
    """Let the third van take something besides."""
    collects = find(plan, "V3").stops[0].collects
    return change_stop(plan, "V3", collects=(*collects, *more))


# --- breakers -----------------------------------------------------------------------------------


def together(problem: Problem, plan: Plan, _: int) -> Case:
    problem = replace(problem, orders_together=True)
    route = find(plan, "V1")
    kept, moved = route.stops[0].delivers
    plan = change_stop(plan, "V1", delivers=(kept,))
    second = drive(
        problem, vehicle="V2", wave="W1", departs=route.departs, visits=[("P1", [moved])]
    )
    return charged(problem, replace(plan, routes=(*plan.routes, second)))


def collect_missing(problem: Problem, plan: Plan, _: int) -> Case:
    return of_changed_problem(plan, with_crates(problem))


def collect_twice(problem: Problem, plan: Plan, size: int) -> Case:
    plan = _also_taken(plan, taken())
    plan = replace(plan, unserved=plan.unserved + (left(),) * size)
    return of_changed_problem(plan, with_crates(problem))


def wrong_collect(problem: Problem, plan: Plan, size: int) -> Case:
    plan = _also_taken(plan, taken(more_g=size))
    return of_changed_problem(plan, with_crates(problem))


def site_capacity(problem: Problem, plan: Plan, size: int) -> Case:
    room = {CHILLED: 300_000 - size}
    return of_changed_problem(plan, with_site(problem, "P3", capacity_ml=room))


def locker(problem: Problem, plan: Plan, size: int) -> Case:
    """Two orders of 180 and 120 litres need eighteen and twelve cells of ten litres."""
    few = {CHILLED: 30 - min(size, 30)}
    return of_changed_problem(plan, with_site(problem, "P3", cells=few, cell_ml=10_000))


def skill(problem: Problem, plan: Plan, size: int) -> Case:
    needs = frozenset(f"skill {number}" for number in range(size))
    return of_changed_problem(plan, with_site(problem, "P3", needs=needs))


def out_of_range(problem: Problem, plan: Plan, size: int) -> Case:
    return of_changed_problem(plan, with_vehicle(problem, "V3", range_m=4000 - size))


def door_service(problem: Problem, plan: Plan, size: int) -> Case:
    problem = with_line(problem, "O3/1", mode=Mode.DOOR)
    return of_changed_problem(plan, replace(problem, door_service_s=size))


def break_place(problem: Problem, plan: Plan, size: int) -> Case:
    departs = find(plan, "V3").departs
    early = Break(starts=departs - size, ends=departs)
    return problem, change(plan, "V3", breaks=(early,)), TRAVEL


def rest(problem: Problem, plan: Plan, size: int) -> Case:
    """The box van drives 450 seconds each way; five minutes of service are work."""
    rule = BreakRule(after_driving_s=900 - size, rest_s=20 * MINUTE)
    breaks = dict(problem.breaks) | {"box van": rule}
    return replace(problem, breaks=breaks), plan, TRAVEL


def before_order(problem: Problem, plan: Plan, size: int) -> Case:
    express = Promise(deadline_s=12 * HOUR, cents_per_min_late=50, express=True)
    problem = replace(problem, promises=dict(problem.promises) | {"express": express})
    ordered = find(plan, "V3").departs + size
    problem = with_line(problem, "O3/1", promise="express", ordered_s=ordered)
    return of_changed_problem(plan, problem)


def reload(problem: Problem, plan: Plan, size: int) -> Case:
    loaded = find(plan, "V1").returns + problem.sites["G1"].service_s
    early = drive(
        problem,
        vehicle="V1",
        wave="W1",
        trip=2,
        departs=loaded - size,
        visits=[("P2", [part(problem, "O6/1")])],
    )
    return charged(problem, swap(plan, find(plan, "V1", 2), early))


def ice(problem: Problem, plan: Plan, size: int) -> Case:
    too_much = BoxLoad(zone=FROZEN, count=1, ice_kg=3.0 + size / 2)
    return problem, change(plan, "B1", boxes=(too_much,)), TRAVEL


ROAD_BROKEN: dict[str, Expected] = {
    "together": Expected(breaker=together, where="O1"),
    "collect_missing": Expected(breaker=collect_missing, where="E1/1"),
    "collect_twice": Expected(breaker=collect_twice, where="E1/1"),
    "wrong_collect": Expected(breaker=wrong_collect, where="V3-1/P3/E1/1/mass"),
    "site_capacity": Expected(breaker=site_capacity, where="P3/chilled"),
    "locker": Expected(breaker=locker, where="P3/chilled"),
    "skill": Expected(breaker=skill, where="V3-1/P3"),
    "range": Expected(breaker=out_of_range, where="V3-1"),
    "door_service": Expected(breaker=door_service, where="V3-1/P3"),
    "break_place": Expected(breaker=break_place, where="V3-1"),
    "rest": Expected(breaker=rest, where="B1-1/G2"),
    "before_order": Expected(breaker=before_order, where="V3-1/P3/O3/1"),
    "reload": Expected(breaker=reload, where="V1-2"),
    "ice": Expected(breaker=ice, where="B1-1/frozen", amount=0.5),
}
ALL_BROKEN = BROKEN | ROAD_BROKEN
"""Every code of the checker."""

LIMITS = ("site_capacity", "locker", "skill", "range", "door_service", "rest", "reload", "ice")
"""Of these the limit itself is allowed: a fault of size nothing is none."""
