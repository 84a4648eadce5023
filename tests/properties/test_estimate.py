"""The estimate: what holds whatever is measured, however far apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_rules
from itertools import pairwise
from math import exp, inf, isfinite, sin

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.estimate.estimator import Thermal, observe, unknown
from telemetry.estimate.sensing import FEWEST_STEPS, Senses
from telemetry.estimate.words import Cues, Forecast, Outlook, Regime
from tests.telemetry_cases import FROZEN, HOUR, MINUTE, SECOND, T0

DAY = 24 * HOUR
MOST_BYTES = 16_384
CHILLED = with_rules(FROZEN, band=TemperatureBand(lower_c=0.0, upper_c=4.0))
PROFILES = st.sampled_from(
    [
        FROZEN,
        CHILLED,
        with_rules(CHILLED, product_lag_s=0),
        with_rules(FROZEN, product_lag_s=4 * 3600),
    ]
)
MIDNIGHT_MS = T0 // DAY * DAY

Fed = tuple[Sample, Cues, bool]


def _way(draw: st.DrawFn, at_ms: int, from_c: float, length: int, apart_ms: int) -> list[Sample]:
    """Give a stretch of one kind: steady, in cycles, rising, falling, or anything."""
    kind = draw(st.sampled_from(["steady", "cycles", "rises", "falls", "wild"]))
    rate_c = draw(st.sampled_from([0.003, 0.01, 0.03, 0.1, 0.5])) * apart_ms / MINUTE
    values = {
        "steady": [from_c] * length,
        "cycles": [from_c + 2.0 * rate_c * (place % 6) for place in range(length)],
        "rises": [min(60.0, from_c + rate_c * place) for place in range(length)],
        "falls": [max(-60.0, from_c - rate_c * place) for place in range(length)],
        "wild": [],
    }[kind]
    if kind == "wild":
        values = draw(st.lists(st.floats(-60.0, 60.0), min_size=length, max_size=length))
    return [Sample(at_ms + place * apart_ms, value) for place, value in enumerate(values)]


@st.composite
def series(draw: st.DrawFn, *, quarters_s: tuple[int, ...] = (15, 60, 75, 300, 900)) -> list[Fed]:
    """Samples in stretches with holes between them; times are such that minutes are exact."""
    fed: list[Fed] = []
    at_ms = MIDNIGHT_MS + draw(st.integers(0, 95)) * 15 * MINUTE
    for length in draw(st.lists(st.integers(1, 60), min_size=1, max_size=6)):
        apart_ms = draw(st.sampled_from(quarters_s)) * SECOND
        from_c = draw(st.sampled_from([-40.0, -22.0, -20.0, -18.5, 0.5, 2.0, 2.0, 3.5]))
        cues = draw(st.sampled_from([Cues(), Cues(), Cues(door_open=True), Cues(defrosting=True)]))
        learn = draw(st.sampled_from([True, True, True, False]))
        way = _way(draw, at_ms, from_c, length, apart_ms)
        fed += [(sample, cues, learn) for sample in way]
        hole_ms = draw(st.sampled_from([15 * SECOND, MINUTE, HOUR, 7 * HOUR, 40 * DAY]))
        at_ms = way[-1].at_ms + hole_ms
    return fed


def _run(profile: Profile, state: Thermal, fed: Sequence[Fed]) -> tuple[Thermal, list[Outlook]]:
    told = []
    for sample, cues, learn in fed:
        state, outlook = observe(profile, state, sample, cues, learn=learn)
        if outlook is not None:
            told.append(outlook)
    return state, told


@pytest.fixture(scope="module")
def taught() -> dict[str, Thermal]:
    """Three days of rooms that are well, by their bands: so that there is something usual."""
    return {
        repr(profile.band): _run(profile, unknown(), _well(from_c))[0]
        for profile, from_c in ((FROZEN, -22.0), (CHILLED, 2.0))
    }


def _well(from_c: float) -> list[Fed]:
    begin_ms = MIDNIGHT_MS - 3 * DAY
    return [
        (Sample(begin_ms + place * 5 * MINUTE, from_c + 0.2 * (place % 5)), Cues(), True)
        for place in range(3 * 288)
    ]


def _begun(taught: dict[str, Thermal], profile: Profile, *, known: bool) -> Thermal:
    return taught[repr(profile.band)] if known else unknown()


def _check(outlook: Outlook) -> None:
    figures = [outlook.air_c, outlook.product_c, outlook.rate_c_h]
    assert all(map(isfinite, [*figures, outlook.air_sd_c, outlook.product_sd_c]))
    assert outlook.air_sd_c >= 0.0
    assert outlook.product_sd_c >= 0.0
    assert -60.0 - 1e-6 <= outlook.product_c <= 60.0 + 1e-6, "goods follow what was measured"
    kinds = [cause.kind for cause in outlook.causes]
    assert len(set(kinds)) == len(kinds)
    for cause in outlook.causes:
        assert cause.began_ms <= outlook.at_ms
        assert isfinite(cause.value)
    if outlook.forecast is not None:
        _check_forecast(outlook.forecast, outlook.at_ms)


def _check_forecast(ahead: Forecast, at_ms: int) -> None:
    assert 0.0 <= ahead.chance <= 1.0
    told = [one for one in (ahead.early_ms, ahead.breach_ms, ahead.late_ms) if one is not None]
    assert told == sorted(told)
    if told:
        assert ahead.early_ms == told[0], "what comes early is known before what comes late"
        assert told[0] >= at_ms
        assert told[-1] <= at_ms + DAY
    if len(told) == 2:
        assert ahead.late_ms is None


@settings(max_examples=40, deadline=None)
@given(fed=series(), profile=PROFILES, known=st.booleans())
def test_whatever_is_measured_all_figures_are_in_order(
    taught: dict[str, Thermal], fed: list[Fed], profile: Profile, known: bool
) -> None:
    state, told = _run(profile, _begun(taught, profile, known=known), fed)
    for outlook in told:
        _check(outlook)
    assert told
    assert len(msgspec.msgpack.encode(state)) <= MOST_BYTES


@settings(max_examples=20, deadline=None)
@given(fed=series(), profile=PROFILES, known=st.booleans(), share=st.floats(0.0, 1.0))
def test_a_state_that_was_stored_in_between_goes_on_as_if_it_had_not_been(
    taught: dict[str, Thermal], fed: list[Fed], profile: Profile, known: bool, share: float
) -> None:
    place = round(share * len(fed))
    state, _ = _run(profile, _begun(taught, profile, known=known), fed[:place])
    stored = msgspec.msgpack.encode(state)
    again = msgspec.msgpack.decode(stored, type=Thermal)
    assert again == state
    assert msgspec.msgpack.encode(again) == stored
    assert _run(profile, again, fed[place:]) == _run(profile, state, fed[place:])


def _later(outlook: Outlook, by_ms: int) -> Outlook:
    ahead = outlook.forecast
    if ahead is not None:
        instants = {
            name: None if value is None else value + by_ms
            for name in ("at_ms", "early_ms", "breach_ms", "late_ms")
            for value in (getattr(ahead, name),)
        }
        ahead = replace(ahead, **instants)
    causes = tuple(replace(one, began_ms=one.began_ms + by_ms) for one in outlook.causes)
    return replace(outlook, at_ms=outlook.at_ms + by_ms, forecast=ahead, causes=causes)


@settings(max_examples=15, deadline=None)
@given(fed=series(), profile=PROFILES, known=st.booleans(), days=st.integers(-800, 3000))
def test_whole_days_later_everything_is_the_same(
    fed: list[Fed], profile: Profile, known: bool, days: int
) -> None:
    by_ms = days * DAY
    before = _well(-22.0 if profile.band == FROZEN.band else 2.0)[::3] if known else []
    _, told = _run(profile, unknown(), [*before, *fed])
    later = [
        (replace(sample, at_ms=sample.at_ms + by_ms), cues, learn)
        for sample, cues, learn in [*before, *fed]
    ]
    _, told_later = _run(profile, unknown(), later)
    assert told_later == [_later(outlook, by_ms) for outlook in told]


@settings(max_examples=15, deadline=None)
@given(
    fed=series(quarters_s=(60, 120, 300)),
    profile=PROFILES,
    known=st.booleans(),
    parts=st.integers(2, 4),
    apart_c=st.floats(0.0, 3.0),
)
def test_a_minute_in_several_samples_is_as_many_outlooks_of_the_same_mean(
    taught: dict[str, Thermal],
    *,
    fed: list[Fed],
    profile: Profile,
    known: bool,
    parts: int,
    apart_c: float,
) -> None:
    begun = _begun(taught, profile, known=known)
    minutes = [one for place, one in enumerate(fed) if not place or _is_a_minute(fed, place)]
    split = minutes[:1]
    for (before, _, _), one in pairwise(minutes):
        split += _in_parts(before.at_ms, one, parts, apart_c)
    _, told = _run(profile, begun, minutes)
    _, told_split = _run(profile, begun, split)
    assert [one.at_ms for one in told_split] == [one.at_ms for one in told]
    for outlook, other in zip(told_split, told, strict=True):
        assert outlook.product_c == pytest.approx(other.product_c, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(fed=series(), known=st.booleans(), lag_s=st.sampled_from([0, 1800]))
def test_the_lower_edge_is_the_upper_one_in_a_mirror(
    fed: list[Fed], known: bool, lag_s: int
) -> None:
    all_fed = [*(_well(-22.0)[::3] if known else []), *fed]
    mirrored = [
        (replace(sample, value_c=-sample.value_c), cues, learn) for sample, cues, learn in all_fed
    ]
    frozen = with_rules(FROZEN, product_lag_s=lag_s)
    thawed = with_rules(frozen, band=TemperatureBand(lower_c=18.0, upper_c=inf))
    high, told = _run(frozen, unknown(), all_fed)
    low, told_low = _run(thawed, unknown(), mirrored)
    for outlook, other in zip(told_low, told, strict=True):
        figures = (outlook.air_c, outlook.product_c, outlook.rate_c_h, outlook.air_sd_c)
        assert figures == (-other.air_c, -other.product_c, -other.rate_c_h, other.air_sd_c)
        assert _instants(outlook) == _instants(other)
        assert (outlook.regime is Regime.COOLING_DOWN) is (other.regime is Regime.WARMING)
    assert (low.low.habits, low.low.bumps) == (high.high.habits, high.high.bumps)


def _instants(outlook: Outlook) -> tuple[object, ...] | None:
    ahead = outlook.forecast
    if ahead is None:
        return None
    return ahead.early_ms, ahead.breach_ms, ahead.late_ms, ahead.chance


def _is_a_minute(fed: Sequence[Fed], place: int) -> bool:
    return fed[place][0].at_ms - fed[place - 1][0].at_ms >= MINUTE


def _in_parts(before_ms: int, whole: Fed, parts: int, apart_c: float) -> list[Fed]:
    """Give samples of the same mean, all but the last of them soon after the step before."""
    sample, cues, learn = whole
    split = []
    for part in range(parts):
        is_last = part == parts - 1
        at_ms = sample.at_ms if is_last else before_ms + (part + 1) * 14 * SECOND
        value_c = sample.value_c + (part - (parts - 1) / 2) * apart_c
        split.append((Sample(at_ms, value_c), cues, learn))
    return split


def _after(begin_c: float, shape: str, minute: float, *, tau_h: float, end_c: float) -> float:
    """Give air that warms, is open to the outside, or defrosts, from an instant on."""
    if shape == "warms":
        return end_c + (begin_c - end_c) * exp(-minute / 60.0 / tau_h)
    # A sensor takes a minute at least to follow what comes in, and so does a heater.
    lag_min, open_min = 60.0 * tau_h / 30.0, 15.0
    height_c = end_c - begin_c if shape == "door" else 15.0
    top_c = height_c * (1.0 - exp(-min(minute, open_min) / lag_min))
    return begin_c + top_c * exp(-max(0.0, minute - open_min) / 10.0)


@settings(max_examples=40, deadline=None)
@given(
    shape=st.sampled_from(["warms", "warms", "door", "defrost"]),
    tau_h=st.floats(0.5, 40.0),
    rises_c=st.floats(0.0, 1.0),
    apart_s=st.sampled_from([15, 60, 120, 300, 900]),
    digits=st.integers(1, 2),
    noise=st.sampled_from([0.0, 0.1, 0.4]),
)
def test_what_a_unit_a_door_or_a_defrost_does_is_no_sensors_fault(
    *, shape: str, tau_h: float, rises_c: float, apart_s: int, digits: int, noise: float
) -> None:
    begin_c = -20.0
    end_c = begin_c + 3.0 + rises_c * (45.0 - begin_c - 3.0)
    apart_min = apart_s / 60.0
    senses = Senses()
    for place in range(-FEWEST_STEPS - 20, round(min(1500.0, 900.0 * apart_min) / apart_min)):
        at_min = place * apart_min
        value_c = begin_c
        if place >= 0:
            value_c = _after(begin_c, shape, at_min, tau_h=tau_h, end_c=end_c)
        restless = noise if place >= 0 else 0.3
        value_c = round(value_c + restless * sin(place * place * 0.7), digits)
        senses = senses.felt(at_min, value_c, told=False, learn=True)
        assert senses.doubtful is None or not senses.doubtful.is_sure
