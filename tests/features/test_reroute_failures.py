"""The trial of diversions tells truth from guess: small days whose answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.domain.temperature import Zone
from optimizer.response.words import BreachTimes, Disruption, Kind
from tests.benchmarks.reroute_failures_cases import (
    PARTIAL,
    SEAL,
    SENSOR,
    SETPOINT,
    UNIT,
    Case,
    Failure,
    cases_of,
    made_failures,
)
from tests.benchmarks.reroute_failures_decide import Decided, Desk
from tests.benchmarks.reroute_failures_figures import Result, ratio_of, summary_of, where_lost
from tests.benchmarks.reroute_failures_fleet import Vans
from tests.benchmarks.reroute_failures_outcome import Option, Options, judge, spoilt_at
from tests.benchmarks.reroute_failures_watch import Seen, Watched
from tests.broken_days import ROADS, random_day

PROBLEM, PLAN = random_day(3)
HOT = replace(PROBLEM, ambient_c=36.0)
ROUTE = PLAN.routes[0]
FAILS = ROUTE.departs + 60


def _case(kind: str, amount: float, zone: Zone = Zone.FROZEN) -> Case:
    failure = Failure(
        number=1, day=1, rank=0.5, elapsed=0.1, zone=zone, kind=kind, ambient_c=36.0, lag_s=60.0,
        amount=amount,
    )  # fmt: skip
    return Case(failure=failure, route=ROUTE, fails=FAILS)


def _warmth(kind: str, amount: float) -> float:
    """Give the warmest goods of the rest of the day."""
    vans = Vans(HOT, [_case(kind, amount)], 1)
    course = vans.day(0, fails=True)
    return float(course.goods_c[course.row(FAILS) :, vans.failing(0)].max())


def test_each_kind_shows_in_the_goods_as_it_is_said_to() -> None:
    well = _warmth(SENSOR, 12.0)
    assert _warmth(UNIT, 0.0) > _warmth(PARTIAL, 0.3) > well
    assert _warmth(SEAL, 0.5) > well
    assert _warmth(SETPOINT, 8.0) > well


def test_goods_stay_at_their_temperature_on_days_without_a_failure() -> None:
    vans = Vans(HOT, [_case(UNIT, 0.0)], 1)
    course = vans.day(0, fails=False)
    goods = course.goods_c[:, vans.failing(0)]
    assert np.ptp(goods) < 2.0
    assert spoilt_at(vans, course, 0, ROUTE.returns) is None


def test_a_copy_that_drives_on_fares_like_the_van_itself() -> None:
    vans = Vans(HOT, [_case(UNIT, 0.0)], 1)
    course = vans.day(0, fails=True)
    told = Disruption(vehicle=ROUTE.vehicle, zone=Zone.FROZEN, at=FAILS + 600)
    asked = Desk(problem=HOT, plan=PLAN, travel=ROADS).ask(told)
    assert asked is not None
    (options,) = judge(HOT, PLAN, vans, course, [(0, asked)])
    breach = spoilt_at(vans, course, 0, ROUTE.returns)
    spoilt = sum(
        PROBLEM.lines[item.key].value_cents
        for stop in ROUTE.stops
        for item in stop.delivers
        if item.zone is Zone.FROZEN and breach is not None and stop.service_starts >= breach
    )
    assert options.nothing.lost == spoilt
    assert options.best.worth >= max(options.first.worth, options.nothing.worth)


def test_goods_that_leave_in_time_are_saved_whatever_was_believed() -> None:
    vans = Vans(HOT, [_case(SENSOR, 6.0)], 1)
    course = vans.day(0, fails=True)
    now = FAILS + 600
    gone = BreachTimes(p10=now, p50=now, p90=now)
    told = Disruption(vehicle=ROUTE.vehicle, zone=Zone.FROZEN, at=now, breach=gone)
    asked = Desk(problem=HOT, plan=PLAN, travel=ROADS).ask(told)
    assert asked is not None
    (options,) = judge(HOT, PLAN, vans, course, [(0, asked)])
    assert options.first.proposal is not None
    assert options.first.proposal.kind is Kind.QUARANTINE
    assert options.first.diverts
    assert options.nothing.lost == 0
    assert options.reached < 0 == options.possible


def test_a_dead_unit_is_noticed_and_a_healthy_one_is_not() -> None:
    for kind, amount, noticed in ((UNIT, 0.0, True), (PARTIAL, 1.0, False)):
        vans = Vans(HOT, [_case(kind, amount)], 1)
        days = [vans.day(n, fails=False) for n in range(2)] + [vans.day(2, fails=True)]
        watched = Watched(
            problem=HOT,
            plan=PLAN,
            case=vans.cases[0],
            days=[Seen.of(day, vans.failing(0)) for day in days],
            pair=vans.is_front(0, Zone.FROZEN),
            seed=1,
        )
        alarms = [minute for minute in watched.minutes() if minute.alarm]
        assert bool(alarms) is noticed
        assert all(minute.at > FAILS for minute in alarms)


def test_goods_are_believed_about_as_warm_as_they_are() -> None:
    vans = Vans(HOT, [_case(UNIT, 0.0)], 1)
    days = [vans.day(n, fails=False) for n in range(2)] + [vans.day(2, fails=True)]
    watched = Watched(
        problem=HOT,
        plan=PLAN,
        case=vans.cases[0],
        days=[Seen.of(day, vans.failing(0)) for day in days],
        pair=vans.is_front(0, Zone.FROZEN),
        seed=1,
    )
    told = next(minute.told for minute in watched.minutes() if minute.told is not None)
    true_c = float(days[-1].goods_c[days[-1].row(told.at), vans.failing(0)])
    assert told.product_c == pytest.approx(true_c, abs=0.5)


def _option(worth: int, lost: int = 0) -> Option:
    return Option(proposal=None, worth=worth, lost=lost)


def _result(day: int, worths: list[int], **more: Options | None) -> Result:
    """Give a case whose ways are worth so much, the proposed one first, to do nothing last."""
    options = Options(options=tuple(_option(worth, lost=1) for worth in worths))
    case = _case(UNIT, 0.0)
    case = replace(case, failure=replace(case.failure, day=day, number=day))
    return Result(
        case=case,
        decided=Decided(alarm="high", alarmed=1),
        idle_lost=1,
        answers=(options,),
        early=more.get("early"),
        knowing=more.get("knowing"),
    )


def test_what_is_lost_adds_up_to_what_was_possible() -> None:
    early = Options(options=(_option(90), _option(0)))
    knowing = Options(options=(_option(75), _option(80), _option(0)))
    one = _result(1, [40, 60, 0], early=early, knowing=knowing)
    lost = where_lost([one])
    assert lost["noticed late"] == 10
    assert lost["hidden by a wrong estimate"] == 20
    assert lost["wrong estimate"] == 20
    assert lost["best way not ranked first"] == 0
    assert sum(lost.values()) == 90 - one.reached


def test_an_interval_over_days_holds_the_share() -> None:
    results = [_result(day, [worth, 100, 0]) for day, worth in enumerate([100, 50, 90, 70, 100])]
    found = ratio_of(results, lambda one: one.reached, lambda one: one.wanted)
    assert found["share"] == pytest.approx(0.82)
    assert found["low"] < 0.82 < found["high"]
    assert summary_of(results)["hindsight_share"] == found


def test_made_failures_are_the_same_for_a_seed_and_lie_on_routes_of_their_zone() -> None:
    assert made_failures(7) == made_failures(7)
    assert made_failures(7) != made_failures(8)
    cases = cases_of(PLAN, made_failures(7))
    assert len(cases) == len(made_failures(7))
    for case in cases:
        zones = {item.zone for stop in case.route.stops for item in stop.delivers}
        assert case.failure.zone in zones
        assert case.route.departs <= case.fails < case.route.returns
