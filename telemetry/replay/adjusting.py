"""Rules with other limits than their pack's, for a trace and for a question of what would be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.rules import CumulativeRule, LimitRule, MktRule, Profile, Side
from telemetry.alarm.words import Severity
from telemetry.error_table import TELEMETRY_ERRORS

USUAL_DELAY_S = 900
"""Delay of a limit below where a pack has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What is asked for in the place of a pack's figures; None leaves them.

    Parameters
    ----------
    warn_c, low_c
        Warning limits above and below. The band moves with them, for it is what excursions are
        counted against, and so does a rule that would come before its warning.
    on_delay_s
        For every limit.
    """

    warn_c: float | None = None
    low_c: float | None = None
    on_delay_s: int | None = None
    deadband_c: float | None = None


def adjusted(profile: Profile, wanted: Adjustment) -> Profile:
    """Give a profile with other figures.

    Raises
    ------
    InputRefused
        The limits leave no temperature that is good.
    """
    if wanted.warn_c is not None:
        profile = _moved(profile, Side.HIGH, wanted.warn_c)
    if wanted.low_c is not None:
        profile = _moved(profile, Side.LOW, wanted.low_c)
    band = profile.band
    if band.lower_c > band.upper_c:
        cause = f"above {band.upper_c:g} is too warm and below {band.lower_c:g} too cold"
        action = TELEMETRY_ERRORS["CG-8504"].action.rstrip(".")
        raise InputRefused(
            [Fault(code="CG-8504", place="--warn, --low", cause=cause, action=action)]
        )
    if wanted.on_delay_s is not None:
        delay_s = wanted.on_delay_s
        limits = tuple(replace(rule, on_delay_s=delay_s) for rule in profile.limits)
        profile = replace(profile, limits=limits)
    if wanted.deadband_c is not None:
        profile = replace(profile, deadband_c=wanted.deadband_c)
    return profile


def _moved(profile: Profile, side: Side, limit_c: float) -> Profile:
    """Move the mildest limit of a side; worse ones move along only where they would be milder."""
    own = sorted((rule for rule in profile.limits if rule.side is side), key=_harshness)
    others = tuple(rule for rule in profile.limits if rule.side is not side)
    if not own:
        own = [_new_limit(side, limit_c)]
    first_c = own[0].limit_c
    limits = [replace(own[0], limit_c=limit_c)]
    for rule in own[1:]:
        is_milder = _beyond(side, limit_c, rule.limit_c)
        moved_c = limit_c + rule.limit_c - first_c if is_milder else rule.limit_c
        limits.append(replace(rule, limit_c=moved_c))
    return replace(
        profile,
        limits=(*limits, *others),
        cumulative=tuple(_not_before(rule, side, limit_c) for rule in profile.cumulative),
        mkt=_mkt(profile, side, limit_c),
        band=_band(profile.band, side, limit_c),
    )


def _mkt(profile: Profile, side: Side, limit_c: float) -> MktRule | None:
    rule = profile.mkt
    if rule is None or side is Side.LOW:
        return rule
    return replace(rule, limit_c=max(rule.limit_c, limit_c))


def _harshness(rule: LimitRule) -> float:
    return rule.limit_c if rule.side is Side.HIGH else -rule.limit_c


def _new_limit(side: Side, limit_c: float) -> LimitRule:
    return LimitRule(
        name=f"warn_{side.value}",
        side=side,
        limit_c=limit_c,
        severity=Severity.WARNING,
        on_delay_s=USUAL_DELAY_S,
    )


def _not_before(rule: CumulativeRule, side: Side, limit_c: float) -> CumulativeRule:
    if rule.side is not side or not _beyond(side, limit_c, rule.limit_c):
        return rule
    return replace(rule, limit_c=limit_c)


def _beyond(side: Side, one_c: float, other_c: float) -> bool:
    return one_c > other_c if side is Side.HIGH else one_c < other_c


def _band(band: TemperatureBand, side: Side, limit_c: float) -> TemperatureBand:
    if side is Side.HIGH:
        return TemperatureBand(lower_c=band.lower_c, upper_c=limit_c)
    return TemperatureBand(lower_c=limit_c, upper_c=band.upper_c)
