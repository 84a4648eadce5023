"""Any part of any day may stay: it stays to the second, and what is planned around it is clean."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.replan import Held, closure
from tests.builders import HOUR
from tests.properties.busy_days import busy_day, changed, eve_of
from tests.properties.test_plan import days
from tests.solving import replanned, solve_and_check


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to a day after it was planned, in shares of whatever it has."""

    late: frozenset[int]
    cancelled: frozenset[int]
    frozen: frozenset[int]
    pinned: tuple[tuple[int, int], ...]
    earliest: int


changes = st.builds(
    Change,
    late=st.frozensets(st.integers(0, 8), max_size=3),
    cancelled=st.frozensets(st.integers(0, 8), max_size=2),
    frozen=st.frozensets(st.integers(0, 7), max_size=4),
    pinned=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 7)), max_size=3).map(tuple),
    earliest=st.sampled_from([0, 0, 4 * HOUR, 11 * HOUR, 14 * HOUR]),
)


def without(day: Problem, numbers: Iterable[int]) -> Problem:
    gone = set(numbers)
    kept = {key: ln for n, (key, ln) in enumerate(day.lines.items()) if n not in gone}
    return replace(day, lines=kept)


def keys_on(routes: Iterable[Route]) -> set[LineKey]:
    return {item.key for route in routes for stop in route.stops for item in stop.delivers}


def held_by(day: Problem, base: Plan, change: Change) -> tuple[Problem, Held]:
    """Fix some routes of a plan, cancel lines that do not ride on them, and pin some others."""
    names = frozenset(r.id for n, r in enumerate(base.routes) if n in change.frozen)
    stays = [route for route in base.routes if route.id in closure(day, base, names)]
    keys = list(day.lines)
    gone = {keys[n] for n in change.cancelled if n < len(keys)} - keys_on(stays)
    now = replace(day, lines={key: ln for key, ln in day.lines.items() if key not in gone})
    vans = [v.id for v in day.vehicles.values() if v.echelon is Echelon.LAST_MILE]
    pins = {
        keys[line]: vans[van]
        for line, van in change.pinned
        if line < len(keys) and van < len(vans) and keys[line] not in keys_on(stays)
    }
    return now, Held(plan=base, frozen=names, pins=pins, earliest=change.earliest)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(day=days(), change=changes, engine=st.sampled_from(["portfolio", "pyvrp", "ortools"]))
def test_what_stays_stays_and_the_rest_is_clean(day: Problem, change: Change, engine: str) -> None:
    before = without(day, change.late)
    assume(before.lines)
    base = solve_and_check(before, iterations=5, engine=engine)
    now, held = held_by(day, base, change)
    assume(now.lines)
    plan = replanned(now, held, iterations=5, engine=engine)

    judge(now, held, plan)


def judge(now: Problem, held: Held, plan: Plan) -> None:
    """Insist on all that a replan promises."""
    names = closure(now, held.plan, held.frozen)
    stays = [route for route in held.plan.routes if route.id in names]
    assert all(route in plan.routes for route in stays)
    new = [route for route in plan.routes if route not in stays]
    # A second try may keep more of the plan; that departs no earlier either.
    assert all(route.departs >= held.earliest for route in new)
    assert len({route.id for route in plan.routes}) == len(plan.routes)

    rides = vans_of(plan)
    left = {item.key for item in plan.unserved}
    assert sorted([*rides, *left]) == sorted(now.lines)
    assert all(item.detail for item in plan.unserved)
    kept = {key: van for key, van in held.pins.items() if key in rides}
    assert {key: rides[key].vehicle for key in kept} == kept

    # Goods that a truck brings in any case and no van may take lie at the grid: nobody can help.
    stranded = keys_on(r for r in stays if r.echelon is Echelon.LINEHAUL) & left
    before = vans_of(held.plan)
    assert plan.check is not None
    for found in plan.check.violations:
        assert found.code == "linehaul_quantity"
        assert any(str(key) in found.where.split("/", 1)[1] for key in stranded)
    if not held.pins and keys_on(held.plan.routes) <= now.lines.keys():
        assert all(key not in before or before[key].departs < held.earliest for key in stranded)


def vans_of(plan: Plan) -> dict[LineKey, Route]:
    return {
        item.key: route
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in stop.delivers
    }


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@example(number=24, engine="pyvrp")
@given(number=st.integers(0, 10_000), engine=st.sampled_from(["portfolio", "pyvrp", "ortools"]))
def test_busy_days_keep_the_promises_too(number: int, engine: str) -> None:
    rng = random.Random(number)
    day = busy_day(rng)
    base = solve_and_check(eve_of(rng, day), iterations=5, engine=engine)
    now, held = changed(rng, day, base)
    judge(now, held, replanned(now, held, iterations=5, engine=engine))
