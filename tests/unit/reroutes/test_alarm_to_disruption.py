"""From an alarm and an estimate to what happens to the goods."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace as changed

from api.reroutes.alarm_to_disruption import (
    BEYOND_S,
    FORGOTTEN_MS,
    Compartment,
    Decided,
    Unclear,
    breach_of,
    compartment,
    disruption_of,
    has_moved,
    is_confirmed,
    opens_again,
)
from api.reroutes.cases import CaseState
from optimizer.domain.fleet import Echelon
from optimizer.domain.temperature import Zone
from optimizer.response.words import BreachTimes, Severity
from telemetry.alarm.rules import Side
from telemetry.alarm.state import Sample
from telemetry.alarm.words import CAPACITY, Alarm, AlarmKind, alarm_id
from telemetry.estimate.words import Forecast, Outlook, Regime
from tests.serving import MORNING
from tests.stored_plan import city_plan
from tests.telemetry_cases import MINUTE, a_compartment, a_gateway, a_room, an_alarm

NOW = MORNING + timedelta(hours=11)
NOW_MS = round(NOW.timestamp() * 1000)
AT = 11 * 3600
POINT = a_compartment("V1/frozen", name="V1 frozen")


def times(p10: int, p50: int, p90: int) -> BreachTimes:
    return BreachTimes(p10=p10, p50=p50, p90=p90)


def ahead(early: float | None, middle: float | None, late: float | None) -> Forecast:
    """Foresee a break in so many minutes."""
    early_ms, breach_ms, late_ms = (
        None if minutes is None else NOW_MS + round(minutes * MINUTE)
        for minutes in (early, middle, late)
    )
    return Forecast(
        at_ms=NOW_MS, side=Side.HIGH, limit_c=-18.0, early_ms=early_ms, breach_ms=breach_ms,
        late_ms=late_ms, chance=0.8,
    )  # fmt: skip


def outlook(**changes: Any) -> Outlook:
    seen = Outlook(
        at_ms=NOW_MS, air_c=-15.0, air_sd_c=0.2, product_c=-19.5, product_sd_c=0.4, rate_c_h=6.0,
        regime=Regime.WARMING, forecast=ahead(20, 30, 50),
    )  # fmt: skip
    return changed(seen, **changes)


def alarm(kind: AlarmKind = AlarmKind.HIGH, **changes: Any) -> Alarm:
    began_ms = NOW_MS - 20 * MINUTE
    values: dict[str, Any] = {
        "id": alarm_id("V1/frozen", kind, began_ms), "kind": kind, "began_ms": began_ms,
        "raised_ms": NOW_MS,
    }  # fmt: skip
    return an_alarm(**(values | changes))


def broken(*kinds: AlarmKind, seen: Outlook | None = None) -> Compartment:
    alarms = [alarm(kind) for kind in kinds or (AlarmKind.HIGH,)]
    found = compartment(POINT, alarms, seen, NOW_MS)
    assert found is not None
    return found


def test_a_disruption_says_what_the_estimate_knows() -> None:
    problem, plan = city_plan()
    told = disruption_of(broken(seen=outlook()), problem, plan, NOW)
    assert (told.vehicle, told.zone.value, told.at) == ("V1", "frozen", AT)
    assert (told.product_c, told.product_sd_c, told.air_c) == (-19.5, 0.4, -15.0)
    assert told.breach == times(AT + 1200, AT + 1800, AT + 3000)
    assert told.severity is Severity.FOOD_SAFETY
    assert told.ambient_c == problem.ambient_c


@pytest.mark.parametrize(("grade", "word"), [(1, "I"), (2, "II"), (3, "III")])
def test_severity_is_the_grade_of_the_place(grade: int, word: str) -> None:
    one = replace(broken(seen=outlook()), point=replace(POINT, grade=grade))
    assert disruption_of(one, *city_plan(), NOW).severity.value == word


def test_goods_out_of_their_band_have_broken_already() -> None:
    warm = outlook(product_c=-17.0, forecast=None)
    assert disruption_of(broken(seen=warm), *city_plan(), NOW).breach == times(AT, AT, AT)


def test_what_lies_beyond_the_forecast_is_put_at_its_end() -> None:
    seen = outlook(forecast=ahead(60, None, None))
    breach = disruption_of(broken(seen=seen), *city_plan(), NOW).breach
    assert breach == times(AT + 3600, AT + BEYOND_S, AT + BEYOND_S)


@pytest.mark.parametrize("seen", [None, outlook(at_ms=NOW_MS - FORGOTTEN_MS - 1)])
def test_without_a_fresh_estimate_the_body_has_to_say_when(seen: Outlook | None) -> None:
    told = disruption_of(broken(seen=seen), *city_plan(), NOW)
    assert told.breach is None
    assert told.product_c is None


def test_an_estimate_of_just_that_age_still_counts() -> None:
    seen = outlook(at_ms=NOW_MS - FORGOTTEN_MS)
    assert disruption_of(broken(seen=seen), *city_plan(), NOW).product_c == -19.5


@pytest.mark.parametrize("forecast", [None, ahead(None, None, None)])
def test_warm_air_that_leads_nowhere_is_no_break(forecast: Forecast | None) -> None:
    calm = outlook(regime=Regime.DOOR, forecast=forecast)
    with pytest.raises(Unclear, match="no goods are foreseen"):
        disruption_of(broken(AlarmKind.HIGH, seen=calm), *city_plan(), NOW)
    told = disruption_of(broken(AlarmKind.NO_COOLING, seen=calm), *city_plan(), NOW)
    assert told.breach is None, "without cooling the body says how long the goods keep"


def test_cold_air_needs_an_estimate() -> None:
    with pytest.raises(Unclear, match="too cold"):
        disruption_of(broken(AlarmKind.LOW), *city_plan(), NOW)
    freezing = outlook(regime=Regime.COOLING_DOWN, forecast=ahead(10, 20, 30))
    told = disruption_of(broken(AlarmKind.LOW, seen=freezing), *city_plan(), NOW)
    assert told.breach == times(AT + 600, AT + 1200, AT + 1800)


def test_only_compartments_with_a_standing_alarm_are_broken() -> None:
    standing = [alarm()]
    assert compartment(POINT, standing, None, NOW_MS) is not None
    assert compartment(a_room("G1/room"), standing, None, NOW_MS) is None
    assert compartment(a_gateway("GW1"), standing, None, NOW_MS) is None
    assert compartment(POINT, [], None, NOW_MS) is None
    assert compartment(POINT, [alarm(cleared_ms=NOW_MS)], None, NOW_MS) is None
    assert compartment(POINT, [alarm(closed_ms=NOW_MS)], None, NOW_MS) is None
    for kind in set(AlarmKind) - {AlarmKind.HIGH, AlarmKind.LOW}:
        found = compartment(POINT, [alarm(kind)], None, NOW_MS)
        assert (found is not None) == (kind in {AlarmKind.PREDICTED, AlarmKind.NO_COOLING}), kind


def test_a_unit_without_reserve_threatens_no_goods() -> None:
    notice = alarm(AlarmKind.NO_COOLING, rule=f"frozen/1:{CAPACITY}")
    assert compartment(POINT, [notice], None, NOW_MS) is None
    both = compartment(POINT, [notice, alarm(AlarmKind.PREDICTED)], None, NOW_MS)
    assert both is not None
    assert both.kinds == {AlarmKind.PREDICTED}


def test_the_alarm_that_came_first_gives_the_name() -> None:
    later = alarm(AlarmKind.HIGH, raised_ms=NOW_MS)
    sooner = alarm(AlarmKind.PREDICTED, raised_ms=NOW_MS - 1)
    found = compartment(POINT, [later, sooner], None, NOW_MS)
    assert found is not None
    assert found.alarms == (sooner, later)
    assert found.is_confirmed


def test_a_break_has_moved_by_more_than_five_minutes() -> None:
    before = times(AT + 600, AT + 1200, AT + 1800)
    for minutes, moved in ((5, False), (-5, False), (5 + 1 / 60, True), (-5 - 1 / 60, True)):
        after = times(AT, AT + 1200 + round(60 * minutes), AT + 4000)
        assert has_moved(before, after, AT) is moved, minutes
    assert has_moved(None, before, AT)
    assert not has_moved(before, None, AT), "nobody says otherwise"
    assert not has_moved(None, None, AT)


def test_a_break_that_has_happened_does_not_move_on_with_the_clock() -> None:
    before, later = times(AT, AT, AT), AT + 3600
    assert not has_moved(before, times(later, later, later), later)
    assert has_moved(before, times(later, later + 600, later + 700), later), "it was none after all"


@pytest.mark.parametrize(
    ("state", "was_confirmed", "p50", "again"),
    [
        (CaseState.SUPERSEDED, True, AT, True),
        (CaseState.EXPIRED, True, AT, True),
        (CaseState.ACCEPTED, False, AT + 1800, False),
        (CaseState.ACCEPTED, False, AT + 2100, False),
        (CaseState.ACCEPTED, False, AT + 2101, True),
        (CaseState.REJECTED, False, AT + 1800, True),
        (CaseState.REJECTED, True, AT + 1800, False),
        (CaseState.REJECTED, True, AT + 2101, True),
    ],
)
def test_what_was_decided_stays_decided_until_it_is_worse(
    state: CaseState, was_confirmed: bool, p50: int, again: bool
) -> None:
    last = Decided(state=state, was_confirmed=was_confirmed, breach=times(p50, p50, p50))
    now = broken(AlarmKind.HIGH, AlarmKind.PREDICTED)
    assert opens_again(last, now, times(AT, AT + 1800, AT + 2000)) is again


def test_a_foreseen_break_that_was_rejected_stays_so_while_it_is_foreseen() -> None:
    last = Decided(state=CaseState.REJECTED, was_confirmed=False, breach=times(AT, AT, AT))
    assert not opens_again(last, broken(AlarmKind.PREDICTED), times(AT, AT, AT))


def test_ids_say_whether_an_alarm_was_measured() -> None:
    named = {kind: is_confirmed(alarm_id("V1/frozen", kind, NOW_MS)) for kind in AlarmKind}
    assert {kind for kind, yes in named.items() if yes} == {AlarmKind.HIGH, AlarmKind.LOW}
    assert not is_confirmed(None)


def test_what_was_measured_counts_more_than_what_the_estimate_makes_of_it() -> None:
    problem, plan = city_plan()
    route = next(
        one
        for one in plan.routes
        if any(i.zone is Zone.FROZEN for s in one.stops for i in s.delivers)
        and one.echelon is Echelon.LAST_MILE
    )
    now = problem.horizon.instant(route.departs + 600)
    now_ms = round(now.timestamp() * 1000)
    point = a_compartment(f"{route.vehicle}/frozen", name="frozen")
    point = replace(point, asset=route.vehicle)
    warm = outlook(at_ms=now_ms, product_c=-15.0, forecast=None)
    air = [Sample(now_ms - MINUTE * n, -21.0, "A") for n in reversed(range(60))]
    calm = compartment(point, [alarm()], warm, now_ms, air)
    assert calm is not None
    with pytest.raises(Unclear, match="no goods are foreseen"):
        disruption_of(calm, problem, plan, now)
    hot = [Sample(one.at_ms, -21.0 if one.at_ms < now_ms - 6 * MINUTE else -8.0) for one in air]
    told = disruption_of(replace(calm, air=tuple(hot)), problem, plan, now)
    assert told.product_c is not None
    assert -21.0 < told.product_c < -18.5
    assert told.breach is not None
    assert told.at < told.breach.p10 <= told.breach.p50
    assert breach_of(replace(calm, air=tuple(hot)), problem, plan, now) == told.breach
