"""What a watcher made of one failure: whether it was in time, and how good its forecasts were."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from telemetry.scoring.clean import Clean, calls
from telemetry.scoring.injection import Episode
from telemetry.scoring.material import MINUTE_MS
from telemetry.scoring.watchers import Foretold, Turn, Watcher

GRACE_MS = 30 * MINUTE_MS
"""Where the breach comes sooner than this, so much time is allowed."""

FORECAST_EVERY_MS = 15 * MINUTE_MS
ASKED_BEFORE_MS = (60 * MINUTE_MS, 30 * MINUTE_MS)
"""How long before the breach a forecast is held against it."""

STALE_FORECAST_MS = 20 * MINUTE_MS


class Verdict(Struct, frozen=True, kw_only=True):
    """What a watcher made of a failure.

    Parameters
    ----------
    raised_ms
        Its first alarm after the failure; None where it raised none.
    alarm
        Which kind that was.
    is_in_time
        Whether there is a breach, and that alarm came no later, or within half an hour.
    wrong_claims
        Calls that said that the band is left, where it never is.
    false_before
        False calls on the day of the clean trace that came before.
    error_ms
        How far the forecasts of an hour and half an hour before the breach were off; None where
        there was none.
    held, below, above
        Forecasts between alarm and breach whose range held the truth, and whose truth was sooner
        or later.
    """

    subject: int
    kind: str
    tau_h: float | None
    failed_ms: int
    breach_ms: int | None
    raised_ms: int | None = None
    alarm: str | None = None
    temperature_c: float | None = None
    is_in_time: bool = False
    wrong_claims: int = 0
    false_before: float = 0.0
    error_ms: tuple[float | None, ...] = (None, None)
    held: int = 0
    below: int = 0
    above: int = 0


def verdict(watcher: Watcher, episode: Episode, clean: Clean) -> Verdict:
    """Let a watcher see a failure.

    Parameters
    ----------
    watcher
        As it was when it failed; it is used up.
    episode
        The failure.
    clean
        What this watcher made of the trace without it.
    """
    said = [(sample.at_ms, watcher.take(sample)) for sample in episode.samples]
    turns = [turn for _, each in said for turn in each.turns]
    first = next((turn for turn in turns if turn.on), None)
    breach_ms = episode.breach_ms
    result = Verdict(
        subject=episode.subject,
        kind=episode.kind,
        tau_h=episode.tau_h,
        failed_ms=episode.failed_ms,
        breach_ms=breach_ms,
        raised_ms=None if first is None else first.at_ms,
        alarm=None if first is None else first.kind,
        temperature_c=None if first is None else episode.truth_at(first.at_ms),
        false_before=clean.false_on_day_before(episode.failed_ms),
    )
    if breach_ms is None:
        return replace(result, wrong_claims=_claims(turns, watcher.claims))
    latest_ms = max(breach_ms, episode.failed_ms + GRACE_MS)
    in_time = first is not None and first.at_ms <= latest_ms
    forecasts = [(at_ms, each.foretold) for at_ms, each in said if each.anew]
    held, below, above = _ranges(forecasts, breach_ms, result.raised_ms)
    return replace(
        result,
        is_in_time=in_time,
        error_ms=tuple(_error_ms(forecasts, breach_ms, ahead) for ahead in ASKED_BEFORE_MS),
        held=held,
        below=below,
        above=above,
    )


def _claims(turns: Iterable[Turn], claims: frozenset[str]) -> int:
    return len(calls(turn for turn in turns if turn.kind in claims))


def _error_ms(
    forecasts: Sequence[tuple[int, Foretold | None]], breach_ms: int, ahead_ms: int
) -> float | None:
    asked_ms = breach_ms - ahead_ms
    latest = _latest(forecasts, asked_ms)
    return None if latest is None else abs(latest.breach_ms - breach_ms)


def _latest(forecasts: Sequence[tuple[int, Foretold | None]], at_ms: int) -> Foretold | None:
    """Give what was said last by an instant; None where that was too long ago, or nothing."""
    place = bisect_right(forecasts, at_ms, key=lambda one: one[0]) - 1
    if place < 0 or forecasts[place][0] < at_ms - STALE_FORECAST_MS:
        return None
    return forecasts[place][1]


def _ranges(
    forecasts: Sequence[tuple[int, Foretold | None]], breach_ms: int, raised_ms: int | None
) -> tuple[int, int, int]:
    """Count forecasts from the alarm on, every quarter of an hour, by where the truth lay."""
    held = below = above = 0
    if raised_ms is None:
        return held, below, above
    for at_ms in range(raised_ms, breach_ms, FORECAST_EVERY_MS):
        said = _latest(forecasts, at_ms)
        if said is None or said.early_ms is None or said.late_ms is None:
            continue
        below += breach_ms < said.early_ms
        above += breach_ms > said.late_ms
        held += said.early_ms <= breach_ms <= said.late_ms
    return held, below, above
