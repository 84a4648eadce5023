"""What a watcher is worth, in figures; shares with their 95 % interval.

Intervals are bootstrapped over failures (a thousand samples with replacement), so forecasts of one
failure, which are alike, stay together. A median counts a failure that was missed as worse than
every other, so that missing the hard ones makes nothing better.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import inf

import numpy as np
from msgspec import Struct

from telemetry.scoring.clean import Clean
from telemetry.scoring.material import HOUR_MS, MINUTE_MS, Floats
from telemetry.scoring.verdicts import Verdict

RESAMPLES = 1000
INTERVAL_PERCENT = (2.5, 97.5)
FAST_TAU_H = 6.0
SLOW_TAU_H = 12.0


class Share(Struct, frozen=True):
    """A share of 1, and where it lies with 95 % confidence; None where there is nothing to count.

    Parameters
    ----------
    of
        How many were counted.
    """

    share: float | None
    low: float | None
    high: float | None
    of: float


class Figures(Struct, frozen=True, kw_only=True):
    """What a watcher is worth.

    Parameters
    ----------
    injections, breaches
        Failures, and those that lead out of the band within 48 hours.
    recall
        Breaches with an alarm after the failure and no later than the breach, or within half an
        hour of the failure.
    precision
        True calls of all: false ones are those of a clean day before each failure, and those that
        claim a breach where there is none.
    delay_min, temperature_c
        Median from failure to alarm, and the true temperature then.
    before_limit, before_limit_fast
        Breaches with an alarm before them; the same for time constants up to 6 hours.
    lead_h, lead_slow_h
        Median from alarm to breach; the same for time constants from 12 hours on.
    given_h, given_slow_h
        Median from failure to breach, and for the same time constants: nobody can lead by more.
    error_60_min, error_30_min
        Median error of the forecasts an hour and half an hour before the breach.
    said_60, said_30
        How many of those that were asked gave one.
    coverage
        Forecasts between alarm and breach, one each quarter of an hour, whose range from the 10th
        to the 90th percentile holds the truth.
    below, above
        Forecasts whose truth was sooner than their range, and later.
    clean_days, calls_per_day, raised_per_day, false_per_day
        On traces as they are: how long, all calls, all single alarms, and calls that no real
        excursion excuses.
    """

    injections: int
    breaches: int
    recall: Share
    precision: Share
    delay_min: float | None
    temperature_c: float | None
    before_limit: float | None
    before_limit_fast: float | None
    lead_h: float | None
    lead_slow_h: float | None
    given_h: float | None
    given_slow_h: float | None
    error_60_min: float | None
    error_30_min: float | None
    said_60: float | None
    said_30: float | None
    coverage: Share
    below: float | None
    above: float | None
    clean_days: float
    calls_per_day: float | None
    raised_per_day: float | None
    false_per_day: float | None


def figures(verdicts: Sequence[Verdict], clean: Collection[Clean], seed: int = 1) -> Figures:
    """Sum up what a watcher made of failures and of clean days.

    Parameters
    ----------
    verdicts
        One a failure.
    clean
        One a trace.
    seed
        Of the bootstrap.
    """
    breaches = [one for one in verdicts if one.breach_ms is not None]
    slow = [one for one in breaches if one.tau_h is not None and one.tau_h >= SLOW_TAU_H]
    fast = [one for one in breaches if one.tau_h is not None and one.tau_h <= FAST_TAU_H]
    held, below, above = (_sum(breaches, name) for name in ("held", "below", "above"))
    made = held + below + above
    error_60, said_60 = _errors(breaches, 0)
    error_30, said_30 = _errors(breaches, 1)
    days = sum(one.days for one in clean)
    true = np.array([float(one.is_in_time) for one in verdicts])
    false = np.array([one.wrong_claims + one.false_before for one in verdicts])
    return Figures(
        injections=len(verdicts),
        breaches=len(breaches),
        recall=_share(true, np.array([float(one.breach_ms is not None) for one in verdicts]), seed),
        precision=_share(true, true + false, seed),
        delay_min=_median([_delay_ms(one) for one in breaches], MINUTE_MS),
        temperature_c=_median([t for one in breaches if (t := one.temperature_c) is not None]),
        before_limit=_mean([_is_before(one) for one in breaches]),
        before_limit_fast=_mean([_is_before(one) for one in fast]),
        lead_h=_median([_lead_ms(one) for one in breaches], HOUR_MS),
        lead_slow_h=_median([_lead_ms(one) for one in slow], HOUR_MS),
        given_h=_median([_given_ms(one) for one in breaches], HOUR_MS),
        given_slow_h=_median([_given_ms(one) for one in slow], HOUR_MS),
        error_60_min=error_60,
        error_30_min=error_30,
        said_60=said_60,
        said_30=said_30,
        coverage=_share(
            np.array([float(one.held) for one in verdicts]),
            np.array([float(one.held + one.below + one.above) for one in verdicts]),
            seed,
        ),
        below=_ratio(below, made),
        above=_ratio(above, made),
        clean_days=days,
        calls_per_day=_ratio(sum(one.calls for one in clean), days),
        raised_per_day=_ratio(sum(one.raised for one in clean), days),
        false_per_day=_ratio(sum(len(one.false) for one in clean), days),
    )


def _delay_ms(one: Verdict) -> float:
    return inf if one.raised_ms is None else one.raised_ms - one.failed_ms


def _lead_ms(one: Verdict) -> float:
    if one.raised_ms is None or one.breach_ms is None:
        return -inf
    return one.breach_ms - one.raised_ms


def _given_ms(one: Verdict) -> float:
    return inf if one.breach_ms is None else one.breach_ms - one.failed_ms


def _is_before(one: Verdict) -> float:
    return float(_lead_ms(one) > 0)


def _errors(breaches: Sequence[Verdict], place: int) -> tuple[float | None, float | None]:
    """Give the median error in minutes, and how many of those that could be asked said one."""
    ahead_ms = (HOUR_MS, HOUR_MS // 2)[place]
    asked = [one for one in breaches if _given_ms(one) >= ahead_ms]
    said = [error for one in asked if (error := one.error_ms[place]) is not None]
    return _median(said, MINUTE_MS), _ratio(len(said), len(asked))


def _sum(verdicts: Sequence[Verdict], name: str) -> int:
    return sum(int(getattr(one, name)) for one in verdicts)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _median(values: Sequence[float], unit: float = 1.0) -> float | None:
    """Give the lower of both middle values, in a unit; None where it is infinite or missing."""
    if not values:
        return None
    middle = sorted(values)[(len(values) - 1) // 2]
    return middle / unit if abs(middle) < inf else None


def _share(part: Floats, whole: Floats, seed: int) -> Share:
    """Give the ratio of two sums, and its interval."""
    total = float(whole.sum())
    if not total:
        return Share(None, None, None, 0.0)
    chance = np.random.default_rng(seed)
    drawn = chance.integers(0, len(part), size=(RESAMPLES, len(part)))
    wholes = whole[drawn].sum(axis=1)
    ratios = part[drawn].sum(axis=1)[wholes > 0] / wholes[wholes > 0]
    low, high = np.percentile(ratios, INTERVAL_PERCENT)
    return Share(float(part.sum()) / total, float(low), float(high), total)
