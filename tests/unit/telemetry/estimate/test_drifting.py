"""A reading that climbs over cycles that go on is a drift; air that warms is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import exp

import msgspec
import pytest

from telemetry.alarm.sensors import DRIFT
from telemetry.alarm.state import Sample
from telemetry.alarm.words import AlarmKind, Severity
from telemetry.estimate.drifting import LEAST_RATE_C_H, MANY, STILL, Climbing
from telemetry.estimate.estimator import Thermal, observe, unknown
from telemetry.estimate.words import NO_CUES, Cues, Outlook, Regime
from tests.telemetry_cases import FROZEN, MINUTE
from tests.unit.telemetry.estimate.freezers import DAY, DAY0

DAYS = 3
NOW_MS = (DAY0 + DAYS * DAY) * MINUTE
TOP_C, SWING_C, FALL, RISE = -20.5, 1.0, 5, 10
PERIOD = FALL + RISE
Way = Callable[[int], float]
Course = list[tuple[Thermal, Outlook]]


def _cycles(minute: int, *, fall: int = FALL, rise: int = RISE) -> float:
    place = minute % (fall + rise)
    share = place / fall if place < fall else 1.0 - (place - fall) / rise
    return TOP_C - SWING_C * share


def _fed(state: Thermal, way: Way, minutes: Iterable[int], cues: Cues = NO_CUES) -> Course:
    course = []
    for minute in minutes:
        sample = Sample(NOW_MS + minute * MINUTE, way(minute))
        state, outlook = observe(FROZEN, state, sample, cues)
        if outlook is not None:
            course.append((state, outlook))
    return course


@pytest.fixture(scope="module")
def well() -> Thermal:
    """Three days of a freezer whose unit runs for a third of the time."""
    return _fed(unknown(), _cycles, range(-DAYS * DAY, 0))[-1][0]


def _rules(course: Course) -> list[str]:
    return [cause.rule for _, outlook in course for cause in outlook.causes]


def _drifts(rate_c_h: float) -> Way:
    return lambda minute: _cycles(minute) + rate_c_h * minute / 60


def test_a_reading_that_climbs_over_its_cycles_is_a_fault_and_foresees_nothing(
    well: Thermal,
) -> None:
    course = _fed(well, _drifts(4.0), range(120))
    first = next(place for place, (_, one) in enumerate(course) if DRIFT in _rules([(well, one)]))
    assert first <= (MANY + 3) * PERIOD
    doubted = course[first:]
    assert set(_rules(doubted)) == {DRIFT}
    state, outlook = doubted[-1]
    assert (outlook.regime, outlook.forecast, state.foreseen) == (Regime.LEARNING, None, None)
    assert {one.product_c for _, one in doubted[1:]} == {doubted[0][1].product_c}
    assert outlook.rate_c_h == pytest.approx(4.0, abs=1.5)
    (cause,) = outlook.causes
    assert (cause.kind, cause.severity) == (AlarmKind.SENSOR_FAULT, Severity.WARNING)
    assert cause.value == pytest.approx(8.0, abs=1.5)


def test_a_unit_that_stops_after_all_is_foreseen_again(well: Thermal) -> None:
    drifted = _fed(well, _drifts(4.0), range(100))[-1][0]
    from_c = _drifts(4.0)(99)

    def failing(minute: int) -> float:
        return from_c + 30.0 * (1.0 - exp(-(minute - 99) / 300))

    course = _fed(drifted, failing, range(100, 160))
    assert DRIFT not in _rules(course[-20:])
    assert course[-1][1].regime is Regime.WARMING
    assert course[-1][1].product_c > drifted.product_c  # type: ignore[operator] # known by then
    assert AlarmKind.PREDICTED in {cause.kind for cause in course[-1][1].causes}


def _loss(minute: int) -> float:
    return TOP_C + 1.0 - exp(-minute / 5) + 20.0 * (1.0 - exp(-minute / 300))


def _partial(minute: int) -> float:
    """Cycles become longer, at a mean that levels off."""
    return _cycles(minute, fall=22, rise=8) + 4.0 * (1.0 - exp(-minute / 60))


def _longer(minute: int) -> float:
    """It needs longer for the same cold, and loses all the same."""
    return _cycles(minute, fall=11, rise=13) + 3.2 * minute / 60


def _step(minute: int) -> float:
    """Somebody has set it five degrees higher: it rests, and then cycles there."""
    return min(TOP_C - SWING_C + minute / 6, _cycles(minute) + 5.0)


def _door(minute: int) -> float:
    """A door opens every twenty minutes or so, and a little more comes in every time."""
    times, into = divmod(minute, 17 + minute % 3)
    return TOP_C + 0.7 * times + 3.0 * exp(-into / 4)


def _defrost(minute: int) -> float:
    return _cycles(minute) + max(0.0, 6.0 - abs(minute - 15) / 2.5)


@pytest.mark.parametrize("way", [_loss, _partial, _longer, _step, _door, _defrost, _cycles])
def test_what_air_does_is_not_doubted(well: Thermal, way: Way) -> None:
    assert DRIFT not in _rules(_fed(well, way, range(180)))


def test_what_climbs_slowly_may_be_air(well: Thermal) -> None:
    course = _fed(well, _drifts(LEAST_RATE_C_H - 0.5), range(180))
    assert DRIFT not in _rules(course)
    assert AlarmKind.NO_COOLING in {cause.kind for _, one in course for cause in one.causes}


@pytest.mark.parametrize("cues", [Cues(door_open=True), Cues(apart_c=0.2)])
def test_a_door_or_a_second_sensor_knows_better(well: Thermal, cues: Cues) -> None:
    assert DRIFT not in _rules(_fed(well, _drifts(4.0), range(120), cues))


def test_where_cycles_are_not_known_nothing_is_doubted() -> None:
    young = _fed(unknown(), _cycles, range(-DAY, 0))[-1][0]
    course = _fed(young, _drifts(4.0), range(120))
    assert DRIFT not in _rules(course)
    assert {state.climbing for state, _ in course} == {STILL}


def test_steps_from_valley_to_valley_that_differ_are_no_drift(well: Thermal) -> None:
    def uneven(minute: int) -> float:
        past, rest = divmod(minute, 2 * PERIOD)
        return _cycles(minute) + 4.0 * past + (0.9 if rest >= PERIOD else 0.0)

    assert DRIFT not in _rules(_fed(well, uneven, range(150)))


def test_what_is_remembered_is_stored_and_goes_on(well: Thermal) -> None:
    state = _fed(well, _drifts(4.0), range(100))[-1][0]
    assert state.climbing.times >= MANY
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=Thermal)
    assert again == state
    after = range(100, 120)
    assert _fed(again, _drifts(4.0), after) == _fed(state, _drifts(4.0), after)
    old = msgspec.msgpack.decode(msgspec.msgpack.encode(well))
    del old["climbing"]
    assert msgspec.convert(old, Thermal, strict=False).climbing == STILL


def test_a_hole_begins_anew(well: Thermal) -> None:
    climbing = Climbing(True, -20.0, 100.0, -21.0, 95.0, times=3, least_c=1.0, most_c=1.0)
    assert climbing.follow(300.0, -18.0, 1.0, well.cycles, aside=False).times == 0
