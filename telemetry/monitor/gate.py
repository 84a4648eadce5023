"""Decides which measurements become readings, and what is special about them.

A device whose clock runs ahead is judged by arrival, as is one that names no time. What is older
than the newest of its sensor and channel is late: history is evaluated anew for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from telemetry.errors import MessageRejected
from telemetry.readings import NO_SEQUENCE, Channel, Mark, Measurement, Reading, Reason
from telemetry.registry import Placement, Registry

CLOCK_AHEAD_MS = 120_000
"""A clock that is further ahead than this of the arrival is not believed."""

OLDEST_MS = 2 * 366 * 24 * 3_600_000
"""Records are kept for two years; what is older would be dropped as soon as it is stored."""

LONGEST_GAP = 10_000
"""A count that jumps further has begun anew."""

FIRST_TRUST, MOST_TRUST = 3, 10
"""A count with so many gaps, and no steps of one between them, counts something else: there are
tags that count their measurements and have every twentieth one sent."""

# Looked up, because making a flag out of two costs more than the rest of the admission.
_MARKS = tuple(Mark(number) for number in range(16))
_NO_CLOCK = int(Mark.NO_CLOCK)
_CLOCK_SKEW = int(Mark.CLOCK_SKEW)
_LATE = int(Mark.LATE)
_HISTORICAL = int(Mark.HISTORICAL)
_BY_ARRIVAL = _NO_CLOCK | _CLOCK_SKEW


class Sender:
    """What is known of one sensor: where it is, and the newest that came from it.

    Parameters
    ----------
    sensor
        As the registry names it.
    """

    __slots__ = (
        "from_ms",
        "newest",
        "offset_c",
        "sensor",
        "sequence",
        "stay",
        "to_ms",
        "trust",
    )

    def __init__(self, sensor: str) -> None:
        self.sensor = sensor
        self.stay: Placement | None = None
        # An empty stretch: the first reading looks the place up.
        self.from_ms: float = inf
        self.to_ms: float = -inf
        self.offset_c = 0.0
        self.newest: list[Reading | None] = [None] * (max(Channel) + 1)
        self.sequence = NO_SEQUENCE
        self.trust = FIRST_TRUST

    def move(self, registry: Registry, at_ms: int) -> bool:
        """Look up where the sensor was at an instant; say whether it was anywhere."""
        stay = registry.place(self.sensor, at_ms)
        if stay is None:
            return False
        self.stay = stay
        # Bounded, so that an absurd time is looked at and not only let through.
        oldest_ms = at_ms - OLDEST_MS
        self.from_ms = oldest_ms if stay.from_ms is None else max(stay.from_ms, oldest_ms)
        self.to_ms = inf if stay.to_ms is None else stay.to_ms
        self.offset_c = stay.offset_c
        return True


class Gate:
    """Takes measurements of sensors that the registry knows.

    Parameters
    ----------
    registry
        Who may speak, and from where.

    Attributes
    ----------
    senders
        By sensor.
    lost
        Messages that never came, by the sensors' own counts, since ``forget_lost``.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.senders: Mapping[str, Sender] = {name: Sender(name) for name in registry.sensors}
        self.lost = 0

    def admit(self, measurement: Measurement, arrived_ms: int) -> Reading:
        """Make a reading of a measurement.

        Raises
        ------
        MessageRejected
            Its sender is unknown, or was nowhere at that time, or the time is impossible.
        """
        sender = self.senders.get(measurement.sensor)
        if sender is None:
            raise MessageRejected(
                Reason.UNKNOWN_SENSOR, f"{measurement.sensor!r} is not registered"
            )
        channel, sequence = measurement.channel, measurement.sequence
        before = sender.newest[channel]
        at_ms, marks = measurement.at_ms, 0
        if at_ms is None:
            at_ms, marks = arrived_ms, _NO_CLOCK
        elif at_ms > arrived_ms + CLOCK_AHEAD_MS:
            at_ms, marks = arrived_ms, _CLOCK_SKEW
        if measurement.historical:
            marks |= _HISTORICAL
        if sequence is None:
            sequence = NO_SEQUENCE
        if before is not None and (marks or at_ms <= before.at_ms):
            at_ms, marks = _beside(before, measurement, sequence, at_ms, marks)
        if not sender.from_ms <= at_ms < sender.to_ms:
            self._check_place(sender, at_ms, arrived_ms)
        reading = Reading(
            measurement.sensor,
            channel,
            at_ms,
            sequence,
            measurement.value,
            arrived_ms,
            _MARKS[marks],
        )
        if not marks & _LATE:
            sender.newest[channel] = reading
            if sequence != sender.sequence:
                self._count(sender, sequence)
        return reading

    def _check_place(self, sender: Sender, at_ms: int, arrived_ms: int) -> None:
        if at_ms < arrived_ms - OLDEST_MS:
            raise MessageRejected(Reason.BAD_TIME, "older than two years")
        if not sender.move(self._registry, at_ms):
            detail = f"{sender.sensor!r} was nowhere at that time"
            raise MessageRejected(Reason.UNKNOWN_SENSOR, detail)

    def _count(self, sender: Sender, sequence: int) -> None:
        if sequence == NO_SEQUENCE:
            return
        before, sender.sequence = sender.sequence, sequence
        missing = sequence - before - 1
        if before == NO_SEQUENCE:
            return
        if missing == 0:
            sender.trust = min(sender.trust + 1, MOST_TRUST)
        elif 0 < missing < LONGEST_GAP and sender.trust:
            self.lost += missing
            sender.trust -= 1

    def remember(self, readings: Iterable[Reading]) -> None:
        """Take up the newest stored readings of every sensor and channel after a restart."""
        for reading in readings:
            sender = self.senders.get(reading.sensor)
            if sender is None:
                continue
            sender.newest[reading.channel] = reading
            sender.sequence = max(sender.sequence, reading.sequence)


def _beside(
    before: Reading, measurement: Measurement, sequence: int, at_ms: int, marks: int
) -> tuple[int, int]:
    """Judge a measurement against the newest one: late, or the same once more."""
    same = before.sequence == sequence and before.value == measurement.value
    if same and marks & _BY_ARRIVAL and sequence != NO_SEQUENCE:
        # Delivered twice, it came at two times: by its count it is the same one.
        at_ms = before.at_ms
    if at_ms < before.at_ms or (same and at_ms == before.at_ms):
        marks |= _LATE
    return at_ms, marks
