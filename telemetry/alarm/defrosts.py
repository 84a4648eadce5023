"""Learns defrosts from a point's own history: short rises alike in shape, at regular times; pure.

A freezer that is well defrosts several times a day, and its air is above the limit for some minutes
each time. Nobody has to say when: three rises of similar height and length with similar times
between them are defrosts, the third of them already while it lasts. Doors open at odd times, and a
compressor that swings around the limit does so several times an hour; both stay what they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from telemetry.alarm.state import Run

HOUR_MS = 3_600_000
MOST_RUNS = 24
LONGEST_RUN_MS = HOUR_MS
"""A longer rise is no defrost."""

REMEMBERED_MS = 7 * 24 * HOUR_MS
SHORTEST_RHYTHM_MS = 5 * HOUR_MS // 2
"""More often than this nobody defrosts."""

LONGEST_RHYTHM_MS = 26 * HOUR_MS
RHYTHM_SLACK = 0.2
"""How much the times between three defrosts may differ, as a share of the longer one."""

SHAPE_SLACK = 0.5
"""How much lengths and heights of two may differ, as a share of the larger one."""

LENGTH_SLACK_MS = 5 * 60_000
RISE_SLACK_C = 1.0
"""Differences that always pass: samples are minutes apart, and rounded."""


def remember(runs: tuple[Run, ...], run: Run) -> tuple[Run, ...]:
    """Add a finished run; where it completes a rhythm, it and its like are learned.

    Parameters
    ----------
    runs
        Finished runs, oldest first.
    run
        The newest one.
    """
    if run.to_ms - run.from_ms > LONGEST_RUN_MS or run.rise_c <= 0:
        return runs
    kept = [one for one in runs if run.from_ms - one.from_ms <= REMEMBERED_MS][-MOST_RUNS + 1 :]
    second = _latest_like(kept, run)
    first = None if second is None else _latest_like(kept[:second], kept[second])
    if second is None or first is None:
        return (*kept, run)
    if _is_rhythm(kept[first], kept[second], run.from_ms):
        kept[first] = replace(kept[first], learned=True)
        kept[second] = replace(kept[second], learned=True)
        run = replace(run, learned=True)
    return (*kept, run)


def learned(runs: Sequence[Run]) -> frozenset[int]:
    """Say when learned defrosts began."""
    return frozenset(run.from_ms for run in runs if run.learned)


def allowance_ms(runs: Sequence[Run], began_ms: int, rise_c: float) -> int:
    """Say how long a run that has begun may last and still be a defrost; 0 where it is none.

    Parameters
    ----------
    runs
        Finished runs, oldest first.
    began_ms
        When it began.
    rise_c
        How far above the limit it has gone up to now.
    """
    for place in range(len(runs) - 1, -1, -1):
        second = runs[place]
        earlier = _latest_like(runs[:place], second)
        if earlier is None:
            continue
        first = runs[earlier]
        if not _is_rhythm(first, second, began_ms):
            continue
        if rise_c > max(first.rise_c, second.rise_c) / (1 - SHAPE_SLACK) + RISE_SLACK_C:
            return 0
        longest = max(first.to_ms - first.from_ms, second.to_ms - second.from_ms)
        return longest + max(LENGTH_SLACK_MS, round(SHAPE_SLACK * longest))
    return 0


def _latest_like(runs: Sequence[Run], model: Run) -> int | None:
    """Find the newest run of a shape: were there one in between, the rhythm would be broken."""
    for place in range(len(runs) - 1, -1, -1):
        if _is_alike(runs[place], model):
            return place
    return None


def _is_alike(one: Run, other: Run) -> bool:
    lengths = one.to_ms - one.from_ms, other.to_ms - other.from_ms
    rises = one.rise_c, other.rise_c
    return abs(lengths[0] - lengths[1]) <= max(LENGTH_SLACK_MS, SHAPE_SLACK * max(lengths)) and abs(
        rises[0] - rises[1]
    ) <= max(RISE_SLACK_C, SHAPE_SLACK * max(rises))


def _is_rhythm(first: Run, second: Run, third_ms: int) -> bool:
    """Say whether three come at regular times; among known defrosts one may have been too small."""
    times = second.from_ms - first.from_ms, third_ms - second.from_ms
    shorter, longer = min(times), max(times)
    if shorter < SHORTEST_RHYTHM_MS or longer > LONGEST_RHYTHM_MS:
        return False
    missed = longer - 2 * shorter if first.learned else longer
    return min(longer - shorter, abs(missed)) <= RHYTHM_SLACK * longer
