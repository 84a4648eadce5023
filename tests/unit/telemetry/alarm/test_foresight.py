"""Alarms about what is going to happen: raised, made worse and cleared by causes."""

from __future__ import annotations

from dataclasses import replace as with_rules
from typing import Any

import pytest
from msgspec.structs import replace

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm import raising
from telemetry.alarm.foresight import FORESEEN, foresee
from telemetry.alarm.raising import Cause
from telemetry.alarm.sensors import ALONE, JUMP
from telemetry.alarm.state import PointState, Sample, Watch
from telemetry.alarm.step import step
from telemetry.alarm.words import CAPACITY, Alarm, AlarmKind, EventKind, Severity
from tests.telemetry_cases import FROZEN, HOUR, MINUTE, T0, an_alarm, armed

OFF_DELAY_MS = 1000 * FROZEN.off_delay_s


def _cause(kind: AlarmKind = AlarmKind.PREDICTED, **changes: Any) -> Cause:
    cause = Cause(
        kind=kind,
        severity=Severity.WARNING,
        rule=kind.value,
        began_ms=T0 - 20 * MINUTE,
        value=-19.5,
        peak=-19.5,
        limit=-18.0,
    )
    return replace(cause, **changes)


class Point:
    """A point that is watched, and what happened there."""

    def __init__(self, state: PointState | None = None) -> None:
        self.state = armed() if state is None else state

    def take(self, at_ms: int, *causes: Cause) -> list[tuple[EventKind, AlarmKind]]:
        self.state, events = foresee(FROZEN, self.state, causes, at_ms)
        assert all(one.at_ms == at_ms for one in events)
        return [(one.kind, one.alarm.kind) for one in events]

    def alarm(self, kind: AlarmKind = AlarmKind.PREDICTED) -> Alarm:
        alarm = raising.active(self.state, kind)
        assert alarm is not None
        return alarm


@pytest.mark.parametrize("kind", FORESEEN)
def test_a_cause_raises_an_alarm_at_once(kind: AlarmKind) -> None:
    point = Point()
    assert point.take(T0, _cause(kind)) == [(EventKind.RAISED, kind)]
    alarm = point.alarm(kind)
    assert (alarm.kind, alarm.severity) == (kind, Severity.WARNING)
    assert (alarm.began_ms, alarm.raised_ms) == (T0 - 20 * MINUTE, T0)
    assert (alarm.value_c, alarm.limit_c) == (-19.5, -18.0)
    assert alarm.rule == f"frozen/1:{kind.value}"


def test_a_cause_that_goes_on_says_nothing_more() -> None:
    point = Point()
    point.take(T0, _cause())
    assert point.take(T0 + MINUTE, _cause(began_ms=T0 - 25 * MINUTE)) == []
    assert len(point.state.alarms) == 1


def test_a_cause_that_becomes_worse_makes_its_alarm_worse() -> None:
    point = Point()
    point.take(T0, _cause())
    worse = _cause(severity=Severity.CRITICAL)
    worsened = [(EventKind.WORSENED, AlarmKind.PREDICTED)]
    assert point.take(T0 + MINUTE, worse) == worsened
    assert point.alarm().severity is Severity.CRITICAL
    assert point.take(T0 + 2 * MINUTE, _cause()) == [], "and better again it stays what it was"
    assert point.alarm().severity is Severity.CRITICAL


def test_no_cause_clears_an_alarm_when_that_has_lasted_for_the_off_delay() -> None:
    point = Point()
    point.take(T0, _cause())
    assert point.take(T0 + MINUTE) == []
    assert point.take(T0 + MINUTE + OFF_DELAY_MS - 1) == []
    cleared = [(EventKind.CLEARED, AlarmKind.PREDICTED)]
    assert point.take(T0 + MINUTE + OFF_DELAY_MS) == cleared
    assert point.take(T0 + 2 * MINUTE + OFF_DELAY_MS) == []


def test_a_cause_that_comes_back_begins_the_off_delay_anew() -> None:
    point = Point()
    point.take(T0, _cause())
    point.take(T0 + MINUTE)
    assert point.take(T0 + 20 * MINUTE, _cause()) == []
    point.take(T0 + 21 * MINUTE)
    assert point.take(T0 + MINUTE + OFF_DELAY_MS) == []
    assert point.take(T0 + 21 * MINUTE + OFF_DELAY_MS) != []


