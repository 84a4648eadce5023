"""Docks: nobody stands where another one stands, and everybody leaves in time."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from api.manifests.docks import USUAL_LOADING_S, DockTime, LoadingList, build_loading_list
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from tests.unit.api import paper_day
from tests.unit.api.paper_day import MORNING

DAY = paper_day.problem()


def with_docks(docks: int | None, *, service_s: int = 900) -> Problem:
    site = replace(DAY.sites["G1"], docks=docks, service_s=service_s)
    return replace(DAY, sites={**DAY.sites, "G1": site})


def listed(problem: Problem, plan: Plan, site: str = "G1") -> LoadingList:
    return build_loading_list(problem, plan, site, paper_day.HEADING)


def doubles(times: Iterable[DockTime]) -> list[tuple[str, str]]:
    return [
        (one.route, other.route)
        for one, other in combinations(times, 2)
        if one.dock is not None and one.dock == other.dock
        if one.starts < other.ends and other.starts < one.ends
    ]


def test_vans_that_leave_together_take_turns_at_the_only_dock() -> None:
    times = [one for one in listed(DAY, paper_day.plan()).times if one.loads]
    found = [(one.vehicle, one.trip, one.dock, one.starts, one.ends) for one in times]
    assert found == [
        ("V1", 1, 1, MORNING - 900, MORNING),
        ("V2", 1, 1, MORNING - 1_800, MORNING - 900),
        ("V1", 2, 1, MORNING + 8_100, MORNING + 9_000),
    ]


def test_second_dock_lets_both_load_at_the_last_moment() -> None:
    times = [one for one in listed(with_docks(2), paper_day.plan()).times if one.loads]
    assert [(one.dock, one.ends) for one in times[:2]] == [(1, MORNING), (2, MORNING)]


def test_docks_without_limit_are_as_many_as_it_takes() -> None:
    times = [one for one in listed(with_docks(None), paper_day.plan()).times if one.loads]
    assert [(one.dock, one.ends) for one in times[:2]] == [(1, MORNING), (2, MORNING)]


def test_truck_unloads_where_and_when_the_plan_says() -> None:
    truck = next(one for one in listed(DAY, paper_day.plan()).times if not one.loads)
    assert (truck.vehicle, truck.dock, truck.starts, truck.ends) == ("T1", 1, 4_000, 4_900)
    # It brings here what is for P1 to P4, and takes the rest on.
    assert sum(amount.mass_g for amount in truck.amounts) == 87_700


def test_no_van_loads_where_a_truck_stands() -> None:
    plan = paper_day.plan()
    late = [
        replace(r, stops=tuple(replace(s, service_starts=s.service_starts + 31_500,
                                       departs=s.departs + 31_500) for s in r.stops))
        if r.vehicle == "T1" else r
        for r in plan.routes
    ]  # fmt: skip
    times = listed(DAY, replace(plan, routes=tuple(late))).times
    truck = next(one for one in times if not one.loads)
    assert (truck.starts, truck.ends) == (35_500, 36_400)
    assert [(one.vehicle, one.ends) for one in times if one.departs == MORNING] == [
        ("V1", 35_500),
        ("V2", 34_600),
    ]
    assert doubles(times) == []


def test_goods_are_ready_when_the_last_truck_is_sorted() -> None:
    ready = {one.route: one.ready for one in listed(DAY, paper_day.plan()).times}
    assert ready == {"T1-1": None, "V1-1": 4_900 + 2_700, "V2-1": 7_600, "V1-2": 7_600}


def test_vehicle_that_is_not_back_yet_loads_after_its_return() -> None:
    plan = paper_day.plan()
    back = {r.id: r.returns for r in plan.routes}["V1-1"]
    soon = [replace(r, departs=back + 300) if r.id == "V1-2" else r for r in plan.routes]
    second = next(
        one for one in listed(DAY, replace(plan, routes=tuple(soon))).times if one.route == "V1-2"
    )
    assert (second.starts, second.ends) == (back, back + 300)


def test_vehicle_without_a_free_dock_is_named_and_not_hidden() -> None:
    plan = paper_day.plan()
    back = {r.id: r.returns for r in plan.routes}["V1-1"]
    # Both want the one dock in the minutes before they leave, and V1 is not back earlier.
    both = [replace(r, departs=back + 900) if r.id in {"V1-2", "V2-1"} else r for r in plan.routes]
    times = {one.route: one for one in listed(DAY, replace(plan, routes=tuple(both))).times}
    assert times["V1-2"].dock == 1
    assert times["V2-1"].ends == back
    third = replace(DAY, sites={**DAY.sites, "G1": replace(DAY.sites["G1"], docks=0)})
    assert {one.dock for one in listed(third, plan).times} == {None}


def test_site_without_a_time_for_visits_takes_the_usual_one() -> None:
    found = listed(DAY, paper_day.plan(), "C1")
    assert found.loading_s == USUAL_LOADING_S
    (truck,) = found.times
    assert (truck.vehicle, truck.dock, truck.starts, truck.ends) == ("T1", 1, 2_100, 3_000)


def test_pickup_point_has_an_empty_list() -> None:
    assert listed(DAY, paper_day.plan(), "P1").times == ()


@given(
    docks=st.integers(1, 3),
    size=st.integers(60, 3_000),
    departures=st.lists(st.integers(0, 20_000), min_size=1, max_size=8),
    unloading=st.lists(st.integers(0, 20_000), max_size=4),
)
def test_no_dock_ever_holds_two(
    docks: int, size: int, departures: list[int], unloading: list[int]
) -> None:
    plan = paper_day.plan(DAY)
    van = next(r for r in plan.routes if r.vehicle == "V2")
    truck = next(r for r in plan.routes if r.vehicle == "T1")
    vans = [
        replace(van, id=f"V-{n}", vehicle=f"V{n}", departs=departs)
        for n, departs in enumerate(departures)
    ]
    trucks = [
        replace(truck, id=f"T-{n}", vehicle=f"T{n}", start_site="C1", stops=(
            replace(truck.stops[0], service_starts=start, departs=start + 900),
        ))
        for n, start in enumerate(unloading)
    ]  # fmt: skip
    times = listed(with_docks(docks, service_s=size), replace(plan, routes=(*vans, *trucks))).times
    assert doubles(times) == []
    loading = [one for one in times if one.loads]
    assert len(loading) == len(departures)
    for one in loading:
        assert one.dock is not None
        assert 1 <= one.dock <= docks
        assert one.ends <= one.departs
        assert one.ends - one.starts == size
    assert [one.departs for one in times] == sorted(one.departs for one in times)
