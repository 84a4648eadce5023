"""Several breaks at once: first proposals that fit with each other, in whatever order asked."""

from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import pytest

from optimizer.check import check
from optimizer.domain.network import Site
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.reroute import Disruption, RerouteRefused, Response, respond, respond_together
from optimizer.response.excuses import EXCUSABLE
from optimizer.response.words import BreachTimes, Kind, Outcome
from tests import broken_days, builders
from tests.broken_days import ROADS, station

HOURS = (builders.hours(9, 20),)
WEST = [builders.point(f"W{n}", -3.0 * n, 0.5, hours=HOURS) for n in (1, 2, 3)]
EAST = [builders.point(f"E{n}", 3.0 * n, 0.5, hours=HOURS) for n in (1, 2, 3)]
LINES = [
    builders.line(f"O{site.id}{zone.value}", site.id, zone, article=f"A{site.id}{zone.value}")
    for site in (*WEST, *EAST)
    for zone in (Zone.FROZEN, Zone.CHILLED)
]


def _day(*stations: Site, vans: int = 2, **changes: Any) -> tuple[Problem, Plan]:
    fleet = [builders.van(f"V{n}", **changes) for n in range(1, vans + 1)]
    return broken_days.day([WEST, EAST], LINES, stations=stations, vehicles=fleet)


def _told(plan: Plan, vehicle: str, zone: Zone = Zone.CHILLED, after_s: int = 1500) -> Disruption:
    at = plan.routes[0].departs + 120
    times = BreachTimes(p10=at + after_s, p50=at + after_s, p90=at + after_s)
    return Disruption(vehicle=vehicle, zone=zone, at=at, breach=times)


def _together(problem: Problem, plan: Plan, *told: Disruption) -> list[Response]:
    answers = respond_together(problem, plan, told, travel=ROADS, limit=6)
    joint = answers[0].joint
    assert joint is not None
    assert joint.check is not None
    assert plan.check is not None
    fresh = check(problem, joint, ROADS)
    assert set(fresh.violations) == set(joint.check.violations)
    new = set(fresh.violations) - set(plan.check.violations)
    assert {one.code for one in new} <= EXCUSABLE
    after = {route.id: route for route in joint.routes}
    for answer in answers:
        assert answer.joint == joint
        first = answer.proposals[0]
        changed = [route for route in first.plan.routes if route.id in first.changed]
        assert all(after[route.id] == route for route in changed)
    return answers


SIDES = [
    [builders.point(f"{side}{n}", 3.0 * n, north, hours=HOURS) for n in (1, 2, 3)]
    for side, north in (("N", 0.5), ("S", -0.5))
]
SIDE_LINES = [
    builders.line(f"O{site.id}", site.id, Zone.CHILLED, article=f"A{site.id}")
    for tour in SIDES
    for site in tour
]
"""Two tours beside each other; after the first stop each van has 100 l on board."""


def _beside(litres: int, docks: int) -> tuple[Problem, Plan, list[Disruption]]:
    site = station(
        "S1", 4.0, 0.0, docks=docks, capacity_ml=dict.fromkeys(Zone, litres * 1000), service_s=900
    )
    problem, plan = broken_days.day(SIDES, SIDE_LINES, stations=[site])
    at = max(route.stops[0].departs for route in plan.routes) + 1
    # Time enough for the station next door, too little for any point or the way back.
    edge = at + 330
    times = BreachTimes(p10=edge, p50=edge, p90=edge)
    told = [
        Disruption(vehicle=name, zone=Zone.CHILLED, at=at, breach=times) for name in ("V1", "V2")
    ]
    return problem, plan, told


def _at_the_station(answers: list[Response]) -> int:
    return sum(
        fate.volume_ml
        for answer in answers
        for fate in answer.proposals[0].fates
        if fate.shelter == "S1"
    )


def test_a_station_with_room_for_one_takes_the_goods_of_one() -> None:
    problem, plan, told = _beside(litres=199, docks=2)
    for one in told:
        # Each alone would leave the goods there, for the other to fetch.
        alone = respond(problem, plan, one, travel=ROADS).proposals[0]
        assert {hand.site for hand in alone.handovers} == {"S1"}
    answers = _together(problem, plan, *told)
    assert _at_the_station(answers) == 100_000
    wide = _beside(litres=200, docks=2)
    both = _together(wide[0], wide[1], *told)
    assert _at_the_station(both) == 200_000
    assert _worth(both) > _worth(answers)


def test_a_station_with_one_dock_takes_the_goods_of_one_in_time() -> None:
    problem, plan, told = _beside(litres=500, docks=1)
    answers = _together(problem, plan, *told)
    assert _at_the_station(answers) == 100_000


def _worth(answers: list[Response]) -> int:
    return sum(answer.proposals[0].money.worth for answer in answers)


