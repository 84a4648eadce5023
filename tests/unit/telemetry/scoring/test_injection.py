"""Failures that a trace never had: their truth by hand, their looks by the trace."""

from __future__ import annotations

from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.state import Sample
from telemetry.scoring import Episode, Injection, Kind
from telemetry.scoring.injection import curve, draw, inject
from telemetry.scoring.material import DAY_MS, HOUR_MS, MINUTE_MS, Material, material_of
from telemetry.scoring.truths import AFTER_BREACH_MS, HORIZON_MS

STEP_MS = 5 * MINUTE_MS
FAILED_MS = 2 * DAY_MS + 7 * MINUTE_MS
FROZEN = TemperatureBand(lower_c=-inf, upper_c=-18.0)
CHILLED = TemperatureBand(lower_c=0.0, upper_c=4.0)


def steady(value_c: float = -22.0, noise_c: float = 0.0) -> Material:
    chance = np.random.default_rng(7)
    values = np.round(value_c + chance.normal(0.0, 1.0, 4 * 288) * noise_c, 2)
    samples = [Sample(place * STEP_MS, float(value)) for place, value in enumerate(values)]
    return material_of(samples).lasting_until(8 * DAY_MS)


def total(*, tau_h: float = 10.0, ambient_c: float = 30.0) -> Injection:
    return Injection(
        kind=Kind.TOTAL_LOSS, at_ms=FAILED_MS, ambient_c=ambient_c, tau_h=tau_h, fast_h=0.2
    )


def failing(injection: Injection, material: Material | None = None, lag_s: float = 0.0) -> Episode:
    chance = np.random.default_rng(1)
    return inject(material or steady(), FROZEN, injection, chance, lag_s=lag_s, sensor="a")


def test_one_node_breaches_when_the_formula_says() -> None:
    episode = failing(total())
    due_h = 10.0 * log((30.0 + 22.0) / (30.0 + 18.0))
    assert episode.breach_ms is not None
    late_ms = episode.breach_ms - FAILED_MS - due_h * HOUR_MS
    assert 0 <= late_ms <= MINUTE_MS
    assert episode.tau_h == 10.0


def test_two_nodes_jump_first_and_follow_the_slow_mode_then() -> None:
    injection = Injection(
        kind=Kind.TOTAL_LOSS,
        at_ms=FAILED_MS,
        ambient_c=28.0,
        tau_h=20.0,
        fast_h=0.1,
        slow_share=0.95,
    )
    (begin_c, late_c) = curve(steady(), injection, np.array([FAILED_MS, FAILED_MS + 2 * HOUR_MS]))
    assert begin_c == pytest.approx(-22.0)
    assert late_c == pytest.approx(28.0 - 50.0 * 0.95 * exp(-0.1), abs=1e-3)


def test_what_cools_still_holds_it_at_a_new_balance() -> None:
    injection = Injection(
        kind=Kind.PARTIAL_LOSS,
        at_ms=FAILED_MS,
        ambient_c=28.0,
        tau_h=2.0,
        fast_h=0.1,
        left=0.95,
    )
    episode = failing(injection)
    assert episode.breach_ms is None
    assert episode.truth_c[-1] == pytest.approx(28.0 - 0.95 * 50.0)
    assert episode.samples[-1].at_ms >= FAILED_MS + HORIZON_MS - STEP_MS


def test_a_ramp_adds_to_the_trace_and_ends_at_the_ambient() -> None:
    injection = Injection(kind=Kind.RAMP, at_ms=FAILED_MS, ambient_c=-10.0, slope_c_h=1.0)
    minutes = np.array([FAILED_MS, FAILED_MS + 3 * HOUR_MS, FAILED_MS + 20 * HOUR_MS])
    assert curve(steady(), injection, minutes).tolist() == pytest.approx([-22.0, -19.0, -10.0])
    assert failing(injection).breach_ms == FAILED_MS + 4 * HOUR_MS + MINUTE_MS
    assert failing(injection).tau_h is None


