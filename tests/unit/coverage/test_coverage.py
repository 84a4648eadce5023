"""Which points and stretches of road have no station, and why: small days worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import process_time
from typing import Any

import numpy as np
import pytest

from optimizer.coverage import Coverage, Reason, coverage
from optimizer.coverage.document import coverage_document
from optimizer.domain.errors import ColdgridError
from optimizer.domain.network import Site, TimeWindow
from optimizer.domain.plan import Plan, TravelSource
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import UNREACHABLE, TravelMatrix
from tests import broken_days, builders
from tests.broken_days import ROADS, station

FAR_KM = 12.0
POINTS = [builders.point(f"P{n}", 6.0 * n, hours=(builders.hours(9, 20),)) for n in (1, 2)]
LINES = [
    builders.line(f"O{n}{zone.value}", f"P{n}", zone, article=f"A{n}{zone.value}")
    for n, zone in ((1, Zone.CHILLED), (2, Zone.CHILLED), (1, Zone.FROZEN))
]


def _day(*stations: Site) -> tuple[Problem, Plan]:
    """Give a van from the grid in the west to a point 6 km and one 12 km east of it."""
    return broken_days.day([POINTS], LINES, stations=stations)


def _seen(*stations: Site, **changes: Any) -> Coverage:
    problem, plan = _day(*stations)
    return coverage(problem, plan, travel=ROADS, **changes)


def _metres(a: Site, b: Site) -> int:
    return int(ROADS.matrix([a], [b]).distance_m[0, 0])


def _share(found: Coverage, zone: Zone) -> tuple[int, int, int, int]:
    one = found.total(zone)
    return one.covered_points, one.points, one.covered_legs, one.legs


def test_the_radius_itself_is_near_enough_and_a_metre_more_is_not() -> None:
    near = station("S1", 6.0, 3.0)
    metres = _metres(POINTS[0], near)
    assert {one.site for one in _seen(near, radius_m=metres).points} == {"P2"}
    beyond = _seen(near, radius_m=metres - 1).points
    assert {one.site for one in beyond} == {"P1", "P2"}
    first = beyond[0]
    assert (first.reason, first.nearest and first.nearest.distance_m) == (Reason.TOO_FAR, metres)


def test_a_network_without_stations_covers_nothing_and_says_so() -> None:
    found = _seen()
    assert {one.reason for one in found.points} == {Reason.NO_STATION}
    assert {one.reason for one in found.gaps} == {Reason.NO_STATION}
    assert all(one.nearest is None for one in found.points)
    assert all(one.nearest is None for one in found.gaps)
    assert _share(found, Zone.CHILLED) == (0, 2, 0, 2)


def test_goods_are_judged_in_the_zones_that_a_point_gets() -> None:
    found = _seen()
    assert [(one.site, one.zone) for one in found.points] == [
        ("P1", Zone.FROZEN),
        ("P1", Zone.CHILLED),
        ("P2", Zone.CHILLED),
    ]


def test_a_point_that_gets_nothing_is_judged_in_every_zone_and_at_no_hour() -> None:
    problem, plan = _day(station("S1", 6.0, 1.0, hours=()))
    idle = builders.point("P9", 6.0, 0.5)
    wider = replace(problem, sites={**problem.sites, "P9": idle})
    found = coverage(wider, plan, travel=ROADS)
    assert "P9" not in {one.site for one in found.points}
    assert found.total(Zone.CONTROLLED).points == 1


def test_a_station_that_takes_no_such_zone_does_not_count() -> None:
    only_frozen = {Zone.FROZEN: 10**7, Zone.CHILLED: 0, Zone.CONTROLLED: 0}
    found = _seen(station("S1", 6.0, 1.0, capacity_ml=only_frozen))
    assert {(one.site, one.zone, one.reason) for one in found.points} == {
        ("P1", Zone.CHILLED, Reason.NO_ROOM),
        ("P2", Zone.CHILLED, Reason.TOO_FAR),
    }


def test_room_has_to_do_for_all_that_is_on_board() -> None:
    both = sum(line.volume_ml for line in LINES if line.zone is Zone.CHILLED)
    everywhere = [station(f"S{n}", 3.0 * n, 0.2) for n in range(5)]
    fits = [replace(one, capacity_ml=dict.fromkeys(Zone, both)) for one in everywhere]
    assert _seen(*fits).gaps == ()
    short = [replace(one, capacity_ml=dict.fromkeys(Zone, both - 1)) for one in everywhere]
    gaps = _seen(*short).gaps
    # Behind the first point half of it is delivered, and there is room enough again.
    assert {(one.leg, one.zone, one.reason) for one in gaps} == {(1, Zone.CHILLED, Reason.NO_ROOM)}


def test_a_station_has_to_be_open_when_the_van_would_be_there() -> None:
    site = station("S1", 6.0, 1.0)
    _, plan = _day(site)
    arrives = plan.routes[0].stops[0].arrives
    ride = -(-_metres(POINTS[0], site) * 3600 // 25_000)
    opens = replace(site, hours=(TimeWindow(opens=arrives + ride, closes=10**6),))
    assert "P1" not in {one.site for one in _seen(opens).points}
    late = replace(site, hours=(TimeWindow(opens=arrives + ride + 2, closes=10**6),))
    closed = [one for one in _seen(late).points if one.site == "P1"]
    assert {(one.reason, one.at) for one in closed} == {(Reason.CLOSED, arrives)}
    closes = replace(site, hours=(TimeWindow(opens=0, closes=arrives + ride - 2),))
    assert "P1" in {one.site for one in _seen(closes).points}


def test_a_gap_says_from_where_to_where_and_when() -> None:
    site = station("S1", 0.0, 0.2)
    problem, plan = _day(site)
    route = plan.routes[0]
    found = coverage(problem, plan, travel=ROADS, every_m=100)
    gap = next(one for one in found.gaps if one.leg == 1 and one.zone is Zone.FROZEN)
    assert (gap.route, gap.from_site, gap.to_site) == (route.id, route.start_site, "P1")
    length = _metres(problem.sites[route.start_site], POINTS[0])
    assert gap.to_m == length
    # The station lies beside the grid: the first five kilometres are well, by steps of 100 m.
    assert gap.from_m == pytest.approx(5000, abs=120)
    begins = route.departs + gap.from_m / length * (route.stops[0].arrives - route.departs)
    assert gap.starts == pytest.approx(begins, abs=2)
    assert gap.ends == route.stops[0].arrives
    assert gap.metres == gap.to_m - gap.from_m


def test_a_hole_between_two_stations_is_one_gap_and_the_ends_are_covered() -> None:
    ends = [station("S1", 0.0, 0.1), station("S2", 6.0, 0.1)]
    found = _seen(*ends, radius_m=2500)
    first = [one for one in found.gaps if one.leg == 1 and one.zone is Zone.CHILLED]
    (gap,) = first
    assert 2000 < gap.from_m < 3000
    share = found.total(Zone.FROZEN)
    assert share.covered_metres == share.metres - gap.metres
    assert share.covered_legs == 0


def test_a_van_that_is_empty_needs_no_station() -> None:
    found = _seen()
    assert {(one.leg, one.zone) for one in found.gaps} == {
        (1, Zone.FROZEN),
        (1, Zone.CHILLED),
        (2, Zone.CHILLED),
    }


def test_without_a_plan_points_alone_are_judged() -> None:
    problem, _ = _day(station("S1", 6.0, 1.0, hours=()))
    found = coverage(problem, travel=ROADS)
    assert {one.site for one in found.points} == {"P2"}
    assert found.gaps == ()
    assert found.total(Zone.CHILLED).legs == 0


class SitesOnly:
    """Knows the ways between sites of a problem and nothing else."""

    def __init__(self, problem: Problem) -> None:
        self._known = set(problem.sites)

    @property
    def source(self) -> TravelSource:
        return ROADS.source

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        if any(site.id not in self._known for site in (*origins, *destinations)):
            raise ColdgridError("CG-2003", "unknown site")
        return ROADS.matrix(origins, destinations)


def test_where_sites_alone_are_known_the_way_leads_over_the_nearer_end_of_the_leg() -> None:
    site = station("S1", 3.0, 0.2)
    problem, plan = _day(site)
    found = coverage(problem, plan, travel=SitesOnly(problem), every_m=100)
    assert not found.by_position
    gap = next(one for one in found.gaps if one.leg == 1 and one.zone is Zone.FROZEN)
    # Half way to the first point: on to it and back again, or the reverse.
    start = problem.sites[plan.routes[0].start_site]
    half = _metres(start, POINTS[0]) / 2
    assert gap.nearest is not None
    assert gap.nearest.distance_m == pytest.approx(half + _metres(POINTS[0], site), abs=120)
    assert coverage(problem, plan, travel=ROADS, every_m=100).by_position


def test_where_sites_alone_are_known_a_van_turns_back_while_that_is_nearer() -> None:
    site = station("S1", 0.0, 0.5)
    problem, plan = _day(site)
    start = problem.sites[plan.routes[0].start_site]
    found = coverage(problem, plan, travel=SitesOnly(problem), every_m=100)
    gap = next(one for one in found.gaps if one.leg == 1 and one.zone is Zone.FROZEN)
    assert gap.from_m == pytest.approx(5000 - _metres(start, site), abs=120)


class Severed:
    """Roads that lead to no station."""

    @property
    def source(self) -> TravelSource:
        return ROADS.source

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        found = ROADS.matrix(origins, destinations)
        shut = np.array([site.id.startswith("S") for site in destinations], dtype=np.bool_)
        return replace(found, distance_m=np.where(shut, UNREACHABLE, found.distance_m))


def test_a_station_that_no_road_leads_to_is_named_as_such() -> None:
    problem, plan = _day(station("S1", 6.0, 0.2))
    found = coverage(problem, plan, travel=Severed())
    assert {one.reason for one in found.points} == {Reason.NO_ROAD}
    assert {one.reason for one in found.gaps} == {Reason.NO_ROAD}
    assert all(one.nearest is None for one in found.gaps)


def test_the_document_counts_what_the_answer_lists() -> None:
    problem, plan = _day(station("S1", 6.0, 1.0))
    found = coverage(problem, plan, travel=ROADS)
    document = coverage_document(problem.horizon, problem.id, found, plan.version)
    for total in document["totals"]:
        missing = [one for one in document["points"] if one["zone"] == total["zone"]]
        assert total["points"] - total["covered_points"] == len(missing)
        legs = {(o["route"], o["leg"]) for o in document["gaps"] if o["zone"] == total["zone"]}
        assert total["legs"] - total["covered_legs"] == len(legs)
    assert document["whole"] is False
    assert all(one["starts_at"].endswith("+08:00") for one in document["gaps"])


def test_twelve_hundred_stops_take_less_than_two_seconds() -> None:
    points = [
        [
            builders.point(
                f"P{van}-{n}", 0.2 * n - 3, 0.5 * van - 8, hours=(builders.hours(9, 30),)
            )
            for n in range(30)
        ]
        for van in range(40)
    ]
    lines = [
        builders.line(f"O{site.id}", site.id, zone, article=f"A{site.id}{zone.value}", mass_g=1,
                      volume_ml=1)
        for trip in points
        for site in trip
        for zone in (Zone.FROZEN, Zone.CHILLED)
    ]  # fmt: skip
    stations = [station(f"S{n}", 2.0 * n - 8, n - 4.0) for n in range(8)]
    problem, plan = broken_days.day(points, lines, stations=stations)
    begun = process_time()
    found = coverage(problem, plan, travel=ROADS)
    assert process_time() - begun < 2.0
    assert found.total(Zone.CHILLED).points == 1200
    assert found.total(Zone.CHILLED).legs == 1200
