"""Any planned day, played: without variance it is the plan itself; with it nothing gets lost."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.domain.fleet import Echelon
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.travel.great_circle import GreatCircle
from scenarios.day import play
from scenarios.day.words import (
    Arrived,
    Began,
    DayRecord,
    Delivered,
    Departed,
    Finished,
    Refused,
    Returned,
)
from scenarios.metrics import KPIS, kpis_of
from scenarios.variation import NONE, Variation
from tests.cases import TRAVEL, tiny_plan, tiny_problem
from tests.properties.rough_days import made_rough
from tests.properties.test_plan import days
from tests.solving import solve_and_check

SLOW = [HealthCheck.too_slow]


@settings(max_examples=6, suppress_health_check=SLOW)
@given(day=days().flatmap(made_rough), seed=st.integers(0, 99))
def test_without_variance_a_day_is_its_plan_to_the_second(day: Problem, seed: int) -> None:
    travel = GreatCircle(circuity=day.travel.circuity)
    plan = solve_and_check(day, travel=travel, iterations=2, engine="ortools")
    record = play(day, plan, travel, variation=NONE, seed=seed)
    planned = set()
    for route in plan.routes:
        planned |= {(route.id, "departed", 0, route.departs)}
        planned |= {(route.id, "returned", 0, route.returns)}
        for place, stop in enumerate(route.stops):
            planned |= {
                (route.id, "arrived", place, stop.arrives),
                (route.id, "began", place, stop.service_starts),
                (route.id, "departed", place + 1, stop.departs),
            }
    assert _moments(record) == planned
    for name, kpi in kpis_of(day).items():
        if name.startswith("on_time_share"):
            assert kpi.count(day, plan, record) == plan.kpis[name]
    assert KPIS["unserved_lines"].count(day, plan, record) == plan.kpis["unserved_lines"]
    cost = plan.cost
    driven = cost.vehicles + cost.distance + cost.time + cost.lateness
    assert KPIS["cost_cents"].count(day, plan, record) == driven


def _moments(record: DayRecord) -> set[tuple[str, str, int, int]]:
    found = set()
    for one in record.events:
        if isinstance(one, Departed):
            found.add((one.route, "departed", one.place, one.at))
        elif isinstance(one, Arrived):
            found.add((one.route, "arrived", one.place, one.at))
        elif isinstance(one, Began):
            found.add((one.route, "began", one.place, one.at))
        elif isinstance(one, Returned):
            found.add((one.route, "returned", 0, one.at))
    return found


@settings(max_examples=20, suppress_health_check=SLOW)
@given(
    seed=st.integers(0, 10_000),
    travel_sd=st.sampled_from([0.0, 0.2, 0.8]),
    service_sd=st.sampled_from([0.0, 0.5]),
)
def test_on_any_day_goods_arrive_once_and_nobody_leaves_too_early(
    seed: int, travel_sd: float, service_sd: float
) -> None:
    problem = tiny_problem()
    plan = tiny_plan(problem)
    variation = Variation(
        travel_sd=travel_sd,
        service_sd=service_sd,
        breakdowns_per_1000_h=0.0,
        failures_per_1000_h=0.0,
    )
    record = play(problem, plan, TRAVEL, variation=variation, seed=seed)
    handed = Counter(
        (one.order, one.line) for one in record.events if isinstance(one, Delivered | Refused)
    )
    assert handed == Counter(
        tuple(item.key)
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in stop.delivers
    )
    _goods_were_there(problem, plan, record)
    _docks_held(problem, record)
    _trips_follow_each_other(record)


def _goods_were_there(problem: Problem, plan: Plan, record: DayRecord) -> None:
    routes = {route.id: route for route in plan.routes}
    unloaded: dict[tuple[str, object], int] = {}
    for one in record.events:
        if isinstance(one, Finished) and routes[one.route].echelon is Echelon.LINEHAUL:
            for item in routes[one.route].stops[one.place].delivers:
                unloaded[one.site, item.key] = one.at
    for one in record.events:
        route = routes[one.route]
        if isinstance(one, Departed) and one.place == 0:
            assert one.at >= route.departs
            for stop in route.stops if route.echelon is Echelon.LAST_MILE else ():
                for item in stop.delivers:
                    assert unloaded.get((one.site, item.key), -1) < one.at
        elif isinstance(one, Began):
            assert problem.sites[one.site].is_open(one.at)


def _docks_held(problem: Problem, record: DayRecord) -> None:
    inside: dict[str, int] = defaultdict(int)
    moves = [one for one in record.events if isinstance(one, Departed | Began)]
    # At one moment those who leave make room for those who come.
    for one in sorted(moves, key=lambda one: (one.at, isinstance(one, Began))):
        if one.vehicle.startswith("T") and (isinstance(one, Began) or one.place):
            inside[one.site] += 1 if isinstance(one, Began) else -1
            room = problem.sites[one.site].docks
            assert room is None or inside[one.site] <= room


def _trips_follow_each_other(record: DayRecord) -> None:
    back: dict[str, int] = {}
    at: dict[str, int] = defaultdict(lambda: -100_000)
    for one in record.events:
        assert one.at >= at[one.vehicle]
        at[one.vehicle] = one.at
        if isinstance(one, Returned):
            back[one.vehicle] = one.at
        elif isinstance(one, Departed) and one.place == 0:
            assert one.at >= back.get(one.vehicle, one.at)
