"""One step of a point's estimate: once a minute, what air and goods do, and what ought to stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace as with_rules
from math import exp, inf

import msgspec
import pytest
from msgspec.structs import replace

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.rules import Side
from telemetry.alarm.sensors import JUMP, OUT_OF_REACH
from telemetry.alarm.state import Sample
from telemetry.alarm.words import CAPACITY, AlarmKind, Severity
from telemetry.estimate.estimator import STEP_MS, Thermal, observe, unknown
from telemetry.estimate.words import NO_CUES, Cues, Outlook, Regime
from tests.telemetry_cases import FROZEN, HOUR, MINUTE, SECOND, T0
from tests.unit.telemetry.estimate.freezers import DAY, DAY0, SETPOINT_C, Way, failing, steady

CHILLED = with_rules(FROZEN, band=TemperatureBand(lower_c=0.0, upper_c=4.0))
ENDLESS = with_rules(FROZEN, band=TemperatureBand(lower_c=-inf, upper_c=inf))
DAYS = 3
NOW_MS = (DAY0 + DAYS * DAY) * MINUTE

Course = list[tuple[Thermal, Outlook]]


def _fed(
    state: Thermal, way: Way, minutes: Iterable[int], *, begin_ms: int = NOW_MS,
    cues: Cues = NO_CUES, learn: bool = True, profile: object = FROZEN,
) -> Course:  # fmt: skip
    """Feed a point once a minute; gives every state and outlook."""
    course = []
    for minute in minutes:
        sample = Sample(begin_ms + minute * MINUTE, way(minute))
        state, outlook = observe(profile, state, sample, cues, learn=learn)  # type: ignore[arg-type] # rules
        assert outlook is not None
        course.append((state, outlook))
    return course


@pytest.fixture(scope="module")
def well() -> Thermal:
    """Three days of a freezer that is well."""
    return _fed(unknown(), steady, range(DAYS * DAY), begin_ms=DAY0 * MINUTE)[-1][0]


@pytest.fixture(scope="module")
def chilled() -> Thermal:
    """Three days of a chilled room."""
    way = _chilled(lambda _: 0.0)
    course = _fed(unknown(), way, range(DAYS * DAY), begin_ms=DAY0 * MINUTE, profile=CHILLED)
    return course[-1][0]


def _chilled(change: Callable[[int], float]) -> Way:
    return lambda minute: 2.0 + 0.3 * (steady(minute) - SETPOINT_C) + change(minute)


def _troubled(course: Course) -> int:
    return next(place for place, (_, one) in enumerate(course) if one.regime is Regime.WARMING)


# --- once a minute ------------------------------------------------------------------------------


def test_the_first_sample_is_an_outlook_and_nothing_is_known_yet() -> None:
    state, outlook = observe(FROZEN, unknown(), Sample(T0, -21.0))
    assert outlook is not None
    assert (outlook.at_ms, outlook.air_c, outlook.product_c) == (T0, -21.0, -21.0)
    assert (outlook.regime, outlook.forecast, outlook.causes) == (Regime.LEARNING, None, ())
    assert (state.last_ms, state.stepped_ms) == (T0, T0)


def test_an_outlook_comes_once_a_minute_however_often_is_measured() -> None:
    state, told = unknown(), []
    for at_ms in range(T0, T0 + 10 * MINUTE, 10 * SECOND):
        state, outlook = observe(FROZEN, state, Sample(at_ms, -21.0))
        if outlook is not None:
            told.append(outlook.at_ms - T0)
    assert told == [minute * MINUTE for minute in range(10)]


@pytest.mark.parametrize(("early_ms", "told"), [(STEP_MS, True), (STEP_MS - 1, False)])
def test_a_sensor_need_not_be_punctual(early_ms: int, told: bool) -> None:
    state, _ = observe(FROZEN, unknown(), Sample(T0, -21.0))
    after, outlook = observe(FROZEN, state, Sample(T0 + early_ms, -21.0))
    assert (outlook is not None) is told
    assert after.last_ms == T0 + early_ms


def test_samples_of_a_minute_count_by_their_mean() -> None:
    begun, _ = observe(FROZEN, unknown(), Sample(T0, -21.0))
    one, _ = observe(FROZEN, begun, Sample(T0 + 20 * SECOND, -20.0))
    two, _ = observe(FROZEN, one, Sample(T0 + 40 * SECOND, -22.0))
    three = observe(FROZEN, two, Sample(T0 + 60 * SECOND, -18.0))
    assert three == observe(FROZEN, begun, Sample(T0 + MINUTE, -20.0))


def test_a_sample_that_is_older_than_the_newest_is_left_out(well: Thermal) -> None:
    assert well.last_ms is not None
    late = Sample(well.last_ms - 1, 50.0)
    assert observe(FROZEN, well, late) == (well, None)
    begun, _ = observe(FROZEN, well, Sample(well.last_ms + 30 * SECOND, -21.0))
    assert observe(FROZEN, begun, Sample(well.last_ms + 20 * SECOND, 50.0)) == (begun, None)


def test_the_same_instant_twice_is_two_samples() -> None:
    state, _ = observe(FROZEN, unknown(), Sample(T0, -21.0))
    state, outlook = observe(FROZEN, state, Sample(T0, -20.0))
    assert outlook is None
    assert (state.count, state.total_c) == (1, -20.0)


# --- air and goods ------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [1, 30, 600])
def test_goods_follow_the_air_exactly_however_long_nothing_was_heard(minutes: int) -> None:
    state, _ = observe(FROZEN, unknown(), Sample(T0, -22.0))
    _, outlook = observe(FROZEN, state, Sample(T0 + minutes * MINUTE, -20.0))
    assert outlook is not None
    lag_min = (FROZEN.product_lag_s or 0) / 60
    assert outlook.product_c == pytest.approx(-20.0 - 2.0 * exp(-minutes / lag_min))
    assert outlook.air_c == pytest.approx(-20.0 - 2.0 * exp(-minutes / 20.0))


def test_many_small_steps_of_steady_air_are_one_long_one() -> None:
    state, _ = observe(FROZEN, unknown(), Sample(T0, -22.0))
    long, _ = observe(FROZEN, state, Sample(T0 + HOUR, -20.0))
    for minute in range(1, 61):
        state, _ = observe(FROZEN, state, Sample(T0 + minute * MINUTE, -20.0))
    assert state.product_c == pytest.approx(long.product_c)
    assert state.air_c == pytest.approx(long.air_c)


@pytest.mark.parametrize("lag_s", [0, None])
def test_goods_without_a_lag_are_the_air(lag_s: int | None) -> None:
    profile = with_rules(FROZEN, product_lag_s=lag_s)
    state, _ = observe(profile, unknown(), Sample(T0, -22.0))
    _, outlook = observe(profile, state, Sample(T0 + MINUTE, -20.0))
    assert outlook is not None
    assert outlook.product_c == -20.0


# --- regimes ------------------------------------------------------------------------------------


def test_air_is_steady_when_its_usual_way_is_known(well: Thermal) -> None:
    (state, outlook), *_ = _fed(well, steady, range(1))
    assert (outlook.regime, outlook.rate_c_h, outlook.causes) == (Regime.STEADY, 0.0, ())
    assert outlook.air_sd_c == state.high.spread_c > 0.0


@pytest.mark.parametrize(
    ("cues", "regime"),
    [
        (Cues(door_open=True), Regime.DOOR),
        (Cues(defrosting=True), Regime.DEFROST),
        (Cues(door_open=True, defrosting=True), Regime.DOOR),
        (Cues(door_open=False, defrosting=False), Regime.STEADY),
    ],
)
def test_what_is_told_of_door_and_unit_is_believed(
    well: Thermal, cues: Cues, regime: Regime
) -> None:
    (_, outlook), *_ = _fed(well, lambda _: SETPOINT_C, range(1), cues=cues)
    assert outlook.regime is regime


def test_a_defrost_is_seen_without_being_told(well: Thermal) -> None:
    regimes = [one.regime for _, one in _fed(well, steady, range(200))]
    assert regimes[140] is Regime.DEFROST
    assert regimes[190] is not Regime.WARMING


# --- what is foreseen ---------------------------------------------------------------------------


def test_a_failure_is_foreseen_before_the_goods_leave_their_band(well: Thermal) -> None:
    tau_h = 12.0
    course = _fed(well, failing(SETPOINT_C, tau_h), range(1, 200))
    found = _troubled(course)
    breach = next(place for place, (state, _) in enumerate(course) if (state.product_c or 0) > -18)
    called = next(place for place, (_, one) in enumerate(course) if one.causes)
    assert found <= called < breach - 15
    state, outlook = course[called]
    assert state.high.warming is not None
    assert state.high.warming.was_called
    ahead = outlook.forecast
    assert ahead is not None
    assert (ahead.side, ahead.limit_c, ahead.at_ms) == (Side.HIGH, -18.0, outlook.at_ms)
    before = [one.forecast for _, one in course[breach - 20 : breach - 3]]
    for forecast in before:
        assert forecast is not None
        assert forecast.breach_ms is not None
        assert forecast.breach_ms == pytest.approx(NOW_MS + breach * MINUTE, abs=10 * MINUTE)
    kinds = {cause.kind for _, one in course[called:] for cause in one.causes}
    assert kinds == {AlarmKind.PREDICTED, AlarmKind.NO_COOLING}
    assert outlook.rate_c_h > 0.0


def test_goods_beyond_the_edge_have_no_forecast_and_are_critical(well: Thermal) -> None:
    state, outlook = _fed(well, failing(SETPOINT_C, 12.0), range(1, 200))[-1]
    assert outlook.product_c > -18.0
    assert outlook.forecast is None
    (predicted,) = (one for one in outlook.causes if one.kind is AlarmKind.PREDICTED)
    assert predicted.severity is Severity.CRITICAL
    assert state.foreseen is Side.HIGH


def test_what_was_foreseen_is_so_no_more_when_it_is_cold_again(well: Thermal) -> None:
    way = failing(SETPOINT_C, 12.0)
    course = _fed(well, lambda minute: way(min(minute, max(0, 180 - 2 * minute))), range(1, 240))
    assert any(state.foreseen is Side.HIGH for state, _ in course)
    state, outlook = course[-1]
    assert (state.foreseen, state.high.warming, outlook.causes) == (None, None, ())
    assert outlook.regime is not Regime.WARMING


def test_nothing_is_foreseen_where_nothing_warms(well: Thermal) -> None:
    (state, _), *_ = _fed(replace(well, foreseen=Side.HIGH), steady, range(1))
    assert state.foreseen is None


@pytest.mark.parametrize(
    ("apart_c", "told"),
    [(None, True), (FROZEN.disagreement_c, True), (FROZEN.disagreement_c + 0.1, False)],
)
def test_a_sensor_fault_keeps_causes_back(well: Thermal, apart_c: float | None, told: bool) -> None:
    course = _fed(well, failing(SETPOINT_C, 12.0), range(1, 90), cues=Cues(apart_c=apart_c))
    assert course[-1][1].regime is Regime.WARMING
    assert any(one.causes for _, one in course) is told
    warming = course[-1][0].high.warming
    assert warming is not None
    assert warming.was_called is told


def test_causes_come_when_the_fault_is_over_and_go_when_it_comes(well: Thermal) -> None:
    way = failing(SETPOINT_C, 12.0)
    held = _fed(well, way, range(1, 90), cues=Cues(apart_c=5.0))[-1][0]
    (state, outlook), *_ = _fed(held, way, range(90, 91), cues=Cues(apart_c=0.5))
    assert outlook.causes
    (_, faulty), *_ = _fed(state, way, range(91, 92), cues=Cues(apart_c=5.0))
    assert not faulty.causes


# --- two edges ----------------------------------------------------------------------------------


def test_a_chilled_room_that_warms_passes_its_upper_edge(chilled: Thermal) -> None:
    way = _chilled(lambda minute: minute / 60)
    course = _fed(chilled, way, range(1, 150), profile=CHILLED)
    outlook = course[-1][1]
    assert outlook.regime is Regime.WARMING
    assert {one.limit for one in outlook.causes} == {4.0}
    assert any(one.forecast and one.forecast.side is Side.HIGH for _, one in course)
    assert course[-1][0].low.warming is None


def test_a_chilled_room_that_freezes_passes_its_lower_edge(chilled: Thermal) -> None:
    way = _chilled(lambda minute: -minute / 60)
    course = _fed(chilled, way, range(1, 110), profile=CHILLED)
    outlook = course[-1][1]
    assert outlook.regime is Regime.COOLING_DOWN
    assert outlook.rate_c_h == pytest.approx(-1.0, abs=0.4)
    assert {one.kind for _, other in course for one in other.causes} == {AlarmKind.PREDICTED}
    (predicted,) = outlook.causes
    assert (predicted.limit, predicted.value) == (0.0, outlook.air_c)
    assert outlook.air_c == pytest.approx(way(109), abs=0.5)
    forecasts = [one.forecast for _, one in course if one.forecast is not None]
    assert {(one.side, one.limit_c) for one in forecasts} == {(Side.LOW, 0.0)}


def test_frozen_goods_cannot_be_too_cold(well: Thermal) -> None:
    course = _fed(well, lambda minute: SETPOINT_C - minute / 30, range(1, 300))
    assert {one.forecast for _, one in course} == {None}
    assert course[-1][0].low == Thermal().low


def test_a_band_without_edges_has_nothing_to_watch() -> None:
    course = _fed(unknown(), failing(SETPOINT_C, 2.0), range(600), profile=ENDLESS)
    assert {one.regime for _, one in course} == {Regime.LEARNING}
    assert (course[-1][0].high, course[-1][0].low) == (Thermal().high, Thermal().low)


# --- learning and storing -----------------------------------------------------------------------


def test_where_nothing_may_be_learned_nothing_is(well: Thermal) -> None:
    names = ("habits", "always", "mean_c", "deviation_c", "lessons_min", "noise_c")
    for way in (steady, failing(SETPOINT_C, 12.0)):
        after = _fed(well, way, range(8 * 60), learn=False)[-1][0]
        for name in names:
            assert getattr(after.high, name) == getattr(well.high, name), name
        assert after.high.bumps.known == well.high.bumps.known
        assert after.product_c != well.product_c


def test_even_what_lasts_is_not_accepted_where_nothing_may_be_learned(well: Thermal) -> None:
    way = failing(SETPOINT_C, 1.0, outside_c=SETPOINT_C + 2.0)
    after = _fed(well, way, range(1, 26 * 60), learn=False)[-1][0]
    assert after.high.warming is not None
    assert (after.high.habits, after.high.mean_c) == (well.high.habits, well.high.mean_c)


def test_a_state_that_was_stored_goes_on_as_if_it_had_not_been(well: Thermal) -> None:
    way = failing(SETPOINT_C, 12.0)
    for minutes in (1, 40, 80):
        state = _fed(well, way, range(minutes))[-1][0]
        stored = msgspec.msgpack.encode(state)
        again = msgspec.msgpack.decode(stored, type=Thermal)
        assert again == state
        assert len(stored) < 16_384
        rest = range(minutes, minutes + 10)
        assert _fed(again, way, rest) == _fed(state, way, rest)


def test_nothing_is_changed_in_a_state_that_was_handed_in(well: Thermal) -> None:
    before = msgspec.msgpack.encode(well)
    first = _fed(well, failing(SETPOINT_C, 12.0), range(60))
    assert msgspec.msgpack.encode(well) == before
    assert _fed(well, failing(SETPOINT_C, 12.0), range(60)) == first
    assert replace(well) == well


# --- a sensor alone -----------------------------------------------------------------------------


def _rules(course: Course) -> list[str]:
    return [cause.rule for _, outlook in course for cause in outlook.causes]


def _told(state: Thermal, way: Way, minutes: Iterable[int], *, cues: Cues = NO_CUES) -> Course:
    """Feed a point, and leave out the minutes of which nothing was said."""
    course = []
    for minute in minutes:
        sample = Sample(NOW_MS + minute * MINUTE, way(minute))
        state, outlook = observe(FROZEN, state, sample, cues)
        if outlook is not None:
            course.append((state, outlook))
    return course


def test_a_jump_that_no_air_makes_is_a_fault_and_foresees_and_teaches_nothing(
    well: Thermal,
) -> None:
    course = _told(well, lambda _: 4.0, range(600))
    assert set(_rules(course)) == {JUMP}
    assert course[0][1].at_ms == NOW_MS + 20 * MINUTE
    assert {cause.kind for _, one in course for cause in one.causes} == {AlarmKind.SENSOR_FAULT}
    assert all(one.forecast is None for _, one in course)
    after, outlook = course[-1]
    assert (after.high, after.low, after.cycles) == (well.high, well.low, well.cycles)
    assert (outlook.regime, outlook.product_c) == (Regime.LEARNING, well.product_c)
    again, over = observe(FROZEN, after, Sample(NOW_MS + 600 * MINUTE, SETPOINT_C))
    assert over is not None
    assert over.causes == ()
    assert again.high.warming is None


def test_what_a_second_sensor_can_say_is_left_to_it(well: Thermal) -> None:
    beside = Cues(apart_c=0.1)
    assert JUMP not in _rules(_told(well, lambda _: 4.0, range(100), cues=beside))


def test_a_value_out_of_reach_is_left_out_of_its_minute(well: Thermal) -> None:
    state, none = observe(FROZEN, well, Sample(NOW_MS - 30 * SECOND, 85.0))
    assert none is None
    assert (state.total_c, state.count) == (well.total_c, well.count)
    state, outlook = observe(FROZEN, state, Sample(NOW_MS, SETPOINT_C))
    assert outlook is not None
    assert state.high == observe(FROZEN, well, Sample(NOW_MS, SETPOINT_C))[0].high


def test_a_value_out_of_reach_that_lasts_is_a_fault(well: Thermal) -> None:
    course = _told(well, lambda _: 85.0, range(30))
    assert course[0][1].at_ms == NOW_MS + 1000 * FROZEN.disagreement_s
    assert set(_rules(course)) == {OUT_OF_REACH}
    assert course[-1][1].causes[0].value == pytest.approx(85.0 - well.senses.value_c)


def test_goods_follow_what_is_believed_again_over_all_of_the_time(well: Thermal) -> None:
    faulty = _told(well, lambda _: 4.0, range(300))[-1][0]
    _, outlook = observe(FROZEN, faulty, Sample(NOW_MS + 300 * MINUTE, -15.0))
    assert outlook is not None
    assert outlook.product_c == pytest.approx(-15.0, abs=0.01)


def test_a_unit_that_runs_nearly_all_of_the_time_is_a_notice() -> None:
    def cycles(fall: int, rise: int) -> Way:
        def way(minute: int) -> float:
            place = minute % (fall + rise)
            share = place / fall if place < fall else 1.0 - (place - fall) / rise
            return -20.5 - share

        return way

    taught = _fed(unknown(), cycles(10, 20), range(4 * DAY), begin_ms=NOW_MS - 4 * DAY * MINUTE)
    usual = taught[-1][0]
    assert not _rules(taught[-DAY:])
    course = _fed(usual, cycles(25, 5), range(600), learn=False)
    assert set(_rules(course)) == {CAPACITY}
    told = {(one.kind, one.severity) for _, outlook in course for one in outlook.causes}
    assert told == {(AlarmKind.NO_COOLING, Severity.INFO)}
    assert all(one.air_c < FROZEN.band.upper_c for _, one in course)
