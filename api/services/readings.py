"""Readings of a point or a sensor, and what became no reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from api.problem_details import Refusal
from api.services.points import corrected
from api.services.ranges import TimeRange, time_range
from api.storage.telemetry import TelemetryStore
from telemetry.ports import Bucket
from telemetry.readings import Aside, Channel, Reading, Reason
from telemetry.registry import Placement, Registry

USUAL = timedelta(hours=24)
MOST = timedelta(days=400)
COUNTS_USUAL = timedelta(hours=24)
BUCKET_MS = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsQuestion:
    """Which readings somebody wants: of one point or of one sensor.

    Parameters
    ----------
    start, end
        None means until now, and a day before that.
    limit
        Raw readings at most.
    """

    point: str | None
    sensor: str | None
    channel: Channel
    start: datetime | None
    end: datetime | None
    limit: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A reading with where its sensor was; None where the registry does not say."""

    reading: Reading
    placement: Placement | None

    @property
    def corrected(self) -> float:
        """Give the value with the sensor's offset."""
        return corrected(self.reading, self.placement)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsFound:
    """What was measured.

    Parameters
    ----------
    next_ms
        Where the rest begins, if this is not all.
    """

    range: TimeRange
    items: Sequence[Measured]
    next_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketsFound:
    """What was measured, in five-minute figures; values bear the sensor's offset."""

    range: TimeRange
    items: Sequence[Bucket]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stay:
    """A sensor, and the part of a range in which it counts."""

    sensor: str
    placement: Placement | None
    from_ms: int
    to_ms: int


class Readings:
    """Reads what was measured.

    Parameters
    ----------
    clock
        Gives the current instant.
    """

    def __init__(
        self, telemetry: TelemetryStore, registry: Registry, *, clock: Callable[[], datetime]
    ) -> None:
        self._telemetry = telemetry
        self._registry = registry
        self._clock = clock

    def raw(self, question: ReadingsQuestion) -> ReadingsFound:
        """Give readings as they came, by device time.

        Readings of one instant stay together, so an answer may be a few longer than asked for.

        Raises
        ------
        Refusal
            There is no such point, or the range cannot be answered.
        """
        wanted = self._range(question)
        store = self._telemetry()
        found: list[Measured] = []
        for stay in self._stays(question, wanted):
            readings = store.readings(
                [stay.sensor],
                question.channel,
                stay.from_ms,
                stay.to_ms,
                limit=question.limit + 1,
            )
            found += [Measured(reading=one, placement=stay.placement) for one in readings]
        found.sort(key=_order)
        if len(found) <= question.limit:
            return ReadingsFound(range=wanted, items=found, next_ms=None)
        cut_ms = found[question.limit].reading.at_ms
        items = list(takewhile(lambda one: one.reading.at_ms < cut_ms, found))
        if not items:
            # More of one instant than fit: they come whole, or the reader would never get on.
            items, cut_ms = self._instant(question, wanted, cut_ms), cut_ms + 1
        return ReadingsFound(range=wanted, items=items, next_ms=cut_ms)

    def buckets(self, question: ReadingsQuestion) -> BucketsFound:
        """Give five-minute figures, by sensor and time.

        Raises
        ------
        Refusal
            There is no such point, or the range cannot be answered.
        """
        wanted = self._range(question)
        store = self._telemetry()
        found = [
            _shifted(bucket, stay.placement)
            for stay in self._stays(question, wanted)
            for bucket in store.buckets([stay.sensor], question.channel, stay.from_ms, stay.to_ms)
        ]
        found.sort(key=lambda one: (one.at_ms, one.sensor))
        return BucketsFound(range=wanted, items=found)

    def counts(
        self, start: datetime | None, end: datetime | None
    ) -> tuple[TimeRange, Mapping[Reason, int]]:
        """Say how much became no reading, by reason; hours count whole.

        Raises
        ------
        Refusal
            The range cannot be answered.
        """
        wanted = time_range(start, end, now=self._clock(), usual=COUNTS_USUAL, most=MOST)
        return wanted, self._telemetry().counts(wanted.from_ms, wanted.to_ms)

    def asides(self, reason: Reason | None, limit: int) -> Sequence[Aside]:
        """Give what was kept aside, the newest first."""
        return self._telemetry().asides(reason=reason, limit=limit)

    def _range(self, question: ReadingsQuestion) -> TimeRange:
        return time_range(question.start, question.end, now=self._clock(), usual=USUAL, most=MOST)

    def _stays(self, question: ReadingsQuestion, wanted: TimeRange) -> list[_Stay]:
        """Say which sensors count when; a sensor that is asked for counts wherever it was."""
        if question.sensor is not None:
            return self._of_sensor(question.sensor, wanted)
        assert question.point is not None
        if question.point not in self._registry.points:
            raise Refusal("CG-7001", f"there is no point {question.point}")
        stays = [_stay(one, wanted) for one in self._registry.placements_at(question.point)]
        return [stay for stay in stays if stay.from_ms < stay.to_ms]

    def _of_sensor(self, sensor: str, wanted: TimeRange) -> list[_Stay]:
        """Cut a range where the sensor was moved, for its offset may have changed there."""
        begun, stays = wanted.from_ms, []
        for placement in self._registry.placements_of(sensor):
            stay = _stay(placement, wanted)
            if stay.from_ms >= stay.to_ms:
                continue
            if begun < stay.from_ms:
                stays.append(
                    _Stay(sensor=sensor, placement=None, from_ms=begun, to_ms=stay.from_ms)
                )
            stays.append(stay)
            begun = stay.to_ms
        if begun < wanted.to_ms:
            stays.append(_Stay(sensor=sensor, placement=None, from_ms=begun, to_ms=wanted.to_ms))
        return stays

    def _instant(self, question: ReadingsQuestion, wanted: TimeRange, at_ms: int) -> list[Measured]:
        store = self._telemetry()
        found = [
            Measured(reading=one, placement=stay.placement)
            for stay in self._stays(question, wanted)
            if stay.from_ms <= at_ms < stay.to_ms
            for one in store.readings([stay.sensor], question.channel, at_ms, at_ms + 1)
        ]
        return sorted(found, key=_order)


def _stay(placement: Placement, wanted: TimeRange) -> _Stay:
    begun = wanted.from_ms if placement.from_ms is None else placement.from_ms
    ended = wanted.to_ms if placement.to_ms is None else placement.to_ms
    return _Stay(
        sensor=placement.sensor,
        placement=placement,
        from_ms=max(begun, wanted.from_ms),
        to_ms=min(ended, wanted.to_ms),
    )


def _order(one: Measured) -> tuple[int, str, int, float]:
    reading = one.reading
    return reading.at_ms, reading.sensor, reading.sequence, reading.value


def _shifted(bucket: Bucket, placement: Placement | None) -> Bucket:
    if placement is None or bucket.channel is not Channel.TEMPERATURE or not placement.offset_c:
        return bucket
    offset = placement.offset_c
    return Bucket(
        sensor=bucket.sensor,
        channel=bucket.channel,
        at_ms=bucket.at_ms,
        count=bucket.count,
        low=round(bucket.low + offset, 6),
        mean=round(bucket.mean + offset, 6),
        high=round(bucket.high + offset, 6),
    )
