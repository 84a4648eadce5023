"""Counts time outside a limit over a window that moves, and says when it becomes too much; pure.

A stay lasts from the first sample outside to the first one inside: silence in between counts, for
unknown is never normal. Learned defrosts are left out where the rule says so. What lies in the
window is kept as a few pieces, so that memory is bounded however often the air crosses the limit.
"""

from __future__ import annotations

from collections.abc import Sequence

from telemetry.alarm import defrosts
from telemetry.alarm.rules import CumulativeRule, Side
from telemetry.alarm.state import Outside, Piece, PointState, Run, Tally

MOST_PIECES = 64
"""With more of them, the two that lie closest together become one."""


def tally_of(state: PointState, rule: CumulativeRule) -> Tally:
    """Give what a rule has counted; nothing yet, where the point has been armed anew."""
    since_ms = state.watch_since_ms
    for tally in state.tallies:
        if tally.rule == rule.name and tally.since_ms == since_ms:
            return tally
    return Tally(rule.name, since_ms=since_ms)


def with_tally(tallies: tuple[Tally, ...], tally: Tally) -> tuple[Tally, ...]:
    """Put a rule's count in the place of its last one."""
    return (*(one for one in tallies if one.rule != tally.rule), tally)


def add(rule: CumulativeRule, tally: Tally, from_ms: int, to_ms: int) -> Tally:
    """Add a finished stay, and drop what has left the window."""
    kept = list(tally.pieces)
    if rule.window_s is not None:
        begin_ms = to_ms - 1000 * rule.window_s
        kept = [piece for piece in kept if piece.to_ms > begin_ms]
    kept.append(Piece(from_ms, to_ms, to_ms - from_ms))
    while len(kept) > MOST_PIECES:
        _join_closest(kept)
    return Tally(rule.name, tuple(kept), tally.since_ms)


def _join_closest(pieces: list[Piece]) -> None:
    places = range(len(pieces) - 1)
    place = min(places, key=lambda at: pieces[at + 1].from_ms - pieces[at].to_ms)
    one, other = pieces[place], pieces[place + 1]
    joined = Piece(one.from_ms, other.to_ms, one.outside_ms + other.outside_ms)
    pieces[place : place + 2] = [joined]


def sum_ms(
    rule: CumulativeRule, tally: Tally, runs: Sequence[Run], began_ms: int | None, at_ms: int
) -> int:
    """Sum up the time outside in the window that ends at an instant.

    Parameters
    ----------
    rule, tally
        What is counted, and what was.
    runs
        What is known of defrosts.
    began_ms
        When the stay began that lasts now; None where the air is inside.
    at_ms
        The end of the window.
    """
    return _sum_ms(rule, _counted(rule, tally, runs), began_ms, at_ms)


def deadline_ms(rule: CumulativeRule, tally: Tally, runs: Sequence[Run], outside: Outside) -> int:
    """Say when the sum reaches what is allowed, if the air stays outside."""
    began_ms, most_ms = outside.began_ms, 1000 * rule.most_s
    pieces = _counted(rule, tally, runs)
    at_ms = began_ms
    total = _sum_ms(rule, pieces, began_ms, at_ms)
    for corner_ms in _corners(rule, pieces, began_ms, most_ms):
        later = _sum_ms(rule, pieces, began_ms, corner_ms)
        if later >= most_ms:
            share = (most_ms - total) / max(1, later - total)
            at_ms += max(0, round(share * (corner_ms - at_ms)))
            break
        at_ms, total = corner_ms, later
    if rule.without_defrosts and rule.side is Side.HIGH:
        allowed_ms = defrosts.allowance_ms(runs, began_ms, outside.peak - rule.limit_c)
        return max(at_ms, began_ms + allowed_ms)
    return at_ms


def _corners(
    rule: CumulativeRule, pieces: Sequence[Piece], began_ms: int, most_ms: int
) -> list[int]:
    """Name the instants between which the sum grows evenly; by the last it is full."""
    full_ms = began_ms + most_ms
    if rule.window_s is None:
        return [full_ms]
    window_ms = 1000 * rule.window_s
    ends = {edge + window_ms for piece in pieces for edge in (piece.from_ms, piece.to_ms)}
    return sorted({end for end in ends if began_ms < end < full_ms} | {full_ms})


def _counted(rule: CumulativeRule, tally: Tally, runs: Sequence[Run]) -> Sequence[Piece]:
    if not (rule.without_defrosts and rule.side is Side.HIGH):
        return tally.pieces
    begins = defrosts.learned(runs)
    return [piece for piece in tally.pieces if piece.from_ms not in begins]


def _sum_ms(rule: CumulativeRule, pieces: Sequence[Piece], began_ms: int | None, at_ms: int) -> int:
    total = sum(_share_ms(rule, piece, at_ms) for piece in pieces)
    if began_ms is not None:
        total += _share_ms(rule, Piece(began_ms, at_ms, at_ms - began_ms), at_ms)
    return int(total)


def _share_ms(rule: CumulativeRule, piece: Piece, at_ms: int) -> float:
    """Give the part of a piece that lies in the window."""
    if rule.window_s is None or piece.to_ms <= piece.from_ms:
        return piece.outside_ms
    begin_ms = at_ms - 1000 * rule.window_s
    if piece.from_ms >= begin_ms:
        return piece.outside_ms
    inside = max(0, piece.to_ms - begin_ms) / (piece.to_ms - piece.from_ms)
    return inside * piece.outside_ms
