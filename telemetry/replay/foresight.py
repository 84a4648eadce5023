"""A point of a trace whose estimate looks ahead, beside the rules that nobody answers."""

from __future__ import annotations

from msgspec.structs import replace

from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.alarm.unattended import Unattended
from telemetry.alarm.words import AlarmEvent, AlarmKind
from telemetry.estimate.calls import MINUTE_MS
from telemetry.estimate.estimator import Thermal, observe, unknown
from telemetry.estimate.words import Forecast, Outlook
from telemetry.monitor.foreseeing import foreseen, learns
from telemetry.monitor.seats import can_foresee


class Foresighted(Unattended):
    """A point that is watched while nobody looks, with what is coming.

    Parameters
    ----------
    profile
        Its rules.
    point
        Its name.

    Attributes
    ----------
    predictions
        What was foreseen, at most one a minute, by time.
    """

    def __init__(self, profile: Profile, point: str) -> None:
        super().__init__(profile, point)
        self._thermal: Thermal | None = unknown() if can_foresee(profile) else None
        self._looked_ms: int | None = None
        self.predictions: list[Forecast] = []

    def take(self, sample: Sample) -> tuple[AlarmEvent, ...]:
        """Judge a sample, look ahead, and give what happened up to its instant."""
        events = super().take(sample)
        if self._thermal is None:
            return events
        learn = learns(self._state, sample.at_ms)
        self._thermal, outlook = observe(self._profile, self._thermal, sample, learn=learn)
        if outlook is None:
            return events
        self._note(outlook)
        state, more = foreseen(self._profile, self._state, outlook, self._looked_ms)
        self._looked_ms = outlook.at_ms
        for event in more:
            self.alarms[event.alarm.id] = event.alarm
        standing = tuple(alarm for alarm in state.alarms if alarm.is_active)
        self._state = replace(state, alarms=standing)
        return (*events, *more)

    def _note(self, outlook: Outlook) -> None:
        forecast = outlook.forecast
        if forecast is None or all(one.kind is not AlarmKind.PREDICTED for one in outlook.causes):
            return
        last = self.predictions[-1] if self.predictions else None
        if last is None or forecast.at_ms // MINUTE_MS > last.at_ms // MINUTE_MS:
            self.predictions.append(forecast)
