"""What is worth calling somebody for: cooling that is missing, and a breach that is foreseen.

Who was called for nothing stops looking. After a call that came to nothing there is doubt for a
while (``watcher.Doubt``): then only a breach that is near and sure calls.
"""

from __future__ import annotations

from telemetry.alarm.raising import Cause
from telemetry.alarm.rules import Side
from telemetry.alarm.words import AlarmKind, Severity
from telemetry.estimate.watcher import Watcher
from telemetry.estimate.words import Forecast

LIKELY, UNLIKELY = 0.5, 0.3
"""A breach is foreseen from the one chance on, until it is less than the other."""

SURE = 0.7
NEAR_MS = 3 * 3_600_000
"""The same while there is doubt, and how near it has to be then."""

SOON_MS = 3_600_000
"""A breach that is nearer is critical."""

FORESEEN_MS = 3 * 3_600_000
"""What lies farther ahead is shown but calls nobody."""

MINUTE_MS = 60_000


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
    if _is_doubted(watcher, at_ms):
        return ahead.chance >= SURE and _is_within(ahead.breach_ms, at_ms, NEAR_MS)
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
        soon = ahead is None or _is_within(ahead.breach_ms, at_ms, SOON_MS)
        severity = Severity.CRITICAL if soon else Severity.WARNING
        causes.append(_cause(AlarmKind.PREDICTED, severity, began_ms, value_c, edge_c))
    threatens = ahead is None or _is_within(ahead.early_ms, at_ms, FORESEEN_MS)
    is_believed = foreseen or not _is_doubted(watcher, at_ms) or warming.was_called
    if side is Side.HIGH and is_believed and (threatens or warming.was_called):
        causes.append(_cause(AlarmKind.NO_COOLING, Severity.WARNING, began_ms, value_c, edge_c))
    return tuple(causes)


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
        rule=kind.value,
        began_ms=began_ms,
        value=value_c,
        peak=value_c,
        limit=edge_c,
    )
