"""Puts a trace through the alarm machine, the estimate and the fold of excursions.

In a trace a gap is mostly a hole of the recording, so silence is an alarm only after four hours.
Nobody acknowledges anything here: an alarm that clears is done with, and the next is a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from telemetry.alarm.excursion import excursions
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.alarm.words import Alarm, EventKind, Excursion
from telemetry.estimate.words import Forecast
from telemetry.replay.foresight import Foresighted

RECORDING_HOLES_S = 4 * 3600
"""Silence that is an alarm in a trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlarm:
    """An alarm of a trace, as it was at its end.

    Parameters
    ----------
    temperature_c
        The last value known when it was raised.
    """

    alarm: Alarm
    temperature_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the rules make of a trace, by time.

    Parameters
    ----------
    predictions
        What was foreseen, once a minute while a break was.
    """

    profile: Profile
    alarms: tuple[RaisedAlarm, ...]
    excursions: tuple[Excursion, ...]
    predictions: tuple[Forecast, ...] = ()


def replay(
    samples: Sequence[Sample], profile: Profile, *, point: str, interval_s: float | None = None
) -> Replayed:
    """Judge samples that are in the order of their time.

    Parameters
    ----------
    samples
        Of one point.
    profile
        Its rules; silence is judged by ``RECORDING_HOLES_S`` whatever they say. With a
        ``product_lag_s`` of 0 the trace is taken for the goods themselves.
    point
        Name of the point.
    interval_s
        Usual time between samples; None takes the middle one.
    """
    rules = replace(
        profile, stale_after_s=RECORDING_HOLES_S, re_alarm_s=None, escalate_after_s=None
    )
    watched = Foresighted(rules, point)
    temperatures: dict[str, float] = {}
    before_c = 0.0
    for sample in samples:
        for event in watched.take(sample):
            if event.kind is EventKind.RAISED:
                # What was due before the sample was raised on what was known before it.
                value_c = sample.value_c if event.at_ms >= sample.at_ms else before_c
                temperatures[event.alarm.id] = value_c
        before_c = sample.value_c
    raised = (
        RaisedAlarm(alarm=alarm, temperature_c=temperatures[name])
        for name, alarm in watched.alarms.items()
    )
    return Replayed(
        profile=rules,
        alarms=tuple(sorted(raised, key=lambda one: one.alarm.raised_ms)),
        excursions=tuple(excursions(samples, rules.band, interval_s, point=point)),
        predictions=tuple(watched.predictions),
    )
