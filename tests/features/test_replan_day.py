"""A day that has begun: late orders, cancelled ones, locked routes, pins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.network import Stock
from optimizer.domain.objective import ObjectiveWeights
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Plan, Route, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.executors.processes import processes
from optimizer.formats.plan_json import dump_plan
from optimizer.planning.synchronise import Progress
from optimizer.replan import Held, closure
from tests.builders import HOUR, SIX, central, grid, hours, line, point, problem, truck, van
from tests.features.test_small_city import city
from tests.solving import replan_and_check, replanned, solve_and_check

SITES = [central(), grid(), *(point(f"P{i}", 1.0 + i, i % 3) for i in range(6))]
LINES = [line(f"O{i}", f"P{i}") for i in range(4)]


def day(*more: OrderLine, **changes: object) -> Problem:
    vehicles = [truck(max_trips=3), van(max_trips=2), van("V2")]
    return problem(sites=SITES, vehicles=vehicles, lines=[*LINES, *more], **changes)


def names(plan: Plan, echelon: Echelon) -> frozenset[str]:
    return frozenset(route.id for route in plan.routes if route.echelon is echelon)


def van_of(plan: Plan, order: str) -> Route | None:
    for route in plan.routes:
        if route.echelon is Echelon.LAST_MILE:
            for stop in route.stops:
                if any(item.key.order == order for item in stop.delivers):
                    return route
    return None


def trucked(plan: Plan) -> list[str]:
    return [
        item.key.order
        for route in plan.routes
        if route.echelon is Echelon.LINEHAUL
        for stop in route.stops
        for item in stop.delivers
    ]


def test_with_nothing_fixed_it_is_a_plan_like_any_other() -> None:
    base = solve_and_check(day())
    again = replan_and_check(day(), Held(plan=base))
    assert dump_plan(again) == dump_plan(base)


def test_routes_that_stay_are_the_same_to_the_byte_and_a_late_order_finds_a_van() -> None:
    base = solve_and_check(day())
    frozen = names(base, Echelon.LAST_MILE)
    late = day(line("LATE", "P5"))
    plan = replan_and_check(late, Held(plan=base, frozen=frozen, earliest=4 * HOUR))
    assert all(route in plan.routes for route in base.routes)
    new = van_of(plan, "LATE")
    assert new is not None
    assert new.departs >= 4 * HOUR
    assert plan.unserved == ()
    assert plan.problem_digest == late.digest
    # What is on the truck that left is on no other.
    assert sorted(trucked(plan)) == ["LATE", "O0", "O1", "O2", "O3"]


def test_a_van_that_stays_is_free_again_after_its_return_and_reloading() -> None:
    one = [truck(max_trips=3), van(max_trips=2)]
    sites = [replace(site, hours=(hours(10, 20),)) if site.grid else site for site in SITES]
    base = solve_and_check(problem(sites=sites, vehicles=one, lines=LINES))
    frozen = names(base, Echelon.LAST_MILE)
    (first,) = (r for r in base.routes if r.id in frozen)
    late = problem(sites=sites, vehicles=one, lines=[*LINES, line("LATE", "P5")])
    plan = replan_and_check(late, Held(plan=base, frozen=frozen))
    second = van_of(plan, "LATE")
    assert second is not None
    assert (second.vehicle, second.trip) == (first.vehicle, 2)
    assert second.departs >= first.returns + late.sites["G1"].service_s
    assert plan.cost.vehicles == base.cost.vehicles


def test_a_fleet_that_is_on_its_last_trips_is_the_reason() -> None:
    few = [truck(max_trips=3), van()]
    base = solve_and_check(problem(sites=SITES, vehicles=few, lines=LINES))
    late = problem(sites=SITES, vehicles=few, lines=[*LINES, line("LATE", "P5")])
    plan = replan_and_check(late, Held(plan=base, frozen=names(base, Echelon.LAST_MILE)))
    (left,) = plan.unserved
    assert left.reason is UnservedReason.FLEET
    assert "last of its trips" in left.detail
    assert "LATE" not in trucked(plan)


def test_trucks_on_their_last_trips_are_the_reason_too() -> None:
    vehicles = [truck(), van(), van("V2")]
    base = solve_and_check(problem(sites=SITES, vehicles=vehicles, lines=LINES))
    late = problem(sites=SITES, vehicles=vehicles, lines=[*LINES, line("LATE", "P5")])
    plan = replan_and_check(late, Held(plan=base, frozen=names(base, Echelon.LINEHAUL)))
    (left,) = plan.unserved
    assert (left.reason, left.detail) == (
        UnservedReason.LINEHAUL,
        "no truck has a trip and hours left",
    )


def test_a_late_order_does_not_hold_up_its_wave() -> None:
    """Goods that are sorted leave with the wave; the late ones follow when their truck is in."""
    sites = [replace(site, hours=(hours(10, 20),)) if site.grid else site for site in SITES]
    vehicles = [truck(max_trips=2), van(), van("V2")]
    base = solve_and_check(problem(sites=sites, vehicles=vehicles, lines=LINES))
    late = problem(sites=sites, vehicles=vehicles, lines=[*LINES, line("LATE", "P5")])
    earliest = 9 * HOUR + 3000
    plan = replan_and_check(
        late, Held(plan=base, frozen=names(base, Echelon.LINEHAUL), earliest=earliest)
    )
    on_time, after = van_of(plan, "O0"), van_of(plan, "LATE")
    assert plan.unserved == ()
    assert on_time is not None
    assert after is not None
    assert on_time.departs < SIX + HOUR / 2
    arrived = max(r.stops[0].departs for r in plan.routes if r.echelon is Echelon.LINEHAUL)
    assert after.departs >= arrived + late.sites["G1"].sorting_s > on_time.departs + 1800


def test_a_cancelled_line_on_an_open_route_leaves_truck_and_van() -> None:
    base = solve_and_check(day())
    lines = {key: ln for key, ln in day().lines.items() if key.order != "O1"}
    plan = replan_and_check(replace(day(), lines=lines), Held(plan=base))
    assert van_of(plan, "O1") is None
    assert "O1" not in trucked(plan)


def test_stock_that_a_fixed_van_took_is_not_given_twice() -> None:
    stock = (Stock(site="G1", article="A1", mass_g=80_000, volume_ml=200_000),)
    base = solve_and_check(day(stock=stock))
    assert trucked(base) == []
    late = day(line("LATE", "P5"), stock=stock)
    plan = replan_and_check(late, Held(plan=base, frozen=names(base, Echelon.LAST_MILE)))
    assert plan.unserved == ()
    assert trucked(plan) == ["LATE"]


def two_grids(**changes: object) -> Problem:
    east = grid("G2", lon=113.10)
    sites = [
        central(),
        grid(),
        east,
        *(point(f"P{i}", 1.0 + 2 * i, grid=None) for i in range(5)),
    ]
    vans = [van(), van("V2"), van("W1", home="G2"), van("W2", home="G2")]
    lines = [line(f"O{i}", f"P{i}") for i in range(5)]
    return problem(
        sites=sites,
        vehicles=[truck(max_trips=2), *vans],
        lines=lines,
        **{"radius_m": None, **changes},
    )


def test_points_keep_the_grid_that_serves_them() -> None:
    base = solve_and_check(two_grids())
    before = {f"O{i}": van_of(base, f"O{i}") for i in range(5)}
    assert len({route.start_site for route in before.values() if route}) == 2
    # The other grid moves next to all points; the plan stands.
    now = two_grids()
    moved = {**now.sites, "G2": replace(now.sites["G2"], lon=113.00)}
    plan = replan_and_check(replace(now, sites=moved), Held(plan=base))
    for order, route in before.items():
        after = van_of(plan, order)
        assert route is not None
        assert after is not None
        assert after.start_site == route.start_site


def test_a_pin_moves_a_line_to_the_grid_of_its_vehicle() -> None:
    base = solve_and_check(two_grids())
    route = van_of(base, "O0")
    assert route is not None
    assert route.start_site == "G1"
    plan = replan_and_check(two_grids(), Held(plan=base, pins={LineKey("O0", "1"): "W2"}))
    pinned = van_of(plan, "O0")
    assert pinned is not None
    assert pinned.vehicle == "W2"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"radius_m": 7_000}, UnservedReason.OUTSIDE_RADIUS),
        ({"sites": "given"}, UnservedReason.NO_GRID),
        ({"sites": "full"}, UnservedReason.GRID_CAPACITY),
    ],
)
def test_a_pin_that_cannot_be_kept_leaves_the_line_out(
    changes: dict[str, object], reason: UnservedReason
) -> None:
    base = solve_and_check(two_grids())
    now = two_grids()
    if "radius_m" in changes:
        now = replace(now, radius_m=7_000)
    elif changes["sites"] == "given":
        now = replace(now, sites={**now.sites, "P0": replace(now.sites["P0"], grid="G1")})
    else:
        full = replace(now.sites["G2"], capacity_ml={Zone.CHILLED: 120_000})
        now = replace(now, sites={**now.sites, "G2": full})
    key = LineKey("O0", "1")
    plan = replan_and_check(now, Held(plan=base, pins={key: "W1", LineKey("O1", "1"): "W1"}))
    left = {item.key: item.reason for item in plan.unserved}
    if reason is UnservedReason.GRID_CAPACITY:
        assert reason in left.values()
    else:
        assert left[key] is reason


def test_the_small_city_is_the_same_with_one_worker_and_with_two() -> None:
    base = solve_and_check(city())
    frozen = frozenset({base.routes[1].id})
    late = replace(
        city(),
        lines={
            **city().lines,
            LineKey("LATE", "1"): replace(
                next(iter(city().lines.values())), key=LineKey("LATE", "1")
            ),
        },
    )
    held = Held(plan=base, frozen=frozen, earliest=4 * HOUR)
    here = replan_and_check(late, held, iterations=20)
    with processes(2) as pool:
        there = replan_and_check(late, held, iterations=20, executor=pool)
    assert dump_plan(here) == dump_plan(there)
    assert {r.id for r in base.routes if r in here.routes} >= closure(late, base, frozen)


def test_the_objective_falls_while_grids_finish() -> None:
    question = replace(two_grids(), objective=ObjectiveWeights(transfer_cents=7))
    base = solve_and_check(question)
    events: list[Progress] = []
    plan = replanned(question, Held(plan=base), iterations=5, listener=events.append)
    assert (events[0].stage, events[0].unserved) == ("linehaul", 5)
    cents = [event.objective_cents for event in events]
    assert cents == sorted(cents, reverse=True)
    assert events[-1].unserved == len(plan.unserved) == 0
    assert events[-1].objective_cents == plan.cost.total > events[-1].decided_cents
