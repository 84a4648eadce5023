"""One step of a point's estimate: (rules, state, sample) gives (state, outlook); pure.

Samples are gathered for a minute; then comes a step. What is learned of a point is learned from its
own history while nothing is wrong, and bounded.
"""

# Long because a step is one thought: what is believed, what follows, and what is said of it.
from __future__ import annotations

from math import exp, isfinite

from msgspec import Struct
from msgspec.structs import replace

from telemetry.alarm.raising import Cause
from telemetry.alarm.rules import Profile, Side
from telemetry.alarm.state import Sample
from telemetry.estimate.calls import (
    MINUTE_MS,
    capacity_of,
    causes_of,
    drift_of,
    fault_of,
    is_foreseen,
)
from telemetry.estimate.cycles import Cycles
from telemetry.estimate.drifting import STILL, Climbing
from telemetry.estimate.forecast import forecast
from telemetry.estimate.remembered import Watcher
from telemetry.estimate.sensing import Senses, is_out_of_reach
from telemetry.estimate.watcher import watch
from telemetry.estimate.words import NO_CUES, Cues, Forecast, Outlook, Regime

STEP_MS = 59_000
"""Samples that come closer together than this are taken as one: sensors are not punctual."""

MINUTE_S = 60.0
NOTHING_FELT = Senses()
SMOOTH_MIN = 20.0
"""Over so long the air is averaged while nothing is wrong."""


class Thermal(Struct, frozen=True, kw_only=True, gc=False):
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
    senses
        Of the sensor, where it is the only one.
    cycles
        Of the compressor, where the air shows them.
    climbing
        What they do while the air warms; a sensor that is alone may drift.
    pull_c_h
        What the air behind a bulkhead was said to do; None where nobody tells.
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
    senses: Senses = Senses()
    cycles: Cycles = Cycles()
    climbing: Climbing = STILL
    pull_c_h: float | None = None


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
        The state after it, and an outlook where a minute is full; None while it is not, and while
        nobody knows yet whether the sensor can be believed.
    """
    at_ms = sample.at_ms
    if state.last_ms is not None and at_ms < state.last_ms:
        return state, None
    is_alone = cues.apart_c is None
    if is_alone and is_out_of_reach(profile, sample.value_c):
        return _beyond(profile, state, sample)
    total_c, count = state.total_c + sample.value_c, state.count + 1
    if state.stepped_ms is not None and at_ms - state.stepped_ms < STEP_MS:
        return replace(state, last_ms=at_ms, total_c=total_c, count=count), None
    value_c, at_min, band = total_c / count, at_ms / MINUTE_MS, profile.band
    told = bool(cues.door_open) or bool(cues.defrosting)
    senses = NOTHING_FELT
    if is_alone:
        senses = state.senses.felt(at_min, value_c, told=told, learn=learn)
        if senses.doubtful is not None:
            return _withheld(profile, state, senses, at_ms)
    air_c, product_c = _followed(profile, state, at_ms, value_c)
    high, low, cycles, pull_c_h = state.high, state.low, state.cycles, cues.pull_c_h
    climbing = STILL
    pushed_c_h = 0.0
    if pull_c_h is not None and state.pull_c_h is not None:
        pushed_c_h = pull_c_h - state.pull_c_h
    if isfinite(band.upper_c):
        high = watch(
            high, at_min, value_c, band.upper_c, told=told, learn=learn, pushed_c_h=pushed_c_h
        )
        aside = told or high.warming is not None or high.bumps.now is not None
        cycles = cycles.follow(at_min, value_c, high.swing_c, aside=aside, learn=learn)
        if high.warming is not None:
            cycles = cycles.stopped()
            climbing = state.climbing.follow(
                at_min, value_c, high.swing_c, cycles, aside=told or not is_alone
            )
    if isfinite(band.lower_c):
        low = watch(
            low, at_min, -value_c, -band.lower_c, told=told, learn=learn, pushed_c_h=-pushed_c_h
        )
    after = Thermal(
        last_ms=at_ms,
        stepped_ms=at_ms,
        air_c=air_c,
        product_c=product_c,
        high=high,
        low=low,
        foreseen=state.foreseen,
        senses=senses,
        cycles=cycles,
        climbing=climbing,
        pull_c_h=pull_c_h,
    )
    if high.warming is None and low.warming is None:
        return _calm(profile, after, at_ms, value_c, cues)
    return _troubled(profile, after, at_ms, product_c, cues)


def _beyond(profile: Profile, state: Thermal, sample: Sample) -> tuple[Thermal, Outlook | None]:
    """Leave out a sample that cannot be, and say so once a minute when that lasts."""
    at_ms = sample.at_ms
    senses = state.senses.beyond(
        at_ms / MINUTE_MS, sample.value_c, profile.disagreement_s / MINUTE_S
    )
    if state.stepped_ms is not None and at_ms - state.stepped_ms < STEP_MS:
        return replace(state, last_ms=at_ms, senses=senses), None
    return _withheld(profile, state, senses, at_ms)


def _withheld(
    profile: Profile, state: Thermal, senses: Senses, at_ms: int
) -> tuple[Thermal, Outlook | None]:
    """Believe nothing that a sensor says; once that is sure, say so."""
    doubtful = senses.doubtful
    assert doubtful is not None
    held = replace(state, last_ms=at_ms, stepped_ms=at_ms, total_c=0.0, count=0, senses=senses)
    if not doubtful.is_sure or state.air_c is None or state.product_c is None:
        return held, None
    watcher = state.high if state.high.last_min is not None else state.low
    return held, Outlook(
        at_ms=at_ms,
        air_c=state.air_c,
        air_sd_c=watcher.spread_c,
        product_c=state.product_c,
        product_sd_c=watcher.spread_c,
        rate_c_h=0.0,
        regime=Regime.LEARNING,
        causes=(fault_of(doubtful),),
    )


def _followed(profile: Profile, state: Thermal, at_ms: int, value_c: float) -> tuple[float, float]:
    """Let air and goods follow what was measured, as ``p' = (T - p)/τp``."""
    if state.air_c is None or state.product_c is None or state.stepped_ms is None:
        return value_c, value_c
    minutes = (at_ms - state.stepped_ms) / MINUTE_MS
    if state.senses.doubtful is not None and state.senses.at_min is not None:
        # Goods follow what is believed again over all of the time when nothing was.
        minutes = at_ms / MINUTE_MS - state.senses.at_min
    lag_min = (profile.product_lag_s or 0) / 60.0
    follows = 1.0 - exp(-minutes / lag_min) if lag_min > 0.0 else 1.0
    air_c = state.air_c + (value_c - state.air_c) * (1.0 - exp(-minutes / SMOOTH_MIN))
    if state.climbing.is_sure(at_ms / MINUTE_MS, state.cycles):
        return air_c, state.product_c
    return air_c, state.product_c + (value_c - state.product_c) * follows


