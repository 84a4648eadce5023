"""Where breaks of the cold chain come from: by vehicle, room, lane and kind (C10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

MS_PER_MINUTE = 60_000


class CauseBy(Enum):
    """What breaks are counted by."""

    VEHICLE = "vehicle"
    ROOM = "room"
    LANE = "lane"
    KIND = "kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A stay of a point outside its product band, learned defrosts left out.

    Parameters
    ----------
    vehicle, room
        Where it was: one of the two, or neither for the cells of a pickup point.
    lane
        The grid warehouse or depot whose route the vehicle drove; None where that is not known.
    kind
        ``high`` or ``low``.
    from_ms, to_ms
        When; one that lasts is cut off at the present.
    unknown_minutes
        How much of it lies in gaps.
    """

    point: str
    vehicle: str | None
    room: str | None
    lane: str | None
    kind: str
    from_ms: int
    to_ms: int
    unknown_minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseCount:
    """What happened under one name.

    Parameters
    ----------
    breaks
        How many began in the stretch of time that is counted.
    minutes
        How long it was outside in that stretch, unknown minutes among them.
    """

    by: CauseBy
    name: str
    breaks: int
    minutes: float
    unknown_minutes: float


def causes(breaks: Iterable[Break], from_ms: int, to_ms: int) -> list[CauseCount]:
    """Count breaks by everything that they can be put down to, the worst first.

    Parameters
    ----------
    breaks
        Those that touch the stretch of time.
    from_ms, to_ms
        The stretch of time; its end is not included.
    """
    counted: defaultdict[tuple[CauseBy, str], list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for one in breaks:
        length = one.to_ms - one.from_ms
        inside = min(one.to_ms, to_ms) - max(one.from_ms, from_ms)
        if inside < 0 or (inside == 0 and length > 0):
            continue
        share = inside / length if length > 0 else 1.0
        for key in _names(one):
            sums = counted[key]
            sums[0] += from_ms <= one.from_ms < to_ms
            sums[1] += inside / MS_PER_MINUTE
            sums[2] += one.unknown_minutes * share
    found = [
        CauseCount(
            by=by,
            name=name,
            breaks=int(number),
            minutes=round(minutes, 3),
            unknown_minutes=round(unknown, 3),
        )
        for (by, name), (number, minutes, unknown) in counted.items()
    ]
    return sorted(found, key=lambda one: (-one.minutes, -one.breaks, one.by.value, one.name))


def _names(one: Break) -> Iterator[tuple[CauseBy, str]]:
    if one.vehicle is not None:
        yield CauseBy.VEHICLE, one.vehicle
        yield CauseBy.LANE, one.lane or "unknown"
    if one.room is not None:
        yield CauseBy.ROOM, one.room
    yield CauseBy.KIND, one.kind
