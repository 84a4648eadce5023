"""Proves that every receiver can be reached, by a message that says that it is a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telemetry.calling.alert import encoded
from telemetry.calling.composing import trial_alert
from telemetry.calling.digest import call_id
from telemetry.calling.roster import Receiver, Roster
from telemetry.calling.sinks import DeliveryFailed, Sink

TRIAL = "trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """How the test message went to one receiver.

    Parameters
    ----------
    error
        Empty where the receiver has confirmed it.
    took_ms
        Until it was confirmed or failed.
    """

    receiver: str
    sink: str
    error: str
    took_ms: int

    @property
    def reached(self) -> bool:
        """Say whether the receiver has confirmed it."""
        return not self.error


def send_trial(
    roster: Roster,
    sinks: Mapping[str, Sink],
    clock_ms: Callable[[], int],
    receiver: str | None = None,
) -> tuple[TrialResult, ...]:
    """Send a test message to every receiver of a roster, past the outbox.

    Parameters
    ----------
    roster
        Who there is.
    sinks
        By name.
    clock_ms
        Gives the current time.
    receiver
        The only one that is tried; a name that the roster does not have tries nobody.
    """
    tried = [one for one in roster.receivers.values() if receiver in (None, one.name)]
    return tuple(_try(one, sinks, clock_ms) for one in tried)


def _try(receiver: Receiver, sinks: Mapping[str, Sink], clock_ms: Callable[[], int]) -> TrialResult:
    begun_ms = clock_ms()
    name = call_id(receiver.name, TRIAL, (str(begun_ms),))
    error = ""
    sink = sinks.get(receiver.sink)
    if sink is None:
        error = f"no {receiver.sink} is set up"
    else:
        try:
            sink.send(receiver.name, name, encoded(trial_alert(TRIAL)))
        except DeliveryFailed as failure:
            error = str(failure)
    return TrialResult(
        receiver=receiver.name, sink=receiver.sink, error=error, took_ms=clock_ms() - begun_ms
    )
