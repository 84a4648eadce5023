"""Bumps: when one begins and is over, which are alike, and what is like none of them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from telemetry.estimate.bumps import (
    CLIMB_MIN,
    LONGEST_MIN,
    OFTEN,
    REMEMBERED,
    SLACK_C,
    SLACK_MIN,
    STEEP_C,
    STEEP_SWINGS,
    STRETCH,
    UNLEARNED_MIN,
    Bump,
    Bumps,
    Known,
)
from telemetry.estimate.past import WITHIN_MIN

LEVEL_C = -21.0
SWING_C = 0.5


def _take(
    bumps: Bumps, at_min: float, value_c: float, before_c: float = LEVEL_C, *, told: bool = False,
    swing_c: float = SWING_C,
) -> Bumps:  # fmt: skip
    return bumps.follow(at_min, value_c, before_c, swing_c=swing_c, usual_c=LEVEL_C, told=told)


def _height_c(minute: float, height_c: float, rise: float, fall: float) -> float:
    """Give a bump that goes straight up and straight down."""
    if minute <= rise:
        return height_c * minute / rise
    return max(0.0, height_c * (1.0 - (minute - rise) / fall))


def _bump(
    bumps: Bumps, at_min: float, height_c: float, rise: int = 10, fall: int = 20, *,
    until: int | None = None, told: bool = False,
) -> Bumps:  # fmt: skip
    """Let a bump pass, or its first minutes."""
    before = [LEVEL_C]
    for minute in range(rise + fall + 1 if until is None else until + 1):
        value_c = LEVEL_C + _height_c(minute, height_c, rise, fall)
        before_c = min(before[-int(WITHIN_MIN) :])
        bumps = _take(bumps, at_min + minute, value_c, before_c, told=told)
        before.append(value_c)
    return bumps


def _is_usual(bumps: Bumps, at_min: float) -> bool:
    return bumps.is_usual(at_min, is_new_here=False)


@pytest.mark.parametrize("swing_c", [0.1, 2.0])
def test_a_bump_begins_where_the_air_shoots_up(swing_c: float) -> None:
    steep_c = max(STEEP_C, STEEP_SWINGS * swing_c)
    assert _take(Bumps(), 100.0, LEVEL_C + steep_c - 0.01, swing_c=swing_c) == Bumps()
    bump = _take(Bumps(), 100.0, LEVEL_C + steep_c, swing_c=swing_c).now
    assert bump is not None
    assert (bump.level_c, bump.top_c, bump.top_min) == (LEVEL_C, LEVEL_C + steep_c, 100.0)
    assert bump.from_min == 100.0 - WITHIN_MIN
    assert bump.climbed_c == steep_c


def test_air_that_rises_slowly_makes_no_bump() -> None:
    assert _bump(Bumps(), 0.0, 3.0, rise=60, until=60).now is None


def test_a_bump_begins_at_once_where_somebody_says_so_and_lasts_as_long() -> None:
    bump = _take(Bumps(), 100.0, LEVEL_C, told=True)
    assert bump.now is not None
    assert bump.now.told
    same = _take(bump, 101.0, LEVEL_C, told=True)
    assert same.now is not None
    assert _take(same, 102.0, LEVEL_C).now is None, "nobody says so any more"


def test_a_bump_is_over_when_the_air_is_back_and_it_is_remembered() -> None:
    going_on = _bump(Bumps(), 100.0, 6.0, until=26)
    assert going_on.now is not None
    assert (going_on.now.top_c, going_on.now.top_min) == (LEVEL_C + 6.0, 110.0)
    assert going_on.known == ()
    over = _bump(Bumps(), 100.0, 6.0)
    assert over.now is None
    (one,) = over.known
    # It rose by 1.5 °C in 3 minutes, and is held to have begun a quarter of an hour before.
    assert one.height_c == 6.0
    assert one.rose_min == 110.0 - (103.0 - WITHIN_MIN)
    assert one.high_min == 119.0 - (103.0 - WITHIN_MIN)
    assert one.climbed_c == 6.0
    assert one.times == 1


def test_a_bump_is_over_where_the_air_usually_is_though_it_began_lower() -> None:
    bumps = Bumps().follow(0.0, -20.0, -24.0, swing_c=0.5, usual_c=-21.0, told=False)
    after = bumps.follow(5.0, -21.0, -24.0, swing_c=0.5, usual_c=-21.0, told=False)
    assert bumps.now is not None
    assert after.now is None


def test_defrosts_that_are_alike_are_remembered_as_one() -> None:
    bumps = Bumps()
    for number, height_c in enumerate((6.0, 7.0, 6.5)):
        bumps = _bump(bumps, 360.0 * number, height_c)
    (one,) = bumps.known
    assert (one.times, one.height_c) == (3, 7.0), "the highest counts"
    assert one.climbed_c == 6.0, "and the one that climbed least"


@pytest.mark.parametrize(
    ("height_c", "rise", "fall"), [(12.0, 10, 20), (6.0, 30, 20), (6.0, 10, 60)]
)
def test_bumps_that_are_unlike_are_remembered_apart(height_c: float, rise: int, fall: int) -> None:
    bumps = _bump(_bump(Bumps(), 0.0, 6.0), 360.0, height_c, rise, fall)
    assert [one.times for one in bumps.known] == [1, 1]


def test_the_oldest_bump_is_forgotten_where_there_are_too_many() -> None:
    bumps = Bumps()
    for number in range(REMEMBERED + 3):
        bumps = _bump(bumps, 360.0 * number, 2.0 * 1.35**number)
    assert len(bumps.known) == REMEMBERED
    assert bumps.known[0].height_c == pytest.approx(2.0 * 1.35**3)


def test_the_first_of_its_kind_is_not_usual() -> None:
    assert not _is_usual(Bumps(), 0.0), "nothing is going on"
    assert not _is_usual(_bump(Bumps(), 0.0, 6.0, until=10), 10.0)


def test_a_bump_like_one_before_it_is_usual_all_along() -> None:
    known = _bump(Bumps(), 0.0, 6.0).known
    bumps = Bumps(known=known)
    for until in range(3, 27):
        now = _bump(bumps, 360.0, 6.5, until=until)
        assert now.now is not None
        assert _is_usual(now, 360.0 + until), until


JUDGED_MIN = WITHIN_MIN + CLIMB_MIN
"""From then on it counts how fast a bump has climbed."""

DEFROST = Known(6.0, 35.0, 25.0, 6.0)
SAME = Bump(
    from_min=0.0, level_c=0.0, over_c=1.0, top_c=6.0, top_min=25.0, high_min=35.0, climbed_c=6.0
)


def _compared(at_min: float, times: int = 1, **changes: Any) -> bool:
    return replace(SAME, **changes).is_like(replace(DEFROST, times=times), at_min)


@pytest.mark.parametrize(
    ("changes", "at_min"),
    [
        ({"top_c": STRETCH * 6.0 + SLACK_C + 0.1}, 35.0),
        ({"top_min": STRETCH * 25.0 + SLACK_MIN + 1.0}, 45.0),
        ({"high_min": STRETCH * 35.0 + SLACK_MIN + 1.0}, 60.0),
        ({"top_c": 2.9}, 36.0),
        ({"climbed_c": 2.9}, JUDGED_MIN),
    ],
    ids=["higher", "rises longer", "is high longer", "stays low", "climbs more slowly"],
)
def test_a_bump_is_unlike_one_that(changes: dict[str, Any], at_min: float) -> None:
    assert _compared(at_min)
    assert not _compared(at_min, **changes)


def test_what_climbs_more_slowly_is_found_out_only_when_it_has_had_its_time() -> None:
    assert _compared(JUDGED_MIN - 1.0, climbed_c=1.5)
    assert not _compared(JUDGED_MIN, climbed_c=1.5)


def test_a_bump_that_was_seen_often_is_held_to_its_climb_more_strictly() -> None:
    assert _compared(JUDGED_MIN, OFTEN - 1, climbed_c=3.5)
    assert not _compared(JUDGED_MIN, OFTEN, climbed_c=3.5)


def test_a_failure_is_unlike_a_defrost_for_it_goes_on_rising() -> None:
    known = _bump(Bumps(), 0.0, 6.0).known
    now = _bump(Bumps(known=known), 360.0, 30.0, rise=50, until=50)
    assert now.now is not None
    assert not _is_usual(now, 410.0)


def test_in_a_new_place_a_bump_may_rise_for_a_while() -> None:
    for minutes, usual in ((int(UNLEARNED_MIN) - 8, True), (int(UNLEARNED_MIN), False)):
        now = _bump(Bumps(), 0.0, 12.0, rise=60, until=minutes)
        assert now.now is not None
        assert now.is_usual(float(minutes), is_new_here=True) is usual


def test_air_that_comes_back_is_cooled_as_everybody_can_see() -> None:
    bumps = _bump(Bumps(), 0.0, 8.0, until=10)
    assert not bumps.comes_back(LEVEL_C + 8.0)
    assert not bumps.comes_back(LEVEL_C + 6.0)
    assert bumps.comes_back(LEVEL_C + 5.9)
    low = _bump(Bumps(), 0.0, 2.0, until=10)
    assert not low.comes_back(LEVEL_C + 1.0), "by a degree at least"
    assert low.comes_back(LEVEL_C + 0.9)
    assert not Bumps().comes_back(LEVEL_C)


def test_a_second_bump_upon_the_first_begins_where_the_air_had_come_back_to() -> None:
    bumps = _bump(Bumps(), 0.0, 8.0, until=18)
    again = _take(bumps, 24.0, LEVEL_C + 4.8 + STEEP_C)
    assert again.now is not None
    assert again.now.from_min == 24.0 - WITHIN_MIN
    assert again.now.level_c == pytest.approx(LEVEL_C + 8.0 * (1 - 8 / 20))
    assert again.known == (), "the first one is not over"


def test_what_lasts_for_hours_is_no_bump_and_is_not_remembered() -> None:
    bumps = _bump(Bumps(), 0.0, 8.0, until=10)
    assert bumps.now is not None
    ends = bumps.now.from_min + LONGEST_MIN
    assert _take(bumps, ends, LEVEL_C + 8.0).now is not None
    assert _take(bumps, ends + 1.0, LEVEL_C + 8.0, LEVEL_C + 8.0) == Bumps()


def test_bumps_are_stored_as_they_are() -> None:
    bumps = _bump(_bump(Bumps(), 0.0, 6.0), 360.0, 6.0, until=15)
    stored = msgspec.msgpack.encode(bumps)
    assert msgspec.msgpack.decode(stored, type=Bumps) == bumps
