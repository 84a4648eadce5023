"""Any edits by hand: the plan that comes back tells the truth about itself, whatever it breaks."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Plan, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.replan import closure
from optimizer.revise import (
    ChangeVehicle,
    Edit,
    EditRefused,
    LeaveLine,
    MoveLine,
    MoveStop,
    revise,
)
from optimizer.travel.great_circle import GreatCircle
from tests.properties.busy_days import busy_day
from tests.properties.rough_days import made_rough
from tests.properties.test_plan import days
from tests.solving import solve_and_check

NEVER = {
    "unknown_vehicle",
    "unknown_site",
    "unknown_line",
    "unknown_wave",
    "line_missing",
    "line_twice",
    "wrong_site",
    "wrong_zone",
    "quantity",
    "wrong_start",
    "bulkhead",
    "travel_time",
    "sequence",
    "wave",
    "before_order",
    "door_service",
    "break_place",
    "rest",
    "ice",
    "collect_missing",
    "collect_twice",
    "wrong_collect",
    "reload",
    "vehicle_overlap",
    "distance",
    "cost",
}
"""What no edit excuses: these would be mistakes of the arithmetic, not of the dispatcher."""

Numbers = tuple[int, int, int | None]


def edit_of(day: Problem, plan: Plan, kind: str, numbers: Numbers) -> Edit | None:
    """Turn drawn numbers into an edit of what the plan has."""
    one, other, position = numbers
    routes, keys = plan.routes, [*day.lines, *day.collects]
    if kind == "leave":
        return LeaveLine(key=keys[one % len(keys)])
    if not routes:
        return None
    route, target = routes[one % len(routes)], routes[other % len(routes)]
    if kind == "line":
        return MoveLine(key=keys[one % len(keys)], to_route=target.id, position=position)
    if kind == "vehicle":
        vehicles = list(day.vehicles)
        return ChangeVehicle(route=route.id, vehicle=vehicles[other % len(vehicles)])
    site = route.stops[other % len(route.stops)].site
    return MoveStop(route=route.id, site=site, to_route=target.id, position=position)


drawn = st.lists(
    st.tuples(
        st.sampled_from(["leave", "line", "stop", "vehicle"]),
        st.tuples(
            st.integers(0, 20),
            st.integers(0, 20),
            st.one_of(st.none(), st.none(), st.integers(0, 2)),
        ),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(day=days(), wishes=drawn)
def test_a_revised_plan_is_honest(day: Problem, wishes: list[tuple[str, Numbers]]) -> None:
    plan = solve_and_check(day, iterations=3, engine="pyvrp")
    judge(day, plan, [edit for kind, n in wishes if (edit := edit_of(day, plan, kind, n))])


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(day=days().flatmap(made_rough), wishes=drawn)
def test_a_revised_rough_day_is_honest(day: Problem, wishes: list[tuple[str, Numbers]]) -> None:
    plan = solve_and_check(day, iterations=3, engine="pyvrp")
    judge(day, plan, [edit for kind, n in wishes if (edit := edit_of(day, plan, kind, n))])


@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(number=st.integers(0, 10_000))
def test_many_edits_of_a_busy_day_are_honest(number: int) -> None:
    rng = random.Random(number)
    day = busy_day(rng)
    plan = solve_and_check(day, iterations=3, engine="pyvrp")
    kinds = ["leave", "line", "line", "stop", "stop", "vehicle"]
    for _ in range(6):
        wishes = [
            (rng.choice(kinds), (rng.randrange(99), rng.randrange(99), rng.choice([None, None, 0])))
            for _ in range(rng.randint(1, 4))
        ]
        fixed = [route.id for route in plan.routes if rng.random() < rng.choice([0.0, 0.2])]
        edits = [edit for kind, n in wishes if (edit := edit_of(day, plan, kind, n))]
        judge(day, plan, edits, closure(day, plan, fixed))


def touched(plan: Plan, edits: list[Edit]) -> set[VehicleId]:
    """Give the vehicles whose trips an edit names, or whose goods it moves."""
    by_id = {route.id: route.vehicle for route in plan.routes}
    rides = {
        item.key: route.vehicle
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    }
    used: set[VehicleId | None] = set()
    for edit in edits:
        match edit:
            case MoveStop():
                used |= {by_id[edit.route], by_id[edit.to_route]}
            case MoveLine():
                used |= {rides.get(edit.key), by_id[edit.to_route]}
            case LeaveLine():
                used.add(rides.get(edit.key))
            case ChangeVehicle():
                used |= {by_id[edit.route], edit.vehicle}
    return {vehicle for vehicle in used if vehicle is not None}


def judge(
    day: Problem, plan: Plan, edits: list[Edit], frozen: frozenset[str] = frozenset()
) -> None:
    """Insist that a revised plan tells the truth about itself, or that the edit is refused."""
    travel = GreatCircle(circuity=day.travel.circuity)
    try:
        revised = revise(day, plan, edits, travel=travel, frozen=frozen)
    except EditRefused as refused:
        event(f"refused with {refused.code}")
        return
    assert revised.check is not None
    found = {violation.code for violation in revised.check.violations}
    event(f"breaks {sorted(found)}")
    assert not found & NEVER
    gone = {edit.key for edit in edits if isinstance(edit, LeaveLine)}
    for item in revised.unserved:
        assert item in plan.unserved or (
            item.key in gone and item.reason is UnservedReason.LEFT_OUT
        )
    done = [
        item.key
        for route in revised.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    ]
    left = [item.key for item in revised.unserved]
    assert sorted([*done, *left]) == sorted([*day.lines, *day.collects])
    assert all(route in revised.routes for route in plan.routes if route.id in frozen)
    used = touched(plan, edits)
    assert all(
        route in revised.routes
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE and route.vehicle not in used
    )
    ids = [route.id for route in revised.routes]
    assert len(ids) == len(set(ids))
    for vehicle in day.vehicles:
        trips = sorted((r.departs, r.trip) for r in revised.routes if r.vehicle == vehicle)
        assert [trip for _, trip in trips] == list(range(1, len(trips) + 1))


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(day=days())
def test_no_edit_changes_nothing_and_a_line_comes_back_to_where_it_was(day: Problem) -> None:
    plan = solve_and_check(day, iterations=3, engine="pyvrp")
    travel = GreatCircle(circuity=day.travel.circuity)
    assert revise(day, plan, [], travel=travel) == plan
    vans = [route for route in plan.routes if route.echelon is Echelon.LAST_MILE]
    for van in vans[:1]:
        key = van.stops[0].delivers[0].key
        back: list[Edit] = [LeaveLine(key=key), MoveLine(key=key, to_route=van.id)]
        if len(list(van.stops)) == 1 and len(van.stops[0].delivers) == 1:
            continue
        again = revise(day, plan, back, travel=travel)
        assert again.unserved == plan.unserved
        assert again.check is not None
        # A detour that windows force may be shorter by hand; it never breaks a rule.
        assert again.check.feasible
