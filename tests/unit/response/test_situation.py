"""Where a vehicle is, what it has done, and what is on board in the broken zone."""

from dataclasses import replace
from typing import Any

import pytest

from optimizer.domain.temperature import Zone
from optimizer.response.situation import Situation, on_trip, situation, underway
from optimizer.response.words import Disruption, RerouteRefused
from tests import broken_days, builders

POINTS = [builders.point(f"P{n}", 4.0 * n) for n in (1, 2, 3)]
LINES = [
    builders.line(f"O{n}{zone.value}", f"P{n}", zone, article=f"A{n}{zone.value}")
    for n in (1, 2, 3)
    for zone in (Zone.FROZEN, Zone.CHILLED)
]
PROBLEM, PLAN = broken_days.day([POINTS], LINES)
ROUTE = PLAN.routes[0]
FIRST, SECOND, LAST = ROUTE.stops


def _at(at: int, zone: Zone = Zone.CHILLED, **more: Any) -> Situation:
    return situation(PROBLEM, PLAN, Disruption(vehicle="V1", zone=zone, at=at, **more))


def test_the_plan_by_hand_is_a_good_one() -> None:
    assert PLAN.check is not None
    assert PLAN.check.feasible


def test_halfway_in_time_is_halfway_on_the_map() -> None:
    here = _at((FIRST.departs + SECOND.arrives) // 2).broken
    assert here.on_road
    assert here.here.lon == pytest.approx((POINTS[0].lon + POINTS[1].lon) / 2, abs=1e-4)
    assert here.done == 1


def test_a_position_from_the_vehicle_counts_more_than_the_clock() -> None:
    moment = (FIRST.departs + SECOND.arrives) // 2
    here = _at(moment, lat=28.25, lon=113.02).broken
    assert (here.here.lat, here.here.lon) == (28.25, 113.02)
    standing = _at(FIRST.service_starts, lat=28.25, lon=113.02).broken
    assert standing.here.id == "P1"


def test_a_service_that_has_begun_is_done_and_keeps_the_vehicle() -> None:
    before, begun = _at(FIRST.service_starts - 1).broken, _at(FIRST.service_starts).broken
    assert (before.done, begun.done) == (0, 1)
    assert begun.free == FIRST.departs
    assert not begun.on_road


def test_a_vehicle_that_waits_at_a_stop_may_leave_it() -> None:
    assert FIRST.arrives < FIRST.service_starts
    here = _at(FIRST.arrives).broken
    assert (here.done, here.here.id, here.free) == (0, "P1", FIRST.arrives)


def test_only_the_broken_zone_is_affected_and_only_what_is_on_board() -> None:
    here = _at(FIRST.departs, Zone.FROZEN)
    assert [item.key.order for item, _ in here.affected] == ["O2frozen", "O3frozen"]
    assert here.volume_ml == 100_000
    assert here.mass_g == 40_000


def test_the_load_falls_with_each_stop() -> None:
    loads = [
        on_trip(PROBLEM, ROUTE, stop.service_starts).load_ml(Zone.FROZEN)
        for stop in (FIRST, SECOND, LAST)
    ]
    assert loads == [100_000, 50_000, 0]


def test_a_vehicle_at_home_is_nowhere_on_the_road() -> None:
    assert underway(PROBLEM, PLAN.routes, "V1", ROUTE.departs - 1) is None
    assert underway(PROBLEM, PLAN.routes, "V1", ROUTE.returns) is None
    assert underway(PROBLEM, PLAN.routes, "V2", ROUTE.departs) is None


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (Disruption(vehicle="V9", zone=Zone.CHILLED, at=ROUTE.departs), "CG-1501"),
        (Disruption(vehicle="V1", zone=Zone.CHILLED, at=0), "CG-1502"),
        (Disruption(vehicle="V1", zone=Zone.CONTROLLED, at=ROUTE.departs), "CG-1503"),
        (Disruption(vehicle="V1", zone=Zone.CHILLED, at=LAST.service_starts), "CG-1503"),
        (Disruption(vehicle="V1", zone=Zone.CHILLED, at=0, product_c=61.0), "CG-1506"),
        (Disruption(vehicle="V1", zone=Zone.CHILLED, at=0, ambient_c=float("nan")), "CG-1506"),
    ],
)
def test_what_contradicts_the_plan_is_refused(told: Disruption, code: str) -> None:
    with pytest.raises(RerouteRefused) as refused:
        situation(PROBLEM, PLAN, told)
    assert refused.value.code == code


def test_a_truck_is_refused() -> None:
    truck = builders.truck()
    more = replace(PROBLEM, vehicles={**PROBLEM.vehicles, "T1": truck})
    with pytest.raises(RerouteRefused) as refused:
        situation(more, PLAN, Disruption(vehicle="T1", zone=Zone.CHILLED, at=0))
    assert refused.value.code == "CG-1504"