def test_a_foreseen_breach_says_more_than_missing_cooling() -> None:
    point = Point()
    both = (_cause(AlarmKind.NO_COOLING), _cause())
    assert point.take(T0, *both) == [(EventKind.RAISED, AlarmKind.PREDICTED)]
    assert point.take(T0 + MINUTE, *both) == []


def test_missing_cooling_becomes_a_foreseen_breach_within_one_incident() -> None:
    point = Point()
    point.take(T0, _cause(AlarmKind.NO_COOLING))
    told = point.take(T0 + MINUTE, _cause(AlarmKind.NO_COOLING), _cause())
    assert told == [(EventKind.RAISED, AlarmKind.PREDICTED)]
    standing = point.alarm(AlarmKind.NO_COOLING)
    assert point.alarm().incident == standing.incident
    cleared = []
    for minute in range(2, 34):
        cleared += point.take(T0 + minute * MINUTE, _cause(AlarmKind.NO_COOLING))
    assert cleared == [(EventKind.CLEARED, AlarmKind.PREDICTED)]
    assert point.alarm(AlarmKind.NO_COOLING).is_active


def test_where_the_rules_have_spoken_nothing_is_foreseen_any_more() -> None:
    point = Point(armed(alarms=(an_alarm(),)))
    assert point.take(T0, _cause(), _cause(AlarmKind.NO_COOLING)) == []
    over = an_alarm(cleared_ms=T0 - 1)
    assert Point(armed(alarms=(over,))).take(T0, _cause()) != [], "that one is over"


@pytest.mark.parametrize(
    ("standing", "limit_c", "told"),
    [
        (AlarmKind.HIGH, 4.0, False),
        (AlarmKind.LOW, 4.0, True),
        (AlarmKind.LOW, 0.0, False),
        (AlarmKind.HIGH, 0.0, True),
    ],
)
def test_too_cold_says_nothing_of_too_warm(standing: AlarmKind, limit_c: float, told: bool) -> None:
    point = Point(armed(alarms=(an_alarm(kind=standing),)))
    chilled = with_rules(FROZEN, band=TemperatureBand(lower_c=0.0, upper_c=4.0))
    _, events = foresee(chilled, point.state, [_cause(limit=limit_c)], T0)
    assert (len(events) == 1) is told


def test_what_was_foreseen_goes_on_when_it_comes_true() -> None:
    point = Point()
    point.take(T0, _cause())
    point.state = replace(point.state, alarms=(*point.state.alarms, an_alarm()))
    worse = point.take(T0 + MINUTE, _cause(severity=Severity.CRITICAL))
    assert worse == [(EventKind.WORSENED, AlarmKind.PREDICTED)]
    assert point.take(T0 + 2 * MINUTE + OFF_DELAY_MS, _cause()) == []
    assert point.alarm().is_active


def test_other_alarms_are_none_of_its_business() -> None:
    high = an_alarm(kind=AlarmKind.CUMULATIVE)
    point = Point(armed(alarms=(high,)))
    for minute in range(90):
        assert point.take(T0 + minute * MINUTE) == []
    assert point.state.alarms == (high,)


@pytest.mark.parametrize(
    "state",
    [
        PointState(point="V1/frozen"),
        armed(watch=Watch.PRECOOLING, watch_until_ms=T0 + HOUR),
        armed(watch_until_ms=T0),
    ],
    ids=["off", "pre-cooling", "its watch has just ended"],
)
def test_a_point_that_nobody_watches_raises_nothing(state: PointState) -> None:
    point = Point(state)
    assert point.take(T0, _cause()) == []
    assert point.state == state


def test_an_alarm_of_a_point_that_is_watched_no_longer_runs_out() -> None:
    point = Point()
    point.take(T0, _cause())
    point.state = replace(point.state, watch=Watch.OFF)
    point.take(T0 + MINUTE, _cause())
    told = point.take(T0 + MINUTE + OFF_DELAY_MS, _cause())
    assert told == [(EventKind.CLEARED, AlarmKind.PREDICTED)]


# --- a sensor alone -----------------------------------------------------------------------------

FAULT = AlarmKind.SENSOR_FAULT


