"""When a trip that a dispatcher has changed is where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from optimizer.by_hand.clock import Times, Ways, timed
from optimizer.by_hand.draft import Trip, Visit
from optimizer.domain.fleet import Echelon
from optimizer.domain.network import Site, TimeWindow
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, TravelMatrix
from tests.cases import HOUR, MINUTE, TRAVEL, StraightLines, part, tiny_plan, tiny_problem

DAY = tiny_problem()
PLAN = tiny_plan(DAY)


def trip(*stops: tuple[str, str], day: Problem = DAY, route: str = "V1-1") -> Trip:
    planned = next(one for one in PLAN.routes if one.id == route)
    visits = [Visit(site=site, delivers=[part(day, name)]) for site, name in stops]
    return Trip(
        planned=planned,
        route=planned,
        vehicle=day.vehicles[planned.vehicle],
        visits=visits,
        fixed=False,
    )


def clock(given: Trip, earliest: int, day: Problem = DAY) -> Times:
    ways = Ways.between(day, TRAVEL, given)
    return timed(day, ways, given.vehicle, given.visits, earliest)


def test_drives_and_services_follow_each_other() -> None:
    times = clock(trip(("P1", "O1/1"), ("P2", "O2/1")), 6 * HOUR)
    assert times.departs == 6 * HOUR
    # Two kilometres at thirty an hour, under a traffic factor of one and a half.
    assert times.rows[0] == (6 * HOUR + 360, 6 * HOUR + 360, 6 * HOUR + 660)
    assert all(a[2] < b[0] for a, b in pairwise(times.rows))
    assert times.returns > times.rows[-1][2]


def test_a_van_waits_at_home_and_not_before_a_window() -> None:
    times = clock(trip(("P2", "O2/2")), 6 * HOUR)
    (arrives, starts, _) = times.rows[0]
    assert arrives == starts == 7 * HOUR
    assert times.departs > 6 * HOUR


def test_waiting_on_the_way_remains_where_an_earlier_stop_would_be_late() -> None:
    """The first line is due at seven; leaving later would make it late for nothing."""
    day = tiny_problem(
        promises={
            "early": replace(DAY.promises["early"], deadline_s=6 * HOUR + 20 * MINUTE),
            "morning": DAY.promises["morning"],
        },
        sites={
            **DAY.sites,
            "P1": replace(DAY.sites["P1"], hours=(TimeWindow(opens=8 * HOUR, closes=20 * HOUR),)),
        },
    )
    times = clock(trip(("P2", "O2/1"), ("P1", "O1/1"), day=day), 6 * HOUR, day)
    assert times.rows[0][1] <= 6 * HOUR + 20 * MINUTE
    assert times.rows[1][1] == 8 * HOUR > times.rows[1][0]


def test_what_comes_after_closing_is_served_when_the_site_opens_next() -> None:
    hours = (
        TimeWindow(opens=6 * HOUR, closes=7 * HOUR),
        TimeWindow(opens=9 * HOUR, closes=10 * HOUR),
    )
    day = tiny_problem(sites={**DAY.sites, "P1": replace(DAY.sites["P1"], hours=hours)})
    assert clock(trip(("P1", "O1/1"), day=day), 8 * HOUR, day).rows[0][1] == 9 * HOUR
    late = clock(trip(("P1", "O1/1"), day=day), 11 * HOUR, day).rows[0]
    assert late[0] == late[1] > 10 * HOUR


def test_a_truck_is_unloaded_as_early_as_it_can_be() -> None:
    hours = (TimeWindow(opens=4 * HOUR, closes=20 * HOUR),)
    day = tiny_problem(sites={**DAY.sites, "G1": replace(DAY.sites["G1"], hours=hours)})
    given = trip(("G1", "O1/1"), day=day, route="T1-1")
    assert given.route.echelon is Echelon.LINEHAUL
    times = clock(given, 3 * HOUR, day)
    assert times.rows[0][:2] == (4 * HOUR, 4 * HOUR)
    assert times.departs == 4 * HOUR - 15 * MINUTE


class Broken(StraightLines):
    """No road leads to P2."""

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        whole = StraightLines().matrix(origins, destinations)
        metres = whole.distance_m.copy()
        for column, site in enumerate(destinations):
            if site.id == "P2":
                metres[:, column] = UNREACHABLE
        return replace(whole, distance_m=metres)


def test_a_missing_road_takes_no_time_and_is_left_to_the_judge() -> None:
    given = trip(("P2", "O2/1"))
    ways = Ways.between(DAY, Broken(), given)
    times = timed(DAY, ways, given.vehicle, given.visits, 6 * HOUR)
    assert times.rows[0][0] == 6 * HOUR
