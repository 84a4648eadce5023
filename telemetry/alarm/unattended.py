"""Runs a point's alarm machine where nobody acknowledges: recorded traces and test series.

An alarm that clears is done with, and the next of its kind is a new one.
"""

from __future__ import annotations

from msgspec.structs import replace

from telemetry.alarm.rules import Profile
from telemetry.alarm.state import PointState, Sample
from telemetry.alarm.step import fresh, step
from telemetry.alarm.words import Alarm, AlarmEvent


class Unattended:
    """A point that is watched while nobody looks.

    Parameters
    ----------
    profile
        Its rules.
    point
        Its name.

    Attributes
    ----------
    alarms
        By id, as they stand, in the order in which they were raised.
    """

    def __init__(self, profile: Profile, point: str) -> None:
        self._profile = profile
        self._state: PointState = fresh(point, always_armed=True)
        self.alarms: dict[str, Alarm] = {}

    def take(self, sample: Sample) -> tuple[AlarmEvent, ...]:
        """Judge a sample, and give what happened up to its instant."""
        return self._go(sample, sample.at_ms)

    def tick(self, now_ms: int) -> tuple[AlarmEvent, ...]:
        """Let time pass, and give what happened."""
        return self._go(None, now_ms)

    def _go(self, sample: Sample | None, now_ms: int) -> tuple[AlarmEvent, ...]:
        state, events = step(self._profile, self._state, sample, now_ms)
        for event in events:
            self.alarms[event.alarm.id] = event.alarm
        if state.alarms:
            for alarm in state.alarms:
                self.alarms[alarm.id] = alarm
            standing = tuple(alarm for alarm in state.alarms if alarm.is_active)
            state = replace(state, alarms=standing)
        self._state = state
        return events
