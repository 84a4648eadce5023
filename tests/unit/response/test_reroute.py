"""The ways out as a whole: ranked by one number, excused for nothing but the break itself."""

from dataclasses import replace

import pytest

from optimizer.domain.plan import Violation
from optimizer.domain.temperature import Zone
from optimizer.reroute import Disruption, propose, respond
from optimizer.response.draft import Draft
from optimizer.response.excuses import stems
from optimizer.response.outlook import outlooks
from optimizer.response.risk import (
    calls_for_diversion,
    is_to_be_diverted,
    may_wait_until,
    outweighs,
    risk,
)
from optimizer.response.situation import situation
from optimizer.response.value import fresh, money
from optimizer.response.why_not import WhyNot
from optimizer.response.words import (
    ALL_BUT_SURE,
    LIKELY_LOST,
    NEAR_S,
    BreachTimes,
    Fate,
    Kind,
    Outcome,
    Proposal,
)
from tests import broken_days, builders
from tests.broken_days import ROADS, station

POINTS = [builders.point(f"P{n}", 4.0 * n, hours=(builders.hours(9, 20),)) for n in (1, 2, 3)]
NEAR = [builders.point(f"N{n}", 3.0 * n, 1.0, hours=(builders.hours(9, 20),)) for n in (1, 2, 3)]
LINES = [
    builders.line(f"O{site.id}{zone.value}", site.id, zone, article=f"A{site.id}{zone.value}")
    for site in (*POINTS, *NEAR)
    for zone in (Zone.FROZEN, Zone.CHILLED)
]
PROBLEM, PLAN = broken_days.day([POINTS, NEAR], LINES, stations=[station("S1", 2.0, 1.0)])
ROUTE = PLAN.routes[0]
AT = ROUTE.stops[0].departs


def _told(p10_s: int, p90_s: int | None = None) -> Disruption:
    last = p10_s if p90_s is None else p90_s
    middle = (p10_s + last) // 2
    times = BreachTimes(p10=AT + p10_s, p50=AT + middle, p90=AT + last)
    return Disruption(vehicle="V1", zone=Zone.CHILLED, at=AT, breach=times)


def _proposals(p10_s: int, p90_s: int | None = None, limit: int = 6) -> list[Proposal]:
    return propose(PROBLEM, PLAN, _told(p10_s, p90_s), travel=ROADS, limit=limit)


def test_goods_that_keep_all_day_need_no_change() -> None:
    first = _proposals(20_000)[0]
    assert (first.kind, first.changed, first.money.cost) == (Kind.CARRY_ON, (), 0)
    assert first.loses_nothing
    assert first.plan.routes == PLAN.routes


def test_proposals_are_ranked_by_worth_and_never_more_than_asked() -> None:
    for limit in (1, 2, 6):
        found = _proposals(1300, limit=limit)
        assert 1 <= len(found) <= limit
        worth = [one.money.worth for one in found]
        assert worth == sorted(worth, reverse=True)


def test_driving_on_comes_first_until_goods_are_likely_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = situation(PROBLEM, PLAN, _told(1300))
    likely = risk(here, outlooks(here))
    assert likely >= LIKELY_LOST
    assert _proposals(1300)[0].changed
    monkeypatch.setattr("optimizer.response.risk.LIKELY_LOST", likely + 0.001)
    monkeypatch.setattr("optimizer.response.risk.ALL_BUT_SURE", 2.0)
    first, *others = _proposals(1300)
    assert (first.kind, first.changed) == (Kind.CARRY_ON, ())
    assert any(one.money.worth > first.money.worth for one in others)


def test_nobody_is_diverted_while_a_little_later_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.response.risk.NEEDLESS_CENTS", 1_000)
    far, near = (NEAR_S + 10, 1390), (900, 1400)
    here = situation(PROBLEM, PLAN, _told(*far))
    assert LIKELY_LOST <= risk(here, outlooks(here)) < ALL_BUT_SURE
    assert may_wait_until(here, outlooks(here)) == AT + 10
    watched = _proposals(*far)[0]
    assert not watched.changed
    assert "decide then" in watched.sentences["en"][-1]
    assert "届时再决定" in watched.sentences["zh"][-1]
    here = situation(PROBLEM, PLAN, _told(*near))
    assert risk(here, outlooks(here)) < ALL_BUT_SURE
    assert may_wait_until(here, outlooks(here)) is None
    assert is_to_be_diverted(here, outlooks(here))
    assert _proposals(*near)[0].changed


