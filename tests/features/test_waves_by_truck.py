"""A day of three waves, from problem to checked plan: trucks bring several waves with one trip."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.check import check
from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem, Wave
from optimizer.domain.temperature import Zone
from optimizer.travel.great_circle import GreatCircle
from tests.builders import HOUR, central, grid, hours, line, point, problem, truck, van
from tests.solving import solve_and_check

WAVES = tuple(Wave(id=f"w{clock}", departs=(clock + 4) * HOUR) for clock in (6, 10, 15))
WINDOWS = {"w6": hours(11, 13), "w10": hours(15, 17), "w15": hours(20, 22)}
REST = BreakRule(after_driving_s=1500, rest_s=900)


def day(
    kilograms: Mapping[tuple[str, str], float],
    *,
    trucks: int = 1,
    truck_words: Mapping[str, object] | None = None,
    zone: Zone = Zone.CHILLED,
) -> Problem:
    """Make a day of two grids with a point each; kilograms stand by point and wave."""
    grids = [grid("G1"), grid("G2", lat=28.16, lon=113.02)]
    points = [
        point("P1", grid="G1", hours=(hours(10, 24),)),
        point("P2", 3.0, -4.5, grid="G2", hours=(hours(10, 24),)),
    ]
    lines = [
        line(f"{site}-{wave}", site, zone, mass_g=round(1000 * kg), window=WINDOWS[wave])
        for (site, wave), kg in kilograms.items()
    ]
    words = {"max_trips": 6, "shift": hours(0.5, 20), **(truck_words or {})}
    vans = [
        van(f"V{number}{home}", home=home, shift=hours(9, 25), max_trips=3)
        for home in ("G1", "G2")
        for number in (1, 2)
    ]
    return problem(
        sites=[central(service_s=600), *grids, *points],
        vehicles=[*(truck(f"T{number}", **words) for number in range(trucks)), *vans],
        lines=lines,
        waves=WAVES,
    )


def everywhere(kg: float) -> dict[tuple[str, str], float]:
    return {(site, wave.id): kg for site in ("P1", "P2") for wave in WAVES}


def by_truck(plan: Plan) -> list[Route]:
    return [route for route in plan.routes if route.echelon is Echelon.LINEHAUL]


def cents(routes: list[Route]) -> int:
    return sum(route.cost_cents for route in routes)


def findings(whole: Problem, plan: Plan) -> set[str]:
    """Judge a plan as an answer to another problem than it was made for."""
    answer = replace(plan, problem_digest=whole.digest)
    report = check(whole, answer, GreatCircle(circuity=whole.travel.circuity))
    return {violation.code for violation in report.violations}


def test_one_trip_brings_three_waves() -> None:
    whole = day(everywhere(200))
    plan = solve_and_check(whole)
    (route,) = by_truck(plan)
    assert route.wave == "w6"
    assert not plan.unserved
    vans = {route.wave for route in plan.routes if route.echelon is Echelon.LAST_MILE}
    assert vans == {"w6", "w10", "w15"}
    alone = [day({(site, wave): 200 for site in ("P1", "P2")}) for wave in WINDOWS]
    apart = [by_truck(solve_and_check(each)) for each in alone]
    # A truck's day is paid once either way; the two further trips are what merging saves.
    assert cents([route]) == min(cents(routes) for routes in apart)


def test_what_a_truck_cannot_hold_comes_with_a_later_trip() -> None:
    plan = solve_and_check(day(everywhere(300), truck_words={"payload_g": 1_000_000}))
    routes = sorted(by_truck(plan), key=lambda route: route.departs)
    assert len(routes) == 2
    assert routes[0].wave == "w6"
    assert not plan.unserved


def test_trucks_follow_vans_that_leave_lines_behind() -> None:
    # Nobody can serve half of the goods of the second wave; trucks leave them at home.
    whole = day(everywhere(200))
    key = LineKey("P1-w10", "1")
    never = replace(whole.lines[key], window=hours(9, 9.1))
    plan = solve_and_check(replace(whole, lines={**whole.lines, key: never}))
    assert [item.key for item in plan.unserved] == [key]
    (route,) = by_truck(plan)
    carried = {item.key for stop in route.stops for item in stop.delivers}
    assert carried == whole.lines.keys() - {key}


def test_a_driver_rests_and_the_checker_finds_who_does_not() -> None:
    whole = day(everywhere(200))
    rested = replace(whole, breaks={"truck": REST})
    hasty, plan = solve_and_check(whole), solve_and_check(rested)
    assert by_truck(plan)[0].breaks
    assert by_truck(plan)[0].duration_s > by_truck(hasty)[0].duration_s
    assert findings(rested, hasty) == {"rest"}


def test_a_trip_beyond_the_range_is_found() -> None:
    whole = day(everywhere(200), truck_words={"max_trips": 2})
    free = solve_and_check(whole)
    longest = max(route.distance_m for route in by_truck(free))
    short = _all_trucks(whole, range_m=longest - 1)
    plan = solve_and_check(short)
    assert len(by_truck(plan)) == 2
    assert cents(by_truck(plan)) > cents(by_truck(free))
    assert findings(short, free) == {"range"}


def test_a_truck_without_the_skill_is_found() -> None:
    words: dict[str, object] = {"payload_g": 3_000_000}
    whole = day(everywhere(200), trucks=2, truck_words=words)
    able = replace(whole.vehicles["T1"], skills=frozenset({"gate"}), fixed_cents=90_000)
    whole = replace(whole, vehicles={**whole.vehicles, "T1": able})
    free = solve_and_check(whole)
    assert {route.vehicle for route in by_truck(free)} == {"T0"}
    gated = {
        key: replace(site, needs=frozenset({"gate"})) if key == "G2" else site
        for key, site in whole.sites.items()
    }
    narrow = replace(
        whole,
        sites=gated,
        vehicles={
            key: replace(each, skills=frozenset({"gate"})) if each.home == "G2" else each
            for key, each in whole.vehicles.items()
        },
    )
    plan = solve_and_check(narrow)
    at_g2 = [r.vehicle for r in by_truck(plan) for stop in r.stops if stop.site == "G2"]
    assert set(at_g2) == {"T1"}
    assert findings(narrow, free) == {"skill"}


def _all_trucks(whole: Problem, **words: object) -> Problem:
    def changed(each: Vehicle) -> Vehicle:
        return replace(each, **words) if each.echelon is Echelon.LINEHAUL else each  # type: ignore[arg-type]

    return replace(whole, vehicles={key: changed(each) for key, each in whole.vehicles.items()})


@settings(max_examples=6)
@given(seed=st.integers(0, 2**32))
def test_random_days_of_three_waves_pass_the_checker(seed: int) -> None:
    draw = random.Random(seed)
    kilograms = {key: draw.choice([40, 250, 600]) for key in everywhere(1) if draw.random() < 0.8}
    words = {
        "payload_g": draw.choice([700_000, 1_500_000]),
        "bulkhead_step_ml": draw.choice([None, 500_000]),
        "range_m": draw.choice([None, 60_000]),
    }
    whole = day(
        kilograms or everywhere(40),
        trucks=2,
        truck_words=words,
        zone=draw.choice([Zone.CHILLED, Zone.CONTROLLED]),
    )
    rested = replace(whole, breaks={"truck": REST})
    plan = solve_and_check(draw.choice([whole, rested]), iterations=10)
    assert {item.key for item in plan.unserved} <= whole.lines.keys()
