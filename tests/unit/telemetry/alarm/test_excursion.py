"""Excursions: edges, gaps, figures."""

from statistics import mean, stdev

import pytest

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.excursion import excursions, mark_defrosts, usual_interval_s
from telemetry.alarm.state import Sample

MINUTE = 60_000
BAND = TemperatureBand(lower_c=0.0, upper_c=4.0)


def every_minute(*values: float) -> list[Sample]:
    return [Sample(number * MINUTE, value) for number, value in enumerate(values)]


def test_it_lasts_from_the_first_sample_outside_to_the_first_one_inside() -> None:
    (found,) = excursions(every_minute(4.0, 4.1, 6.0, 5.0, 4.0, 3.0), BAND, point="room")
    assert (found.from_ms, found.to_ms) == (MINUTE, 4 * MINUTE)
    assert (found.kind, found.point, found.samples) == ("high", "room", 3)
    assert found.minutes == 3.0
    assert (found.peak_c, found.low_c) == (6.0, 4.1)
    assert found.mean_c == pytest.approx(mean([4.1, 6.0, 5.0]))
    assert found.deviation_c == pytest.approx(stdev([4.1, 6.0, 5.0]))


def test_below_the_band_the_coldest_is_the_worst() -> None:
    (found,) = excursions(every_minute(0.0, -0.1, -2.0, 0.0), BAND)
    assert (found.kind, found.peak_c) == ("low", -2.0)


def test_from_one_side_to_the_other_there_are_two() -> None:
    high, low = excursions(every_minute(5.0, -1.0, 2.0), BAND)
    assert (high.kind, high.to_ms, low.kind, low.from_ms) == ("high", MINUTE, "low", MINUTE)


def test_one_that_lasts_has_no_end() -> None:
    (found,) = excursions(every_minute(2.0, 5.0, 5.0), BAND)
    assert found.to_ms is None
    assert found.minutes == 1.0


@pytest.mark.parametrize(("gap", "unknown"), [(3, 0.0), (4, 4.0)])
def test_a_gap_over_three_intervals_is_unknown(gap: int, unknown: float) -> None:
    samples = [Sample(at * MINUTE, 5.0) for at in (0, 1, 2, 2 + gap, 3 + gap)]
    (found,) = excursions(samples, BAND, 60)
    assert found.unknown_minutes == unknown
    assert found.minutes == 3 + gap


def test_a_gap_before_the_first_sample_inside_belongs_to_it() -> None:
    (found,) = excursions([Sample(0, 5.0), Sample(60 * MINUTE, 2.0)], BAND, 60)
    assert (found.minutes, found.unknown_minutes) == (60.0, 60.0)


def test_the_usual_interval_is_the_middle_one() -> None:
    samples = [Sample(at, 2.0) for at in (0, 1000, 2000, 2000, 3000, 900_000)]
    assert usual_interval_s(samples) == 1.0
    assert usual_interval_s(samples[:1]) == 60.0


def test_no_samples_have_no_excursions() -> None:
    assert excursions([], BAND) == []


def test_defrosts_are_marked() -> None:
    day = [2.0] * 1440
    for hour in (1, 7, 13, 19):
        day[hour * 60 : hour * 60 + 15] = [7.0] * 15
    day[16 * 60 : 16 * 60 + 50] = [5.0] * 50
    found = mark_defrosts(excursions(every_minute(*day), BAND), BAND)
    assert [one.defrost for one in found] == [True, True, True, False, True]