def _calm(
    profile: Profile, state: Thermal, at_ms: int, value_c: float, cues: Cues
) -> tuple[Thermal, Outlook]:
    """Say that nothing leads out of the band; a unit may have lost a part of its capacity."""
    watcher = state.high if state.high.last_min is not None else state.low
    regime = Regime.STEADY if watcher.habits.known else Regime.LEARNING
    if cues.door_open:
        regime = Regime.DOOR
    elif watcher.bumps.now is not None:
        regime = Regime.DEFROST
    if state.foreseen is not None:
        state = replace(state, foreseen=None)
    causes: tuple[Cause, ...] = ()
    edge_c, cycles = profile.band.upper_c, state.cycles
    lost_min = cycles.lost_since(at_ms / MINUTE_MS, value_c, watcher.mean_c, watcher.swing_c)
    if lost_min is not None and value_c <= edge_c:
        causes = (capacity_of(lost_min, value_c, edge_c),)
        state = replace(state, cycles=cycles.spoil())
    sd_c = watcher.spread_c
    assert state.air_c is not None
    assert state.product_c is not None
    return state, Outlook(
        at_ms=at_ms,
        air_c=state.air_c,
        air_sd_c=sd_c,
        product_c=state.product_c,
        product_sd_c=sd_c,
        rate_c_h=0.0,
        regime=regime,
        causes=causes,
        capacity=cycles.capacity(at_ms / MINUTE_MS),
    )


def _drifting(state: Thermal, at_ms: int, product_c: float) -> tuple[Thermal, Outlook]:
    """Say that it is the reading that climbs: goods stay as they were, and nothing is foreseen."""
    watcher = state.high
    assert watcher.warming is not None
    air_c, rate_c_h, air_sd_c = watcher.warming.trend.means()
    return replace(state, foreseen=None), Outlook(
        at_ms=at_ms,
        air_c=air_c,
        air_sd_c=air_sd_c,
        product_c=product_c,
        product_sd_c=watcher.spread_c,
        rate_c_h=rate_c_h,
        regime=Regime.LEARNING,
        causes=(drift_of(watcher.warming, watcher.mean_c, watcher.swing_c),),
    )


def _troubled(
    profile: Profile, state: Thermal, at_ms: int, product_c: float, cues: Cues
) -> tuple[Thermal, Outlook]:
    """Say where it leads; of two edges the upper one counts first."""
    if state.climbing.is_sure(at_ms / MINUTE_MS, state.cycles):
        return _drifting(state, at_ms, product_c)
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
    edge = side if foreseen else None
    if state.foreseen is not edge:
        state = replace(state, foreseen=edge)
    air_c, rate_c_h, sd_c = warming.trend.means()
    return state, Outlook(
        at_ms=at_ms,
        air_c=sign * air_c,
        air_sd_c=sd_c,
        product_c=product_c,
        product_sd_c=sd_c,
        rate_c_h=sign * rate_c_h,
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
