"""Frames: one vehicle of the model per trip, and none that two trips of a vehicle share."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise
from random import Random

import pytest

from optimizer.engines.engine import RoutingProblem, RoutingRoute
from optimizer.engines.frame import Frame
from optimizer.engines.schedule import schedule
from optimizer.engines.trip_frames import framed, has_frames
from tests.routing_cases import DAY, job, on_a_line, van

TRIPS = (
    RoutingRoute(group=0, jobs=(0, 1), reloads=(1,)),
    RoutingRoute(group=0, jobs=(2,)),
)


def three_jobs(**changes: object) -> RoutingProblem:
    """Three jobs that each fill a van of which there are two."""
    settings: dict[str, object] = {"max_trips": 3, "reload_s": 300, **changes}
    jobs = [job(node, load=(6,)) for node in (1, 2, 3)]
    return on_a_line([0, 1000, 2000, -1000], jobs, [van(**settings)])


def by_vehicle(frames: list[Frame]) -> list[list[Frame]]:
    return [list(chain) for _, chain in groupby(frames, key=lambda frame: frame.chain)]


@pytest.mark.parametrize("seed", range(20))
def test_frames_leave_the_answer_possible_and_never_meet(seed: int) -> None:
    problem = three_jobs(latest=10_000, max_duration_s=6000)
    frames = framed(problem, TRIPS, free=False, dice=Random(seed))
    chains = by_vehicle(frames)
    for chain, route in zip(chains, TRIPS, strict=True):
        timed = schedule(problem, route)
        assert timed is not None
        made = [frame for frame in chain if frame.jobs]
        assert [frame.jobs for frame in made] == list(route.trips)
        for frame, trip in zip(made, timed.trips, strict=True):
            assert frame.earliest <= trip.departs
            assert trip.returns <= frame.latest
        for frame, following in pairwise(chain):
            assert frame.latest + 300 <= following.earliest
        assert chain[-1].latest - chain[0].earliest <= 6000


@pytest.mark.parametrize("seed", range(10))
def test_a_vehicle_is_offered_at_most_one_more_trip_and_pays_once(seed: int) -> None:
    for free in (False, True):
        frames = framed(three_jobs(), TRIPS, free=free, dice=Random(seed))
        first, second = by_vehicle(frames)
        assert len(first) <= 3
        assert len(second) <= 2
        assert [sum(frame.fixed_cents for frame in chain) for chain in (first, second)] == [500] * 2
        assert [sum(frame.holds_cost for frame in chain) for chain in (first, second)] == [1, 1]


@pytest.mark.parametrize("seed", range(10))
def test_a_frame_is_open_to_what_is_released_when_it_begins(seed: int) -> None:
    problem = three_jobs()
    jobs = (replace(problem.jobs[0], release=4000), *problem.jobs[1:])
    frames = framed(replace(problem, jobs=jobs), TRIPS, free=False, dice=Random(seed))
    first = next(frame for frame in frames if frame.jobs == (0,))
    assert first.released_by == first.earliest
    assert first.earliest >= 4000


def test_free_trips_have_the_whole_shift() -> None:
    frames = framed(three_jobs(), TRIPS, free=True, dice=Random(1))
    assert {(frame.earliest, frame.latest, frame.released_by) for frame in frames} == {
        (0, DAY, None)
    }


def test_where_nothing_is_known_the_shift_is_cut_as_often_as_the_load_asks_for() -> None:
    chains = by_vehicle(framed(three_jobs(count=1), [], free=False, dice=Random(1)))
    assert [len(chain) for chain in chains] == [3]
    assert chains[0][0].earliest == 0
    assert chains[0][-1].latest == DAY


def test_releases_cut_a_shift_into_waves() -> None:
    problem = three_jobs(max_trips=2)
    jobs = (*problem.jobs[:2], replace(problem.jobs[2], release=9000))
    chains = by_vehicle(framed(replace(problem, jobs=jobs), [], free=False, dice=Random(1)))
    assert [[frame.earliest for frame in chain] for chain in chains] == [[0, 9000]] * 2
    assert chains[0][0].latest == 9000 - 300


def test_a_trip_begins_behind_what_is_settled_of_it() -> None:
    problem = replace(three_jobs(count=1, max_trip_s=900, max_trip_m=5000), locks={0: (0,)})
    route = RoutingRoute(group=0, jobs=(0, 1), reloads=(1,))
    for free in (False, True):
        first, *others = framed(problem, [route], free=free, dice=Random(1))
        assert (first.start, first.begun, first.jobs) == (1, (0,), ())
        assert (first.earliest, first.driven_s, first.loaded_by) == (100, 100, 0)
        assert (first.capacity, first.longest_s, first.longest_m) == ((4,), 800, 4000)
        assert {frame.fixed_cents for frame in (first, *others)} == {0}
        assert (1,) in [frame.jobs for frame in others]


def test_a_lock_that_cannot_be_driven_is_left_to_repair() -> None:
    problem = replace(three_jobs(count=1, latest=150), locks={0: (0,)})
    assert framed(problem, [], free=True, dice=Random(1))[0].begun == ()


def test_many_vehicles_are_cut_down_to_twice_the_need() -> None:
    problem = on_a_line([0, 1000], [job(1)] * 250, [van(count=250)])
    assert len(framed(problem, [], free=True, dice=Random(1))) == 60


def test_frames_are_for_trips_and_releases() -> None:
    problem = on_a_line([0, 1000], [job(1)], [van()])
    assert not has_frames(problem)
    assert has_frames(replace(problem, jobs=(job(1, release=1),)))
    assert has_frames(replace(problem, vehicles=(van(max_trips=2),)))
