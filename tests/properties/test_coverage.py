"""Random days: coverage says the same as a slow loop that looks at one place after the other."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.coverage import coverage
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from tests.broken_days import ROADS, random_day

Gaps = dict[tuple[str, int, Zone], set[int]]


def _helps(
    problem: Problem, route: Route, here: Site, *, at: int, zone: Zone, load: int, radius: int
) -> bool:
    stations = problem.sites_of(SiteKind.STATION)
    ways = ROADS.matrix([here], stations)
    speed = problem.travel.speed_kmh[route.vehicle_type]
    rides = ways.durations(speed, problem.travel.factor(problem.waves[0].departs))
    for column, site in enumerate(stations):
        room = site.capacity_ml.get(zone)
        near = int(ways.distance_m[0, column]) <= radius
        is_open = site.is_open(at + int(rides[0, column]))
        if near and (room is None or room >= load) and is_open:
            return True
    return False


def _slow(problem: Problem, route: Route, zone: Zone, radius: int, every: int) -> Gaps:
    """Give the places without a station, by leg."""
    found: Gaps = {}
    names = [route.start_site, *(stop.site for stop in route.stops)]
    leaves = [route.departs, *(stop.departs for stop in route.stops)]
    for number, stop in enumerate(route.stops):
        load = sum(i.volume_ml for s in route.stops[number:] for i in s.delivers if i.zone is zone)
        if not load:
            continue
        a, b = problem.sites[names[number]], problem.sites[names[number + 1]]
        steps = max(1, ceil(int(ROADS.matrix([a], [b]).distance_m[0, 0]) / every))
        for step in range(steps + 1):
            share = step / steps
            here = Site(
                id="here",
                kind=SiteKind.PICKUP,
                name="",
                lat=a.lat + share * (b.lat - a.lat),
                lon=a.lon + share * (b.lon - a.lon),
                hours=(),
            )
            at = round(leaves[number] + share * (stop.arrives - leaves[number]))
            if not _helps(problem, route, here, at=at, zone=zone, load=load, radius=radius):
                found.setdefault((route.id, number + 1, zone), set()).add(step)
    return found


@settings(max_examples=4)
@given(
    seed=st.integers(min_value=0, max_value=15),
    radius=st.integers(min_value=500, max_value=9000),
    every=st.sampled_from([500, 2000]),
)
def test_gaps_are_where_a_slow_loop_finds_them(seed: int, radius: int, every: int) -> None:
    problem, plan = random_day(seed)
    found = coverage(problem, plan, travel=ROADS, radius_m=radius, every_m=every)
    expected: Gaps = {}
    for route in plan.routes:
        for zone in Zone:
            expected |= _slow(problem, route, zone, radius, every)
    assert {(one.route, one.leg, one.zone) for one in found.gaps} == set(expected)
    for key, steps in expected.items():
        runs = sum(step - 1 not in steps for step in steps)
        mine = [one for one in found.gaps if (one.route, one.leg, one.zone) == key]
        assert len(mine) == runs
        assert all(0 <= one.from_m <= one.to_m for one in mine)
        assert all(a.to_m <= b.from_m for a, b in pairwise(mine))
    for one in found.shares:
        assert 0 <= one.covered_legs <= one.legs
        assert 0 <= one.covered_metres <= one.metres


@settings(max_examples=5)
@given(seed=st.integers(min_value=0, max_value=15), radius=st.integers(500, 9000))
def test_a_wider_radius_never_covers_less(seed: int, radius: int) -> None:
    problem, plan = random_day(seed)
    near = coverage(problem, plan, travel=ROADS, radius_m=radius)
    wide = coverage(problem, plan, travel=ROADS, radius_m=radius + 500)
    assert {(o.site, o.zone) for o in wide.points} <= {(o.site, o.zone) for o in near.points}
    assert sum(one.metres for one in wide.gaps) <= sum(one.metres for one in near.gaps)
