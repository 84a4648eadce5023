"""Finds the point that a command is about, and carries it out or says why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from telemetry.alarm import commands
from telemetry.alarm.state import PointState
from telemetry.alarm.words import Alarm, AlarmEvent, Command
from telemetry.errors import CommandRefused
from telemetry.monitor.seats import Seat
from telemetry.ports import CommandOutcome


class Change(NamedTuple):
    """What a command makes of a point."""

    seat: Seat
    state: PointState
    events: Sequence[AlarmEvent]


def carry_out(
    seats: Mapping[str, Seat], command: Command, now_ms: int
) -> tuple[CommandOutcome, Change | None]:
    """Carry out a command; a refusal is an outcome with its code, and changes nothing."""
    try:
        seat = _seat_of(seats, command)
        state, events = commands.apply(seat.profile, seat.state, command, now_ms)
    except CommandRefused as refused:
        outcome = CommandOutcome(
            number=command.number, applied_ms=now_ms, code=refused.code, message=str(refused)
        )
        return outcome, None
    done = CommandOutcome(
        number=command.number, applied_ms=now_ms, alarm=_alarm_of(command, events)
    )
    return done, Change(seat, state, events)


def _seat_of(seats: Mapping[str, Seat], command: Command) -> Seat:
    if command.kind not in commands.ABOUT_ALARMS:
        seat = seats.get(command.target)
        if seat is None:
            raise CommandRefused("CG-8158", f"no point {command.target}")
        return seat
    for seat in seats.values():
        if any(alarm.id == command.target for alarm in seat.state.alarms):
            return seat
    raise CommandRefused("CG-8150", f"no open alarm {command.target}")


def _alarm_of(command: Command, events: Sequence[AlarmEvent]) -> Alarm | None:
    return events[-1].alarm if events and command.kind in commands.ABOUT_ALARMS else None
