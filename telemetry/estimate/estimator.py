"""One step of a point's estimate: (rules, state, sample) gives (state, outlook); pure.

Samples are gathered for a minute; then comes a step. What is learned of a point is learned from its
own history while nothing is wrong, and bounded.
"""

from __future__ import annotations

from math import exp, isfinite

from msgspec import Struct
from msgspec.structs import replace

from telemetry.alarm.rules import Profile, Side
from telemetry.alarm.state import Sample
from telemetry.estimate.calls import MINUTE_MS, causes_of, is_foreseen
from telemetry.estimate.forecast import forecast
from telemetry.estimate.watcher import Watcher, watch
from telemetry.estimate.words import NO_CUES, Cues, Forecast, Outlook, Regime

STEP_MS = 59_000
"""Samples that come closer together than this are taken as one: sensors are not punctual."""

SMOOTH_MIN = 20.0
"""Over so long the air is averaged while nothing is wrong."""


class Thermal(Struct, frozen=True, kw_only=True):
    """What is remembered of a point; stored as it is.

    Parameters
    ----------
    last_ms, stepped_ms
        The newest sample, and the one that a step was made with.
    total_c, count
        What has been gathered since that step.
    air_c, product_c
        The air without its cycles, and the goods that follow it; None before the first step.
    high, low
        Against the edges of the band.
    foreseen
        The edge beyond which a breach is foreseen; None where none is.
    """

    last_ms: int | None = None
    stepped_ms: int | None = None
    total_c: float = 0.0
    count: int = 0
    air_c: float | None = None
    product_c: float | None = None
    high: Watcher = Watcher()
    low: Watcher = Watcher()
    foreseen: Side | None = None


def unknown() -> Thermal:
    """Make the state of a point of which nothing has been heard."""
    return Thermal()


def begun(at_ms: int) -> Thermal:
    """Make the state of a point whose first step may come a minute after an instant."""
    return Thermal(stepped_ms=at_ms)


def observe(
    profile: Profile, state: Thermal, sample: Sample, cues: Cues = NO_CUES, *, learn: bool = True
) -> tuple[Thermal, Outlook | None]:
    """Take a sample; once a minute, say what it leads to.

    Parameters
    ----------
    profile
        Band and ``product_lag_s``.
    state
        What is remembered of the point.
    sample
        In the order of their time; an older one is left out.
    cues
        What else is known at that instant.
    learn
        Whether what is seen is taken for the point's own usual way.

    Returns
    -------
    tuple
        The state after it, and an outlook where a minute is full; None while it is not.
    """
    at_ms = sample.at_ms
    if state.last_ms is not None and at_ms < state.last_ms:
        return state, None
    total_c, count = state.total_c + sample.value_c, state.count + 1
    if state.stepped_ms is not None and at_ms - state.stepped_ms < STEP_MS:
        return replace(state, last_ms=at_ms, total_c=total_c, count=count), None
    value_c = total_c / count
    air_c, product_c = _followed(profile, state, at_ms, value_c)
    at_min, band = at_ms / MINUTE_MS, profile.band
    told = bool(cues.door_open) or bool(cues.defrosting)
    high, low = state.high, state.low
    if isfinite(band.upper_c):
        high = watch(high, at_min, value_c, band.upper_c, told=told, learn=learn)
    if isfinite(band.lower_c):
        low = watch(low, at_min, -value_c, -band.lower_c, told=told, learn=learn)
    after = Thermal(
        last_ms=at_ms,
        stepped_ms=at_ms,
        air_c=air_c,
        product_c=product_c,
        high=high,
        low=low,
        foreseen=state.foreseen,
    )
    if high.warming is None and low.warming is None:
        return _calm(after, at_ms, air_c, product_c, cues)
    return _troubled(profile, after, at_ms, product_c, cues)


def _followed(profile: Profile, state: Thermal, at_ms: int, value_c: float) -> tuple[float, float]:
    """Let air and goods follow what was measured, as ``p' = (T - p)/τp``."""
    if state.air_c is None or state.product_c is None or state.stepped_ms is None:
        return value_c, value_c
    minutes = (at_ms - state.stepped_ms) / MINUTE_MS
    lag_min = (profile.product_lag_s or 0) / 60.0
    follows = 1.0 - exp(-minutes / lag_min) if lag_min > 0.0 else 1.0
    air_c = state.air_c + (value_c - state.air_c) * (1.0 - exp(-minutes / SMOOTH_MIN))
    return air_c, state.product_c + (value_c - state.product_c) * follows


def _calm(
    state: Thermal, at_ms: int, air_c: float, product_c: float, cues: Cues
) -> tuple[Thermal, Outlook]:
    watcher = state.high if state.high.last_min is not None else state.low
    regime = Regime.STEADY if watcher.habits.known else Regime.LEARNING
    if cues.door_open:
        regime = Regime.DOOR
    elif watcher.bumps.now is not None:
        regime = Regime.DEFROST
    if state.foreseen is not None:
        state = replace(state, foreseen=None)
    sd_c = watcher.spread_c
    return state, Outlook(
        at_ms=at_ms,
        air_c=air_c,
        air_sd_c=sd_c,
        product_c=product_c,
        product_sd_c=sd_c,
        rate_c_h=0.0,
        regime=regime,
    )


def _troubled(
    profile: Profile, state: Thermal, at_ms: int, product_c: float, cues: Cues
) -> tuple[Thermal, Outlook]:
    """Say where it leads; of two edges the upper one counts first."""
    side = Side.HIGH if state.high.warming is not None else Side.LOW
    is_high = side is Side.HIGH
    watcher, sign = (state.high, 1.0) if is_high else (state.low, -1.0)
    edge_c = profile.band.upper_c if is_high else profile.band.lower_c
    warming = watcher.warming
    assert warming is not None
    ahead = _ahead(profile, watcher, sign * product_c, at_ms=at_ms, side=side, edge_c=edge_c)
    before = state.foreseen is side
    foreseen = is_foreseen(watcher, ahead, before=before, at_ms=at_ms)
    is_fault = cues.apart_c is not None and cues.apart_c > profile.disagreement_c
    causes = () if is_fault else causes_of(
        watcher, ahead, foreseen=foreseen, side=side, edge_c=edge_c, at_ms=at_ms
    )  # fmt: skip
    if causes and not warming.was_called:
        told = replace(watcher, warming=replace(warming, was_called=True))
        state = replace(state, high=told) if is_high else replace(state, low=told)
    trend = warming.trend
    return replace(state, foreseen=side if foreseen else None), Outlook(
        at_ms=at_ms,
        air_c=sign * trend.air_c,
        air_sd_c=trend.air_sd_c,
        product_c=product_c,
        product_sd_c=trend.air_sd_c,
        rate_c_h=sign * trend.rate_c_h,
        regime=Regime.WARMING if is_high else Regime.COOLING_DOWN,
        forecast=ahead,
        causes=causes,
    )


def _ahead(
    profile: Profile, watcher: Watcher, goods_c: float, *, at_ms: int, side: Side, edge_c: float
) -> Forecast | None:
    warming = watcher.warming
    assert warming is not None
    lag_h = (profile.product_lag_s or 0) / 3600.0
    if lag_h <= 0.0:
        # The air is the goods: its trend tells better than one sample.
        goods_c = min(goods_c, warming.trend.air_c)
    return forecast(warming.trend, goods_c, lag_h, at_ms=at_ms, side=side, limit_c=edge_c)
