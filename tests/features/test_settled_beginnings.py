"""A dispatcher settles how a route begins; the rest of the day is planned anew around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimizer.domain.error_table import ERRORS
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.orders import Collect, CollectKind
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.replan import Held, HeldRefused
from tests.builders import central, grid, hours, line, point, problem, truck, van
from tests.solving import replan_and_check, replanned, solve_and_check

ENGINES = ["portfolio", "pyvrp", "ortools"]


def street(*vans: str, **changes: Any) -> Problem:
    """Make four points along a street that leads away from the grid, and an order for each."""
    return problem(
        sites=[central(), grid(), *(point(f"P{n}", east_km=2.0 * n) for n in (1, 2, 3, 4))],
        vehicles=[truck("T1"), *(van(name, max_trips=2) for name in vans or ("V1",))],
        lines=[line(f"O{n}", f"P{n}") for n in (1, 2, 3, 4)],
        **changes,
    )


def first_trip(plan: Plan, vehicle: str) -> Route:
    trips = [route for route in plan.routes if route.vehicle == vehicle]
    return min(trips, key=lambda route: route.departs)


def calls(plan: Plan, vehicle: str = "V1") -> list[str]:
    return [stop.site for stop in first_trip(plan, vehicle).stops]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_van_begins_as_settled_although_another_way_is_cheaper(engine: str) -> None:
    day = street()
    base = solve_and_check(day, iterations=20, engine=engine)
    assert calls(base)[:2] != ["P3", "P1"]
    held = Held(plan=base, settled={"V1": ("P3", "P1")})
    plan = replan_and_check(day, held, iterations=20, engine=engine)
    assert calls(plan)[:2] == ["P3", "P1"]
    assert sorted(calls(plan)) == ["P1", "P2", "P3", "P4"]
    assert plan.unserved == ()
    free = replan_and_check(day, Held(plan=base), iterations=20, engine=engine)
    assert free.cost.total < plan.cost.total


@pytest.mark.parametrize("engine", ENGINES)
def test_late_orders_ride_behind_a_settled_beginning(engine: str) -> None:
    day = street("V1", "V2")
    base = solve_and_check(day, iterations=20, engine=engine)
    used = next(r.vehicle for r in base.routes if r.echelon is Echelon.LAST_MILE)
    sites = tuple(reversed(calls(base, used)))
    late = [line("N1", "P1"), line("N2", sites[0], Zone.FROZEN)]
    now = replace(day, lines={**day.lines, **{one.key: one for one in late}})
    held = Held(plan=base, settled={used: sites[:2]})
    plan = replan_and_check(now, held, iterations=20, engine=engine)
    assert tuple(calls(plan, used)[:2]) == sites[:2]
    assert plan.unserved == ()


def test_what_is_collected_at_a_settled_stop_is_collected_there() -> None:
    crates = Collect(
        key=LineKey("C1", "1"),
        site="P3",
        kind=CollectKind.RETURN,
        zone=Zone.CHILLED,
        mass_g=5000,
        volume_ml=20_000,
        value_cents=5000,
    )
    day = street(collects={crates.key: crates})
    base = solve_and_check(day, iterations=20)
    plan = replan_and_check(day, Held(plan=base, settled={"V1": ("P3",)}), iterations=20)
    first = first_trip(plan, "V1").stops[0]
    assert first.site == "P3"
    assert [item.key for item in first.collects] == [crates.key]


def test_where_vans_are_short_the_beginning_still_comes_first() -> None:
    """Bundles come apart and the bulkheads move; the order of the stops stays."""
    day = street()
    heavy = [line(f"H{n}", f"P{n}", volume_ml=300_000, value_cents=90_000) for n in (1, 2)]
    base = solve_and_check(day, iterations=20)
    small = van("V1", bulkhead_step_ml=100_000, max_trips=1)
    now = replace(
        day,
        vehicles={**day.vehicles, "V1": small},
        lines={**day.lines, **{one.key: one for one in heavy * 2}},
    )
    held = Held(plan=replace(base), settled={"V1": ("P4", "P2")})
    plan = replan_and_check(now, held, iterations=20)
    assert calls(plan)[:2] == ["P4", "P2"]


def test_a_stop_that_cannot_be_driven_in_its_place_is_asked_like_any_other() -> None:
    day = street()
    base = solve_and_check(day, iterations=20)
    early = replace(day.sites["P2"], hours=(hours(11, 11.25),))
    now = replace(day, sites={**day.sites, "P2": early})
    held = Held(plan=base, settled={"V1": ("P4", "P2", "P1")})
    plan = replan_and_check(now, held, iterations=20)
    vans = [route for route in plan.routes if route.echelon is Echelon.LAST_MILE]
    served = {stop.site for route in vans for stop in route.stops}
    left = {item.key: item for item in plan.unserved}
    assert calls(plan)[:2] == ["P4", "P1"]
    assert "P2" in served or "pinned to V1" in left[LineKey("O2", "1")].detail


def test_what_contradicts_the_plan_is_refused() -> None:
    day = street("V1", "V2")
    base = solve_and_check(day, iterations=20)
    (route,) = [r for r in base.routes if r.echelon is Echelon.LAST_MILE]
    other = "V2" if route.vehicle == "V1" else "V1"
    key = route.stops[0].delivers[0].key
    wrong = {
        "has no trip that may": Held(plan=base, settled={other: ("P1",)}),
        "may still be changed": Held(
            plan=base, frozen=frozenset({route.id}), settled={route.vehicle: ("P1",)}
        ),
        "no further stop at P9": Held(plan=base, settled={route.vehicle: ("P1", "P9")}),
        "no further stop at P1": Held(plan=base, settled={route.vehicle: ("P1", "P1")}),
        f"pinned to {other}": Held(
            plan=base, settled={route.vehicle: (route.stops[0].site,)}, pins={key: other}
        ),
    }
    for words, held in wrong.items():
        with pytest.raises(HeldRefused) as caught:
            replanned(day, held, iterations=1)
        assert words in str(caught.value)
        assert caught.value.code == "CG-4020"
    assert "CG-4020" in ERRORS
