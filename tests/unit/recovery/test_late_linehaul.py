"""Trucks that come late: the vans wait, leave without, or others bring the goods after them."""

from dataclasses import replace
from functools import cache

import pytest

from optimizer.domain.fleet import Echelon
from optimizer.domain.limit import Limit
from optimizer.domain.network import Stock
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem, Wave
from optimizer.domain.temperature import Zone
from optimizer.recovery.events import LateLinehaul
from optimizer.recovery.recover import recover
from optimizer.response.words import Kind, Proposal, RerouteRefused, Response
from optimizer.travel.great_circle import GreatCircle
from tests import builders
from tests.solving import solve_and_check

HOUR = 3600
SHIFT = builders.hours(2, 19)
OPEN = builders.hours(3, 19)


@cache
def _day() -> tuple[Problem, Plan]:
    """Give a day of one truck and two vans; half the goods lie at a second grid as well."""
    points = [builders.point(f"P{n}", 1.0 + n, hours=(OPEN,), grid=None) for n in range(4)]
    lines = [
        builders.line(f"O{n}", f"P{n}", Zone.CHILLED, article=f"A{n}", promise="cold")
        for n in range(4)
    ]
    stock = [Stock(site="G2", article=f"A{n}", mass_g=20_000, volume_ml=50_000) for n in range(2)]
    problem = builders.problem(
        sites=[
            builders.central(),
            builders.grid(),
            builders.grid("G2", lat=28.21, lon=113.02),
            *points,
        ],
        vehicles=[
            builders.truck(shift=builders.hours(0.5, 16)),
            builders.van("V1", max_trips=2, shift=SHIFT),
            builders.van("V2", shift=SHIFT),
            builders.van("W1", home="G2", fixed_cents=90_000, shift=SHIFT),
        ],
        lines=lines,
        waves=(Wave(id="morning", departs=3 * HOUR),),
    )
    problem = replace(problem, stock=tuple(stock))
    # Nobody wants to leave from the second grid, but somebody could.
    points_of_one = {p.id: replace(p, grid="G1") for p in points}
    asked = replace(problem, sites={**problem.sites, **points_of_one})
    plan = solve_and_check(asked, iterations=5)
    return problem, replace(plan, problem_digest=problem.digest)


def _truck(plan: Plan) -> Route:
    return next(route for route in plan.routes if route.echelon is Echelon.LINEHAUL)


@cache
def _answer(delay_s: int, limit: int = 8) -> Response:
    problem, plan = _day()
    truck = _truck(plan)
    event = LateLinehaul(route=truck.id, delay_s=delay_s, at=truck.departs + 60)
    return recover(
        problem,
        plan,
        event,
        travel=GreatCircle(circuity=problem.travel.circuity),
        limit=limit,
        effort=Limit(iterations=3),
    )


def _slack() -> int:
    """Give the seconds by which the truck may be late without anybody noticing."""
    problem, plan = _day()
    stop = _truck(plan).stops[0]
    van = min(r.departs for r in plan.routes if r.echelon is Echelon.LAST_MILE)
    return van - stop.departs - problem.sites[stop.site].sorting_s


def test_a_delay_that_sorting_still_meets_changes_no_van() -> None:
    one = _answer(_slack()).proposals[0]
    assert one.kind is Kind.CARRY_ON
    assert [name for name in one.changed if not name.startswith("T")] == []


def test_one_second_more_makes_a_van_wait() -> None:
    _, plan = _day()
    one = next(o for o in _answer(_slack() + 1).proposals if o.place == "wait")
    before = {route.id: route.departs for route in plan.routes}
    later = [r for r in one.plan.routes if r.echelon is Echelon.LAST_MILE]
    assert max(r.departs - before[r.id] for r in later) == 1


def test_nobody_leaves_before_late_goods_are_sorted() -> None:
    problem, _ = _day()
    for one in _answer(_slack() + 2 * HOUR).proposals:
        stop = _truck(one.plan).stops[0]
        late = {item.key for item in stop.delivers}
        ready = stop.departs + problem.sites[stop.site].sorting_s
        for route in one.plan.routes:
            keys = {item.key for each in route.stops for item in each.delivers}
            if route.start_site == stop.site and route.echelon is Echelon.LAST_MILE and keys & late:
                assert route.departs >= ready


def test_the_truck_is_as_late_as_told_and_nothing_else_is_excused() -> None:
    _, plan = _day()
    delay = _slack() + 2 * HOUR
    for one in _answer(delay).proposals:
        moved, was = _truck(one.plan), _truck(plan)
        assert moved.stops[0].arrives - was.stops[0].arrives == delay
        assert moved.departs == was.departs
        assert {found.code for found in one.excused} <= {
            "linehaul_quantity",
            "time_on_board",
            "travel_time",
        }


def test_another_grid_brings_what_lies_there_too() -> None:
    found = [one for one in _answer(_slack() + 2 * HOUR).proposals if one.place.startswith("G2/")]
    assert found and _from(found[0], "G2") == {"O0/1", "O1/1"}


def _from(one: Proposal, grid: str) -> set[str]:
    return {
        str(item.key)
        for route in one.plan.routes
        if route.start_site == grid
        for stop in route.stops
        for item in stop.delivers
    }


def test_a_site_stands_for_every_truck_that_still_has_to_call_there() -> None:
    problem, plan = _day()
    truck = _truck(plan)
    event = LateLinehaul(site="G1", delay_s=600, at=truck.departs + 60)
    answer = recover(problem, plan, event, travel=GreatCircle(), effort=Limit(iterations=3))
    moved = _truck(answer.proposals[0].plan)
    assert moved.stops[0].arrives == truck.stops[0].arrives + 600


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"route": "V1-morning-1", "delay_s": 60}, "CG-1523"),
        ({"site": "P1", "delay_s": 60}, "CG-1523"),
        ({"site": "G2", "delay_s": 60}, "CG-1523"),
        ({"site": "G1", "delay_s": 0}, "CG-1524"),
    ],
)
def test_what_nobody_waits_for_is_refused(fields: dict[str, object], code: str) -> None:
    problem, plan = _day()
    event = LateLinehaul(at=_truck(plan).departs, **fields)  # type: ignore[arg-type]
    with pytest.raises(RerouteRefused) as refused:
        recover(problem, plan, event, travel=GreatCircle())
    assert refused.value.code == code


def test_a_truck_that_is_over_is_late_for_nobody() -> None:
    problem, plan = _day()
    truck = _truck(plan)
    event = LateLinehaul(route=truck.id, delay_s=600, at=truck.returns + 1)
    with pytest.raises(RerouteRefused) as refused:
        recover(problem, plan, event, travel=GreatCircle())
    assert refused.value.code == "CG-1523"
