"""What is kept of one point: its alarm machine, its excursion, its estimate, its recent past."""

from __future__ import annotations

from math import isfinite

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.excursion import Fold, fold, order
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import PointState, Sample, Watch
from telemetry.alarm.step import fresh
from telemetry.alarm.words import Alarm, AlarmKind, Excursion
from telemetry.estimate.estimator import STEP_MS, Thermal, unknown
from telemetry.estimate.words import Outlook
from telemetry.monitor.surroundings import Surroundings
from telemetry.readings import Channel, Reading
from telemetry.registry import Point

FRESH_FOR_INTERVALS = 3
"""A sensor that has been silent for longer says nothing of the air any more."""

REMEMBERED_MS = 7 * 24 * 3_600_000
MOST_REMEMBERED = 64
KEPT_MS = 24 * 3_600_000
"""How long before the first start a point that is always watched was watched already: sensors may
have kept what they measured meanwhile."""


class Course(Struct, frozen=True):
    """The excursion of a point as its stream goes on.

    Parameters
    ----------
    last
        The newest sample.
    values
        The newest sample of each sensor, where there are several.
    """

    fold: Fold = Fold()
    last: Sample | None = None
    values: tuple[Sample, ...] = ()

    def is_behind(self, sample: Sample) -> bool:
        """Say whether a sample belongs before one that was taken already."""
        last = self.last
        if last is None or sample.at_ms > last.at_ms:
            return False
        return order(sample) < order(last)


def advance(
    course: Course, sample: Sample, band: TemperatureBand, interval_s: int, point: str
) -> tuple[Course, Excursion | None]:
    """Take one more sample of a point; of several sensors the one that is worst off counts."""
    last = course.last
    if not course.values and (last is None or last.sensor == sample.sensor):
        folded, ended = fold(course.fold, sample, band, interval_s, point=point)
        return Course(folded, sample), ended
    since_ms = sample.at_ms - 1000 * FRESH_FOR_INTERVALS * interval_s
    others = course.values or (() if last is None else (last,))
    values = (
        *(one for one in others if one.sensor != sample.sensor and one.at_ms >= since_ms),
        sample,
    )
    worst = min(values, key=lambda one: band.margin_c(one.value_c))
    counted = sample if worst.value_c in band else Sample(sample.at_ms, worst.value_c)
    folded, ended = fold(course.fold, counted, band, interval_s, point=point)
    return Course(folded, sample, values if len(values) > 1 else ()), ended


class Span(Struct, frozen=True):
    """A time at which a point was watched; None lasts."""

    from_ms: int
    to_ms: int | None = None


class Stretch(Struct, frozen=True):
    """A time over which an alarm of a kind stood."""

    kind: AlarmKind
    from_ms: int
    to_ms: int | None = None

    def touches(self, from_ms: int, to_ms: int) -> bool:
        """Say whether it shares an instant with another time."""
        return self.from_ms <= to_ms and (self.to_ms is None or self.to_ms >= from_ms)


class Touched(Struct, frozen=True):
    """From when to when late readings lie at a point."""

    from_ms: int
    to_ms: int

    def with_instant(self, at_ms: int) -> Touched:
        """Stretch it so that it holds an instant."""
        return Touched(min(self.from_ms, at_ms), max(self.to_ms, at_ms))


class Saved(Struct, frozen=True):
    """What is stored of a point.

    Parameters
    ----------
    thermal, outlook
        Its estimate, and what that said last; None where nothing is foreseen, or was yet.
    """

    state: PointState
    course: Course
    armed: tuple[Span, ...] = ()
    alarmed: tuple[Stretch, ...] = ()
    touched: Touched | None = None
    thermal: Thermal | None = None
    outlook: Outlook | None = None

    def encoded(self) -> bytes:
        """Give it as bytes."""
        return _ENCODER.encode(self)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Saved)


def can_foresee(profile: Profile) -> bool:
    """Say whether there is something to foresee: goods that follow the air, and an edge."""
    band = profile.band
    has_edge = isfinite(band.lower_c) or isfinite(band.upper_c)
    return has_edge and profile.product_lag_s is not None