def _fault(rule: str = JUMP) -> Cause:
    return _cause(FAULT, rule=rule, value=24.0, peak=24.0, limit=10.0)


@pytest.mark.parametrize("rule", sorted(ALONE))
def test_a_sensor_that_is_alone_is_at_fault_and_clears_after_its_off_delay(rule: str) -> None:
    point = Point()
    assert point.take(T0, _fault(rule)) == [(EventKind.RAISED, FAULT)]
    assert point.take(T0 + MINUTE, _fault(rule)) == []
    assert point.take(T0 + 2 * MINUTE) == []
    assert point.take(T0 + 2 * MINUTE + OFF_DELAY_MS - 1) == []
    assert point.take(T0 + 2 * MINUTE + OFF_DELAY_MS) == [(EventKind.CLEARED, FAULT)]


def test_a_fault_that_comes_back_in_between_begins_its_off_delay_anew() -> None:
    point = Point()
    point.take(T0, _fault())
    point.take(T0 + MINUTE)
    point.take(T0 + 2 * MINUTE, _fault())
    assert point.take(T0 + MINUTE + OFF_DELAY_MS) == []


def test_while_a_sensor_is_at_fault_what_was_foreseen_is_not_over() -> None:
    point = Point()
    point.take(T0, _cause())
    point.take(T0 + MINUTE)
    point.take(T0 + 2 * MINUTE, _fault())
    point.take(T0 + 2 * OFF_DELAY_MS, _fault())
    assert point.alarm().is_active
    assert point.take(T0 + 2 * OFF_DELAY_MS + MINUTE) == []


def test_nobody_is_told_of_a_sensor_at_a_point_that_is_not_watched() -> None:
    point = Point(armed(watch=Watch.OFF))
    assert point.take(T0, _fault()) == []


def test_a_fault_that_two_sensors_show_is_not_cleared_here() -> None:
    standing = an_alarm(kind=FAULT, rule="frozen/1:sensor_fault")
    point = Point(armed(alarms=(standing,)))
    assert point.take(T0 + MINUTE) == []
    assert point.take(T0 + MINUTE + 2 * OFF_DELAY_MS) == []


def test_samples_do_not_touch_a_fault_that_the_estimate_has_found() -> None:
    point = Point()
    point.take(T0, _fault())
    point.take(T0 + MINUTE)
    state, events = step(FROZEN, point.state, Sample(T0 + 2 * MINUTE, -21.0, "s"), T0)
    assert events == ()
    point.state = state
    assert point.take(T0 + MINUTE + OFF_DELAY_MS) == [(EventKind.CLEARED, FAULT)]


def _short() -> Cause:
    return _cause(AlarmKind.NO_COOLING, severity=Severity.INFO, rule=CAPACITY)


def test_air_that_warms_ends_the_notice_of_a_unit_without_reserve() -> None:
    kind, point = AlarmKind.NO_COOLING, Point()
    assert point.take(T0, _short()) == [(EventKind.RAISED, kind)]
    assert point.alarm(kind).is_of_capacity
    warms = _cause(kind, severity=Severity.INFO, began_ms=T0 - MINUTE)
    turned = point.take(T0 + MINUTE, warms)
    assert turned == [(EventKind.CLEARED, kind), (EventKind.RAISED, kind)]
    assert not point.alarm(kind).is_of_capacity
    assert len(point.state.alarms) == 1


def test_a_unit_without_reserve_is_told_of_once_warming_is_over() -> None:
    kind, point = AlarmKind.NO_COOLING, Point()
    point.take(T0, _cause(kind, severity=Severity.INFO))
    assert point.take(T0 + MINUTE, _short()) == []
    over = point.take(T0 + MINUTE + OFF_DELAY_MS, _short())
    assert over == [(EventKind.CLEARED, kind)]
    assert point.take(T0 + 2 * MINUTE + OFF_DELAY_MS, _short()) == [(EventKind.RAISED, kind)]
    assert point.alarm(kind).is_of_capacity


def test_where_a_breach_is_foreseen_nobody_is_told_of_reserve() -> None:
    point = Point()
    point.take(T0, _short())
    point.take(T0 + MINUTE, _cause(), _cause(AlarmKind.NO_COOLING))
    assert {one.kind for one in point.state.alarms if one.is_active} == {AlarmKind.PREDICTED}
