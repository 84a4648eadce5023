from dataclasses import replace
from datetime import datetime

from api.road.forecast import bearing_on, routes_of_order, routes_of_vehicle, with_outlook
from api.road.words import Fix
from optimizer.domain.fleet import Echelon
from optimizer.domain.plan import Route
from tests.builders import HOUR
from tests.road_cases import Teller, delivery, instant, route, small_plan, small_problem, stop

SIX = 10 * HOUR


def expected(teller: Teller, now: float, *events: object, **known: object) -> dict[str, datetime]:
    day = with_outlook(
        teller.day(events, **known),  # type: ignore[arg-type]
        instant(teller.problem, now),
    )
    return {
        f"{visit.route.vehicle} {visit.stop.site}": visit.expected_at
        for visit in day.visits.values()
        if visit.expected_at is not None
    }


def test_without_reports_the_plan_is_expected_in_local_time() -> None:
    teller = Teller()
    times = expected(teller, 0)
    assert list(times) == ["T1 G1", "V1 P1", "V1 P2", "V1 P3"]
    assert times["V1 P1"].isoformat() == "2026-02-11T06:30:00+08:00"
    assert times["V1 P3"].isoformat() == "2026-02-11T08:00:00+08:00"


def test_the_wait_for_opening_at_seven_absorbs_a_late_start() -> None:
    teller = Teller()
    late = {"V1-1": instant(teller.problem, SIX + 1200)}
    times = expected(teller, SIX + 1300, left=late)
    assert times["V1 P1"] == instant(teller.problem, SIX + 3000)
    assert times["V1 P2"] == instant(teller.problem, SIX + 5400)


def test_a_truck_that_reports_late_keeps_the_van_waiting() -> None:
    teller = Teller()
    truck_there = teller.arrived("G1", SIX - 600)
    times = expected(teller, SIX - 500, truck_there)
    service_s = 23_000 - 6 * HOUR
    leaves = SIX - 600 + service_s + teller.problem.sites["G1"].sorting_s
    assert leaves > SIX
    assert times["V1 P1"] == instant(teller.problem, leaves + 1800)


def test_a_truck_that_never_reports_keeps_no_van_waiting() -> None:
    teller = Teller()
    assert expected(teller, SIX)["V1 P1"] == instant(teller.problem, SIX + 1800)


def test_reached_stops_are_not_expected_any_more() -> None:
    teller = Teller()
    times = expected(teller, SIX + 4000, teller.arrived("P1", SIX + 1700))
    assert "V1 P1" not in times
    assert times["V1 P2"] == instant(teller.problem, SIX + 5400)


def two_trips() -> Teller:
    day = small_problem()
    plan = small_plan(day)
    *_, van = plan.routes
    again: Route = replace(
        route("V1-2", "V1", Echelon.LAST_MILE, SIX + 9800, stop("P3", SIX + 12_000, SIX + 12_300)),
        trip=2,
    )
    first = replace(van, stops=van.stops[:2], returns=SIX + 7800)
    full = stop("P3", SIX + 12_000, SIX + 12_300, delivery(day, "D"))
    return Teller(day, replace(plan, routes=(first, replace(again, stops=(full,)))))


def test_a_second_trip_waits_for_the_first_one() -> None:
    teller = two_trips()
    on_plan = expected(teller, 0)
    assert on_plan["V1 P3"] == instant(teller.problem, SIX + 12_000)
    times = expected(teller, SIX + 9000, teller.arrived("P1", SIX + 8000))
    # One service and one drive to P2, its service, the way back, and loading anew at the grid.
    back = SIX + 9000 + 1200 + 600 + 1800
    assert times["V1 P3"] == instant(teller.problem, back + 600 + 2200)


def test_a_position_counts_for_the_trip_that_is_under_way_alone() -> None:
    teller = two_trips()
    grid = teller.problem.sites["G1"]
    here = Fix(
        vehicle="V1", at=instant(teller.problem, SIX + 900), lat=grid.lat, lon=grid.lon + 0.015
    )
    times = expected(teller, SIX + 900, fix=here)
    assert times["V1 P1"] < instant(teller.problem, SIX + 1800)
    assert times["V1 P3"] == instant(teller.problem, SIX + 12_000)


def test_a_plan_is_narrowed_to_what_a_routes_times_depend_on() -> None:
    day = small_problem()
    plan = small_plan(day)
    other = replace(plan.routes[1], id="V2-1", vehicle="V2")
    foreign = replace(plan.routes[0], id="T2-1", vehicle="T2", stops=())
    whole = replace(plan, routes=(*plan.routes, other, foreign))
    assert [r.id for r in bearing_on(whole, {"V1-1"}).routes] == ["T1-1", "V1-1"]
    assert [r.id for r in bearing_on(whole, {"T2-1"}).routes] == ["T2-1"]
    assert [r.id for r in bearing_on(whole, {"T1-1"}).routes] == ["T1-1"]
    assert routes_of_order(plan, "B") == {"T1-1", "V1-1"}
    assert routes_of_order(plan, "C") == frozenset()
    assert routes_of_vehicle(whole, "V2") == {"V2-1"}
    twice = two_trips().plan
    assert [r.id for r in bearing_on(twice, {"V1-1"}).routes] == ["V1-1", "V1-2"]
