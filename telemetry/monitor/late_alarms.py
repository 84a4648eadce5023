"""Lets the alarm rules go over a stretch of history anew, because late readings lie in it.

A stay that was long enough for an alarm and had none gets one that says it is late, raised in the
past. Sums, learned defrosts and delays that still run are corrected in the machine as it stands.
Silence, and what people did, are not judged again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from telemetry.alarm.accumulate import MOST_PIECES
from telemetry.alarm.defrosts import MOST_RUNS
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Outside, Piece, PointState, Run, Sample, Tally, Watch
from telemetry.alarm.step import step
from telemetry.alarm.words import Alarm, AlarmEvent, AlarmKind, EventKind
from telemetry.monitor.seats import Seat, Span, Stretch

FOUND_LATE = frozenset({AlarmKind.HIGH, AlarmKind.LOW})


class Judged(Struct, frozen=True):
    """A machine that has been corrected, and what was found."""

    state: PointState
    alarmed: tuple[Stretch, ...]
    events: tuple[AlarmEvent, ...] = ()


@lru_cache(maxsize=1024)
def _about_air(profile: Profile) -> Profile:
    return dataclasses.replace(
        profile, stale_after_s=None, re_alarm_s=None, escalate_after_s=None, mkt=None
    )


def is_quiet(profile: Profile, sample: Sample) -> bool:
    """Say whether no rule has anything to do with a sample."""
    return profile.quiet_above_c < sample.value_c < profile.quiet_below_c


def judge_anew(seat: Seat, samples: Sequence[Sample], now_ms: int, *, at_end: bool) -> Judged:
    """Judge a stretch of history at every time at which its point was watched.

    Parameters
    ----------
    seat
        The point as it stands.
    samples
        What was measured, in order.
    now_ms
        When the late alarms are found.
    at_end
        Whether the stretch reaches to the newest sample.
    """
    judged = Judged(seat.state, seat.alarmed)
    for span in seat.armed:
        lasts = at_end and span.to_ms is None
        own = _between_quiet(seat.profile, _within(samples, span), to_end=lasts)
        if not own:
            continue
        replayed, story = _replay(seat, own, span)
        for alarm in _unheard(story, replayed, judged.alarmed, lasts=lasts):
            judged = _with_late(judged, alarm, own[-1].at_ms, now_ms, lasts=lasts)
        if span.to_ms is None:
            state = _with_sums(judged.state, replayed, own[0].at_ms, own[-1].at_ms)
            if lasts:
                state = replace(state, outside=_delays(seat.profile, state, replayed))
            judged = replace(judged, state=state)
    return judged


def _within(samples: Sequence[Sample], span: Span) -> Sequence[Sample]:
    end_ms = span.to_ms
    return [
        sample
        for sample in samples
        if span.from_ms <= sample.at_ms and (end_ms is None or sample.at_ms < end_ms)
    ]


def _between_quiet(
    profile: Profile, samples: Sequence[Sample], *, to_end: bool
) -> Sequence[Sample]:
    """Cut off a stay that began before the stretch, or lasts behind it: its ends are unknown."""
    quiet = [place for place, sample in enumerate(samples) if is_quiet(profile, sample)]
    if not quiet:
        return samples if to_end else ()
    return samples[quiet[0] :] if to_end else samples[quiet[0] : quiet[-1] + 1]


def _replay(
    seat: Seat, samples: Sequence[Sample], span: Span
) -> tuple[PointState, Sequence[AlarmEvent]]:
    profile = _about_air(seat.profile)
    state = PointState(
        point=seat.point.id,
        watch=Watch.ARMED,
        watch_since_ms=span.from_ms,
        runs=tuple(run for run in seat.state.runs if run.to_ms < samples[0].at_ms),
    )
    story: list[AlarmEvent] = []
    for sample in samples:
        state, events = step(profile, state, sample, sample.at_ms)
        story += events
    return state, story


# --- alarms -------------------------------------------------------------------------------------


def _unheard(
    story: Sequence[AlarmEvent],
    replayed: PointState,
    alarmed: Sequence[Stretch],
    *,
    lasts: bool,
) -> Sequence[Alarm]:
    """Give the alarms of a replay that nobody has heard of, and that the machine will not raise."""
    latest: dict[str, Alarm] = {}
    for event in story:
        if event.alarm.kind in FOUND_LATE and event.kind is not EventKind.CLOSED:
            latest[event.alarm.id] = event.alarm
    outside = bool(replayed.outside) and lasts
    return [
        alarm
        for alarm in latest.values()
        if not (alarm.is_active and outside) and not _is_known(alarm, alarmed)
    ]


def _is_known(alarm: Alarm, alarmed: Sequence[Stretch]) -> bool:
    end_ms = alarm.raised_ms if alarm.cleared_ms is None else alarm.cleared_ms
    return any(one.kind is alarm.kind and one.touches(alarm.began_ms, end_ms) for one in alarmed)


def _with_late(judged: Judged, alarm: Alarm, end_ms: int, now_ms: int, *, lasts: bool) -> Judged:
    cleared_ms = alarm.cleared_ms
    if cleared_ms is None and not lasts:
        cleared_ms = end_ms
    others = [one for one in judged.state.alarms if one.kind is alarm.kind]
    incident = others[-1].incident if others else alarm.id
    raised = replace(alarm, late=True, found_ms=now_ms, incident=incident, cleared_ms=None)
    events = [AlarmEvent(kind=EventKind.RAISED, alarm=raised, at_ms=alarm.raised_ms)]
    final = replace(raised, cleared_ms=cleared_ms)
    if cleared_ms is not None:
        events.append(AlarmEvent(kind=EventKind.CLEARED, alarm=final, at_ms=cleared_ms))
    state = judged.state
    if others:
        # A point has one open alarm of a kind: somebody sees to that one already.
        final = replace(final, closed_ms=now_ms)
        words = f"belongs to {others[-1].id}"
        events.append(AlarmEvent(kind=EventKind.CLOSED, alarm=final, at_ms=now_ms, comment=words))
    else:
        state = replace(state, alarms=(*state.alarms, final))
    stretch = Stretch(alarm.kind, alarm.began_ms, cleared_ms)
    return Judged(state, (*judged.alarmed, stretch), (*judged.events, *events))


# --- what is remembered -------------------------------------------------------------------------


def _with_sums(state: PointState, replayed: PointState, from_ms: int, to_ms: int) -> PointState:
    """Put sums and defrosts of a stretch in the place of those that were counted without it."""
    runs: list[Run] = [run for run in state.runs if not from_ms <= run.from_ms <= to_ms]
    runs += [run for run in replayed.runs if from_ms <= run.from_ms]
    runs.sort(key=lambda run: run.from_ms)
    counted = {tally.rule: tally for tally in replayed.tallies}
    since_ms = state.watch_since_ms
    known = {one.rule: one for one in state.tallies if one.since_ms == since_ms}
    tallies = []
    for rule in dict.fromkeys((*known, *counted)):
        pieces = _outside_of(known.get(rule), from_ms, to_ms)
        pieces += counted[rule].pieces if rule in counted else ()
        pieces.sort(key=lambda piece: piece.from_ms)
        tallies.append(Tally(rule, tuple(pieces[-MOST_PIECES:]), since_ms))
    return replace(state, runs=tuple(runs[-MOST_RUNS:]), tallies=tuple(tallies))


def _outside_of(tally: Tally | None, from_ms: int, to_ms: int) -> list[Piece]:
    pieces = () if tally is None else tally.pieces
    return [piece for piece in pieces if not from_ms <= piece.from_ms <= to_ms]


def _delays(profile: Profile, state: PointState, replayed: PointState) -> tuple[Outside, ...]:
    """Let delays run from where they truly began; what has raised an alarm has done so."""
    done = {outside.rule for outside in state.outside if outside.raised}
    air = [replace(one, raised=one.rule in done) for one in replayed.outside]
    mean = [one for one in state.outside if profile.mkt and one.rule == profile.mkt.name]
    return (*air, *mean)
