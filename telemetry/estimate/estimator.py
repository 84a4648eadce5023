"""One step of a point's estimate: (rules, state, sample) gives (state, outlook); pure.

Samples are gathered for a minute; then comes a step. What is learned of a point is learned from its
own history while nothing is wrong, and bounded.
"""

from __future__ import annotations

from math import exp, isfinite

from msgspec import Struct
from msgspec.structs import replace

from telemetry.alarm.raising import Cause
from telemetry.alarm.rules import Profile, Side
from telemetry.alarm.state import Sample
from telemetry.alarm.words import AlarmKind, Severity
from telemetry.estimate.forecast import forecast
from telemetry.estimate.watcher import Warming, Watcher, watch
from telemetry.estimate.words import NO_CUES, Cues, Forecast, Outlook, Regime

MINUTE_MS = 60_000
STEP_MS = 59_000
"""Samples that come closer together than this are taken as one: sensors are not punctual."""

SMOOTH_MIN = 20.0
"""Over so long the air is averaged while nothing is wrong."""

LIKELY, UNLIKELY = 0.5, 0.3
"""A breach is foreseen from the one chance on, until it is less than the other."""

SOON_MS = 3_600_000
"""A breach that is nearer is critical."""

FORESEEN_MS = 8 * 3_600_000
"""What lies farther ahead is shown but calls nobody."""


class Thermal(Struct, frozen=True, kw_only=True):
    """What is remembered of a point; stored as it is.

    Parameters
    ----------
    since_ms, total_c, count
        What is being gathered.
    air_c, product_c
        The air without its cycles, and the goods that follow it; None before the first step.
    high, low
        Against the edges of the band.
    foreseen
        Whether a breach is foreseen: of the upper edge, of the lower one.
    """

    last_ms: int | None = None
    stepped_ms: int | None = None
    total_c: float = 0.0
    count: int = 0
    air_c: float | None = None
    product_c: float | None = None
    high: Watcher = Watcher()
    low: Watcher = Watcher()
    foreseen: tuple[bool, bool] = (False, False)


def unknown() -> Thermal:
    """Make the state of a point of which nothing has been heard."""
    return Thermal()


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
    state = _followed(profile, state, at_ms, total_c / count)
    value_c = total_c / count
    at_min = at_ms / MINUTE_MS
    told = bool(cues.door_open) or bool(cues.defrosting)
    high, low = state.high, state.low
    if isfinite(profile.band.upper_c):
        high = watch(high, at_min, value_c, profile.band.upper_c, told=told, learn=learn)
    if isfinite(profile.band.lower_c):
        low = watch(low, at_min, -value_c, -profile.band.lower_c, told=told, learn=learn)
    state = replace(
        state, last_ms=at_ms, stepped_ms=at_ms, total_c=0.0, count=0, high=high, low=low
    )
    return _looked(profile, state, at_ms, value_c, cues)


def _followed(profile: Profile, state: Thermal, at_ms: int, value_c: float) -> Thermal:
    """Let air and goods follow what was measured."""
    if state.air_c is None or state.product_c is None or state.stepped_ms is None:
        return replace(state, air_c=value_c, product_c=value_c)
    minutes = (at_ms - state.stepped_ms) / MINUTE_MS
    air_c = state.air_c + (value_c - state.air_c) * (1.0 - exp(-minutes / SMOOTH_MIN))
    lag_min = (profile.product_lag_s or 0) / 60.0
    follows = 1.0 - exp(-minutes / lag_min) if lag_min > 0.0 else 1.0
    product_c = state.product_c + (value_c - state.product_c) * follows
    return replace(state, air_c=air_c, product_c=product_c)


def _looked(
    profile: Profile, state: Thermal, at_ms: int, value_c: float, cues: Cues
) -> tuple[Thermal, Outlook]:
    air_c = value_c if state.air_c is None else state.air_c
    product_c = value_c if state.product_c is None else state.product_c
    watcher, side = state.high, Side.HIGH
    if state.low.warming is not None and state.high.warming is None:
        watcher, side = state.low, Side.LOW
    warming, sign = watcher.warming, 1.0 if side is Side.HIGH else -1.0
    sd_c, rate_c_h = watcher.spread_c, 0.0
    ahead: Forecast | None = None
    is_fault = cues.apart_c is not None and cues.apart_c > profile.disagreement_c
    if warming is not None:
        air_c, sd_c = sign * warming.trend.air_c, warming.trend.air_sd_c
        rate_c_h = sign * warming.trend.rate_c_h
        lag_h = (profile.product_lag_s or 0) / 3600.0
        goods_c = sign * product_c if lag_h > 0 else min(sign * product_c, warming.trend.air_c)
        edge_c = profile.band.upper_c if side is Side.HIGH else profile.band.lower_c
        ahead = forecast(warming.trend, goods_c, lag_h, at_ms=at_ms, side=side, limit_c=edge_c)
    foreseen = _foreseen(state, side, warming, ahead, at_ms)
    state = replace(state, foreseen=foreseen)
    outlook = Outlook(
        at_ms=at_ms,
        air_c=air_c,
        air_sd_c=sd_c,
        product_c=product_c,
        product_sd_c=sd_c,
        rate_c_h=rate_c_h,
        regime=_regime(watcher, warming, cues),
        forecast=ahead,
        causes=() if is_fault or warming is None else _causes(state, warming, side, ahead, profile),
    )
    return state, outlook


def _foreseen(
    state: Thermal, side: Side, warming: Warming | None, ahead: Forecast | None, at_ms: int
) -> tuple[bool, bool]:
    if warming is None:
        return False, False
    was = state.foreseen[0 if side is Side.HIGH else 1]
    if ahead is None:
        now = True  # Beyond the edge already.
    else:
        soon = ahead.breach_ms is not None and ahead.breach_ms - at_ms <= FORESEEN_MS
        now = ahead.chance >= (UNLIKELY if was else LIKELY) and (was or soon)
    return (now, False) if side is Side.HIGH else (False, now)


def _regime(watcher: Watcher, warming: Warming | None, cues: Cues) -> Regime:
    if warming is not None:
        return Regime.WARMING
    if cues.door_open:
        return Regime.DOOR
    if watcher.bumps.now is not None:
        return Regime.DEFROST
    return Regime.STEADY if watcher.habits.known else Regime.LEARNING


def _causes(
    state: Thermal, warming: Warming, side: Side, ahead: Forecast | None, profile: Profile
) -> tuple[Cause, ...]:
    sign = 1.0 if side is Side.HIGH else -1.0
    edge_c = profile.band.upper_c if side is Side.HIGH else profile.band.lower_c
    value_c = sign * warming.trend.air_c
    began_ms = round(warming.from_min * MINUTE_MS)
    causes = []
    if side is Side.HIGH:
        causes.append(_cause(AlarmKind.NO_COOLING, Severity.WARNING, began_ms, value_c, edge_c))
    if any(state.foreseen):
        soon = ahead is None or (
            ahead.breach_ms is not None and ahead.breach_ms - ahead.at_ms <= SOON_MS
        )
        severity = Severity.CRITICAL if soon else Severity.WARNING
        causes.append(_cause(AlarmKind.PREDICTED, severity, began_ms, value_c, edge_c))
    return tuple(causes)


def _cause(
    kind: AlarmKind, severity: Severity, began_ms: int, value_c: float, edge_c: float
) -> Cause:
    return Cause(
        kind=kind,
        severity=severity,
        rule=kind.value,
        began_ms=began_ms,
        value=value_c,
        peak=value_c,
        limit=edge_c,
    )