def test_one_vehicle_at_home_is_sent_once() -> None:
    # On the road nobody has room for the goods of two.
    problem, plan = _day(vans=3, capacity_ml=dict.fromkeys(Zone, 160_000))
    told = [_told(plan, "V1"), _told(plan, "V2")]
    for one in told:
        first = respond(problem, plan, one, travel=ROADS).proposals[0]
        assert first.collector == "V3"
    answers = _together(problem, plan, *told)
    sent = [answer.proposals[0].collector for answer in answers]
    assert sent.count("V3") == 1


def test_one_dock_serves_one_vehicle_at_a_time() -> None:
    answers = _together(
        *(day := _day(station("S1", 0.0, 1.0, docks=1))),
        _told(day[1], "V1"),
        _told(day[1], "V2"),
    )
    calls = sorted(
        (hand.starts, hand.ends)
        for answer in answers
        for hand in answer.proposals[0].handovers
        if hand.site == "S1"
    )
    assert all(first[1] <= then[0] for first, then in pairwise(calls))


def test_a_vehicle_that_fails_takes_nothing_from_the_others() -> None:
    problem, plan = _day()
    alone = respond(problem, plan, _told(plan, "V1"), travel=ROADS, limit=6)
    assert any("V2" in (one.collector, one.place) for one in alone.proposals)
    answers = _together(problem, plan, _told(plan, "V1"), _told(plan, "V2", Zone.FROZEN))
    for answer in answers:
        assert all(one.collector is None for one in answer.proposals)


def test_the_order_of_asking_does_not_matter() -> None:
    problem, plan = _day(station("S1", 0.0, 1.0), vans=3)
    told = [_told(plan, "V1"), _told(plan, "V2"), _told(plan, "V1", Zone.FROZEN, 2000)]
    seen = []
    for order in permutations(range(3)):
        answers = respond_together(problem, plan, [told[n] for n in order], travel=ROADS)
        seen.append([answers[order.index(n)] for n in range(3)])
    assert all(one == seen[0] for one in seen)


def test_compartments_of_one_vehicle_have_one_answer() -> None:
    problem, plan = _day(station("S1", 0.0, 1.0))
    told = [_told(plan, "V1", zone) for zone in (Zone.CHILLED, Zone.FROZEN)]
    chilled, frozen = respond_together(problem, plan, told, travel=ROADS)
    assert chilled.proposals == frozen.proposals
    assert chilled.joint is None
    zones = {problem.lines[fate.key].zone for fate in chilled.proposals[0].fates}
    assert zones == {Zone.CHILLED, Zone.FROZEN}
    assert "frozen and chilled goods" in chilled.proposals[0].sentences["en"][0]


def test_goods_of_a_zone_that_is_lost_do_not_keep_the_others_from_a_shelter() -> None:
    problem, plan = _day(station("S1", -1.0, 1.0))
    told = [_told(plan, "V1", Zone.FROZEN, 0), _told(plan, "V1", Zone.CHILLED)]
    _, chilled = respond_together(problem, plan, told, travel=ROADS, limit=6)
    one = next(one for one in chilled.proposals if one.kind is Kind.STATION)
    by_zone: dict[Zone, set[Outcome]] = {Zone.FROZEN: set(), Zone.CHILLED: set()}
    for fate in one.fates:
        by_zone[problem.lines[fate.key].zone].add(fate.outcome)
    assert by_zone == {Zone.FROZEN: {Outcome.QUARANTINED}, Zone.CHILLED: {Outcome.SHELTERED}}


def test_earlier_breaks_are_carried_on_to_the_last_moment() -> None:
    problem, plan = _day(station("S1", 0.0, 1.0))
    early, late = _told(plan, "V1"), _told(plan, "V2")
    late = replace(late, at=late.at + 240)
    answers = _together(problem, plan, early, late)
    assert answers[0].breach == early.breach
    for answer in answers:
        for route in answer.proposals[0].plan.routes:
            done = [stop for stop in route.stops if stop.service_starts <= late.at]
            known = next((one for one in plan.routes if one.id == route.id), None)
            assert known is None or list(known.stops[: len(done)]) == done


def test_a_compartment_that_is_named_twice_is_refused() -> None:
    problem, plan = _day()
    with pytest.raises(RerouteRefused, match="V1: chilled is said to fail twice") as refused:
        respond_together(problem, plan, [_told(plan, "V1"), _told(plan, "V1")], travel=ROADS)
    assert refused.value.code == "CG-1507"


def test_no_break_needs_no_answer() -> None:
    problem, plan = _day()
    assert respond_together(problem, plan, [], travel=ROADS) == []


def test_without_a_travel_provider_the_settings_of_the_problem_are_used() -> None:
    problem, plan = _day()
    circuity = replace(problem.travel, provider="great_circle", circuity=1.0)
    answer = respond(replace(problem, travel=circuity), plan, _told(plan, "V1"))
    assert answer.proposals == respond(problem, plan, _told(plan, "V1"), travel=ROADS).proposals
