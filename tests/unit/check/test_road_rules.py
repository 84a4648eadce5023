"""For each rule of the road a plan that keeps it and a cheaper one that does not: it is found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from optimizer.check import check
from optimizer.domain.driving import BreakRule
from optimizer.domain.network import Stock, TimeWindow
from optimizer.domain.objective import Promise
from optimizer.domain.orders import Mode, OrderLine
from optimizer.domain.plan import Delivery, Plan, Route
from optimizer.domain.problem import Problem
from tests.cases import (
    ALL_DAY,
    CHILLED,
    CONTROLLED,
    HOUR,
    LINES,
    MINUTE,
    TRAVEL,
    drive,
    line,
    part,
    plan_of,
    tiny_problem,
    tiny_routes,
)
from tests.unit.check.broken_plans import with_line, with_site, with_vehicle
from tests.unit.check.broken_road_plans import CRATES, left, taken, with_crates

NARROW = frozenset({"narrow lane"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Temptation:
    """One rule, a plan that keeps it, and what a plan saves that does not."""

    problem: Problem
    honest: Plan
    cheat: Plan
    where: str
    amount: float


def _goods(problem: Problem, *names: str) -> list[Delivery]:
    return [part(problem, name) for name in names]


def _van(problem: Problem, vehicle: str, *visits: tuple[str, Sequence[str]], **more: Any) -> Route:
    stops = [(site, _goods(problem, *names)) for site, names in visits]
    given: dict[str, Any] = {"wave": "W1", "departs": 6 * HOUR} | more
    return drive(problem, vehicle=vehicle, visits=stops, **given)


def _second_grid(
    problem: Problem, *vans: Route, unserved: Sequence[str] = (), stocked: Sequence[str] = ()
) -> Plan:
    """Plan the second grid alone: a truck brings what the vans carry and the grid has not."""
    loaded = (str(item.key) for van in vans for stop in van.stops for item in stop.delivers)
    load = _goods(problem, *(name for name in loaded if name not in stocked))
    truck = drive(problem, vehicle="T2", departs=4 * HOUR, visits=[("G2", load)])
    return plan_of(problem, [truck, *vans], unserved)


def _small(*more: OrderLine, **changes: Any) -> Problem:
    """Keep the lines of the second grid, in a problem with a rule or two more."""
    kept = [one for one in LINES if str(one.key) in ("O3/1", "O4/1")]
    lines = {one.key: one for one in (*kept, *more)}
    return tiny_problem(lines=lines, stock=(), **changes)


def _apart(problem: Problem) -> Plan:
    return _second_grid(
        problem, _van(problem, "V3", ("P3", ["O3/1"])), _van(problem, "B1", ("P4", ["O4/1"]))
    )


def _at_once(problem: Problem) -> Plan:
    """Let one van do both, which saves the other one."""
    return _second_grid(problem, _van(problem, "V3", ("P3", ["O3/1"]), ("P4", ["O4/1"])))


# --- temptations --------------------------------------------------------------------------------


def too_far() -> Temptation:
    # To P3, P4 and home: 2 + 1.5 + 2.5 km, where one point alone is 4 or 5 km.
    problem = with_vehicle(_small(), "V3", range_m=5000)
    return Temptation(
        problem=problem,
        honest=_apart(problem),
        cheat=_at_once(problem),
        where="V3-1",
        amount=1000,
    )


def no_skill() -> Temptation:
    problem = with_vehicle(with_site(_small(), "P4", needs=NARROW), "B1", skills=NARROW)
    return Temptation(
        problem=problem,
        honest=_apart(problem),
        cheat=_at_once(problem),
        where="V3-1/P4",
        amount=1,
    )


def _overfull(problem: Problem, amount: float) -> Temptation:
    box = _van(problem, "B1", ("P4", ["O4/1"]))
    few = _van(problem, "V3", ("P3", ["O3/1"]))
    many = _van(problem, "V3", ("P3", ["O3/1", "O8/1"]))
    return Temptation(
        problem=problem,
        honest=_second_grid(problem, few, box, unserved=["O8/1"]),
        cheat=_second_grid(problem, many, box),
        where="P3/chilled",
        amount=amount,
    )


def no_room() -> Temptation:
    problem = _small(line("O8/1", "P3", CHILLED, 20))
    return _overfull(with_site(problem, "P3", capacity_ml={CHILLED: 200_000}), 40_000)


def no_cell() -> Temptation:
    # Of cells of fifty litres O3 takes four, and O8 two although its sixty litres fit next to it.
    problem = _small(line("O8/1", "P3", CHILLED, 20))
    return _overfull(with_site(problem, "P3", cells={CHILLED: 5}, cell_ml=50_000), 1)


def torn_apart() -> Temptation:
    problem = replace(_small(line("O4/2", "P4", CONTROLLED, 10)), orders_together=True)
    van = _van(problem, "V3", ("P3", ["O3/1"]))
    box = _van(problem, "B1", ("P4", ["O4/1"]))
    return Temptation(
        problem=problem,
        honest=_second_grid(problem, van, unserved=["O4/1", "O4/2"]),
        cheat=_second_grid(problem, van, box, unserved=["O4/2"]),
        where="O4",
        amount=1,
    )


def doors_forgotten() -> Temptation:
    plain = with_line(_small(), "O3/1", mode=Mode.DOOR)
    problem = replace(plain, door_service_s=4 * MINUTE)
    return Temptation(
        problem=problem, honest=_apart(problem), cheat=_apart(plain), where="V3-1/P3", amount=240
    )


def no_rest() -> Temptation:
    rule = BreakRule(after_driving_s=800, rest_s=10 * MINUTE)
    problem = _small(breaks={"box van": rule})
    van = _van(problem, "V3", ("P3", ["O3/1"]))
    tired = _van(problem, "B1", ("P4", ["O4/1"]))
    rested = _van(problem, "B1", ("P4", ["O4/1"]), rests={1: [(0, 600)]})
    return Temptation(
        problem=problem,
        honest=_second_grid(problem, van, rested),
        cheat=_second_grid(problem, van, tired),
        where="B1-1/G2",
        amount=100,
    )


def forgotten_crates() -> Temptation:
    problem = with_crates(_small())
    plan = _apart(problem)
    honest = plan_of(problem, plan.routes)
    listed = replace(honest, unserved=(left(),))
    cost = replace(honest.cost, unserved=CRATES.value_cents)
    return Temptation(
        problem=problem, honest=replace(listed, cost=cost), cheat=honest, where="E1/1", amount=1
    )


def no_loading() -> Temptation:
    problem = tiny_problem(promises={"early": _early(7), "morning": _early(8)})
    routes = tiny_routes(problem)
    back = routes[2].returns
    loaded = back + problem.sites["G1"].service_s

    def second(departs: int) -> Plan:
        trip = _van(problem, "V1", ("P2", ["O6/1"]), trip=2, departs=departs)
        return plan_of(problem, [*routes[:3], trip, *routes[4:]], ["O7/1"])

    return Temptation(
        problem=problem, honest=second(loaded), cheat=second(back), where="V1-2", amount=900
    )


def _early(hour: int) -> Promise:
    return Promise(deadline_s=hour * HOUR, cents_per_min_late=60)


def _express() -> Problem:
    """Put milk into the second grid, for somebody who orders it at five and is in a hurry."""
    milk = line("O8/1", "P3", CHILLED, 10, article="milk", promise="express", ordered_s=5 * HOUR)
    express = Promise(
        deadline_s=12 * HOUR, cents_per_min_late=90, within_s=2 * MINUTE, express=True
    )
    problem = _small(milk, promises=dict(tiny_problem().promises) | {"express": express})
    lying = Stock(site="G2", article="milk", mass_g=10_000, volume_ml=30_000)
    problem = with_site(replace(problem, stock=(lying,)), "P3", hours=ALL_DAY)
    return with_vehicle(problem, "V3", shift=TimeWindow(opens=0, closes=18 * HOUR))


def _hurried(problem: Problem, departs: int, *, trucked: bool = False) -> Plan:
    """Bring the milk on a trip of its own, and the other lines with their wave."""
    milk = _van(problem, "V3", ("P3", ["O8/1"]), departs=departs)
    others = [
        _van(problem, "V3", ("P3", ["O3/1"]), trip=2, departs=7 * HOUR),
        _van(problem, "B1", ("P4", ["O4/1"])),
    ]
    return _second_grid(problem, milk, *others, stocked=() if trucked else ["O8/1"])


def before_it_was_ordered() -> Temptation:
    problem = _express()
    return Temptation(
        problem=problem,
        honest=_hurried(problem, 5 * HOUR),
        cheat=_hurried(problem, 5 * HOUR - 10 * MINUTE),
        where="V3-1/P3/O8/1",
        amount=600,
    )


def not_in_stock() -> Temptation:
    problem = replace(_express(), stock=())
    return Temptation(
        problem=problem,
        honest=_hurried(problem, 6 * HOUR, trucked=True),
        cheat=_hurried(problem, 6 * HOUR - 10 * MINUTE, trucked=True),
        where="V3-1",
        amount=600,
    )


TEMPTATIONS: dict[str, tuple[str, Callable[[], Temptation]]] = {
    "range": ("range", too_far),
    "skill": ("skill", no_skill),
    "room at a pickup point": ("site_capacity", no_room),
    "locker cells": ("locker", no_cell),
    "orders together": ("together", torn_apart),
    "door service": ("door_service", doors_forgotten),
    "rests": ("rest", no_rest),
    "collects": ("collect_missing", forgotten_crates),
    "loading between trips": ("reload", no_loading),
    "express once it is ordered": ("before_order", before_it_was_ordered),
    "express from stock alone": ("wave", not_in_stock),
}


@pytest.mark.parametrize("rule", TEMPTATIONS)
def test_breaking_a_rule_would_be_cheaper_and_is_found(rule: str) -> None:
    code, tempt = TEMPTATIONS[rule]
    case = tempt()
    assert check(case.problem, case.honest, TRAVEL).violations == ()
    assert case.cheat.cost.total < case.honest.cost.total
    (found,) = check(case.problem, case.cheat, TRAVEL).violations
    assert (found.code, found.where, found.amount) == (code, case.where, case.amount)


def test_express_with_other_goods_waits_for_the_wave() -> None:
    problem = _express()
    mixed = _van(problem, "V3", ("P3", ["O3/1", "O8/1"]), departs=6 * HOUR - 60)
    box = _van(problem, "B1", ("P4", ["O4/1"]))
    plan = _second_grid(problem, mixed, box, stocked=["O8/1"])
    (found,) = check(problem, plan, TRAVEL).violations
    assert (found.code, found.where, found.amount) == ("wave", "V3-1", 60)


def test_express_before_all_waves_names_the_first_of_them() -> None:
    problem = _express()
    first, *others = _hurried(problem, 5 * HOUR).routes
    later = _van(problem, "V3", ("P3", ["O8/1"]), departs=5 * HOUR, wave="W2")
    borrowed = plan_of(problem, [first, later, *others[1:]])
    (found,) = check(problem, borrowed, TRAVEL).violations
    assert (found.code, found.where, found.amount) == ("wave", "V3-1", 4 * HOUR)


def test_a_van_that_only_collects_waits_for_the_wave() -> None:
    problem = with_crates(_express())
    crates = {"P3": [taken()]}
    early = drive(
        problem, vehicle="V3", wave="W1", departs=5 * HOUR, visits=[("P3", [])], collects=crates
    )
    goods = _van(problem, "V3", ("P3", ["O3/1", "O8/1"]), trip=2)
    box = _van(problem, "B1", ("P4", ["O4/1"]))
    plan = _second_grid(problem, early, goods, box, stocked=["O8/1"])
    (found,) = check(problem, plan, TRAVEL).violations
    assert (found.code, found.where, found.amount) == ("wave", "V3-1", HOUR)
