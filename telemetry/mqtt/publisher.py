"""Sends messages at QoS 1 and counts what the broker has confirmed; on the caller's thread."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from time import monotonic

from paho.mqtt.client import Client, DisconnectFlags
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from telemetry.errors import BrokerUnavailable
from telemetry.mqtt.back_off import BackOff
from telemetry.mqtt.pump import Pump
from telemetry.mqtt.settings import BrokerSettings, connect, new_client

MOST_IN_FLIGHT = 500
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
STEP_S = 0.1
TOGETHER = 50
"""So many messages are written to the socket in one go."""


class Publisher:
    """Publishes; what the broker has not confirmed is sent again after a lost connection.

    Parameters
    ----------
    most_in_flight
        How many messages may be unconfirmed; ``publish`` waits beyond.
    clock
        Seconds that never go back.
    seed
        For the lengths of pauses between tries to connect.

    Attributes
    ----------
    published, confirmed
        How many messages so far.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        most_in_flight: int = MOST_IN_FLIGHT,
        clock: Callable[[], float] = monotonic,
        seed: int | None = None,
    ) -> None:
        self.published = 0
        self.confirmed = 0
        self._unserved = 0
        self._is_in = False
        self._settings = settings
        self._most = most_in_flight
        self._clock = clock
        self._back_off = BackOff(FIRST_PAUSE_S, LONGEST_PAUSE_S, Random(seed))
        self._connect_at: float | None = clock()
        self._refusal: BrokerUnavailable | None = None
        self._client = new_client(settings, lasting=False)
        # The bound is kept here; paho would queue beyond its own.
        self._client.max_inflight_messages_set(most_in_flight)
        self._client.on_connect = self._entered
        self._client.on_publish = self._published
        self._client.on_disconnect = self._lost
        self._pump = Pump(self._client, clock)

    def __enter__(self) -> Publisher:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self.close()

    def publish(
        self, topic: str, payload: bytes, *, at_least_once: bool = True, retain: bool = False
    ) -> None:
        """Send a message; waits while too many are unconfirmed, and for the broker.

        It leaves with others: after the next few dozen, or with ``serve`` or ``wait_confirmed``.

        Parameters
        ----------
        topic, payload
            What is sent, and under what name.
        at_least_once
            QoS 1, else QoS 0, which nobody confirms.
        retain
            Whether the broker keeps it for whoever subscribes later.

        Raises
        ------
        BrokerUnavailable
            The broker refuses us.
        """
        # What is sent before the broker has let us in would overtake what comes again.
        while self.published - self.confirmed >= self._most or not self._is_in:
            self.serve(STEP_S)
        if at_least_once:
            self.published += 1
        self._client.publish(topic, payload, int(at_least_once), retain)
        self._unserved += 1
        if self._unserved >= TOGETHER:
            self.serve(0.0)

    def serve(self, timeout_s: float) -> None:
        """Look after the connection, for some time or until something came.

        Raises
        ------
        BrokerUnavailable
            The broker refuses us.
        """
        self._unserved = 0
        if self._connect_at is not None and self._clock() >= self._connect_at:
            self._connect()
        if self._connect_at is not None:
            timeout_s = min(timeout_s, self._connect_at - self._clock())
        if self._pump.wait(timeout_s):
            before = -1
            while before < self.confirmed:
                before = self.confirmed
                self._pump.read()
        refusal, self._refusal = self._refusal, None
        if refusal is not None:
            raise refusal

    def wait_confirmed(self, timeout_s: float) -> bool:
        """Wait until the broker has confirmed everything; say whether it has."""
        ends_at = self._clock() + timeout_s
        while self.confirmed < self.published or not self._is_in:
            if self._clock() >= ends_at:
                return False
            self.serve(STEP_S)
        return True

    def close(self) -> None:
        """Leave."""
        # Nobody tries again after this.
        self._connect_at = float("inf")
        self._pump.close()

    def _connect(self) -> None:
        self._connect_at = None
        try:
            connect(self._client, self._settings, lasting=False, most_unread=self._most)
        except OSError:
            self._connect_at = self._clock() + self._back_off.next_s()

    def _entered(
        self,
        _client: Client,
        _userdata: object,
        _flags: object,
        reason: ReasonCode,
        _properties: object,
    ) -> None:
        if reason.is_failure:
            self._refusal = BrokerUnavailable(
                "CG-8301", f"broker {self._settings.address} answers: {reason}"
            )
        else:
            self._is_in = True
            self._back_off.reset()

    def _published(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        _reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self.confirmed += 1

    def _lost(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        _reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._is_in = False
        if self._connect_at is None:
            self._connect_at = self._clock() + self._back_off.next_s()
