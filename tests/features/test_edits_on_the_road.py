"""Edits by hand keep the rules of the road: doors, rests, collects, express before its wave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.network import Stock
from optimizer.domain.objective import Promise
from optimizer.domain.orders import Collect, CollectKind, Mode
from optimizer.domain.plan import Plan, Route, UnservedReason
from optimizer.domain.problem import Problem, Wave
from optimizer.domain.temperature import Zone
from optimizer.revise import ChangeVehicle, Edit, LeaveLine, MoveLine, MoveStop, revise
from optimizer.travel.great_circle import GreatCircle
from tests.builders import HOUR, SIX, central, grid, hours, line, point, problem, truck, van
from tests.solving import solve_and_check

CRATES = LineKey("C1", "1")


def collect(**changes: Any) -> Collect:
    crates = Collect(
        key=CRATES,
        site="P2",
        kind=CollectKind.RETURN,
        zone=Zone.CHILLED,
        mass_g=30_000,
        volume_ml=100_000,
        value_cents=9000,
    )
    return replace(crates, **changes)


def two_vans(**changes: Any) -> Problem:
    """Make two points on either side of the grid, each too far for the other's van."""
    east = point("P1", east_km=4.0, hours=(hours(11, 11.1),))
    west = point("P2", east_km=-4.0, hours=(hours(11, 11.1),))
    return problem(
        **{
            "sites": [central(), grid(), east, west],
            "vehicles": [truck("T1"), van("V1"), van("V2")],
            "lines": [line("O1", "P1"), line("O2", "P2")],
            "collects": {CRATES: collect()},
            **changes,
        }
    )


def done(day: Problem, plan: Plan, *edits: Edit) -> Plan:
    revised = revise(day, plan, edits, travel=GreatCircle(circuity=day.travel.circuity))
    assert revised.check is not None
    return revised


def codes(plan: Plan) -> set[str]:
    assert plan.check is not None
    return {found.code for found in plan.check.violations}


def route_to(plan: Plan, site: str) -> Route:
    return next(
        route
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE and any(stop.site == site for stop in route.stops)
    )


def collected(plan: Plan) -> dict[LineKey, str]:
    return {
        item.key: stop.site
        for route in plan.routes
        for stop in route.stops
        for item in stop.collects
    }


def test_a_collect_is_left_behind_and_taken_again_by_hand() -> None:
    day = two_vans()
    plan = solve_and_check(day, iterations=10)
    assert collected(plan) == {CRATES: "P2"}
    left = done(day, plan, LeaveLine(key=CRATES))
    assert collected(left) == {}
    assert [(item.key, item.reason) for item in left.unserved] == [
        (CRATES, UnservedReason.LEFT_OUT)
    ]
    assert left.cost.total > plan.cost.total
    assert codes(left) == set()
    back = done(day, left, MoveLine(key=CRATES, to_route=route_to(left, "P2").id))
    assert back.unserved == ()
    assert collected(back) == {CRATES: "P2"}
    assert len(route_to(back, "P2").stops) == 1
    assert back.cost.total == plan.cost.total


def test_a_collect_goes_with_its_stop_and_alone() -> None:
    day = two_vans()
    plan = solve_and_check(day, iterations=10)
    east, west = route_to(plan, "P1"), route_to(plan, "P2")
    moved = done(day, plan, MoveStop(route=west.id, site="P2", to_route=east.id))
    assert [r.id for r in moved.routes if r.echelon is Echelon.LAST_MILE] == [east.id]
    assert collected(moved) == {CRATES: "P2"}
    alone = done(day, plan, MoveLine(key=CRATES, to_route=east.id, position=0))
    assert [stop.site for stop in route_to(alone, "P1").stops] == ["P2", "P1"]
    assert route_to(alone, "P1").stops[0].collects[0].key == CRATES
    assert codes(alone) <= {"window", "hours"}


def test_what_comes_on_board_needs_room_and_goes_where_there_is_some() -> None:
    """Before the drop the van is full; behind it there is room, though the way is longer."""
    near = point("P2", east_km=1.0)
    far = point("P1", east_km=4.0)
    day = two_vans(
        sites=[central(), grid(), near, far],
        vehicles=[truck("T1"), van("V1")],
        lines=[line("O1", "P1", volume_ml=750_000), line("O2", "P2", volume_ml=10_000)],
    )
    plan = solve_and_check(day, iterations=10)
    left = done(day, plan, LeaveLine(key=CRATES), LeaveLine(key=LineKey("O2", "1")))
    back = done(day, left, MoveLine(key=CRATES, to_route=route_to(left, "P1").id))
    assert [stop.site for stop in route_to(back, "P1").stops] == ["P1", "P2"]
    assert codes(back) == set()


def test_bringing_to_the_door_takes_its_time() -> None:
    day = two_vans(
        lines=[line("O1", "P1", mode=Mode.DOOR), line("O2", "P2"), line("O3", "P1")],
        door_service_s=600,
    )
    plan = solve_and_check(day, iterations=10)
    left = done(day, plan, LeaveLine(key=LineKey("O3", "1")))
    (stop,) = route_to(left, "P1").stops
    assert stop.departs - stop.service_starts == day.sites["P1"].service_s + 600
    assert codes(left) == set()
    without = done(day, plan, LeaveLine(key=LineKey("O1", "1")))
    (stop,) = route_to(without, "P1").stops
    assert stop.departs - stop.service_starts == day.sites["P1"].service_s


