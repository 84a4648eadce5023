"""What a watcher made of days on which nothing was injected: its calls, and which were false.

Alarms of one watcher that stand at the same time are one call: people are called once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from msgspec import Struct

from telemetry.alarm.words import Excursion
from telemetry.scoring.material import DAY_MS, HOUR_MS
from telemetry.scoring.watchers import Turn

SHORTEST_EXCURSION_MIN = 30.0
FORESIGHT_MS = 4 * HOUR_MS
"""An alarm so long before a real excursion is not false."""


class Standing(Struct, frozen=True):
    """A call: alarms that stood without a break."""

    from_ms: int
    to_ms: float
    kinds: frozenset[str]


class Clean(Struct, frozen=True, kw_only=True):
    """What a watcher made of the half in which nothing was injected.

    Parameters
    ----------
    subject
        Number of the trace.
    from_ms, to_ms
        How long it was.
    calls, raised
        All calls, and all single alarms.
    false
        When its false calls began.
    """

    subject: int = 0
    from_ms: int
    to_ms: int
    calls: int
    raised: int
    false: tuple[int, ...]

    @property
    def days(self) -> float:
        """Say how long it was."""
        return (self.to_ms - self.from_ms) / DAY_MS

    def false_on_day_before(self, at_ms: int) -> float:
        """Count false calls on the day before an instant; a short half is gone round and round."""
        length_ms = self.to_ms - self.from_ms
        whole, rest_ms = divmod(DAY_MS, length_ms)
        since = (at_ms - rest_ms - self.from_ms) % length_ms
        recent = sum((each - self.from_ms - since) % length_ms < rest_ms for each in self.false)
        return float(whole * len(self.false) + recent)


def calls(turns: Iterable[Turn]) -> list[Standing]:
    """Put alarms that stand at the same time together; the last call may stand still."""
    found: list[Standing] = []
    standing: set[str] = set()
    from_ms, kinds = 0, set[str]()
    for turn in turns:
        if turn.on:
            if not standing:
                from_ms, kinds = turn.at_ms, set()
            standing.add(turn.kind)
            kinds.add(turn.kind)
        elif turn.kind in standing:
            standing.discard(turn.kind)
            if not standing:
                found.append(Standing(from_ms, turn.at_ms, frozenset(kinds)))
    if standing:
        found.append(Standing(from_ms, inf, frozenset(kinds)))
    return found


def clean_verdict(
    turns: Sequence[Turn],
    excursions: Iterable[Excursion],
    from_ms: int,
    to_ms: int,
    *,
    subject: int = 0,
) -> Clean:
    """Judge a watcher on a trace as it is.

    Parameters
    ----------
    turns
        What it said.
    excursions
        Real ones of the trace.
    from_ms, to_ms
        How long it watched.
    subject
        Number of the trace.
    """
    real = [
        (one.from_ms, to_ms if one.to_ms is None else one.to_ms)
        for one in excursions
        if one.minutes >= SHORTEST_EXCURSION_MIN
    ]
    all_calls = calls(turns)
    false = tuple(one.from_ms for one in all_calls if not _is_excused(one, real))
    raised = sum(turn.on for turn in turns)
    return Clean(
        subject=subject,
        from_ms=from_ms,
        to_ms=to_ms,
        calls=len(all_calls),
        raised=raised,
        false=false,
    )


def _is_excused(call: Standing, real: Iterable[tuple[int, int]]) -> bool:
    return any(
        call.from_ms <= end_ms
        and (call.to_ms >= begin_ms or call.from_ms >= begin_ms - FORESIGHT_MS)
        for begin_ms, end_ms in real
    )