def test_a_loss_that_is_sure_is_not_waited_for() -> None:
    told = _told(NEAR_S + 60, NEAR_S + 60)
    here = situation(PROBLEM, PLAN, told)
    assert may_wait_until(here, outlooks(here)) == AT + 60
    assert calls_for_diversion(PROBLEM, PLAN, told)


def test_dear_goods_are_diverted_at_a_smaller_risk_than_cheap_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = situation(PROBLEM, PLAN, _told(900, 1400))
    ahead = outlooks(here)
    assert LIKELY_LOST <= risk(here, ahead) < ALL_BUT_SURE
    chance = risk(here, ahead)
    lost = sum(
        PROBLEM.lines[item.key].value_cents * (1.0 - ahead.of_item(item, stop.service_starts))
        for item, stop in here.affected
    )
    even = lost * chance / (1.0 - chance)
    for price, worth_it in ((0.99 * even, True), (1.01 * even, False)):
        monkeypatch.setattr("optimizer.response.risk.NEEDLESS_CENTS", price)
        assert outweighs(here, ahead) is worth_it
        assert is_to_be_diverted(here, ahead) is worth_it


def test_goods_are_given_up_when_they_are_gone_and_no_sooner() -> None:
    spoilt_later = next(one for one in _proposals(60, 120) if not one.changed)
    assert spoilt_later.kind is Kind.CARRY_ON
    assert all(one.outcome is Outcome.DELIVERED for one in spoilt_later.fates)
    assert spoilt_later.money.saved == 0, "worth nothing, unless the estimate is wrong"
    assert {one.kind for one in _proposals(0, 0)} == {Kind.QUARANTINE}


def test_a_vehicle_nearby_takes_over_what_would_spoil() -> None:
    one = next(one for one in _proposals(1300) if one.kind is Kind.NEIGHBOUR)
    assert one.collector == "V2"
    assert one.loses_nothing
    assert {fate.vehicle for fate in one.fates} == {"V2"}
    (hand,) = one.handovers
    stop = {r.vehicle: s for r in one.plan.routes for s in r.stops if s.site == hand.site}
    # Both stand there at once, for as long as the hand-over takes.
    assert all(s.service_starts <= hand.starts for s in stop.values())
    assert min(s.departs for s in stop.values()) >= hand.starts + 600


def test_a_full_vehicle_nearby_is_refused_and_says_so() -> None:
    full = builders.van("V2", capacity_ml={Zone.FROZEN: 500_000, Zone.CHILLED: 150_000})
    problem, plan = broken_days.day([POINTS, NEAR], LINES, vehicles=[builders.van("V1"), full])
    answer = respond(problem, plan, _told(1300), travel=ROADS, limit=6)
    assert all(one.kind is not Kind.NEIGHBOUR for one in answer.proposals)
    refused = next(one for one in answer.refused if one.place == "V2")
    assert refused.why.code is WhyNot.NO_ROOM
    assert "l of chilled room left, the goods need 100 l" in refused.reason


def test_a_way_out_that_ends_after_the_shift_is_refused() -> None:
    home = ROUTE.returns
    shift = replace(builders.hours(9, 19), closes=home)
    vans = [builders.van("V1", shift=shift), builders.van("V2")]
    problem, plan = broken_days.day(
        [POINTS, NEAR], LINES, vehicles=vans, stations=[station("S1", 2.0, 1.0)]
    )
    answer = respond(problem, plan, _told(1300), travel=ROADS, limit=6)
    assert all(
        route.returns <= home
        for one in answer.proposals
        for route in one.plan.routes
        if route.vehicle == "V1"
    )
    assert WhyNot.SHIFT_OVER in {one.why.code for one in answer.refused}


