"""Collects what has to be written, writes it, and forgets it once it is written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from telemetry.alarm.excursion import so_far
from telemetry.alarm.state import Sample
from telemetry.alarm.words import AlarmEvent, Excursion
from telemetry.monitor.foreseeing import has_news
from telemetry.monitor.gate import Gate
from telemetry.monitor.hindsight import Correction, correct
from telemetry.monitor.late_alarms import is_quiet
from telemetry.monitor.seats import Saved, Seat, Touched
from telemetry.ports import Call, Ledger
from telemetry.readings import Channel, Reading, Reason
from telemetry.registry import Registry

SAVED_EVERY_MS = 5 * 60_000
"""A state that is older is saved: after a crash no more readings than these are judged again."""

EXCURSION_EVERY_MS = 5 * 60_000
"""An excursion that lasts is put down so often; its begin and its end at once."""

MOST_CORRECTED_AT_ONCE = 16
"""Points whose history is evaluated anew in one transaction; the others wait for the next ones."""

MOST_SAVED_AT_ONCE = 50
"""States saved for their age in one transaction; more would hold the stream up."""

MOST_NEWS_AT_ONCE = 100
"""States saved for what is foreseen there, besides."""


class Settling:
    """What has followed and is not written yet.

    Parameters
    ----------
    registry, seats, gate
        Of the monitor.
    caller
        Makes calls of events.
    """

    def __init__(
        self,
        registry: Registry,
        seats: Mapping[str, Seat],
        gate: Gate,
        caller: Callable[[Sequence[AlarmEvent]], Sequence[Call]] | None,
    ) -> None:
        self._registry = registry
        self._seats = seats
        self._gate = gate
        self._caller = caller
        self._late: list[Reading] = []
        self._touched: dict[str, Touched] = {}
        self._events: list[AlarmEvent] = []
        self._dirty: dict[str, Seat] = {}
        self._outside: dict[str, Seat] = {}
        self._news: dict[str, Seat] = {}
        self._by_age = _spread(seats)
        self._corrections: dict[str, Correction] = {}
        self._waiting: dict[str, Touched] = {}
        self._saved: list[Seat] = []
        self._put_down: list[Seat] = []
        self._written_ms = 0

    @property
    def is_behind(self) -> bool:
        """Say whether history waits to be evaluated."""
        return bool(self._touched)

    # --- collecting -----------------------------------------------------------------------------

    def add_late(self, reading: Reading) -> None:
        """Keep a late reading until it is known whether it is new."""
        self._late.append(reading)

    def add_events(self, seat: Seat, events: Sequence[AlarmEvent]) -> None:
        """Keep what happened at a point, whose state has to be saved with it."""
        self._events += events
        self._dirty[seat.point.id] = seat

    def add_excursion(self, seat: Seat, ended: Excursion | None) -> None:
        """Have the excursion of a point written, and the one that a sample has ended."""
        if ended is not None:
            seat.ended.append(ended)
        self._outside[seat.point.id] = seat

    def add_outlook(self, seat: Seat) -> None:
        """Have the newest outlook of a point stored soon, where it is one to be told."""
        if has_news(seat.outlook, seat.shown):
            self._news[seat.point.id] = seat

    def recall(self, seat: Seat) -> None:
        """Take up what was waiting for its evaluation before a restart."""
        if seat.touched is not None:
            self._touched[seat.point.id] = seat.touched

    def touch(self, seat: Seat, sample: Sample) -> None:
        """Have the history around a sample evaluated anew, unless all is well there."""
        _touch(self._touched, seat, sample)

    # --- writing --------------------------------------------------------------------------------

    def settle(self, ledger: Ledger, now_ms: int) -> int:
        """Write it all; nothing is forgotten before ``settled``."""
        new = ledger.add_late(self._late) if self._late else ()
        waiting = self._all_touched(new)
        chosen = list(islice(waiting, MOST_CORRECTED_AT_ONCE))
        self._corrections = {
            name: correct(self._seats[name], waiting.pop(name), self._registry, ledger, now_ms)
            for name in chosen
        }
        self._waiting = waiting
        events = list(self._events)
        for correction in self._corrections.values():
            events += correction.events
        if events:
            ledger.add_events(events)
            if self._caller is not None and (calls := self._caller(events)):
                ledger.add_calls(calls)
        self._write_excursions(ledger, now_ms)
        self._save_states(ledger, now_ms)
        if self._gate.lost:
            ledger.count(now_ms, {Reason.SEQUENCE_GAP: self._gate.lost})
        return len(self._late) - len(new)

    def _all_touched(self, new: Sequence[Reading]) -> dict[str, Touched]:
        touched = dict(self._touched)
        for reading in new:
            stay = self._registry.place(reading.sensor, reading.at_ms)
            if stay is not None and reading.channel is Channel.TEMPERATURE:
                sample = Sample(reading.at_ms, stay.corrected_c(reading.value), reading.sensor)
                _touch(touched, self._seats[stay.point], sample)
        return touched

    def _write_excursions(self, ledger: Ledger, now_ms: int) -> None:
        self._put_down = []
        for name, seat in self._outside.items():
            if not seat.ended and _is_recent(seat.written_ms, now_ms):
                continue
            self._put_down.append(seat)
            lasting = so_far(seat.course.fold, point=name)
            rows = seat.ended if lasting is None else [*seat.ended, lasting]
            if not rows:
                continue
            before = seat.last_ended
            if before is not None and before.to_ms == rows[0].from_ms:
                # Two samples of one instant, inside and outside: they share it.
                rows = [before, *rows]
            ledger.put_excursions(name, rows[0].from_ms, None, rows)
        for name, correction in self._corrections.items():
            ledger.put_excursions(name, correction.from_ms, correction.to_ms, correction.rows)

    def _save_states(self, ledger: Ledger, now_ms: int) -> None:
        chosen = dict(self._dirty)
        chosen.update((name, self._seats[name]) for name in self._corrections)
        for name, touched in self._waiting.items():
            if self._seats[name].touched != touched:
                # A crash must not forget what still has to be evaluated.
                chosen[name] = self._seats[name]
        for seat in (*islice(self._news.values(), MOST_NEWS_AT_ONCE), *self._aged(now_ms)):
            chosen.setdefault(seat.point.id, seat)
        if chosen:
            ledger.save_states([(name, self._encoded(seat)) for name, seat in chosen.items()])
        self._saved = list(chosen.values())
        self._written_ms = now_ms

    def _aged(self, now_ms: int) -> Sequence[Seat]:
        """Give points whose state was saved long ago; they stand in the order of that."""
        aged: list[Seat] = []
        for seat in self._by_age.values():
            if now_ms - seat.saved_ms < SAVED_EVERY_MS or len(aged) == MOST_SAVED_AT_ONCE:
                break
            aged.append(seat)
        return aged

    def _encoded(self, seat: Seat) -> bytes:
        correction = self._corrections.get(seat.point.id)
        waiting = self._waiting.get(seat.point.id)
        state, course, alarmed = seat.state, seat.course, seat.alarmed
        if correction is not None:
            state, alarmed = correction.state, correction.alarmed
            course = seat.course if correction.course is None else correction.course
        return Saved(
            state, course, seat.armed, alarmed, waiting, seat.thermal, seat.outlook
        ).encoded()

    # --- written --------------------------------------------------------------------------------

    def settled(self) -> Sequence[Seat]:
        """Forget what is written; gives the points whose delays may have moved."""
        moved: list[Seat] = []
        for name, correction in self._corrections.items():
            seat = self._seats[name]
            seat.state, seat.alarmed = correction.state, correction.alarmed
            if correction.course is not None:
                seat.course = correction.course
                seat.clean_ms = correction.clean_ms
            moved.append(seat)
        for seat in self._put_down:
            del self._outside[seat.point.id]
            if seat.ended:
                seat.last_ended = seat.ended[-1]
                seat.ended = []
            seat.written_ms = None if seat.course.fold.stay is None else self._written_ms
        for seat in self._saved:
            seat.saved_ms = self._written_ms
            seat.touched = self._waiting.get(seat.point.id)
            seat.shown = seat.outlook
            self._news.pop(seat.point.id, None)
            self._by_age.setdefault(seat.point.id, seat)
            self._by_age.move_to_end(seat.point.id)
        self._late.clear()
        self._touched, self._waiting = self._waiting, {}
        self._events.clear()
        self._dirty.clear()
        self._put_down = []
        self._corrections = {}
        self._gate.lost = 0
        return moved


def _spread(seats: Mapping[str, Seat]) -> OrderedDict[str, Seat]:
    """Have points that begin together not all be saved at one time, then and ever after."""
    for place, seat in enumerate(seats.values(), start=1):
        seat.saved_ms -= SAVED_EVERY_MS * (len(seats) - place) // len(seats)
    return OrderedDict(seats)


def _is_recent(written_ms: int | None, now_ms: int) -> bool:
    return written_ms is not None and now_ms - written_ms < EXCURSION_EVERY_MS


def _touch(touched: dict[str, Touched], seat: Seat, sample: Sample) -> None:
    at_ms, name = sample.at_ms, seat.point.id
    clean = seat.clean_ms is not None and seat.clean_ms <= at_ms
    if clean and is_quiet(seat.profile, sample) and sample.value_c in seat.profile.band:
        return
    known = touched.get(name)
    touched[name] = Touched(at_ms, at_ms) if known is None else known.with_instant(at_ms)
