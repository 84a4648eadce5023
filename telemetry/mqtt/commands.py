"""Commands to devices on vehicles: at least once, one at a time, and confirmed by the broker.

A command goes to ``coldgrid/commands/{vehicle}``. The broker confirms that it has it; that the
device has it, nobody confirms. So devices keep a session of their own at the broker, leave out an
id that they have seen, and leave alone what has expired. A command is never retained: whoever
comes much later must not find it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic

from telemetry.errors import BrokerUnavailable
from telemetry.mqtt.publisher import Publisher
from telemetry.mqtt.settings import BrokerSettings

COMMANDS = "coldgrid/commands"
CLIENT_ENDING = "-commands"
LONGEST_CLIENT = 128
CONFIRMED_S = 10.0

_NO_LEVEL = re.compile(r"[/+#\x00-\x1f\x7f-\x9f]")
"""What would make another topic of a name, or none at all."""


def command_topic(vehicle: str) -> str | None:
    """Give the topic of a vehicle's commands; None where its id cannot stand in a topic."""
    if not vehicle or _NO_LEVEL.search(vehicle):
        return None
    return f"{COMMANDS}/{vehicle}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCommands:
    """Publishes commands; safe for several threads, which wait for each other.

    Parameters
    ----------
    settings
        Of the monitor's broker; the client id gets an ending of its own.
    confirmed_s
        How long the broker has for letting us in and confirming.
    clock
        Seconds that never go back.
    """

    settings: BrokerSettings
    confirmed_s: float = CONFIRMED_S
    clock: Callable[[], float] = monotonic
    _turn: Lock = field(default_factory=Lock, init=False, repr=False)

    def send(self, vehicle: str, command: bytes) -> None:
        """Publish a command, and wait until the broker has confirmed it.

        Parameters
        ----------
        vehicle
            Whose device it is for.
        command
            What is sent.

        Raises
        ------
        BrokerUnavailable
            The broker is away, refuses us, or has not confirmed in time.
        ValueError
            The vehicle's id cannot stand in a topic.
        """
        topic = command_topic(vehicle)
        if topic is None:
            raise ValueError("the vehicle's id cannot stand in a topic")
        with self._turn, Publisher(self._named(), clock=self.clock) as publisher:
            self._enter(publisher)
            publisher.publish(topic, command)
            if not publisher.wait_confirmed(self.confirmed_s):
                raise self._silent("has not confirmed a command")

    def _enter(self, publisher: Publisher) -> None:
        """Wait until we are let in: ``publish`` itself would wait for ever."""
        if not publisher.wait_confirmed(self.confirmed_s):
            raise self._silent("does not let us in")

    def _silent(self, what: str) -> BrokerUnavailable:
        address, seconds = self.settings.address, self.confirmed_s
        return BrokerUnavailable("CG-8301", f"broker {address} {what} within {seconds:g} s")

    def _named(self) -> BrokerSettings:
        """Take a name of our own: under the monitor's the broker would throw the monitor out."""
        name = self.settings.client_id[: LONGEST_CLIENT - len(CLIENT_ENDING)]
        return replace(self.settings, client_id=f"{name}{CLIENT_ENDING}")
