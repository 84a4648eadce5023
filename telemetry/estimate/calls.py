"""What is worth telling: cooling that is missing, and a breach that is foreseen.

Who is called for nothing stops looking. So what may still come to nothing is a notice: it stands on
the board with its forecast and calls nobody. It becomes a warning when nine futures in ten lead out
of the band and half of the way is gone, and critical when little time is left besides. After a
notice that came to nothing there is doubt for a while (``remembered.Doubt``): then only a breach is
told that is near and likely, or that air leads to which has warmed for longer than it ever did in
vain.
"""

from __future__ import annotations

from telemetry.alarm.raising import Cause
from telemetry.alarm.rules import Side
from telemetry.alarm.sensors import DRIFT
from telemetry.alarm.words import CAPACITY, AlarmKind, Severity
from telemetry.estimate.remembered import Warming, Watcher
from telemetry.estimate.sensing import Doubtful
from telemetry.estimate.words import Forecast

LIKELY, UNLIKELY = 0.5, 0.3
"""A breach is foreseen from the one chance on, until it is less than the other."""

LIKELIER = 0.7
NEAR_MS = 3 * 3_600_000
"""The same while there is doubt, and how near it has to be then."""

SURE = 0.9
SURE_WAY = 0.5
SURE_SWINGS = 3.0
"""From this chance on a breach is a warning, once the air has gone this share of the way from the
usual to the edge. Where the edge is not so many swings away, the air may pass it any day and come
back: whether it stays there is for the limits to say."""

SOON_MS = 3_600_000
"""A sure breach that is nearer is critical."""

FORESEEN_MS = 4 * 3_600_000
"""What lies farther ahead is in the forecast alone."""

LASTING_MS = 12 * 3_600_000
"""Cooling that has been missing for so long is a warning, wherever it leads."""

MINUTE_MS = 60_000


_RULES = {kind: kind.value for kind in (AlarmKind.PREDICTED, AlarmKind.NO_COOLING)}


def is_foreseen(watcher: Watcher, ahead: Forecast | None, *, before: bool, at_ms: int) -> bool:
    """Say whether a breach is foreseen.

    Parameters
    ----------
    watcher
        After the sample; something is wrong there.
    ahead
        None where the goods are beyond the edge already.
    before
        Whether it was foreseen up to now.
    at_ms
        Now.
    """
    if ahead is None:
        return True
    if before:
        return ahead.chance >= UNLIKELY
    if _is_doubted(watcher, at_ms) and not watcher.outlasts(at_ms / MINUTE_MS):
        return ahead.chance >= LIKELIER and _is_within(ahead.breach_ms, at_ms, NEAR_MS)
    return ahead.chance >= LIKELY and _is_within(ahead.breach_ms, at_ms, FORESEEN_MS)


def causes_of(
    watcher: Watcher, ahead: Forecast | None, *, foreseen: bool, side: Side, edge_c: float,
    at_ms: int,
) -> tuple[Cause, ...]:  # fmt: skip
    """Give what ought to stand as an alarm.

    Parameters
    ----------
    watcher
        After the sample.
    ahead
        None where the goods are beyond the edge already.
    foreseen
        Whether a breach is.
    side, edge_c
        Which edge of the band.
    at_ms
        Now.
    """
    warming = watcher.warming
    if warming is None:
        return ()
    value_c = warming.trend.air_c if side is Side.HIGH else -warming.trend.air_c
    began_ms = round(warming.from_min * MINUTE_MS)
    causes = []
    if foreseen:
        severity = _urgency(watcher, ahead, edge_c=edge_c, side=side, at_ms=at_ms)
        causes.append(_cause(AlarmKind.PREDICTED, severity, began_ms, value_c, edge_c))
    threatens = ahead is None or _is_within(ahead.early_ms, at_ms, FORESEEN_MS)
    is_believed = foreseen or not _is_doubted(watcher, at_ms) or warming.was_called
    if side is Side.HIGH and is_believed and (threatens or warming.was_called):
        lasts = at_ms - warming.found_min * MINUTE_MS >= LASTING_MS
        severity = Severity.WARNING if lasts else Severity.INFO
        causes.append(_cause(AlarmKind.NO_COOLING, severity, began_ms, value_c, edge_c))
    return tuple(causes)


def capacity_of(since_min: float, value_c: float, edge_c: float) -> Cause:
    """Word that a unit has lost a part of its capacity; a notice, for the air is as it should be.

    Parameters
    ----------
    since_min
        Since when.
    value_c, edge_c
        The air, and the upper edge of its band.
    """
    return Cause(
        kind=AlarmKind.NO_COOLING,
        severity=Severity.INFO,
        rule=CAPACITY,
        began_ms=round(since_min * MINUTE_MS),
        value=value_c,
        peak=value_c,
        limit=edge_c,
    )


def fault_of(doubtful: Doubtful) -> Cause:
    """Word that a sensor says what no air does.

    Parameters
    ----------
    doubtful
        What it said, for long enough. Value and limit are in K: how far it is from what was before,
        and how far from that air may be at most; of a value that is stuck both are 0.
    """
    away_c = abs(doubtful.level_c - doubtful.base_c)
    return Cause(
        kind=AlarmKind.SENSOR_FAULT,
        severity=Severity.WARNING,
        rule=doubtful.rule,
        began_ms=round(doubtful.from_min * MINUTE_MS),
        value=away_c,
        peak=away_c,
        limit=doubtful.most_c,
    )


def drift_of(warming: Warming, mean_c: float, swing_c: float) -> Cause:
    """Word that a reading climbs while its unit goes on cooling.

    Parameters
    ----------
    warming
        What it looks like.
    mean_c, swing_c
        Where the air usually is, and how far it moves. Value and limit are in K, as of a jump.
    """
    level_c = warming.trend.air_c
    return fault_of(Doubtful(DRIFT, warming.from_min, mean_c, level_c, swing_c, is_sure=True))


def _urgency(
    watcher: Watcher, ahead: Forecast | None, *, edge_c: float, side: Side, at_ms: int
) -> Severity:
    """Say how urgent a breach is that is foreseen."""
    level_c = edge_c if side is Side.HIGH else -edge_c
    if level_c - watcher.mean_c < SURE_SWINGS * watcher.swing_c:
        return Severity.INFO
    if ahead is None:
        return Severity.CRITICAL
    if ahead.chance < SURE or watcher.way_to(level_c) < SURE_WAY:
        return Severity.INFO
    soon = _is_within(ahead.breach_ms, at_ms, SOON_MS)
    return Severity.CRITICAL if soon else Severity.WARNING


def _is_doubted(watcher: Watcher, at_ms: int) -> bool:
    return at_ms < watcher.doubt.until_min * MINUTE_MS


def _is_within(instant_ms: int | None, at_ms: int, span_ms: int) -> bool:
    return instant_ms is not None and instant_ms - at_ms <= span_ms


def _cause(
    kind: AlarmKind, severity: Severity, began_ms: int, value_c: float, edge_c: float
) -> Cause:
    return Cause(
        kind=kind,
        severity=severity,
        rule=_RULES[kind],
        began_ms=began_ms,
        value=value_c,
        peak=value_c,
        limit=edge_c,
    )
