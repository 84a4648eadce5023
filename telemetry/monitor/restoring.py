"""Takes up after a restart where the last process left off.

A state is saved whenever something happened to it, and now and then. Readings that came after that
are in the store and are judged again, so that delays keep running as if nothing had been.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from telemetry.alarm.excursion import order
from telemetry.alarm.state import Sample
from telemetry.monitor.gate import Gate
from telemetry.monitor.seating import orphaned
from telemetry.monitor.seats import Seat
from telemetry.ports import Store
from telemetry.readings import Channel, Mark, Reading
from telemetry.registry import Registry

AT_ONCE = 400
"""Sensors whose readings are asked for in one query."""

FURTHEST_BACK_MS = 24 * 3_600_000
"""A point without a saved state is judged from here; who had none is new."""


def restore(
    store: Store, registry: Registry, seats: dict[str, Seat], gate: Gate
) -> Iterator[tuple[Seat, Sample]]:
    """Recall states and senders; gives samples that came after, in order for each point."""
    states = dict(store.states())
    while states:
        # One after the other is let go: all of them take as much memory as what is made of them.
        name, payload = states.popitem()
        if name in seats:
            seats[name].recall(payload)
        elif (orphan := orphaned(name, payload)) is not None:
            seats[name] = orphan
    latest = store.latest()
    gate.remember(latest)
    for reading in latest:
        _note(registry, seats, reading)
    newer = [reading for reading in latest if _is_newer(registry, seats, reading)]
    found: dict[str, list[Sample]] = {}
    for seat, sample in _samples(store, registry, seats, newer):
        found.setdefault(seat.point.id, []).append(sample)
    for name, samples in found.items():
        for sample in sorted(samples, key=order):
            yield seats[name], sample


def _note(registry: Registry, seats: Mapping[str, Seat], reading: Reading) -> None:
    stay = registry.place(reading.sensor, reading.at_ms)
    if stay is None or reading.channel is Channel.TEMPERATURE:
        return
    seats[stay.point].note(reading)


def _is_newer(registry: Registry, seats: Mapping[str, Seat], reading: Reading) -> bool:
    if reading.channel is not Channel.TEMPERATURE:
        return False
    stay = registry.place(reading.sensor, reading.at_ms)
    return stay is not None and reading.at_ms >= _since_ms(seats[stay.point], reading.at_ms)


def _since_ms(seat: Seat, newest_ms: int) -> int:
    last_ms = seat.state.last_ms
    return newest_ms - FURTHEST_BACK_MS if last_ms is None else last_ms


def _samples(
    store: Store, registry: Registry, seats: Mapping[str, Seat], newer: Sequence[Reading]
) -> Iterator[tuple[Seat, Sample]]:
    since: list[tuple[int, Reading]] = []
    for reading in newer:
        stay = registry.place(reading.sensor, reading.at_ms)
        if stay is not None:
            since.append((_since_ms(seats[stay.point], reading.at_ms), reading))
    # Those of one query should begin at about the same time: less is read in vain.
    since.sort(key=lambda one: one[0])
    rest = iter(since)
    while chunk := list(islice(rest, AT_ONCE)):
        sensors = [reading.sensor for _, reading in chunk]
        end_ms = max(reading.at_ms for _, reading in chunk) + 1
        for reading in store.readings(sensors, Channel.TEMPERATURE, chunk[0][0], end_ms):
            stay = registry.place(reading.sensor, reading.at_ms)
            if stay is None or reading.marks & Mark.LATE:
                continue
            seat = seats[stay.point]
            sample = Sample(reading.at_ms, stay.corrected_c(reading.value), reading.sensor)
            if _was_judged(seat, sample):
                continue
            yield seat, sample


def _was_judged(seat: Seat, sample: Sample) -> bool:
    last_ms = seat.state.last_ms
    if last_ms is None or sample.at_ms > last_ms:
        return False
    return sample.at_ms < last_ms or any(
        one.sensor == sample.sensor and one.at_ms >= sample.at_ms for one in seat.state.values
    )
