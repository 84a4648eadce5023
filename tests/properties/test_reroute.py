"""Random breaks on random days: what is done stays done, and no kilogram is lost or made."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.check import check
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.reroute import (
    Disruption,
    RerouteRefused,
    Reservation,
    respond,
    respond_together,
)
from optimizer.response.excuses import EXCUSABLE
from optimizer.response.shelters import room_ml
from optimizer.response.words import POSSIBLE, RADIUS_M, Outcome, Proposal, Response
from tests.broken_days import ROADS, random_day

SEEDS = st.integers(min_value=0, max_value=15)
SHARES = st.floats(min_value=0.0, max_value=0.95)
WARMTH = st.floats(min_value=-0.5, max_value=3.0)


def _broken(
    seed: int, share: float, zone: Zone, warmer_c: float, reserved: tuple[Reservation, ...] = ()
) -> tuple[Problem, Plan, Disruption, Response] | None:
    problem, plan = random_day(seed)
    route = plan.routes[seed % 2]
    at = route.departs + int(share * (route.returns - route.departs))
    told = Disruption(
        vehicle=route.vehicle,
        zone=zone,
        at=at,
        product_c=problem.policies[zone].loading_c + warmer_c,
    )
    try:
        answer = respond(problem, plan, told, travel=ROADS, reserved=reserved, limit=4)
    except RerouteRefused as refusal:
        assert refusal.code == "CG-1503"
        return None
    return problem, plan, told, answer


@settings(max_examples=5)
@given(seed=SEEDS, share=SHARES, zone=st.sampled_from(Zone), warmer_c=WARMTH)
def test_every_proposal_keeps_what_is_done_and_every_kilogram(
    seed: int, share: float, zone: Zone, warmer_c: float
) -> None:
    seen = _broken(seed, share, zone, warmer_c)
    if seen is None:
        return
    problem, plan, told, answer = seen
    assert answer.proposals
    for one in answer.proposals:
        _visited_stops_stay(plan, one, told.at)
        _kilograms_add_up(problem, plan, one)
        _quarantined_goods_reach_nobody(one)
        _stations_are_near_and_have_room(problem, answer, one, told.zone)
    _the_checker_agrees(problem, plan, answer.proposals[seed % len(answer.proposals)])


def _visited_stops_stay(plan: Plan, one: Proposal, at: int) -> None:
    after = {route.id: route for route in one.plan.routes}
    for route in plan.routes:
        visited = [stop for stop in route.stops if stop.service_starts <= at]
        assert list(after[route.id].stops[: len(visited)]) == visited
        assert after[route.id].departs == route.departs
        if route.returns <= at:
            assert after[route.id] == route


def _kilograms_add_up(problem: Problem, plan: Plan, one: Proposal) -> None:
    handed = [item for r in one.plan.routes for s in r.stops for item in s.delivers]
    left = {item.key for item in one.plan.unserved}
    assert len({item.key for item in handed}) == len(handed)
    assert not left & {item.key for item in handed}
    assert left | {item.key for item in handed} == set(problem.lines)
    fates = {fate.key: fate.outcome for fate in one.fates}
    shares = [one.grams(outcome) for outcome in Outcome]
    assert sum(shares) == sum(problem.lines[key].mass_g for key in fates)
    gone = {key for key, outcome in fates.items() if outcome is not Outcome.DELIVERED}
    before = sum(item.mass_g for r in plan.routes for s in r.stops for item in s.delivers)
    after = sum(item.mass_g for item in handed)
    assert after + sum(problem.lines[key].mass_g for key in gone) == before


def _quarantined_goods_reach_nobody(one: Proposal) -> None:
    handed = {i.key for r in one.plan.routes for s in r.stops for i in s.delivers}
    for fate in one.fates:
        assert (fate.key in handed) == (fate.outcome is Outcome.DELIVERED)
        if fate.outcome is Outcome.SHELTERED:
            assert fate.sound >= POSSIBLE


def _the_checker_agrees(problem: Problem, plan: Plan, one: Proposal) -> None:
    """The report that a proposal carries is the one that the checker gives on its own."""
    assert plan.check is not None
    fresh = check(problem, one.plan, ROADS)
    assert set(fresh.violations) == set(one.check.violations)
    new = set(fresh.violations) - set(plan.check.violations)
    assert new == set(one.excused)
    assert {found.code for found in new} <= EXCUSABLE


def _stations_are_near_and_have_room(
    problem: Problem, answer: Response, one: Proposal, zone: Zone
) -> None:
    for hand in one.handovers:
        site = problem.sites[hand.site]
        if site.kind.value != "station":
            continue
        room = room_ml(site, zone, ())
        assert room is None or hand.volume_ml <= room
        assert site.id not in {r.place for r in answer.refused if r.needs_override}
    for refusal in answer.refused:
        assert not refusal.needs_override or (refusal.distance_m or 0) > RADIUS_M


@settings(max_examples=3)
@given(seed=SEEDS, share=SHARES, zone=st.sampled_from(Zone), warmer_c=WARMTH)
def test_full_stations_get_nothing(seed: int, share: float, zone: Zone, warmer_c: float) -> None:
    taken = tuple(
        Reservation(site=f"S{n}", zone=zone, volume_ml=600_000, starts=0, ends=0) for n in range(4)
    )
    seen = _broken(seed, share, zone, warmer_c, taken)
    if seen is not None:
        problem, _, _, answer = seen
        for one in answer.proposals:
            assert all(problem.sites[h.site].kind.value != "station" for h in one.handovers)


@settings(max_examples=3)
@given(
    seed=SEEDS,
    share=st.floats(min_value=0.0, max_value=0.5),
    zones=st.tuples(st.sampled_from(Zone), st.sampled_from(Zone)),
    warmer_c=WARMTH,
)
def test_first_proposals_of_several_breaks_are_one_checked_plan(
    seed: int, share: float, zones: tuple[Zone, Zone], warmer_c: float
) -> None:
    problem, plan = random_day(seed)
    at = plan.routes[0].departs + int(share * min(r.duration_s for r in plan.routes))
    told = [
        Disruption(
            vehicle=route.vehicle,
            zone=zone,
            at=at,
            product_c=problem.policies[zone].loading_c + warmer_c,
        )
        for route, zone in zip(plan.routes, zones, strict=True)
    ]
    try:
        answers = respond_together(problem, plan, told, travel=ROADS)
    except RerouteRefused as refusal:
        assert refusal.code == "CG-1503"
        return
    joint = answers[0].joint
    assert joint is not None
    assert joint.check is not None
    assert plan.check is not None
    fresh = check(problem, joint, ROADS)
    assert set(fresh.violations) == set(joint.check.violations)
    new = {found.code for found in set(fresh.violations) - set(plan.check.violations)}
    assert new <= EXCUSABLE
    after = {route.id: route for route in joint.routes}
    for answer in answers:
        first = answer.proposals[0]
        _visited_stops_stay(plan, first, at)
        assert all(after[one.id] == one for one in first.plan.routes if one.id in first.changed)
    handed = [i.key for r in joint.routes for s in r.stops for i in s.delivers]
    left = [item.key for item in joint.unserved]
    assert sorted([*handed, *left], key=str) == sorted(problem.lines, key=str)
    _rooms_are_shared(problem, answers)


def _rooms_are_shared(problem: Problem, answers: list[Response]) -> None:
    used: dict[tuple[str, Zone], int] = {}
    for answer in answers:
        first = answer.proposals[0]
        stored = {key for hand in first.handovers if hand.stored for key in hand.keys}
        for hand in first.handovers:
            for key in stored & set(hand.keys):
                line = problem.lines[key]
                place = hand.site, line.zone
                used[place] = used.get(place, 0) + line.volume_ml
    for (name, zone), volume_ml in used.items():
        room = room_ml(problem.sites[name], zone, ())
        assert room is None or volume_ml <= room
