"""Days with the rules of the road, changed after they were planned: what stays stays as it is."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.plan import Plan, Route, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.planning.beginnings import beginnings_of
from optimizer.replan import Held, closure
from tests.builders import HOUR
from tests.properties.busy_days import busy_day
from tests.properties.rough_days import made_rough
from tests.properties.test_plan import days
from tests.solving import replanned, solve_and_check


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to a day after it was planned, as numbers of whatever it has."""

    late: frozenset[int]
    cancelled: frozenset[int]
    out: frozenset[int]
    late_collects: frozenset[int]
    cancelled_collects: frozenset[int]
    frozen: frozenset[int]
    pinned: tuple[tuple[int, int], ...]
    settled: tuple[int, ...]
    earliest: int


few = st.frozensets(st.integers(0, 8), max_size=2)
seldom = st.frozensets(st.integers(0, 2), max_size=1)
changes = st.builds(
    Change,
    late=st.frozensets(st.integers(0, 8), max_size=3),
    cancelled=few,
    out=few,
    late_collects=seldom,
    cancelled_collects=seldom,
    frozen=st.frozensets(st.integers(0, 7), max_size=4),
    pinned=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 7)), max_size=2).map(tuple),
    settled=st.lists(st.integers(0, 4), max_size=3, unique=True).map(tuple),
    earliest=st.sampled_from([0, 0, 4 * HOUR, 11 * HOUR, 14 * HOUR]),
)


def chosen(keys: Iterable[LineKey], numbers: Iterable[int]) -> set[LineKey]:
    known = list(keys)
    return {known[number] for number in numbers if number < len(known)}


def without(day: Problem, keys: set[LineKey]) -> Problem:
    return replace(
        day,
        lines={key: one for key, one in day.lines.items() if key not in keys},
        collects={key: one for key, one in day.collects.items() if key not in keys},
    )


def keys_on(routes: Iterable[Route]) -> set[LineKey]:
    stops = [stop for route in routes for stop in route.stops]
    return {item.key for stop in stops for item in (*stop.delivers, *stop.collects)}


def held_by(day: Problem, base: Plan, change: Change) -> tuple[Problem, Held]:
    """Fix some routes, cancel, take out and pin some of what does not ride on them."""
    names = frozenset(r.id for n, r in enumerate(base.routes) if n in change.frozen)
    fixed = keys_on(r for r in base.routes if r.id in closure(day, base, names))
    gone = chosen(day.lines, change.cancelled) | chosen(day.collects, change.cancelled_collects)
    now = without(day, gone - fixed)
    every = [*now.lines, *now.collects]
    vans = [one.id for one in day.vehicles.values() if one.echelon is Echelon.LAST_MILE]
    pins = {
        every[item]: vans[van]
        for item, van in change.pinned
        if item < len(every) and van < len(vans) and every[item] not in fixed
    }
    settled = beginning(base, closure(day, base, names), change.settled)
    begun = {key for route in base.routes if route.vehicle in settled for key in keys_on([route])}
    pins = {key: pinned for key, pinned in pins.items() if key not in begun}
    return now, Held(
        plan=base,
        frozen=names,
        pins=pins,
        earliest=change.earliest,
        out=frozenset(chosen(every, change.out) - fixed - pins.keys()),
        settled=settled,
    )


def beginning(
    base: Plan, fixed: frozenset[str], numbers: Iterable[int]
) -> dict[VehicleId, tuple[SiteId, ...]]:
    """Settle some stops, in some order, of the first van that is still open."""
    vans = [r for r in base.routes if r.echelon is Echelon.LAST_MILE and r.id not in fixed]
    if not vans:
        return {}
    trip = min(vans, key=lambda route: route.departs)
    sites = [trip.stops[n].site for n in numbers if n < len(trip.stops)]
    return {trip.vehicle: tuple(dict.fromkeys(sites))}


engines = st.sampled_from(["portfolio", "pyvrp", "ortools"])
busy = st.integers(0, 10_000).map(lambda number: busy_day(random.Random(number)))


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(day=days().flatmap(made_rough), change=changes, engine=engines)
def test_what_stays_stays_and_the_rest_keeps_the_rules(
    day: Problem, change: Change, engine: str
) -> None:
    change_and_judge(day, change, engine)


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(day=busy.flatmap(made_rough), change=changes, engine=engines)
def test_busy_days_keep_the_rules_too(day: Problem, change: Change, engine: str) -> None:
    change_and_judge(day, change, engine)


def change_and_judge(day: Problem, change: Change, engine: str) -> None:
    late = chosen(day.lines, change.late) | chosen(day.collects, change.late_collects)
    before = without(day, late)
    assume(before.lines)
    base = solve_and_check(before, iterations=3, engine=engine)
    now, held = held_by(day, base, change)
    assume(now.lines)
    judge(now, held, replanned(now, held, iterations=3, engine=engine))


def judge(now: Problem, held: Held, plan: Plan) -> None:
    """Insist on all that a replan promises."""
    names = closure(now, held.plan, held.frozen)
    stays = [route for route in held.plan.routes if route.id in names]
    assert all(route in plan.routes for route in stays)
    assert all(route.departs >= held.earliest for route in plan.routes if route not in stays)
    assert len({route.id for route in plan.routes}) == len(plan.routes)

    vans = [route for route in plan.routes if route.echelon is Echelon.LAST_MILE]
    rides = {key: route for route in vans for key in keys_on([route])}
    left = {item.key: item for item in plan.unserved}
    assert sorted([*rides, *left]) == sorted([*now.lines, *now.collects])
    assert all(item.detail for item in plan.unserved)
    assert all(left[key].reason is UnservedReason.LEFT_OUT for key in held.out)
    assert all(rides[key].vehicle == van for key, van in held.pins.items() if key in rides)
    for key, van in settled_lines(held, names).items():
        assert key not in rides or rides[key].vehicle == van
    _excused(now, stays, plan)


def settled_lines(held: Held, fixed: frozenset[str]) -> dict[LineKey, VehicleId]:
    return {
        key: van
        for van, stops in beginnings_of(held.plan, fixed, held.settled).items()
        for stop in stops
        for key in stop
    }


def _excused(now: Problem, stays: list[Route], plan: Plan) -> None:
    """Insist that every finding is one that what stays has brought about, and nobody can mend."""
    left = {item.key for item in plan.unserved}
    # Goods that a truck brings in any case and no van may take lie at the grid.
    stranded = keys_on(r for r in stays if r.echelon is Echelon.LINEHAUL) & left
    # An order of which a part rides already, and that part alone.
    begun = {key.order for key in keys_on(r for r in stays if r.echelon is Echelon.LAST_MILE)}
    assert plan.check is not None
    for found in plan.check.violations:
        if found.code == "together":
            assert found.where in begun & {key.order for key in left}, found
        else:
            assert found.code == "linehaul_quantity", found
            assert any(str(key) in found.where.split("/", 1)[1] for key in stranded), found