def test_nothing_left_is_quarantine_with_kilograms_and_money() -> None:
    (only,) = _proposals(0)
    assert only.kind is Kind.QUARANTINE
    assert only.grams(Outcome.QUARANTINED) == 40_000
    assert only.cents(Outcome.QUARANTINED) == 20_000
    assert not only.loses_nothing
    assert "40.0 kg lost" in " ".join(only.sentences["en"])
    assert "40.0 kg" in "".join(only.sentences["zh"])
    assert {line.reason.value for line in only.plan.unserved} == {"temperature"}


def test_the_same_break_has_the_same_answer() -> None:
    assert _proposals(1300) == _proposals(1300)


def test_only_the_break_itself_is_excused() -> None:
    here = situation(PROBLEM, PLAN, _told(1300))
    one = next(one for one in _proposals(1300) if one.kind is Kind.STATION)
    route = next(r for r in one.plan.routes if r.id == ROUTE.id)
    draft = Draft(
        kind=one.kind,
        place=one.place,
        routes={route.id: route},
        fates=one.fates,
        turns={route.id: 90},
        calls=frozenset({(route.id, "S1")}),
    )
    turn = Violation(code="travel_time", where=f"{route.id}/{route.stops[1].site}", amount=90.0)
    assert stems(here, draft, turn)
    assert not stems(here, draft, replace(turn, amount=91.0))
    assert not stems(here, draft, replace(turn, where=f"{route.id}/P3"))
    call = Violation(code="wrong_start", where=f"{route.id}/S1", amount=1.0)
    assert stems(here, draft, call)
    assert not stems(here, draft, replace(call, where=f"{route.id}/P2"))
    for code in ("temperature", "shift", "hours", "window", "zone_capacity", "line_twice"):
        assert not stems(here, draft, Violation(code=code, where=route.id, amount=1.0))


def test_worth_is_what_is_saved_less_what_it_costs() -> None:
    here = situation(PROBLEM, PLAN, _told(1300))
    (item, stop), *_ = here.affected
    line = PROBLEM.lines[item.key]

    def one(outcome: Outcome, sound: float, arrives: int | None) -> Fate:
        return Fate(
            key=item.key,
            outcome=outcome,
            mass_g=item.mass_g,
            volume_ml=item.volume_ml,
            value_cents=line.value_cents,
            sound=sound,
            arrives=arrives,
        )

    def priced(fate: Fate) -> int:
        return money(here, Draft(kind=Kind.CARRY_ON, place="", routes={}, fates=(fate,))).worth

    start = stop.service_starts
    whole = round(line.value_cents * fresh(line, start))
    assert priced(one(Outcome.DELIVERED, 1.0, start)) == whole
    assert priced(one(Outcome.DELIVERED, 0.8, start)) < whole
    kept, lost = one(Outcome.SHELTERED, 1.0, None), one(Outcome.QUARANTINED, 0.0, None)
    assert priced(lost) < priced(kept) < whole
    tomorrow = round(line.value_cents * fresh(line, start + 24 * builders.HOUR))
    late = -priced(lost)
    assert 0 < late <= line.value_cents
    assert priced(kept) == tomorrow - late


@pytest.mark.parametrize(("hours", "left"), [(0, 1.0), (36, 0.5), (72, 0.0), (100, 0.0)])
def test_goods_lose_their_worth_with_their_shelf_life(hours: int, left: float) -> None:
    assert fresh(LINES[0], hours * 3600) == pytest.approx(left)


def test_goods_without_a_date_keep_their_worth() -> None:
    assert fresh(replace(LINES[0], shelf_life_left_s=None), 10**6) == 1.0


def test_a_reading_that_is_doubted_is_to_be_checked_before_anything_is_moved() -> None:
    doubted = replace(_told(1300), is_doubted=True)
    for one in propose(PROBLEM, PLAN, doubted, travel=ROADS, limit=6):
        assert "check the reading" in one.sentences["en"][0]
        assert "核对读数" in one.sentences["zh"][0]
    assert not any("check the reading" in " ".join(o.sentences["en"]) for o in _proposals(1300))
