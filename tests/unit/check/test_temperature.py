"""The integration against closed solutions, and what weather, units and bodies do to goods."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer.check import check
from optimizer.check.cabins import cabins
from optimizer.check.facts import gather
from optimizer.check.integration import _limited, worst_excess_c
from optimizer.check.journey import LONGEST_STEP_S, journey, legs_of
from optimizer.domain.fleet import Body, Cooling, Echelon
from optimizer.domain.network import SiteKind, Stock, TimeWindow
from optimizer.domain.plan import BoxLoad, Plan, Violation
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import DEFAULT_POLICIES, ZONES, TemperatureBand
from optimizer.domain.thermal.cabin import compartments
from optimizer.domain.thermal.oracles import door_w_k
from optimizer.domain.thermal.two_nodes import TwoNodes
from optimizer.domain.thermal.unit_power import fair_shares
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
    site,
    tiny_problem,
    vehicle,
)

LITRES = {FROZEN: 3_000_000, CHILLED: 4_000_000, CONTROLLED: 2_000_000}


def _round(
    stops: int = 20,
    kg: int = 12,
    zones: tuple[Any, ...] = ZONES,
    *,
    apart_km: float = 3.0,
    layout: dict[Any, int] | None = None,
    loading_c: dict[int, float] | None = None,
    **more: Any,
) -> tuple[Problem, Plan]:
    """Drive a van to and fro with all zones at every stop."""
    sites = {"G": site("G", SiteKind.GRID, 0, 0)}
    lines = {}
    visits = []
    for place in range(stops):
        point = site(f"P{place}", SiteKind.PICKUP, apart_km * (1 + place % 2), 0)
        sites[point.id] = point
        names = [f"{place}/{zone.value}" for zone in zones]
        for name, zone in zip(names, zones, strict=True):
            one = line(name, point.id, zone, kg, loading_c=(loading_c or {}).get(place))
            lines[one.key] = one
        visits.append((point.id, names))
    size = LITRES if layout is None else layout
    van = vehicle("V", "G", Echelon.LAST_MILE, capacity_ml=size, bulkhead_step_ml=None)
    cooling = more.pop("cooling", Cooling.REFRIGERATED)
    van = replace(van, cooling=cooling, shift=TimeWindow(opens=0, closes=40 * HOUR))
    given: dict[str, Any] = {"bodies": {"van": Body()}, "radius_m": None, "time_on_board_s": {}}
    problem = tiny_problem(
        sites=sites,
        lines=lines,
        vehicles={"V": van},
        stock=tuple(
            Stock(site="G", article=one.article, mass_g=one.mass_g, volume_ml=one.volume_ml)
            for one in lines.values()
        ),
        **(given | more),
    )
    parts = [(point, [part(problem, name) for name in names]) for point, names in visits]
    route = drive(problem, vehicle="V", wave="W2", departs=9 * HOUR, visits=parts)
    return problem, plan_of(problem, [route])


def _temperature(problem: Problem, plan: Plan) -> list[Violation]:
    return [v for v in check(problem, plan, TRAVEL).violations if v.code == "temperature"]


def _excess(problem: Problem, plan: Plan) -> list[float]:
    facts, _ = gather(problem, plan, TRAVEL)
    bodies = cabins(problem, facts.judged)
    trips = journey([legs_of(problem, one) for one in facts.judged], bodies)
    return [float(worst) for worst in worst_excess_c(problem, bodies, trips).max(axis=1)]


@pytest.mark.parametrize("ambient_c", [-5.0, 12.0, 28.0, 38.0])
def test_a_healthy_van_holds_all_three_zones(ambient_c: float) -> None:
    assert not _temperature(*_round(ambient_c=ambient_c))


def test_taking_the_watts_away_thaws_frozen_goods_within_a_morning() -> None:
    found = _temperature(*_round(bodies={"van": Body(cooling_w=0.0)}))
    assert {one.where.split("/")[2] for one in found} >= {"frozen"}
    assert found[0].amount > 1.0


def test_taking_the_heat_away_chills_what_should_stay_warm() -> None:
    cold = {"van": Body(heating_w=0.0)}
    found = _temperature(*_round(stops=30, apart_km=8.0, ambient_c=-5.0, bodies=cold))
    assert [one.where.split("/")[2] for one in found] == ["controlled"]


def test_a_half_power_unit_is_worse_than_a_whole_one() -> None:
    narrow = {
        zone: replace(
            policy, product=TemperatureBand(lower_c=policy.setpoint_c, upper_c=policy.setpoint_c)
        )
        for zone, policy in DEFAULT_POLICIES.items()
    }
    drift = [
        _excess(*_round(ambient_c=38.0, policies=narrow, bodies={"van": Body(cooling_w=watts)}))
        for watts in (500.0, 1000.0, 4000.0)
    ]
    assert drift[0][0] > drift[1][0] > drift[2][0] > 0.0


def test_one_closed_compartment_follows_the_exact_solution() -> None:
    # One drive of eleven hours, no unit, no door: two coupled nodes with a known solution.
    kg, layout = 200, {FROZEN: 3_000_000}
    off = {"van": Body(cooling_w=0.0, door_open_s=0)}
    problem, plan = _round(
        1, kg, (FROZEN,), apart_km=300.0, layout=layout, bodies=off, ambient_c=30.0, sun_c=0.0
    )
    (cell,) = compartments(off["van"], layout)
    nodes = TwoNodes(cell.outer_w_k, 0.2 * kg, cell.air_j_k, 1900.0 / 0.2)
    (stop,) = plan.routes[0].stops
    seconds = stop.service_starts - plan.routes[0].departs
    assert seconds > 8 * HOUR
    _, exact = nodes.after(-20.0, -20.0, 30.0, seconds)
    (found,) = _temperature(problem, plan)
    assert found.amount == pytest.approx(exact + 18.0, rel=1e-3)


def test_door_heat_is_the_published_formula() -> None:
    problem, plan = _round(ambient_c=30.0)
    facts, _ = gather(problem, plan, TRAVEL)
    bodies = cabins(problem, facts.judged)
    for inside in (-20.0, 2.0, 15.0, 29.9, 45.0):
        (own,) = bodies.door_w_k(np.array([inside]), np.array([0]))
        assert own == pytest.approx(door_w_k(0.9, 1.5, inside, 30.0, 0.25), rel=1e-9)


@pytest.mark.parametrize(
    "layout",
    [
        LITRES,
        {FROZEN: 1_000_000, CONTROLLED: 2_000_000},
        {CHILLED: 500_000},
        {CHILLED: 4_000_000, CONTROLLED: 100_000},
    ],
)
def test_walls_and_bulkheads_agree_with_the_planners_own(layout: dict[Any, int]) -> None:
    zones = tuple(layout)
    problem, plan = _round(2, 5, zones, layout=layout)
    facts, _ = gather(problem, plan, TRAVEL)
    own = cabins(problem, facts.judged)
    for cell in compartments(problem.bodies["van"], layout):
        place = ZONES.index(cell.zone)
        assert own.air_j_k[place, 0] == pytest.approx(cell.air_j_k)
        assert own.outer_w_k[place, 0] == pytest.approx(cell.outer_w_k)
        outside_c = own.outer_w[place, 0] / own.outer_w_k[place, 0]
        assert outside_c == pytest.approx(cell.outside_c(problem.ambient_c, problem.sun_c))
        between = {z: w for z, w in zip(ZONES, own.between_w_k[place, :, 0], strict=True) if w}
        assert between == pytest.approx(dict(cell.neighbours))


def test_power_is_shared_alike_between_the_greedy() -> None:
    needs = np.array([[100.0, 500.0, 0.0], [900.0, 500.0, 0.0], [1200.0, 500.0, 2000.0]])
    power = np.array([1000.0, 600.0, 1000.0])
    shared = _limited(needs, power)
    for column in range(3):
        expected = fair_shares(list(needs[:, column]), float(power[column]))
        assert list(shared[:, column]) == pytest.approx(expected)
    assert list(shared.sum(axis=0)) == pytest.approx([1000.0, 600.0, 1000.0])


def test_steps_are_never_longer_than_ten_seconds_and_fill_the_route() -> None:
    problem, plan = _round(5)
    facts, _ = gather(problem, plan, TRAVEL)
    trips = journey([legs_of(problem, one) for one in facts.judged], cabins(problem, facts.judged))
    last = plan.routes[0].stops[-1].service_starts + 60 - plan.routes[0].departs
    assert trips.seconds.max() <= LONGEST_STEP_S
    assert trips.seconds.sum() == pytest.approx(last)


def test_routes_do_not_influence_each_other() -> None:
    alone = _round(6, bodies={"van": Body(cooling_w=0.0)})
    problem, plan = alone
    both = replace(plan, routes=(plan.routes[0], replace(plan.routes[0], id="again")))
    facts, _ = gather(problem, both, TRAVEL)
    bodies = cabins(problem, facts.judged)
    trips = journey([legs_of(problem, one) for one in facts.judged], bodies)
    worst = worst_excess_c(problem, bodies, trips)
    assert worst[:, :6] == pytest.approx(worst[:, 6:])
    assert list(worst[:, :6].max(axis=1)) == pytest.approx(_excess(*alone))


def test_the_warmest_line_counts_even_among_cold_ones() -> None:
    problem, plan = _round(10, 5, (CHILLED,), loading_c={0: 4.5})
    (found,) = _temperature(problem, plan)
    assert found.where == "V-1/P0/chilled"
    assert found.amount == pytest.approx(0.5)


def test_the_coldest_line_counts_too() -> None:
    problem, plan = _round(10, 5, (CHILLED,), loading_c={9: -0.2})
    (found,) = _temperature(problem, plan)
    assert found.where.endswith("/chilled")
    assert found.amount == pytest.approx(0.2)


def test_the_edges_belong_to_the_band() -> None:
    assert not _temperature(*_round(2, 5, (CHILLED,), loading_c={0: 4.0, 1: 0.0}))


# --- boxes --------------------------------------------------------------------------------------


def _boxed(stops: int, box_c: float = 30.0, **more: Any) -> tuple[Problem, Plan]:
    body = {"van": tiny_problem().bodies["box van"]}
    zones = more.pop("zones", (CHILLED,))
    return _round(stops, 10, zones, bodies=body, cooling=Cooling.BOXES, ambient_c=box_c, **more)


def test_boxes_hold_while_their_ice_lasts() -> None:
    assert check(*_boxed(5), TRAVEL).feasible


def test_boxes_without_ice_warm_up() -> None:
    problem, plan = _boxed(30, apart_km=10.0)
    none = BoxLoad(zone=CHILLED, count=15, ice_kg=0.0)
    route = replace(plan.routes[0], boxes=(none,))
    codes = {v.code for v in check(problem, replace(plan, routes=(route,)), TRAVEL).violations}
    assert codes == {"box_hold_time", "temperature"}


def test_too_few_boxes_do_not_hold_the_load() -> None:
    problem, plan = _boxed(5)
    few = BoxLoad(zone=CHILLED, count=1, ice_kg=3.0)
    route = replace(plan.routes[0], boxes=(few,))
    (found,) = check(problem, replace(plan, routes=(route,)), TRAVEL).violations
    assert (found.code, found.where) == ("zone_capacity", "V-1/chilled/boxes")
    assert found.amount == 5 * 30_000 - 60_000


def test_a_zone_without_ice_warms_up_from_the_start() -> None:
    found = _temperature(*_boxed(40, zones=(CONTROLLED,), apart_km=15.0, box_c=40.0))
    assert [one.where.split("/")[2] for one in found] == ["controlled"]


def test_boxes_of_a_type_that_has_none_hold_nothing() -> None:
    problem, plan = _round(1, 10, (CHILLED,), cooling=Cooling.BOXES)
    assert {v.code for v in check(problem, plan, TRAVEL).violations} == {"box_hold_time"}
