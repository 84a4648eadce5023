"""Follows which rules are broken at a point, since when, and until when they may be; pure.

A stay outside a limit begins with the first sample outside and ends with the first one inside;
silence in between belongs to it.
"""

from __future__ import annotations

from msgspec.structs import replace

from telemetry.alarm import accumulate, defrosts
from telemetry.alarm.mkt import heated, mkt_of
from telemetry.alarm.raising import Cause, active
from telemetry.alarm.rules import CumulativeRule, LimitRule, MktRule, Profile, Side
from telemetry.alarm.sensors import difference, newest, silent_ms, worst
from telemetry.alarm.state import HeatSum, Outside, PointState, Run, Sample, Watch
from telemetry.alarm.words import AlarmKind, Severity

SENSOR_FAULT = "sensor_fault"
"""Name of the rule that every profile has."""

DEFROST_STRETCH = 1.25
"""A learned defrost may last so many on-delays before it is an alarm."""

Rule = LimitRule | CumulativeRule


def follow(profile: Profile, state: PointState, sample: Sample, at_ms: int) -> PointState:
    """Put down what a sample says of every rule."""
    values = newest(profile, state.values, sample, at_ms)
    state = replace(state, values=values, last_ms=at_ms)
    going: list[Outside] = []
    for rule in profile.rules:
        value_c = worst(values, rule.side)
        last = _known(state, rule.name)
        if rule.is_outside(value_c):
            going.append(_further(state, rule, last, at_ms, value_c))
        elif last is not None and isinstance(rule, CumulativeRule):
            state = _finished(profile, state, rule, last, at_ms)
    going += _fault(profile, state, at_ms)
    if profile.mkt is not None:
        state, hot = _heat(profile, profile.mkt, state, sample)
        going += hot
    return replace(state, outside=tuple(going))


def stay_calm(profile: Profile, state: PointState, sample: Sample) -> PointState | None:
    """Take a sample well inside its limits at a point where nothing is pending.

    Gives None where there is more to judge: the quick way of points with several sensors, or a mean
    kinetic temperature.
    """
    at_ms = sample.at_ms
    values = newest(profile, state.values, sample, at_ms)
    if len(values) > 1:
        lowest_c, highest_c = worst(values, Side.LOW), worst(values, Side.HIGH)
        if not profile.quiet_above_c < lowest_c <= highest_c < profile.quiet_below_c:
            return None
        if highest_c - lowest_c > profile.disagreement_c:
            return None
    heat = state.heat
    if profile.mkt is not None and state.watch is Watch.ARMED:
        heat = _heated(profile.mkt, profile, state, sample)
        mean_c = mkt_of(profile.mkt, heat)
        if mean_c is not None and mean_c > profile.mkt.limit_c:
            return None
    return replace(state, last_ms=at_ms, values=values, heat=heat)


def deadline_ms(profile: Profile, state: PointState, outside: Outside) -> int | None:
    """Say when a delay ends; None where it has, or its rule is no more."""
    if outside.raised:
        return None
    if outside.rule == SENSOR_FAULT:
        return outside.began_ms + 1000 * profile.disagreement_s
    if profile.mkt is not None and outside.rule == profile.mkt.name:
        return outside.began_ms
    rule = _rule(profile, outside.rule)
    if isinstance(rule, CumulativeRule):
        tally = accumulate.tally_of(state, rule)
        return accumulate.deadline_ms(rule, tally, state.runs, outside)
    if rule is None:
        return None
    delay_ms = 1000 * rule.on_delay_s
    if rule.without_defrosts and state.runs:
        rise_c = outside.peak - rule.limit_c
        allowed_ms = defrosts.allowance_ms(state.runs, outside.began_ms, rise_c)
        delay_ms = max(delay_ms, min(allowed_ms, round(DEFROST_STRETCH * delay_ms)))
    return outside.began_ms + delay_ms


def cause_of(profile: Profile, state: PointState, outside: Outside) -> Cause | None:
    """Word why an alarm is raised; None where the rule is no more."""
    kind, severity, limit = AlarmKind.SENSOR_FAULT, Severity.WARNING, profile.disagreement_c
    value = peak = outside.peak
    if profile.mkt is not None and outside.rule == profile.mkt.name:
        kind, severity, limit = AlarmKind.MKT, profile.mkt.severity, profile.mkt.limit_c
    elif outside.rule != SENSOR_FAULT:
        rule = _rule(profile, outside.rule)
        if rule is None:
            return None
        kind, severity, limit = rule.kind, rule.severity, rule.limit_c
        if isinstance(rule, CumulativeRule):
            value = peak = limit = rule.most_s / 60
        else:
            value = worst(state.values, rule.side)
    return Cause(
        kind=kind,
        severity=severity,
        rule=outside.rule,
        began_ms=outside.began_ms,
        value=value,
        peak=peak,
        limit=limit,
    )