def test_a_trip_that_gets_longer_gets_its_rests() -> None:
    wide = (hours(11, 20),)
    sites = [point("P1", east_km=9.0, hours=wide), point("P2", east_km=-9.0, hours=wide)]
    day = two_vans(
        sites=[central(), grid(), *sites],
        vehicles=[truck("T1"), van("V1", shift=hours(9, 24)), van("V2", shift=hours(9, 24))],
        breaks={"van": BreakRule(after_driving_s=4000, rest_s=1200)},
        radius_m=None,
    )
    plan = solve_and_check(day, iterations=10)
    key = LineKey("O2", "1")
    east = route_to(plan, "P1")
    if route_to(plan, "P2") == east:
        plan = done(day, plan, LeaveLine(key=key), LeaveLine(key=CRATES))
        east = route_to(plan, "P1")
    assert east.breaks == ()
    longer = done(day, plan, MoveLine(key=key, to_route=east.id))
    assert route_to(longer, "P1").breaks
    assert codes(longer) == set()


def express_day() -> Problem:
    """Make an express line that lies at the grid, and an ordinary one, three hours to the wave."""
    day = two_vans(
        collects={},
        sites=[
            central(),
            grid(),
            point("P1", hours=(hours(6, 20),)),
            point("P2", east_km=-1.0, hours=(hours(6, 20),)),
        ],
        vehicles=[
            truck("T1"),
            van("V1", shift=hours(5, 20), max_trips=2),
            van("V2", shift=hours(5, 20)),
        ],
        lines=[
            line("O1", "P1", article="A9", promise="express", ordered_s=6 * HOUR),
            line("O2", "P2"),
        ],
        stock=(Stock(site="G1", article="A9", mass_g=90_000, volume_ml=90_000),),
        waves=(Wave(id="morning", departs=SIX), Wave(id="noon", departs=SIX + 4 * HOUR)),
    )
    fast = Promise(deadline_s=40 * HOUR, within_s=HOUR, cents_per_min_late=90, express=True)
    return replace(day, promises={**day.promises, "express": fast})


def test_express_goods_stay_before_their_wave_until_others_ride_along() -> None:
    day = express_day()
    plan = solve_and_check(day, iterations=10)
    early = route_to(plan, "P1")
    assert early.departs < SIX
    (other,) = {"V1", "V2"} - {early.vehicle}
    changed = done(day, plan, ChangeVehicle(route=early.id, vehicle=other))
    assert 6 * HOUR <= route_to(changed, "P1").departs < SIX
    assert "before_order" not in codes(changed)
    joined = done(day, plan, MoveLine(key=LineKey("O2", "1"), to_route=early.id))
    assert route_to(joined, "P1").departs >= SIX
    assert codes(joined) == set()


def test_express_goods_that_a_truck_brings_wait_for_the_wave() -> None:
    day = express_day()
    plan = solve_and_check(day, iterations=10)
    late = replace(day, stock=())
    slow = solve_and_check(late, iterations=10)
    assert route_to(plan, "P1").departs < SIX <= route_to(slow, "P1").departs
    van_now = route_to(slow, "P1")
    (other,) = {"V1", "V2"} - {van_now.vehicle}
    changed = done(late, slow, ChangeVehicle(route=van_now.id, vehicle=other))
    assert route_to(changed, "P1").departs >= SIX
    assert "wave" not in codes(changed)


def test_trips_that_no_edit_touches_stay_although_they_stand_close() -> None:
    """A plan from elsewhere may give a van less time at home than the planner would."""
    day = two_vans(
        collects={},
        sites=[
            central(),
            grid(),
            point("P1", hours=(hours(11, 16),), needs=frozenset({"hill"})),
            point("P2", hours=(hours(11, 16),), needs=frozenset({"lane"})),
        ],
        vehicles=[
            truck("T1"),
            van("V1", max_trips=2, skills=frozenset({"hill"})),
            van("V2", skills=frozenset({"lane"})),
        ],
        lines=[
            line("O1", "P1", volume_ml=600_000),
            line("O2", "P1", volume_ml=600_000),
            line("O3", "P2"),
            line("O4", "P2"),
        ],
    )
    plan = solve_and_check(day, iterations=10)
    trips = [route for route in plan.routes if route.vehicle == "V1"]
    assert len(trips) == 2
    strict = replace(day, breaks={"van": BreakRule(after_driving_s=4 * HOUR, rest_s=3 * HOUR)})
    revised = done(strict, plan, LeaveLine(key=LineKey("O3", "1")))
    assert [route for route in revised.routes if route.vehicle == "V1"] == trips
    again = done(strict, plan, LeaveLine(key=LineKey("O1", "1")), LeaveLine(key=LineKey("O3", "1")))
    assert [route.trip for route in again.routes if route.vehicle == "V1"] == [1]
