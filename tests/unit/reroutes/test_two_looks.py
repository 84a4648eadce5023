"""Of a break that is not pressing the calmer of two looks counts, and a drift is told as one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.reroutes.alarm_to_disruption import (
    BETWEEN_S,
    PRESSING_S,
    SHORTLY_S,
    Compartment,
    Unclear,
    breach_of,
    compartment,
    disruption_of,
)
from api.reroutes.asking import event_document, event_from
from api.reroutes.goods_on_board import Belief, goods_on_board
from api.reroutes.measured_air import LOADED_S
from optimizer.domain.fleet import Echelon
from optimizer.domain.temperature import Zone
from optimizer.response.words import BreachTimes
from telemetry.alarm.state import Sample
from telemetry.alarm.words import AlarmKind, alarm_id
from telemetry.estimate.words import Outlook, Regime
from tests.stored_plan import city_plan
from tests.telemetry_cases import MINUTE, a_compartment, an_alarm

PROBLEM, PLAN = city_plan()
ROUTE = next(
    one
    for one in PLAN.routes
    if one.echelon is Echelon.LAST_MILE
    and any(item.zone is Zone.FROZEN for stop in one.stops for item in stop.delivers)
)
AT = ROUTE.departs + 1_800
NOW = PROBLEM.horizon.instant(AT)
NOW_MS = round(NOW.timestamp() * 1000)
COLD_C = -21.0


def _broken(air: list[Sample], kind: AlarmKind = AlarmKind.HIGH) -> Compartment:
    point = replace(a_compartment(f"{ROUTE.vehicle}/frozen", name="frozen"), asset=ROUTE.vehicle)
    name = alarm_id(point.id, kind, NOW_MS)
    alarm = an_alarm(id=name, kind=kind, began_ms=NOW_MS, raised_ms=NOW_MS)
    found = compartment(point, [alarm], None, NOW_MS, air)
    assert found is not None
    return found


def _air(warm_c: float, minutes: int, *, then_c: float | None = None) -> list[Sample]:
    """Measure an hour and a half of cold air that is warm for the last minutes, or was before."""
    found = []
    for ago in reversed(range(91)):
        value_c = warm_c if ago < minutes else COLD_C
        if then_c is not None and ago < BETWEEN_S // 60:
            value_c = then_c
        found.append(Sample(NOW_MS - ago * MINUTE, value_c, "A"))
    return found


def _look(air: list[Sample], at: int) -> Belief:
    found = goods_on_board(PROBLEM, ROUTE, Zone.FROZEN, air, at=at)
    assert found is not None
    return found


def test_a_gust_counts_as_it_looked_before() -> None:
    air = _air(-16.0, 5)
    now, before = _look(air, AT), _look(air, AT - BETWEEN_S)
    assert now.breach.p10 > AT + PRESSING_S
    assert now.breach.p50 < before.breach.p50
    told = disruption_of(_broken(air, AlarmKind.NO_COOLING), PROBLEM, PLAN, NOW)
    assert told.breach == before.breach
    assert told.product_c == pytest.approx(now.product_c, abs=1e-3), "the goods are as they are"
    assert not told.is_doubted


def test_a_break_that_presses_is_looked_at_again_sooner() -> None:
    for minutes, is_believed in ((6, False), (7, True)):
        air = _air(25.0, minutes)
        now, shortly = _look(air, AT), _look(air, AT - SHORTLY_S)
        assert now.breach.p10 - AT <= PRESSING_S
        assert _look(air, AT - BETWEEN_S).breach.p50 > now.breach.p50
        assert (shortly.breach.p50 <= now.breach.p50) is is_believed
        told = breach_of(_broken(air), PROBLEM, PLAN, NOW)
        assert told == (now if is_believed else shortly).breach


def test_air_that_comes_down_counts_as_it_looks_now() -> None:
    air = _air(-15.0, 10, then_c=-20.0)
    now, before = _look(air, AT), _look(air, AT - BETWEEN_S)
    assert before.breach.p50 <= now.breach.p50
    assert breach_of(_broken(air), PROBLEM, PLAN, NOW) == now.breach


def test_there_is_one_look_where_the_trip_has_just_begun() -> None:
    early = ROUTE.departs + LOADED_S + BETWEEN_S - 60
    air = [
        Sample(one.at_ms + 1000 * (early - AT), one.value_c, one.sensor) for one in _air(-16.0, 13)
    ]
    now = _look(air, early)
    assert breach_of(_broken(air), PROBLEM, PLAN, PROBLEM.horizon.instant(early)) == now.breach


def test_what_the_empty_body_had_for_air_breaks_no_goods_that_have_just_been_loaded() -> None:
    for after, is_told in ((60, False), (LOADED_S, True)):
        now = PROBLEM.horizon.instant(ROUTE.departs + after)
        now_ms = round(now.timestamp() * 1000)
        warm = Outlook(
            at_ms=now_ms, air_c=-15.0, air_sd_c=0.2, product_c=-15.0, product_sd_c=0.2,
            rate_c_h=0.0, regime=Regime.WARMING,
        )  # fmt: skip
        air = [Sample(now_ms - minute * MINUTE, -15.0, "A") for minute in (60, 59)]
        loaded = replace(_broken(air), outlook=warm)
        assert (breach_of(loaded, PROBLEM, PLAN, now) is not None) is is_told
        if is_told:
            assert disruption_of(loaded, PROBLEM, PLAN, now).breach is not None
        else:
            with pytest.raises(Unclear, match="just begun"):
                disruption_of(loaded, PROBLEM, PLAN, now)


def _drifting(*, sensors: int = 1) -> list[Sample]:
    """Measure air that goes on cycling while the reading climbs by seven degrees an hour."""
    found = []
    for ago in reversed(range(111)):
        past = 110 - ago
        place = past % 12
        cycle_c = place / 8 if place < 8 else (12 - place) / 4
        value_c = COLD_C + cycle_c + max(0, past - 45) * 7 / 60
        for number in range(sensors):
            at_ms = NOW_MS + 2_400_000 - ago * MINUTE + number
            found.append(Sample(at_ms, value_c, f"sensor {number}"))
    return found


def test_a_drift_is_taken_off_and_told() -> None:
    late = AT + 2_400
    van = replace(
        ROUTE,
        returns=ROUTE.departs + 30_000,
        stops=tuple(
            replace(stop, service_starts=ROUTE.departs + 20_000 + place, predicted={})
            for place, stop in enumerate(ROUTE.stops)
        ),
    )
    plan = replace(PLAN, routes=(van,))
    now = PROBLEM.horizon.instant(late)
    told = disruption_of(_broken(_drifting()), PROBLEM, plan, now)
    assert told.is_doubted
    assert told.product_c is not None
    assert told.product_c < -19.0
    assert isinstance(told.breach, BreachTimes)
    assert told.breach.p50 > late + 6 * 3_600
    assert event_from(event_document(told, PROBLEM.horizon), PROBLEM.horizon) == told
    both = disruption_of(_broken(_drifting(sensors=2)), PROBLEM, plan, now)
    assert not both.is_doubted
    assert both.product_c is not None
    assert both.product_c > told.product_c