def test_a_ramp_keeps_the_cycles_of_the_trace() -> None:
    values = [-22.0 + (1.0 if place % 5 == 0 else 0.0) for place in range(4 * 288)]
    samples = [Sample(place * STEP_MS, value) for place, value in enumerate(values)]
    material = material_of(samples).lasting_until(8 * DAY_MS)
    injection = Injection(kind=Kind.RAMP, at_ms=2 * DAY_MS, ambient_c=20.0, slope_c_h=0.0)
    seen = inject(material, FROZEN, injection, np.random.default_rng(1)).samples
    assert [one.value_c for one in seen[:100]] == values[577:677]


def test_goods_that_follow_the_air_breach_later() -> None:
    air, goods = failing(total()), failing(total(), lag_s=1800.0)
    assert air.breach_ms is not None
    assert goods.breach_ms is not None
    assert goods.breach_ms - air.breach_ms == pytest.approx(30 * MINUTE_MS, abs=5 * MINUTE_MS)


def test_a_failure_at_the_peak_of_a_defrost_is_no_breach_until_the_slow_mode_is_there() -> None:
    values = [-22.0] * (4 * 288)
    values[577] = -10.0
    samples = [Sample(place * STEP_MS, value) for place, value in enumerate(values)]
    material = material_of(samples).lasting_until(8 * DAY_MS)
    episode = failing(total(), material)
    assert episode.truth_c[0] > -18.0
    assert episode.breach_ms is not None
    assert episode.breach_ms > FAILED_MS + 30 * MINUTE_MS


def test_samples_come_at_the_instants_of_the_trace_and_are_rounded_like_it() -> None:
    episode = failing(total(), steady(noise_c=0.1))
    assert all(one.at_ms % STEP_MS == 0 for one in episode.samples)
    assert all(round(one.value_c, 2) == one.value_c for one in episode.samples)
    assert {one.sensor for one in episode.samples} == {"a"}
    assert episode.breach_ms is not None
    assert FAILED_MS < episode.samples[0].at_ms <= FAILED_MS + STEP_MS
    assert episode.samples[-1].at_ms <= episode.breach_ms + AFTER_BREACH_MS


def test_noise_of_the_trace_stays_on_the_curve() -> None:
    episode = failing(total(), steady(noise_c=0.1))
    apart = [one.value_c - episode.truth_at(one.at_ms) for one in episode.samples]
    assert np.std(apart) == pytest.approx(0.1, rel=0.4)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_the_truth_leaves_the_band_at_the_breach_for_good(seed: int) -> None:
    chance = np.random.default_rng(seed)
    injection = draw(FAILED_MS, chance)
    episode = inject(steady(2.0, 0.1), CHILLED, injection, chance)
    if episode.breach_ms is None:
        assert episode.truth_c[-1] <= 4.0
        return
    place = (episode.breach_ms - FAILED_MS) // MINUTE_MS
    assert all(value > 4.0 for value in episode.truth_c[place:])
    assert place == 0 or episode.truth_c[place - 1] <= 4.0


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_the_same_seed_gives_the_same_failure(seed: int) -> None:
    def made() -> Episode:
        chance = np.random.default_rng(seed)
        return inject(steady(2.0, 0.1), CHILLED, draw(FAILED_MS, chance), chance)

    assert made() == made()


def test_all_kinds_are_drawn_within_their_bounds() -> None:
    chance = np.random.default_rng(1)
    drawn = [draw(FAILED_MS, chance) for _ in range(300)]
    assert {one.kind for one in drawn} == set(Kind)
    bodies = [one for one in drawn if one.kind is not Kind.RAMP]
    assert all(4.0 <= one.tau_h <= 40.0 for one in bodies)
    assert all(15.0 <= one.ambient_c <= 35.0 for one in drawn)
    assert all(0.2 <= one.slope_c_h <= 2.0 for one in drawn if one.kind is Kind.RAMP)
    assert all(one.left == 0.0 for one in drawn if one.kind is Kind.TOTAL_LOSS)
