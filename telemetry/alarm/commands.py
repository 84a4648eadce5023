"""What a person, or a plan, asks of a point and its alarms; pure.

A command that makes no sense as things are is refused with a code, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from telemetry.alarm import lifecycle, watch
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import PointState, Watch
from telemetry.alarm.words import Alarm, AlarmEvent, Command, CommandKind
from telemetry.errors import CommandRefused

Change = tuple[PointState, tuple[AlarmEvent, ...]]

_TO_ALARM: dict[CommandKind, Callable[[Alarm, Command, int], lifecycle.Change]] = {
    CommandKind.ACKNOWLEDGE: lifecycle.acknowledge,
    CommandKind.SHELVE: lifecycle.shelve,
    CommandKind.UNSHELVE: lifecycle.unshelve,
    CommandKind.COMMENT: lifecycle.comment,
    CommandKind.CLOSE: lifecycle.close,
}
_ASIDE: dict[CommandKind, Watch] = {
    CommandKind.PRECOOL: Watch.PRECOOLING,
    CommandKind.WASH: Watch.WASHING,
    CommandKind.OUT_OF_SERVICE: Watch.OUT_OF_SERVICE,
}

ABOUT_ALARMS = frozenset(_TO_ALARM)
"""Commands whose target is an alarm; that of all others is a point."""


def apply(profile: Profile, state: PointState, command: Command, now_ms: int) -> Change:
    """Carry out a command on the point that it is about.

    Raises
    ------
    CommandRefused
        It makes no sense as things are.
    """
    if command.kind in ABOUT_ALARMS:
        return _to_alarm(state, command, now_ms)
    if command.until_ms is not None and command.until_ms <= now_ms:
        raise CommandRefused("CG-8160", f"{state.point}: the end lies before now")
    current, ended = watch.turn(state, now_ms)
    after, events = _to_point(profile, current, command, now_ms)
    return after, (*ended, *(_signed(event, command) for event in events))


def _to_alarm(state: PointState, command: Command, now_ms: int) -> Change:
    for place, alarm in enumerate(state.alarms):
        if alarm.id == command.target:
            after, event = _TO_ALARM[command.kind](alarm, command, now_ms)
            alarms = (*state.alarms[:place], after, *state.alarms[place + 1 :])
            return replace(state, alarms=lifecycle.still_open(alarms)), (event,)
    raise CommandRefused("CG-8150", f"no open alarm {command.target}")


def _to_point(profile: Profile, state: PointState, command: Command, now_ms: int) -> Change:
    until_ms = command.until_ms
    if command.kind is CommandKind.ARM:
        return watch.arm(profile, state, now_ms, until_ms)
    if command.kind is CommandKind.DISARM:
        if state.always_armed and until_ms is None:
            raise CommandRefused("CG-8161", f"{state.point} is always watched: say until when not")
        return watch.disarm(state, now_ms, until_ms)
    if until_ms is None:
        raise CommandRefused("CG-8159", f"{state.point}: {command.kind.value} needs an end")
    return watch.set_aside(state, _ASIDE[command.kind], now_ms, until_ms)


def _signed(event: AlarmEvent, command: Command) -> AlarmEvent:
    """Put down who brought an event about, and why."""
    words = event.comment if command.comment is None else command.comment
    return replace(event, by=command.by, comment=words, command=command.number)