class Seat:
    """One point among all, and what changes of it.

    Parameters
    ----------
    point, profile
        What it is, and the rules that it is watched by.
    interval_s
        How often its sensors report.
    now_ms
        When its watch begins, where it is always watched.

    Attributes
    ----------
    behind_ms
        How long the newest sample was on its way. While sensors send what they have kept, time of
        a point is so far behind ours: what has not come yet is not held against it.
    surroundings, beside
        Doors and unit; the seat of the point behind its bulkhead, None where none is declared.
    outlook, shown
        The newest that its estimate said, and the one that is stored; None where none is.
    """

    __slots__ = (
        "_calm",
        "_count",
        "_course",
        "_last_ms",
        "_step_ms",
        "_thermal",
        "_total_c",
        "alarmed",
        "armed",
        "behind_ms",
        "beside",
        "clean_ms",
        "ended",
        "interval_s",
        "last_ended",
        "outlook",
        "point",
        "profile",
        "queued_ms",
        "saved_ms",
        "setpoint_c",
        "shown",
        "state",
        "surroundings",
        "touched",
        "written_ms",
    )

    def __init__(self, point: Point, profile: Profile, interval_s: int, now_ms: int) -> None:
        self.point = point
        self.profile = profile
        self.interval_s = interval_s
        self.state = fresh(point.id, always_armed=point.always_armed)
        self._course = Course()
        self._calm: Sample | None = None
        self.armed: tuple[Span, ...] = ()
        self.alarmed: tuple[Stretch, ...] = ()
        self.ended: list[Excursion] = []
        self.last_ended: Excursion | None = None
        self.surroundings = Surroundings()
        self._thermal = unknown() if can_foresee(profile) else None
        self._last_ms = self._step_ms = self._count = 0
        self._total_c = 0.0
        self.outlook: Outlook | None = None
        self.beside: Seat | None = None
        self.shown: Outlook | None = None
        self.setpoint_c: float | None = None
        self.clean_ms: int | None = None
        self.queued_ms: int | None = None
        self.saved_ms = now_ms
        self.touched: Touched | None = None
        self.written_ms: int | None = None
        self.behind_ms = 0
        self.begin(now_ms, KEPT_MS)

    def begin(self, now_ms: int, kept_ms: int) -> None:
        """Have the watch of a point that is always watched begin; silence counts from now.

        Parameters
        ----------
        now_ms
            When the monitor starts.
        kept_ms
            How long it has been watched already: what its sensors kept from then on is judged.
        """
        if self.state.always_armed:
            from_ms = now_ms - kept_ms
            self.state = replace(
                self.state, watch=Watch.ARMED, watch_since_ms=from_ms, excused_ms=now_ms
            )
            self.armed = (*self.armed, Span(from_ms))

    # Of nearly every sample it follows only that it was the newest one: a few figures change, and
    # the objects that are stored are made of them when somebody asks.

    @property
    def course(self) -> Course:
        """The excursion of the point."""
        last = self._calm
        if last is not None and last is not self._course.last:
            self._course = Course(Fold(last.at_ms), last)
        return self._course

    @course.setter
    def course(self, course: Course) -> None:
        self._course = course
        is_calm = course.fold.stay is None and not course.values
        self._calm = course.last if is_calm else None

    def stays_inside(self, sample: Sample) -> bool:
        """Take a sample where nothing but its time is news: one sensor, inside its band as before.

        Says whether that was so; where it was not, nothing has changed.
        """
        last, band = self._calm, self.profile.band
        if (
            last is None
            or sample.at_ms <= last.at_ms
            or sample.sensor != last.sensor
            or not band.lower_c <= sample.value_c <= band.upper_c
        ):
            return False
        self._calm = sample
        return True

    @property
    def thermal(self) -> Thermal | None:
        """The estimate of the point; None where nothing is foreseen."""
        thermal = self._thermal
        if thermal is not None and self._count != thermal.count:
            thermal = self._thermal = replace(
                thermal, last_ms=self._last_ms, total_c=self._total_c, count=self._count
            )
        return thermal

    @thermal.setter
    def thermal(self, thermal: Thermal | None) -> None:
        self._thermal = thermal
        self._last_ms = self._step_ms = self._count = 0
        self._total_c = 0.0
        if thermal is not None:
            self._total_c, self._count = thermal.total_c, thermal.count
            if thermal.last_ms is not None and thermal.stepped_ms is not None:
                self._last_ms, self._step_ms = thermal.last_ms, thermal.stepped_ms + STEP_MS

    def gathers(self, sample: Sample) -> bool:
        """Keep a sample for the next step of the estimate; say whether that may still wait."""
        if not self._last_ms <= sample.at_ms < self._step_ms:
            return False
        self._last_ms = sample.at_ms
        self._total_c += sample.value_c
        self._count += 1
        return True

    def own_ms(self, now_ms: int, patience_ms: int) -> int:
        """Say what time it is here: that of the newest sample, or what may be known without one.

        Parameters
        ----------
        now_ms
            Our clock.
        patience_ms
            How long a sample may be awaited.
        """
        return max(self.state.last_ms or 0, now_ms - self.behind_ms - patience_ms)

    def our_ms(self, own_ms: int, patience_ms: int) -> int:
        """Say by our clock when an instant here will have come; the reverse of ``own_ms``.

        Parameters
        ----------
        own_ms
            The point's clock.
        patience_ms
            As for ``own_ms``.
        """
        if own_ms <= (self.state.last_ms or 0):
            return own_ms
        return own_ms + self.behind_ms + patience_ms

    def note(self, reading: Reading) -> None:
        """Note what is known of a point besides its temperature."""
        if reading.channel is Channel.SETPOINT:
            self.setpoint_c = reading.value
        else:
            self.surroundings.note(reading)

    def note_change(self, before: PointState) -> None:
        """Note where watching and alarms begin and end, as the state has changed."""
        state = self.state
        if state.watch is not before.watch:
            self.armed = _spans(self.armed, before, state)
        if state.alarms is not before.alarms:
            self.alarmed = stretches(self.alarmed, before.alarms, state)

    def was_armed(self, at_ms: int) -> Span | None:
        """Give the time of watching that an instant belongs to; None where nobody watched."""
        for span in self.armed:
            if span.from_ms <= at_ms and (span.to_ms is None or at_ms < span.to_ms):
                return span
        return None

    def recall(self, payload: bytes) -> None:
        """Take up what was stored before a restart.

        Raises
        ------
        msgspec.ValidationError
            It was stored by something else.
        """
        saved = _DECODER.decode(payload)
        always, now_ms = self.state.always_armed, self.state.excused_ms
        self.state = saved.state
        if saved.state.always_armed is not always:
            self.state = replace(saved.state, always_armed=always)
        self.course = saved.course
        self.armed = saved.armed
        self.alarmed = saved.alarmed
        self.touched = saved.touched
        if self.thermal is not None:
            self.thermal = saved.thermal or self.thermal
            self.outlook = self.shown = saved.outlook
        is_off = saved.state.watch is Watch.OFF and saved.state.watch_until_ms is None
        if always and is_off and now_ms is not None:
            # The registry has made a room of it since.
            self.begin(now_ms, 0)


