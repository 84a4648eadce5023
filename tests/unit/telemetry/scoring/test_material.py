"""A trace taken apart: level, noise, instants, the step of its figures."""

from __future__ import annotations

import numpy as np
import pytest

from telemetry.alarm.state import Sample
from telemetry.scoring.material import DAY_MS, MINUTE_MS, material_of

STEP_MS = 5 * MINUTE_MS
PER_DAY = DAY_MS // STEP_MS


def trace(values: list[float], step_ms: int = STEP_MS) -> list[Sample]:
    return [Sample(place * step_ms, value) for place, value in enumerate(values)]


def sawtooth(days: int) -> list[float]:
    """A compressor's cycle of 25 minutes, and a defrost of half an hour every six hours."""
    values = [-25.0 + 0.3 * (place % 5) for place in range(days * PER_DAY)]
    for begin in range(0, len(values), 72):
        values[begin : begin + 6] = [-14.0] * 6
    return values


def test_the_level_knows_neither_cycles_nor_defrosts() -> None:
    material = material_of(trace(sawtooth(4)))
    assert np.abs(material.grid_c - -24.4).max() < 0.4


def test_the_level_follows_a_slow_change() -> None:
    material = material_of(trace([place / 100 for place in range(500)]))
    middle = np.array([250 * STEP_MS])
    assert material.level_c(middle)[0] == pytest.approx(2.5)


def test_noise_is_found_as_large_as_it_is() -> None:
    chance = np.random.default_rng(1)
    values = np.round(3.0 + chance.normal(0.0, 0.1, 2000), 3)
    material = material_of(trace(values.tolist()))
    assert material.noise_c.std() == pytest.approx(0.1, rel=0.15)
    assert abs(material.noise_c.mean()) < 1e-9


@pytest.mark.parametrize("size", [1.0, 10.0])
def test_cycles_and_defrosts_are_hardly_noise(size: float) -> None:
    noise = material_of(trace([size * value for value in sawtooth(4)])).noise_c
    assert noise.std() <= 0.2 + 1e-9
    assert np.abs(noise).max() < 1.0


@pytest.mark.parametrize(("values", "decimals"), [([1.0, 2.0], 0), ([1.5, 2.0], 1), ([0.25], 2)])
def test_the_step_of_figures_is_seen(values: list[float], decimals: int) -> None:
    assert material_of(trace(values * 10)).decimals == decimals


def test_bursts_of_samples_do_not_make_the_usual_interval_short() -> None:
    samples = [
        Sample(place * 10 * MINUTE_MS + second * 1000, 1.0)
        for place in range(20)
        for second in range(5)
    ]
    assert material_of(samples).interval_ms == 10 * MINUTE_MS - 4000


def test_a_trace_goes_on_with_its_last_days_at_their_time_of_day() -> None:
    values = [float(place % PER_DAY) for place in range(4 * PER_DAY)]
    material = material_of(trace(values))
    lasting = material.lasting_until(9 * DAY_MS)
    assert lasting.at_ms[-1] >= 9 * DAY_MS
    assert (np.diff(lasting.at_ms) > 0).all()
    assert (lasting.value_c == (lasting.at_ms // STEP_MS) % PER_DAY).all()


def test_a_short_trace_goes_on_backwards_without_a_jump() -> None:
    material = material_of(trace([place / 10 for place in range(100)]))
    lasting = material.lasting_until(3 * 100 * STEP_MS)
    assert lasting.at_ms[-1] >= 3 * 100 * STEP_MS
    assert np.abs(np.diff(lasting.value_c)).max() == pytest.approx(0.1)
    assert np.abs(np.diff(lasting.grid_c)).max() < 0.2


def test_a_handful_of_samples_is_no_trace() -> None:
    with pytest.raises(ValueError, match="4 samples are no trace"):
        material_of(trace([1.0] * 4))
