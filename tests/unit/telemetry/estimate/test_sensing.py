"""What no air does is a sensor's fault; what a unit, a door or a defrost does is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace as with_rules
from math import exp, inf

import pytest

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.sensors import JUMP, OUT_OF_REACH, STUCK
from telemetry.estimate.past import HOLE_MIN
from telemetry.estimate.sensing import (
    COLDEST_C,
    FEWEST_STEPS,
    FLAT_C,
    FLAT_MIN,
    HOTTEST_C,
    JUMP_WITHIN_MIN,
    LONGEST_FAULT_MIN,
    STUCK_MIN,
    STUCK_RUNS,
    Senses,
    is_out_of_reach,
)
from tests.telemetry_cases import FROZEN

BASE_C = -20.0
LEVEL_C = 2.0
Way = Callable[[int], float]


def _noisy(minute: int) -> float:
    """Give air that changes its last digit at least every other minute."""
    return BASE_C + 0.1 * (minute // 2 % 3)


def _felt(
    senses: Senses, way: Way, minutes: Iterable[int], *, told: bool = False, learn: bool = True
) -> Senses:
    for minute in minutes:
        senses = senses.felt(float(minute), way(minute), told=told, learn=learn)
    return senses


def _rule(senses: Senses) -> str | None:
    """Name what is surely wrong."""
    doubtful = senses.doubtful
    return doubtful.rule if doubtful is not None and doubtful.is_sure else None


def _well(steps: int = FEWEST_STEPS) -> Senses:
    return _felt(Senses(), _noisy, range(-steps, 0))


# --- jumps --------------------------------------------------------------------------------------


def test_a_jump_that_stays_flat_is_doubted_at_once_and_sure_after_a_while() -> None:
    flat = round(FLAT_MIN)
    senses = _felt(_well(), lambda _: LEVEL_C, range(1))
    assert senses.doubtful is not None
    assert _rule(senses) is None
    assert _rule(_felt(senses, lambda _: LEVEL_C, range(1, flat))) is None
    sure = _felt(senses, lambda _: LEVEL_C, range(1, flat + 1))
    assert _rule(sure) == JUMP
    assert sure.doubtful is not None
    assert (sure.doubtful.from_min, sure.doubtful.level_c) == (0.0, LEVEL_C)
    assert sure.doubtful.most_c < LEVEL_C - BASE_C


def test_a_jump_down_counts_as_well() -> None:
    well = Senses().felt(0.0, 4.0, told=False, learn=True)
    assert _rule(_felt(well, lambda _: -30.0, range(1, 30))) == JUMP


@pytest.mark.parametrize(("height_c", "is_jump"), [(10.0, False), (10.2, True)])
def test_air_may_head_for_a_hot_day_within_a_minute_and_have_some_degrees_of_room(
    height_c: float, is_jump: bool
) -> None:
    # 8 + (45 + 20)·(1 - e^(-1/30)) is 10.13 K.
    well = Senses().felt(0.0, BASE_C, told=False, learn=True)
    after = _felt(well, lambda _: BASE_C + height_c, range(1, 40))
    assert (_rule(after) == JUMP) is is_jump


@pytest.mark.parametrize(("minutes", "is_jump"), [(JUMP_WITHIN_MIN, True), (2.6, False)])
def test_between_samples_that_are_far_apart_anything_may_happen(
    minutes: float, is_jump: bool
) -> None:
    well = Senses().felt(0.0, BASE_C, told=False, learn=True)
    after = well.felt(minutes, 20.0, told=False, learn=True)
    assert (after.doubtful is not None) is is_jump


@pytest.mark.parametrize("lag_min", [1.0, 2.0, 5.0])
def test_what_goes_on_after_a_jump_has_a_thermal_shape_and_is_believed(lag_min: float) -> None:
    """A door is opened, and the sensor takes its time."""
    after = _well()
    for minute in range(60):
        value_c = 25.0 - 45.0 * exp(-(minute + 1) / lag_min)
        after = after.felt(float(minute), value_c, told=False, learn=True)
        assert _rule(after) is None
    assert after.doubtful is None


def test_a_gust_that_does_not_stand_still_is_believed() -> None:
    gusty = _felt(_well(), lambda minute: LEVEL_C + (FLAT_C + 0.3) * (minute % 2), range(4))
    assert gusty.doubtful is None


def test_a_door_that_somebody_tells_of_explains_every_jump() -> None:
    assert _felt(_well(), lambda _: LEVEL_C, range(40), told=True).doubtful is None


def test_a_spike_is_left_out_and_what_comes_after_it_is_believed() -> None:
    spike = _well().felt(0.0, LEVEL_C, told=False, learn=True)
    assert spike.doubtful is not None
    assert spike.felt(1.0, BASE_C, told=False, learn=True).doubtful is None


def test_a_jump_within_a_minutes_mean_is_followed_to_where_it_ends() -> None:
    half = _well().felt(0.0, (BASE_C + LEVEL_C) / 2, told=False, learn=True)
    after = _felt(half, lambda _: LEVEL_C, range(1, round(FLAT_MIN) + 1))
    assert _rule(after) == JUMP
    assert after.doubtful is not None
    assert after.doubtful.level_c == LEVEL_C


def test_a_sensor_that_jumped_is_at_fault_until_it_comes_back() -> None:
    faulty = _felt(_well(), lambda _: LEVEL_C, range(30))
    drifting = _felt(faulty, lambda minute: LEVEL_C + 0.02 * (minute - 30), range(30, 200))
    assert _rule(drifting) == JUMP
    assert drifting.felt(200.0, BASE_C + 1.0, told=False, learn=True).doubtful is None


def test_after_a_day_it_counts_as_another_sensor() -> None:
    faulty = _felt(_well(), lambda _: LEVEL_C, range(round(LONGEST_FAULT_MIN) + 1))
    assert _rule(faulty) == JUMP
    after = faulty.felt(LONGEST_FAULT_MIN + 1.0, LEVEL_C, told=False, learn=True)
    assert after.doubtful is None
    assert after.value_c == LEVEL_C


# --- stuck --------------------------------------------------------------------------------------


def _stuck(minutes: float, *, well: Senses | None = None) -> Senses:
    well = _well() if well is None else well
    return _felt(well, lambda _: BASE_C + 0.5, range(round(minutes) + 1))


def test_a_value_is_stuck_that_never_stayed_so_long() -> None:
    assert _rule(_stuck(STUCK_MIN - 1.0)) is None
    assert _rule(_stuck(STUCK_MIN)) == STUCK
    assert _rule(_stuck(STUCK_MIN).felt(200.0, BASE_C, told=False, learn=True)) is None


def test_where_values_often_stay_it_takes_some_times_as_long() -> None:
    usual_min = 60.0
    well = _felt(Senses(), lambda minute: BASE_C + minute // 60 % 2, range(-1440, 0))
    assert well.longest_min == pytest.approx(usual_min, rel=0.01)
    longest_min = STUCK_RUNS * well.longest_min
    assert _rule(_stuck(longest_min - 1.0, well=well)) is None
    assert _rule(_stuck(longest_min + 1.0, well=well)) == STUCK


def test_of_a_new_sensor_nobody_knows_how_long_it_stays() -> None:
    assert _rule(_stuck(STUCK_MIN, well=_well(FEWEST_STEPS // 2))) is None


@pytest.mark.parametrize("tau_min", [5.0, 30.0])
def test_air_that_settles_from_one_side_is_not_stuck(tau_min: float) -> None:
    def settles(minute: int) -> float:
        return round(-10.0 - 10.0 * exp(-minute / tau_min), 1)

    after = _felt(_well(), settles, range(1000))
    assert after.same_min < 1000 - STUCK_MIN
    assert after.doubtful is None


def test_silence_is_no_value_that_stays() -> None:
    before = _felt(_well(), lambda _: BASE_C + 0.5, range(10))
    after = before.felt(10.0 + HOLE_MIN + STUCK_MIN, BASE_C + 0.5, told=False, learn=True)
    assert after.doubtful is None
    assert after.same_min == 10.0 + HOLE_MIN + STUCK_MIN


def test_where_nothing_may_be_learned_a_long_run_is_not_usual() -> None:
    well = _well()
    after = _felt(well, lambda minute: BASE_C + minute // 100, range(400), learn=False)
    assert after.longest_min == well.longest_min


# --- out of reach -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_c", "upper_c", "expected"),
    [
        (HOTTEST_C, -18.0, False),
        (HOTTEST_C + 0.1, -18.0, True),
        (COLDEST_C, -18.0, False),
        (COLDEST_C - 0.1, -18.0, True),
        (COLDEST_C - 0.1, -60.0, False),
        (-99.9, -60.0, False),
        (-100.1, -60.0, True),
        (85.0, inf, True),
        (-80.0, inf, True),
    ],
)
def test_no_air_is_so_hot_or_so_cold(value_c: float, upper_c: float, expected: bool) -> None:
    profile = with_rules(FROZEN, band=TemperatureBand(lower_c=-inf, upper_c=upper_c))
    assert is_out_of_reach(profile, value_c) is expected


def test_what_is_out_of_reach_is_sure_when_it_has_lasted() -> None:
    senses = _well().beyond(0.0, 85.0, 15.0)
    assert _rule(senses.beyond(14.9, 85.0, 15.0)) is None
    sure = senses.beyond(15.0, 85.0, 15.0)
    assert _rule(sure) == OUT_OF_REACH
    assert _rule(sure.felt(16.0, BASE_C, told=False, learn=True)) is None