def _spans(spans: tuple[Span, ...], before: PointState, after: PointState) -> tuple[Span, ...]:
    at_ms = after.watch_since_ms or 0
    if before.watch is Watch.ARMED and spans and spans[-1].to_ms is None:
        spans = (*spans[:-1], Span(spans[-1].from_ms, at_ms))
    if after.watch is Watch.ARMED:
        spans = (*spans, Span(at_ms))
    return tuple(
        span for span in spans if span.to_ms is None or at_ms - span.to_ms <= REMEMBERED_MS
    )[-MOST_REMEMBERED:]


def stretches(
    known: tuple[Stretch, ...], before: tuple[Alarm, ...], state: PointState
) -> tuple[Stretch, ...]:
    """Bring up to date over which times alarms stood."""
    now_ms = state.last_ms or 0
    by_key = {(one.kind, one.from_ms): one for one in known}
    here = {alarm.id for alarm in state.alarms}
    gone = [alarm for alarm in before if alarm.id not in here]
    for alarm in (*gone, *state.alarms):
        to_ms = alarm.closed_ms if alarm.cleared_ms is None else alarm.cleared_ms
        key = (alarm.kind, alarm.began_ms)
        if alarm.id not in here and to_ms is None:
            # It left the state as it ended: not before the newest sample.
            to_ms = now_ms
        by_key[key] = Stretch(alarm.kind, alarm.began_ms, to_ms)
    kept = [
        one for one in by_key.values() if one.to_ms is None or now_ms - one.to_ms <= REMEMBERED_MS
    ]
    return tuple(sorted(kept, key=lambda one: one.from_ms))[-MOST_REMEMBERED:]
