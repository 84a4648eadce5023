"""Overrides of any size: the identity changes nothing, factors multiply, what closes is closed."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.limit import Limit
from optimizer.domain.network import SiteKind
from optimizer.domain.problem import Problem
from scenarios.planning import plan_of
from tests.scenario_days import changed, two_grids

DAY = two_grids()

IDENTITIES = [
    "scale_demand: {factor: 1}",
    "scale_demand: {factor: 1, by: orders}",
    "scale_demand: {factor: 9, of: {zones: frozen, before: '01:00', after: '00:30'}}",
    "merge_points: {within_m: 1}",
    "sick_vehicles: {share: 0}",
    "vehicle_costs: {}",
    "replace_vehicles: {of: {}}",
    "linehaul_outage: {}",
    "slow_traffic: {factor: 1, after: '06:00', before: '06:01'}",
    "change_sites: {}",
    "set_service: {}",
    "set_weather: {}",
    "set_objective: {}",
    "set_promise: {promise: cold}",
    "set_band: {zone: chilled}",
    "move_wave: {wave: morning, departs: '06:00'}",
]


def factors(day: Problem) -> list[float]:
    return [day.travel.factor(moment) for moment in range(0, 100_000, 600)]


@pytest.mark.parametrize("seed", range(3))
def test_overrides_that_change_nothing_leave_an_equal_day(seed: int) -> None:
    texts = random.Random(seed).sample(IDENTITIES, k=len(IDENTITIES))
    after = changed(DAY, *texts, seed=seed)
    assert after.problem.digest == DAY.digest
    assert factors(after.problem) == factors(DAY)
    for name in ("promises", "policies", "objective", "radius_m", "ambient_c", "time_on_board_s"):
        assert getattr(after.problem, name) == getattr(DAY, name)
    assert (len(after.said), after.withdrawn_lines) == (len(texts), 0)


@given(st.floats(0.01, 20), st.sampled_from(["size", "orders"]))
@settings(max_examples=20, deadline=None)
def test_scaling_by_k_multiplies_the_mass(k: float, by: str) -> None:
    after = changed(DAY, f"scale_demand: {{factor: {k}, by: {by}}}").problem
    masses = [sum(line.mass_g for line in day.lines.values()) for day in (DAY, after)]
    # By size to half a gram a line; by orders to one order of each.
    slack = len(DAY.lines) if by == "size" else sum(x.mass_g for x in DAY.lines.values())
    assert masses[1] == pytest.approx(k * masses[0], abs=slack)
    assert len(after.lines) == len(DAY.lines) or by == "orders"


@pytest.mark.parametrize("closed", ["G1", "G2"])
@pytest.mark.parametrize("points", ["planner", "nearest"])
def test_a_closed_site_has_no_stops_and_its_orders_are_accounted_for(
    closed: str, points: str
) -> None:
    after = changed(DAY, f"close_sites: {{sites: {closed}, points: {points}}}")
    plan = plan_of(after, seed=1, limit=Limit(iterations=2))
    assert plan.check is not None
    assert plan.check.violations == ()
    stops = {stop.site for route in plan.routes for stop in route.stops}
    stops |= {site for route in plan.routes for site in (route.start_site, route.end_site)}
    assert closed not in stops
    served = {
        item.key
        for route in plan.routes
        for stop in route.stops
        if stop.kind is SiteKind.PICKUP
        for item in stop.delivers
    }
    out = {one.key: one for one in plan.unserved}
    assert served | out.keys() == DAY.lines.keys()
    assert all(one.detail for one in out.values())
    orphans = {key for key, line in DAY.lines.items() if DAY.sites[line.site].grid == closed}
    assert orphans & served


def test_a_draw_does_not_depend_on_what_else_is_drawn() -> None:
    alone = changed(DAY, "sick_vehicles: {share: 0.4}", seed=5).problem.vehicles
    later = changed(
        DAY, "scale_demand: {factor: 1.5, by: orders}", "sick_vehicles: {share: 0.4}", seed=5
    ).problem.vehicles
    assert alone == later
