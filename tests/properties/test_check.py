"""The checker against random plans: harmless changes stay clean, one fault yields its one code."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.check import check
from optimizer.domain.fleet import Body, Echelon
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import (
    DEFAULT_POLICIES,
    ZONES,
    TemperatureBand,
    TemperaturePolicy,
    Zone,
)
from optimizer.domain.thermal import SAFETY_C, predict_route
from tests.cases import (
    CHILLED,
    CONTROLLED,
    FROZEN,
    HOUR,
    TRAVEL,
    drive,
    line,
    part,
    plan_of,
    priced,
    site,
    tiny_plan,
    tiny_problem,
    vehicle,
)
from tests.unit.check.broken_plans import LONGEST_DELAY, change, delayed
from tests.unit.check.broken_road_plans import ALL_BROKEN
from tests.unit.check.road_day import road_plan, road_problem

STEP_ML = 250_000
LARGEST_FAULT = 50
DAYS = ((tiny_problem, tiny_plan), (road_problem, road_plan))


@dataclass(frozen=True, slots=True, kw_only=True)
class Harmless:
    """A good plan in another guise, and the weather it is driven in."""

    problem: Problem
    plan: Plan


@st.composite
def harmless(draw: st.DrawFn) -> Harmless:
    base, planned = draw(st.sampled_from(DAYS))
    problem = replace(
        base(), ambient_c=draw(st.floats(-5.0, 38.0)), sun_c=draw(st.floats(0.0, 20.0))
    )
    plan = planned(problem)
    for name in ("T1", "V3", "B1"):
        plan = delayed(plan, name, draw(st.integers(0, LONGEST_DELAY)))
    chilled = draw(st.integers(4, 12))
    frozen = draw(st.integers(1, 24 - chilled - 1))
    sizes = {FROZEN: frozen, CHILLED: chilled, CONTROLLED: 24 - chilled - frozen}
    plan = change(plan, "V3", compartments={zone: n * STEP_ML for zone, n in sizes.items()})
    routes = draw(st.permutations(plan.routes))
    count = len(routes)
    text = st.text("abc", min_size=3)
    names = draw(st.lists(text, min_size=count, max_size=count, unique=True))
    renamed = tuple(replace(r, id=name) for r, name in zip(routes, names, strict=True))
    return Harmless(problem=problem, plan=priced(problem, replace(plan, routes=renamed)))


@given(harmless())
@settings(max_examples=30)
def test_a_good_plan_stays_good_in_any_order_and_weather(case: Harmless) -> None:
    assert check(case.problem, case.plan, TRAVEL).violations == ()


@pytest.mark.parametrize("code", ALL_BROKEN)
@given(case=harmless(), size=st.integers(1, LARGEST_FAULT))
@settings(max_examples=3)
def test_one_fault_yields_its_code_alone(code: str, case: Harmless, size: int) -> None:
    report = check(*ALL_BROKEN[code].breaker(case.problem, case.plan, size))
    assert {one.code for one in report.violations} == {code}


# --- the planner's temperatures against the checker's -------------------------------------------


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Problem, Route]:
    """Draw a van's round in any weather, with any unit, working or not."""
    zones = draw(st.sets(st.sampled_from(ZONES), min_size=1))
    kg = {zone: draw(st.integers(1, 40)) for zone in sorted(zones, key=ZONES.index)}
    apart_km = draw(st.integers(1, 12))
    sites: dict[str, Site] = {"G": site("G", SiteKind.GRID, 0, 0)}
    lines = {}
    visits: list[tuple[str, list[str]]] = []
    for place in range(draw(st.integers(1, 12))):
        point = site(f"P{place}", SiteKind.PICKUP, apart_km * (place % 2), apart_km)
        sites[point.id] = point
        for zone, each in kg.items():
            one = line(f"{place}/{zone.value}", point.id, zone, each)
            lines[one.key] = one
        visits.append((point.id, [f"{place}/{zone.value}" for zone in kg]))
    size = {zone: draw(st.sampled_from([1_500_000, 2_500_000, 4_000_000])) for zone in ZONES}
    body = Body(
        cooling_w=draw(st.sampled_from([0.0, 600.0, 1500.0, 2500.0])),
        heating_w=draw(st.sampled_from([300.0, 1500.0])),
        curtain=draw(st.sampled_from([0.07, 0.25, 1.0])),
        door_open_s=draw(st.sampled_from([30, 60, 120])),
    )
    van = vehicle("V", "G", Echelon.LAST_MILE, capacity_ml=size, bulkhead_step_ml=None)
    problem = tiny_problem(
        sites=sites,
        lines=lines,
        vehicles={"V": van},
        stock=(),
        bodies={"van": body},
        radius_m=None,
        ambient_c=draw(st.floats(-8.0, 40.0)),
        sun_c=draw(st.sampled_from([0.0, 15.0])),
        policies=draw(st.sampled_from([DEFAULT_POLICIES, _narrow()])),
    )
    parts = [(name, [part(problem, one) for one in names]) for name, names in visits]
    return problem, drive(problem, vehicle="V", wave="W2", departs=9 * HOUR, visits=parts)


def _narrow() -> dict[Zone, TemperaturePolicy]:
    """Bands of half a degree to either side, so that many rounds end near an edge."""
    return {
        zone: replace(
            policy,
            product=TemperatureBand(
                lower_c=policy.setpoint_c - 0.5, upper_c=policy.setpoint_c + 0.5
            ),
        )
        for zone, policy in DEFAULT_POLICIES.items()
    }


@given(rounds())
@settings(max_examples=20)
def test_planner_with_its_safety_margin_never_breaks_the_checkers_band(
    case: tuple[Problem, Route],
) -> None:
    problem, route = case
    safe = {
        (stop.site, zone): seen.margin_c >= SAFETY_C
        for stop, zones in zip(route.stops, predict_route(problem, route), strict=True)
        for zone, seen in zones.items()
    }
    report = check(problem, plan_of(problem, [route]), TRAVEL)
    warm = [one.where.split("/")[1:] for one in report.violations if one.code == "temperature"]
    assert not [where for where in warm if safe[where[0], Zone(where[1])]]