def has_ended(profile: Profile, state: PointState, kind: AlarmKind, at_ms: int) -> bool | None:
    """Say whether the cause of an alarm is over; None where nobody can know.

    Limits have to be left by the deadband; a sum has to be less than what is allowed.
    """
    if kind in {AlarmKind.HIGH, AlarmKind.LOW}:
        return all(
            rule.is_back(worst(state.values, rule.side), profile.deadband_c)
            for rule in profile.limits
            if rule.kind is kind
        )
    if kind is AlarmKind.CUMULATIVE:
        return all(_is_little(state, rule, at_ms) for rule in profile.cumulative)
    if kind is AlarmKind.MKT:
        return profile.mkt is None or _known(state, profile.mkt.name) is None
    if kind is AlarmKind.SENSOR_FAULT:
        apart_c = difference(profile, state.values, at_ms)
        return None if apart_c is None else apart_c <= profile.disagreement_c
    return None


def peak_of(state: PointState, kind: AlarmKind, before: float, at_ms: int) -> float:
    """Give the worst figure of an alarm that stands, with the newest sample."""
    if kind is AlarmKind.HIGH:
        return max(before, worst(state.values, Side.HIGH))
    if kind is AlarmKind.LOW:
        return min(before, worst(state.values, Side.LOW))
    figures = [one.peak for one in state.outside if one.rule == SENSOR_FAULT]
    return max([before, *figures]) if kind is AlarmKind.SENSOR_FAULT else before


# --- one rule -----------------------------------------------------------------------------------


def _further(
    state: PointState, rule: Rule, last: Outside | None, at_ms: int, value_c: float
) -> Outside:
    if last is None:
        return Outside(rule.name, at_ms, value_c)
    if last.raised and isinstance(rule, LimitRule) and active(state, rule.kind) is None:
        # Somebody has closed the alarm by force, and here is a sample that is outside still.
        return Outside(rule.name, at_ms, value_c)
    pick = max if rule.side is Side.HIGH else min
    return Outside(rule.name, last.began_ms, pick(last.peak, value_c), last.raised)


def _finished(
    profile: Profile, state: PointState, rule: CumulativeRule, stay: Outside, at_ms: int
) -> PointState:
    tally = accumulate.add(rule, accumulate.tally_of(state, rule), stay.began_ms, at_ms)
    runs = state.runs
    teachers = (one for one in profile.cumulative if one.without_defrosts)
    if rule is next(teachers, None) and rule.side is Side.HIGH:
        runs = defrosts.remember(runs, Run(stay.began_ms, at_ms, stay.peak - rule.limit_c))
    return replace(state, tallies=accumulate.with_tally(state.tallies, tally), runs=runs)


def _is_little(state: PointState, rule: CumulativeRule, at_ms: int) -> bool:
    if _known(state, rule.name) is not None:
        return False
    tally = accumulate.tally_of(state, rule)
    return accumulate.sum_ms(rule, tally, state.runs, None, at_ms) < 1000 * rule.most_s


def _heat(
    profile: Profile, rule: MktRule, state: PointState, sample: Sample
) -> tuple[PointState, list[Outside]]:
    heat = _heated(rule, profile, state, sample)
    mean_c = mkt_of(rule, heat)
    state = replace(state, heat=heat)
    if mean_c is None or mean_c <= rule.limit_c:
        return state, []
    last = _known(state, rule.name)
    if last is None:
        return state, [Outside(rule.name, sample.at_ms, mean_c)]
    return state, [replace(last, peak=max(last.peak, mean_c))]


def _heated(rule: MktRule, profile: Profile, state: PointState, sample: Sample) -> HeatSum:
    """Add a sample to the sum of a window, which begins anew with every arming."""
    since_ms = state.watch_since_ms
    heat = state.heat if state.heat is not None and state.heat.since_ms == since_ms else None
    gap_ms = silent_ms(profile)
    return heated(rule, heat, sample.at_ms, sample.value_c, gap_ms=gap_ms, since_ms=since_ms)


def _fault(profile: Profile, state: PointState, at_ms: int) -> list[Outside]:
    apart_c = difference(profile, state.values, at_ms)
    last = _known(state, SENSOR_FAULT)
    if apart_c is None:
        return [last] if last is not None and last.raised else []
    if apart_c <= profile.disagreement_c:
        return []
    if last is None or (last.raised and active(state, AlarmKind.SENSOR_FAULT) is None):
        return [Outside(SENSOR_FAULT, at_ms, apart_c)]
    return [replace(last, peak=max(last.peak, apart_c))]


def _known(state: PointState, rule: str) -> Outside | None:
    for outside in state.outside:
        if outside.rule == rule:
            return outside
    return None


def _rule(profile: Profile, name: str) -> Rule | None:
    return next((rule for rule in profile.rules if rule.name == name), None)
