"""A reading that climbs while the unit cools is a drift, and air that warms never is."""

from __future__ import annotations

from math import exp

import pytest

from api.reroutes.drifting_sensor import Drift, climb_of, drift_of

Minutes = list[tuple[int, float]]
FAILS, LAST = 60, 120
STOPS = [60 * minute for minute in (20, 40, 75, 95)]
OUTSIDE_C = 30.0
BOTTOM_C, SWING_C, PERIOD = 2.0, 1.0, 12
BUMP_C = 2.5


def _cycling(minute: int) -> float:
    """Give air that rises for eight minutes and falls for four."""
    place = minute % PERIOD
    share = place / 8 if place < 8 else (PERIOD - place) / 4
    return BOTTOM_C + SWING_C * share


def _doors(minute: int) -> float:
    """Give what doors let in: it shoots up and comes down slowly."""
    ages = [minute - stop // 60 for stop in STOPS]
    return sum(BUMP_C * min(1.0, age / 2) * exp(-max(0, age - 2) / 4) for age in ages if age > 0)


def _ripple(minute: int) -> float:
    """Give what stands for noise: a sensor's tenths of a degree."""
    return 0.05 * ((minute * 7919) % 5 - 2) / 2


def _read(after: object, *, cycles: bool, doors: bool = True) -> Minutes:
    """Read two hours: a unit that cycles for one, and then something else."""
    found = []
    for minute in range(LAST + 1):
        past = max(0, minute - FAILS)
        base_c = _cycling(minute) if cycles or not past else BOTTOM_C + SWING_C
        value_c = base_c + after(past) + _ripple(minute)  # type: ignore[operator] # a way
        found.append((60 * minute, value_c + (_doors(minute) if doors else 0.0)))
    return found


def _drift(minutes: Minutes, *, stops: list[int] = STOPS, outside_c: float = OUTSIDE_C,
    until: int = LAST) -> list[Drift]:  # fmt: skip
    """Give what was found at every fifth minute."""
    looks = (
        drift_of(minutes, stops, at=60 * now, outside_c=outside_c) for now in range(0, until + 1, 5)
    )
    return [one for one in looks if one is not None]


def _loss(past: int, *, jump_c: float = 1.5, tau_min: float = 90.0) -> float:
    fast_c = jump_c * (1.0 - exp(-past / 4.0))
    return fast_c + 12.0 * (1.0 - exp(-past / tau_min)) if past else 0.0


@pytest.mark.parametrize("rate_c_h", [4.0, 6.0, 9.0])
def test_a_reading_that_climbs_over_cycles_is_a_drift(rate_c_h: float) -> None:
    minutes = _read(lambda past: rate_c_h * past / 60, cycles=True)
    found = _drift(minutes)
    assert found
    assert found[-1].rate_c_h == pytest.approx(rate_c_h, rel=0.2)
    assert found[-1].since == pytest.approx(60 * FAILS, abs=900)
    assert found[-1].off_c(60 * LAST) == pytest.approx(rate_c_h, rel=0.2)
    assert found[-1].off_c(0) == 0.0


def test_what_comes_later_is_not_known_yet() -> None:
    minutes = _read(lambda past: past / 12, cycles=True)
    known = [one for one in minutes if one[0] <= 6000]
    assert drift_of(minutes, STOPS, at=6000, outside_c=OUTSIDE_C) == drift_of(
        known, STOPS, at=6000, outside_c=OUTSIDE_C
    )


@pytest.mark.parametrize(
    "after",
    [
        _loss,
        lambda past: _loss(past, jump_c=0.5),
        lambda past: 3.0 * (1.0 - exp(-past / 25.0)),
        lambda past: 0.15 * past if past < 30 else 4.5,
    ],
    ids=["total loss", "total loss of a full van", "partial loss", "set-point on its way"],
)
def test_air_that_warms_without_cycles_is_no_drift(after: object) -> None:
    assert not _drift(_read(after, cycles=False))


def test_a_wrong_set_point_whose_unit_cycles_again_is_no_drift() -> None:
    step = _read(lambda past: min(5.0, past / 3), cycles=True)
    for place in range(FAILS + 1, FAILS + 16):
        # While it is off, the air only rises.
        step[place] = (60 * place, BOTTOM_C + SWING_C + (place - FAILS) / 3)
    assert not _drift(step)


@pytest.mark.parametrize("cycles", [True, False])
def test_doors_and_a_defrost_are_no_drift(cycles: bool) -> None:
    def defrost(past: int) -> float:
        return max(0.0, 8.0 - abs(past - 20) * 0.4) if past else 0.0

    assert not _drift(_read(lambda _: 0.0, cycles=cycles))
    assert not _drift(_read(defrost, cycles=cycles))


def test_doors_that_open_all_the_time_are_no_cycles_of_a_unit_that_has_failed() -> None:
    stops = [60 * minute for minute in range(FAILS + 4, LAST, 8)]
    minutes = []
    for minute in range(LAST + 1):
        ages = [minute - stop // 60 for stop in stops if minute * 60 > stop]
        lifted = 1.5 * exp(-(ages[-1] - 1) / 3) if ages else 0.0
        past = max(0, minute - FAILS)
        base_c = _cycling(minute) if not past else BOTTOM_C + 1.0 + 4.0 * past / 60
        minutes.append((60 * minute, base_c + lifted + _ripple(minute)))
    assert not _drift(minutes, stops=stops)
    for known in (stops, []):
        climb = climb_of(minutes, known)
        assert climb is not None
        assert climb.cycles == 0, "it comes down slowly, whether a stop was planned or not"


def test_what_rises_at_a_stop_is_a_door_however_fast_it_comes_down() -> None:
    minutes = [
        (60 * m, BOTTOM_C + max(0, m - FAILS) / 15 + max(0.0, 1.5 - abs(m % 15 - 5) / 2))
        for m in range(LAST + 1)
    ]
    stops = [60 * m for m in range(LAST) if m % 15 == 2]
    with_doors, without = climb_of(minutes, stops), climb_of(minutes, [])
    assert with_doors is not None
    assert without is not None
    assert (with_doors.cycles, without.cycles) == (0, 2)


def test_a_drift_lasts_while_the_reading_goes_on_and_no_longer() -> None:
    minutes = _read(lambda past: past / 10, cycles=True)
    on = [(60 * m, minutes[LAST][1] + (m - LAST) / 10) for m in range(LAST + 1, LAST + 41)]
    back = [(60 * m, _cycling(m)) for m in range(LAST + 1, LAST + 41)]
    late = 60 * (LAST + 40)
    assert drift_of([*minutes, *on], STOPS, at=late, outside_c=OUTSIDE_C) is not None
    assert drift_of([*minutes, *back], STOPS, at=late, outside_c=OUTSIDE_C) is None


def test_what_is_warmer_than_it_is_outside_is_no_air() -> None:
    minutes = _read(lambda past: past / 10, cycles=False, doors=False)
    assert _drift(minutes, outside_c=4.0)
    assert not _drift(minutes, outside_c=OUTSIDE_C)


def test_so_straight_is_no_air_however_little_a_unit_shows() -> None:
    smooth = [(60 * m, BOTTOM_C + max(0, m - FAILS) / 12 + _ripple(m)) for m in range(LAST + 1)]
    (*_, last) = _drift(smooth, stops=[])
    assert last.rate_c_h == pytest.approx(5.0, abs=0.2)


def test_of_a_short_or_broken_record_nothing_is_said() -> None:
    minutes = _read(lambda past: past / 12, cycles=True)
    assert drift_of([], STOPS, at=7200, outside_c=OUTSIDE_C) is None
    assert drift_of(minutes[-30:], STOPS, at=7200, outside_c=OUTSIDE_C) is None
    assert drift_of(minutes[::12], STOPS, at=7200, outside_c=OUTSIDE_C) is None
