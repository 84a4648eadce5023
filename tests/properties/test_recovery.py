"""Random events on random days: what is done stays done, and every line is served or told why."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.check import check
from optimizer.domain.limit import Limit
from optimizer.domain.network import Stock
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.plan_json import plan_document
from optimizer.recovery.events import (
    BackupCarrier,
    Breakdown,
    ClosedRoad,
    Event,
    UrgentOrder,
)
from optimizer.recovery.option import EXCUSABLE
from optimizer.recovery.recover import asked, recover
from optimizer.response.words import Outcome, Proposal, RerouteRefused
from tests import builders
from tests.broken_days import ROADS, random_day

SEEDS = st.integers(min_value=0, max_value=15)
SHARES = st.floats(min_value=-0.1, max_value=0.95)
KINDS = st.sampled_from(["closed", "stands", "urgent", "backup"])
DAY = builders.hours(9, 30)
FEW_TRIES = Limit(iterations=5)


def _day(seed: int) -> tuple[Problem, Plan]:
    """Give a random day with some stock that nobody ordered."""
    problem, plan = random_day(seed)
    spare = Stock(site="G1", article="AURG", mass_g=30_000, volume_ml=60_000)
    problem = replace(problem, stock=(*problem.stock, spare))
    return problem, replace(plan, problem_digest=problem.digest)


def _event(problem: Problem, plan: Plan, seed: int, share: float, kind: str) -> Event:
    draw = Random(seed)
    route = plan.routes[seed % 2]
    at = max(0, route.departs + int(share * (route.returns - route.departs)))
    if kind == "closed":
        lat, lon = 28.2 + draw.uniform(-0.06, 0.06), 113.0 + draw.uniform(-0.06, 0.06)
        high, wide = draw.uniform(0.002, 0.02), draw.uniform(0.002, 0.02)
        ring = ((lat, lon), (lat, lon + wide), (lat + high, lon + wide), (lat + high, lon))
        until = at + 3600 if draw.random() < 0.3 else None
        return ClosedRoad(polygon=ring, at=at, until=until)
    if kind == "stands":
        return Breakdown(vehicle=route.vehicle, at=at)
    if kind == "urgent":
        site = draw.choice([stop.site for one in plan.routes for stop in one.stops])
        line = builders.line("URGENT", site, article=draw.choice(["AURG", "none"]))
        return UrgentOrder(lines=(replace(line, ordered_s=at),), at=at)
    return BackupCarrier(vehicles=(builders.van("B1", owner="backup", shift=DAY),), at=at)


@settings(max_examples=8)
@given(seed=SEEDS, share=SHARES, kind=KINDS)
def test_whatever_happens_what_is_done_stays_and_every_line_has_an_answer(
    seed: int, share: float, kind: str
) -> None:
    problem, plan = _day(seed)
    event = _event(problem, plan, seed, share, kind)
    try:
        answer = recover(problem, plan, event, travel=ROADS, limit=4, effort=FEW_TRIES)
    except RerouteRefused as refusal:
        assert refusal.code in {"CG-1527"}
        return
    assert answer.proposals
    now = asked(problem, event)
    for one in answer.proposals:
        _visited_stops_stay(plan, one, event.at)
        _every_line_is_served_or_told(now, one)
        _fates_say_what_the_plan_does(one)
        assert one.plan.problem_digest == now.digest
    worth = [one.money.worth for one in answer.proposals]
    assert worth == sorted(worth, reverse=True)
    if kind != "closed":
        _the_checker_agrees(now, plan, answer.proposals[seed % len(answer.proposals)])


def _visited_stops_stay(plan: Plan, one: Proposal, at: int) -> None:
    after = {route.id: route for route in one.plan.routes}
    for route in plan.routes:
        visited = [stop for stop in route.stops if stop.service_starts <= at]
        if route.departs <= at:
            assert list(after[route.id].stops[: len(visited)]) == visited
            assert after[route.id].departs == route.departs
        if route.returns <= at:
            assert after[route.id] == route


def _every_line_is_served_or_told(problem: Problem, one: Proposal) -> None:
    handed = [item.key for r in one.plan.routes for s in r.stops for item in s.delivers]
    left = [item.key for item in one.plan.unserved]
    assert sorted([*handed, *left]) == sorted(problem.lines)
    assert all(item.detail for item in one.plan.unserved)


def _fates_say_what_the_plan_does(one: Proposal) -> None:
    handed = {
        i.key: (s.service_starts, r.vehicle)
        for r in one.plan.routes
        for s in r.stops
        for i in s.delivers
    }
    for fate in one.fates:
        if fate.outcome is Outcome.DELIVERED:
            assert handed[fate.key] == (fate.arrives, fate.vehicle)
        else:
            assert fate.key not in handed


def _the_checker_agrees(problem: Problem, plan: Plan, one: Proposal) -> None:
    assert plan.check is not None
    fresh = check(problem, one.plan, ROADS)
    assert set(fresh.violations) == set(one.check.violations)
    assert set(fresh.violations) - set(plan.check.violations) == set(one.excused)
    assert {found.code for found in one.excused} <= EXCUSABLE


@settings(max_examples=2)
@given(seed=SEEDS, share=SHARES, kind=KINDS)
def test_the_same_event_and_seed_give_the_same_bytes(seed: int, share: float, kind: str) -> None:
    problem, plan = _day(seed)
    event = _event(problem, plan, seed, share, kind)
    answers: list[object] = []
    for _ in range(2):
        try:
            found = recover(problem, plan, event, travel=ROADS, seed=7, effort=FEW_TRIES)
        except RerouteRefused as refusal:
            answers.append(refusal.code)
        else:
            answers.append([(plan_document(one.plan), one.sentences) for one in found.proposals])
    assert answers[0] == answers[1]
