"""Evaluates anew the stretch of a point's history that late readings touch.

The stretch goes from the last instant before them at which the air was inside its band to the
first one after them. Its excursions are folded from the stored readings in the order of their time,
so that they are the same in whatever order the readings came. ``late_alarms`` lets the rules go
over the same readings.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from telemetry.alarm.excursion import order, so_far
from telemetry.alarm.state import PointState, Sample
from telemetry.alarm.words import AlarmEvent, Excursion
from telemetry.monitor.late_alarms import Judged, is_quiet, judge_anew
from telemetry.monitor.seats import FRESH_FOR_INTERVALS, Course, Seat, Stretch, Touched, advance
from telemetry.ports import Ledger
from telemetry.readings import Channel
from telemetry.registry import Registry

HOUR_MS = 3_600_000
WARM_UP_MS = HOUR_MS
"""Every sensor of a point has spoken by then, so that the worst of them is known."""

FIRST_LOOK_BACK_MS = 3 * HOUR_MS
LONGEST_LOOK_BACK_MS = 64 * 24 * HOUR_MS
LOOK_AHEAD_MS = 3 * HOUR_MS


class Correction(Struct, frozen=True, kw_only=True):
    """What late readings change at a point.

    Parameters
    ----------
    from_ms, to_ms
        The stretch whose excursions these are; None is to the newest reading.
    course
        How the excursion stands now; None where the stretch ends before.
    clean_ms
        Since when all is well, as far as is known; None where it is not.
    """

    from_ms: int
    to_ms: int | None
    rows: tuple[Excursion, ...]
    course: Course | None
    state: PointState
    alarmed: tuple[Stretch, ...]
    events: tuple[AlarmEvent, ...]
    clean_ms: int | None


def correct(
    seat: Seat, touched: Touched, registry: Registry, ledger: Ledger, now_ms: int
) -> Correction:
    """Evaluate anew what late readings touch."""
    newest_ms = max(seat.state.last_ms or touched.to_ms, touched.to_ms)
    end_ms = min(touched.to_ms + LOOK_AHEAD_MS, newest_ms)
    back_ms = FIRST_LOOK_BACK_MS
    while True:
        samples = samples_of(seat, registry, ledger, touched.from_ms - back_ms, end_ms)
        walk = _walk(seat, samples, touched, whole=back_ms >= LONGEST_LOOK_BACK_MS)
        if walk is not None and (walk.to_ms is not None or end_ms >= newest_ms):
            break
        if walk is None:
            back_ms = min(4 * back_ms, LONGEST_LOOK_BACK_MS)
        else:
            end_ms = newest_ms
    return _corrected(seat, samples, walk, now_ms)


def samples_of(
    seat: Seat, registry: Registry, ledger: Ledger, from_ms: int, to_ms: int
) -> list[Sample]:
    """Give what was measured at a point, corrected and in order; both ends belong to it."""
    stays = registry.placements_at(seat.point.id)
    sensors = sorted({stay.sensor for stay in stays})
    found: list[Sample] = []
    for reading in ledger.readings(sensors, Channel.TEMPERATURE, from_ms, to_ms + 1):
        stay = registry.place(reading.sensor, reading.at_ms)
        if stay is not None and stay.point == seat.point.id:
            value_c = stay.corrected_c(reading.value)
            found.append(Sample(reading.at_ms, value_c, reading.sensor))
    found.sort(key=order)
    return found


# --- excursions ---------------------------------------------------------------------------------


class _Walk(Struct, frozen=True):
    """What a walk over the samples found: anchors on both sides, and rows between them."""

    from_ms: int
    to_ms: int | None
    rows: tuple[Excursion, ...]
    course: Course


def _walk(seat: Seat, samples: Sequence[Sample], touched: Touched, *, whole: bool) -> _Walk | None:
    """Walk over the samples; None where no anchor lies before what is touched."""
    course = Course()
    anchor_ms: int | None = None
    warm_ms = touched.from_ms - FIRST_LOOK_BACK_MS + WARM_UP_MS
    settled_ms = touched.to_ms + 1000 * FRESH_FOR_INTERVALS * seat.interval_s
    rows: list[Excursion] = []
    for sample in samples:
        course, ended = advance(course, sample, seat.profile.band, seat.interval_s, seat.point.id)
        if ended is not None:
            rows.append(ended)
        if course.fold.stay is None and warm_ms <= sample.at_ms < touched.from_ms:
            anchor_ms = sample.at_ms
        if course.fold.stay is None and sample.at_ms > settled_ms:
            break
    else:
        settled_ms = -1
    if anchor_ms is None:
        if samples and not whole and samples[0].at_ms < touched.from_ms:
            return None
        anchor_ms = min(samples[0].at_ms if samples else touched.from_ms, touched.from_ms) - 1
    lasting = so_far(course.fold, point=seat.point.id)
    every = rows if lasting is None else [*rows, lasting]
    kept = tuple(row for row in every if row.to_ms is None or row.to_ms > anchor_ms)
    end_ms = None if settled_ms < 0 or course.last is None else course.last.at_ms
    return _Walk(anchor_ms + 1, end_ms, kept, course)


def _corrected(seat: Seat, samples: Sequence[Sample], walk: _Walk, now_ms: int) -> Correction:
    at_end = walk.to_ms is None
    quiet = all(is_quiet(seat.profile, sample) for sample in samples)
    change = Judged(seat.state, seat.alarmed)
    if not quiet:
        change = judge_anew(seat, samples, now_ms, at_end=at_end)
    return Correction(
        from_ms=walk.from_ms,
        to_ms=walk.to_ms,
        rows=walk.rows,
        course=walk.course if at_end else None,
        state=change.state,
        alarmed=change.alarmed,
        events=change.events,
        clean_ms=walk.from_ms if quiet and at_end and not walk.rows else None,
    )
