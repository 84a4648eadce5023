"""Judges readings, lets time pass, carries out commands, and writes down what follows.

One thread owns it. Between ``settle`` and ``settled`` nothing else may be asked of it: what the
first wrote is only taken as written by the second, so that a transaction that failed is written
again as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from telemetry.alarm import watch
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample, Watch
from telemetry.alarm.step import due_ms, heard, step
from telemetry.alarm.words import AlarmEvent, Command
from telemetry.monitor.agenda import Agenda
from telemetry.monitor.foreseeing import look_ahead
from telemetry.monitor.gate import Gate
from telemetry.monitor.gateways import STARTING, Excuse, Gateways
from telemetry.monitor.people import carry_out
from telemetry.monitor.restoring import restore
from telemetry.monitor.seating import seats_of
from telemetry.monitor.seats import KEPT_MS, Seat, advance
from telemetry.monitor.settling import Settling
from telemetry.ports import Call, CommandOutcome, Ledger, Store
from telemetry.readings import Channel, Mark, Measurement, Reading
from telemetry.registry import Registry, corrected_c

STARTING_MS = 60_000
"""After a start silence is not judged for so long: what the broker kept is still to come."""

STALLED_AFTER_MS = 30_000
"""Without a tick for so long it was we who did not listen: that is a start like any other."""

UNMARKED = Mark.NONE
TEMPERATURE = Channel.TEMPERATURE
ARMED = Watch.ARMED

Caller = Callable[[Sequence[AlarmEvent]], Sequence[Call]]


class Monitor:
    """The only writer of alarms.

    Parameters
    ----------
    registry
        Which sensor sits where.
    profiles
        Rules by name; a point without a name of its own is watched by those of its zone, a gateway
        by those named ``gateway``.
    caller
        Makes calls to people of events; None calls nobody.
    started_ms
        The clock at the start.
    patience_ms
        How long after the end of a delay the sample of that moment may still arrive: what is
        inside again just in time shall not be alarmed because it took a second to come.

    Raises
    ------
    InputRefused
        A point is to be watched by rules that are not there.
    """

    def __init__(
        self,
        registry: Registry,
        profiles: Mapping[str, Profile],
        *,
        caller: Caller | None = None,
        started_ms: int = 0,
        patience_ms: int = 0,
    ) -> None:
        self._registry = registry
        self._patience_ms = patience_ms
        self._gate = Gate(registry)
        self._seats = seats_of(registry, profiles, started_ms)
        self._agenda = Agenda()
        self._started_ms = started_ms
        self._ticked_ms = started_ms
        self._gateways = Gateways(registry, self._seats, started_ms)
        self._settling = Settling(registry, self._seats, self._gate, caller)
        for seat in self._seats.values():
            self._look_again(seat)

    def restore(self, store: Store, now_ms: int) -> None:
        """Take up what is stored: states, and readings that came after they were saved."""
        self._started_ms = self._ticked_ms = now_ms
        for seat in self._seats.values():
            seat.armed = ()
            seat.begin(now_ms, KEPT_MS)
        for seat, sample in restore(store, self._registry, self._seats, self._gate):
            self._judge(seat, sample, sample.at_ms)
        for seat in self._seats.values():
            self._settling.recall(seat)
        self._gateways.recall(self._gate.senders.values(), now_ms)
        for seat in self._seats.values():
            self._look_again(seat)

    # --- readings -------------------------------------------------------------------------------

    def admit(self, measurement: Measurement, arrived_ms: int) -> Reading:
        """Make a reading of a measurement.

        Raises
        ------
        MessageRejected
            Its sender is unknown, or was nowhere at that time, or the time is impossible.
        """
        return self._gate.admit(measurement, arrived_ms)

    def handle(self, reading: Reading) -> None:
        """Judge a reading that was admitted."""
        sender = self._gate.senders[reading.sensor]
        at_ms = reading.at_ms
        if not sender.from_ms <= at_ms < sender.to_ms and not sender.move(self._registry, at_ms):
            return
        stay = sender.stay
        if stay is None:
            return
        if stay.gateway is not None:
            self._heard_through(stay.gateway, reading.arrived_ms)
        if reading.marks is not UNMARKED and reading.marks & Mark.LATE:
            self._settling.add_late(reading)
            return
        seat = self._seats[stay.point]
        if reading.channel is TEMPERATURE:
            sample = Sample(at_ms, corrected_c(reading.value, sender.offset_c), reading.sensor)
            self._judge(seat, sample, reading.arrived_ms)
        else:
            seat.note(reading)

    def _judge(self, seat: Seat, sample: Sample, now_ms: int) -> None:
        self._follow(seat, sample)
        seat.behind_ms = max(0, now_ms - sample.at_ms)
        profile, before = seat.profile, seat.state
        last_ms = before.last_ms
        excuse: Excuse | None = None
        if last_ms is None or sample.at_ms - last_ms >= profile.silence_ms:
            excuse = self._excuse(seat, max(now_ms, sample.at_ms))
        if before.watch is not ARMED and seat.setpoint_c is not None:
            before = watch.cooled(before, sample, seat.setpoint_c)
        state, events = step(
            profile, before, sample, now_ms, excused=None if excuse is None else excuse.incident
        )
        outlook = seat.outlook
        state, foreseen = look_ahead(seat, state, sample)
        if seat.outlook is not outlook:
            self._settling.add_outlook(seat)
        if foreseen:
            events = (*events, *foreseen)
        old = seat.state
        seat.state = state
        if events or state.alarms is not old.alarms or state.watch is not old.watch:
            seat.note_change(old)
            self._settling.add_events(seat, events)
            self._look_again(seat)
            if state.watch is not old.watch:
                self._follow_watch(seat, now_ms)
        elif state.outside or state.back or seat.queued_ms is None:
            self._look_again(seat)

    def _follow(self, seat: Seat, sample: Sample) -> None:
        """Follow the excursion of a point; what belongs before it is left to hindsight."""
        value_c, profile = sample.value_c, seat.profile
        if not seat.stays_inside(sample):
            course = seat.course
            if course.is_behind(sample):
                self._settling.touch(seat, sample)
                return
            was_outside = course.fold.stay is not None
            seat.course, ended = advance(
                course, sample, profile.band, seat.interval_s, seat.point.id
            )
            if was_outside or seat.course.fold.stay is not None:
                self._settling.add_excursion(seat, ended)
                seat.clean_ms = None
                return
        if not profile.quiet_above_c < value_c < profile.quiet_below_c:
            seat.clean_ms = None
        elif seat.clean_ms is None:
            seat.clean_ms = sample.at_ms

    # --- time -----------------------------------------------------------------------------------

    @property
    def next_due_ms(self) -> int | None:
        """Say when ``tick`` and ``settle`` will have something to do; None where nothing waits."""
        return 0 if self._settling.is_behind else self._agenda.next_ms

    def tick(self, now_ms: int) -> None:
        """Let everything happen that is due: delays that end, silence, reminders.

        Called every few seconds at least: a long pause between two calls counts as a start.
        """
        if now_ms - self._ticked_ms > STALLED_AFTER_MS:
            self._started_ms = now_ms
        self._ticked_ms = max(self._ticked_ms, now_ms)
        for seat in self._agenda.due(now_ms):
            self._tick(seat, now_ms)

    def _tick(self, seat: Seat, now_ms: int) -> None:
        gateway = self._gateways.get(seat.point.id)
        before = seat.state
        events: tuple[AlarmEvent, ...] = ()
        state = before
        if gateway is not None and gateway.heard_ms > (state.last_ms or 0):
            state, events = heard(state, gateway.heard_ms)
        excuse = self._excuse(seat, now_ms)
        state, more = step(
            seat.profile,
            state,
            None,
            seat.own_ms(now_ms, self._patience_ms),
            excused=None if excuse is None else excuse.incident,
        )
        seat.state = state
        seat.note_change(before)
        if state is not before:
            self._settling.add_events(seat, (*events, *more))
        if gateway is not None:
            gateway.look()
        self._look_again(seat, excuse)
        if state.watch is not before.watch:
            self._follow_watch(seat, now_ms)

    def _look_again(self, seat: Seat, excuse: Excuse | None = None) -> None:
        """Put on the agenda when the point wants to be looked at next."""
        incident = None if excuse is None else excuse.incident
        due = due_ms(seat.profile, seat.state, excused=incident)
        if due is not None:
            due = seat.our_ms(due, self._patience_ms)
        if excuse is not None and excuse.until_ms is not None:
            due = excuse.until_ms if due is None else min(due, excuse.until_ms)
        if due is not None:
            self._agenda.put(seat, due)

    # --- gateways -------------------------------------------------------------------------------

    def _heard_through(self, name: str, at_ms: int) -> None:
        gateway = self._gateways.get(name)
        if gateway is None:
            return
        gateway.heard_ms = max(gateway.heard_ms, at_ms)
        if gateway.is_silent:
            self._tick(gateway.seat, at_ms)
            for seat in gateway.behind:
                # Whoever is still silent gets the whole time that silence may last.
                seat.state = replace(seat.state, excused_ms=at_ms - seat.behind_ms)
                self._settling.add_events(seat, ())
                self._look_again(seat)

    def _follow_watch(self, seat: Seat, now_ms: int) -> None:
        """Watch a gateway that is not always watched while a point behind it is: lorries rest."""
        for gateway in self._gateways.of(seat, now_ms):
            own, before = gateway.seat, gateway.seat.state
            if before.always_armed or before.watch not in {Watch.OFF, Watch.ARMED}:
                continue
            wanted = any(one.state.watch is Watch.ARMED for one in gateway.behind)
            if wanted is (before.watch is Watch.ARMED):
                continue
            if wanted:
                own.state, events = watch.arm(own.profile, before, now_ms, None)
            else:
                own.state, events = watch.disarm(before, now_ms, None)
            own.note_change(before)
            self._settling.add_events(own, events)
            gateway.look()
            self._look_again(own)

    def _excuse(self, seat: Seat, now_ms: int) -> Excuse | None:
        """Say what explains silence; None where a point has to answer for its own."""
        starting_ms = self._started_ms + STARTING_MS
        if now_ms - self._ticked_ms > STALLED_AFTER_MS:
            starting_ms = now_ms + STARTING_MS
        if now_ms < starting_ms:
            return Excuse(STARTING, starting_ms)
        for gateway in self._gateways.of(seat, now_ms):
            deadline_ms = gateway.deadline_ms
            if not gateway.is_silent and deadline_ms is not None and deadline_ms <= now_ms:
                # Both are due in one tick: the gateway answers first.
                self._tick(gateway.seat, now_ms)
        return self._gateways.excuse(seat, now_ms)

    def command(self, command: Command, now_ms: int) -> CommandOutcome:
        """Carry out a command; a refusal is an outcome with its code."""
        outcome, change = carry_out(self._seats, command, now_ms)
        if change is not None:
            seat, before = change.seat, change.seat.state
            seat.state = change.state
            seat.note_change(before)
            self._settling.add_events(seat, change.events)
            gateway = self._gateways.get(seat.point.id)
            if gateway is not None:
                gateway.look()
            self._look_again(seat)
            self._follow_watch(seat, now_ms)
        return outcome

    # --- what follows ---------------------------------------------------------------------------

    def settle(self, ledger: Ledger, now_ms: int) -> int:
        """Write everything that has followed since the last ``settled``.

        The readings that were handled, but for late ones, must have been added to the ledger.

        Returns
        -------
        int
            How many late readings were there already.
        """
        return self._settling.settle(ledger, now_ms)

    def settled(self) -> None:
        """Take what ``settle`` wrote as written: its transaction is committed."""
        for seat in self._settling.settled():
            self._agenda.put(seat, 0)
