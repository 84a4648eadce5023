"""One lasting connection to a broker: what came in, and its acknowledgement.

The broker keeps our session while we are away, so a connection that breaks loses nothing: whatever
was not acknowledged comes again. Therefore everything of a broken connection is forgotten at once,
and an acknowledgement is sent only over the connection that brought the message.
"""

# Long because each thing that paho tells us is a method here.
from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from telemetry.errors import BrokerUnavailable
from telemetry.mqtt.back_off import BackOff
from telemetry.mqtt.lean_client import LeanClient
from telemetry.mqtt.pump import Pump
from telemetry.mqtt.settings import BrokerSettings, Version, connect, new_client
from telemetry.readings import Message

log = logging.getLogger(__name__)

AT_LEAST_ONCE = 1
STEADY_S = 10.0
"""A connection that stood so long was a good one: after it the pauses begin anew."""

MOST_SHORT = 3
FAILURE = 0x80
TAKEN_OVER = 142

FOR_GOOD = frozenset({132, 133, 134, 135, 138, 140, 144, 149})
"""Answers that asking again will not change: protocol, client id, password, rights, certificate."""


class Link:
    """Connects, subscribes, receives and acknowledges; belongs to one thread but for ``wake``.

    Parameters
    ----------
    filters
        What is subscribed to.
    most_unread
        How many messages may wait here; beyond it the socket is left alone.
    clock
        Seconds that never go back.
    clock_ms
        Time of day: when a message arrived.

    Attributes
    ----------
    inbox
        Messages of this connection that nobody has taken yet, oldest first.
    turn
        Which connection it is, counted from 1.
    is_ready
        Whether the broker has let us in and takes our subscriptions.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        filters: Sequence[str],
        *,
        most_unread: int,
        clock: Callable[[], float],
        clock_ms: Callable[[], int],
        back_off: BackOff,
    ) -> None:
        self.inbox: deque[Message] = deque()
        self.turn = 0
        self.is_ready = False
        self._settings = settings
        self._filters = tuple(filters)
        self._most_unread = most_unread
        self._clock = clock
        self._clock_ms = clock_ms
        self._back_off = back_off
        self._connect_at: float | None = clock()
        self._refusal: BrokerUnavailable | None = None
        self._was_ready = False
        self._is_closing = False
        self._answer = ""
        self._is_in = False
        self._in_since = clock()
        self._short_lived = 0
        self._client = new_client(settings, lasting=True, take=self._take)
        self._client.on_connect = self._entered
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._arrived
        self._client.on_disconnect = self._lost
        self._pump = Pump(self._client, clock)

    def wake(self) -> None:
        """End a wait from another thread or a signal."""
        self._pump.wake()

    def wait(self, timeout_s: float, *, reading: bool) -> None:
        """Look after the connection for some time; ends early when a message is there.

        Raises
        ------
        BrokerUnavailable
            The broker refuses us for good, and has never let us in before; or somebody else uses
            our client id.
        """
        if self._connect_at is not None and self._clock() >= self._connect_at:
            self._connect()
        if self._connect_at is not None:
            timeout_s = min(timeout_s, self._connect_at - self._clock())
        if self._pump.wait(timeout_s, reading=reading):
            self.drain(1 if not reading else self._most_unread)
        self._raise_refusal()

    def drain(self, most: int) -> None:
        """Take what the socket holds until so many messages wait, or it has no more."""
        before = -1
        while before < len(self.inbox) < most:
            before = len(self.inbox)
            self._pump.read()
        if before < 0:
            # Full, but the connection may have ended: reading is how that is found out.
            self._pump.read()

    def acknowledge(self, messages: Sequence[Message], turn: int) -> None:
        """Tell the broker that messages need not come again, if their connection still stands."""
        # Not asked is whether we are ready: what was left from before comes ahead of that answer.
        if turn != self.turn or self._connect_at is not None:
            return
        tickets = [message.ticket for message in messages if message.ticket]
        if not tickets:
            return
        if isinstance(self._client, LeanClient):
            self._client.acknowledge(tickets)
        else:
            for ticket in tickets:
                self._client.ack(ticket, AT_LEAST_ONCE)
        self._pump.flush()

    def close(self) -> None:
        """Leave; the broker keeps the session."""
        self._is_closing = True
        self._pump.close()

    def _connect(self) -> None:
        self._connect_at = None
        self.turn += 1
        try:
            connect(self._client, self._settings, lasting=True, most_unread=self._most_unread)
        except OSError as error:
            self._again(str(error))

    def _again(self, cause: str) -> None:
        pause_s = self._back_off.next_s()
        self._connect_at = self._clock() + pause_s
        address = self._settings.address
        log.warning("broker %s: %s; next try in %.1f s", address, cause, pause_s)

    def _entered(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if not reason.is_failure:
            self._is_in, self._in_since = True, self._clock()
            client.subscribe(self._subscriptions())
            return
        self._answer = f"the broker answers: {reason}"
        if reason.value in FOR_GOOD:
            self._refuse("CG-8301", f"broker {self._settings.address} answers: {reason}")

    def _subscriptions(self) -> list[tuple[str, Any]]:
        """Ask for every filter; what a broker retains comes once and not with every connection."""
        if self._settings.version is Version.V5:
            once = SubscribeOptions(
                qos=AT_LEAST_ONCE, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB
            )
            return [(name, once) for name in self._filters]
        return [(name, AT_LEAST_ONCE) for name in self._filters]

    def _subscribed(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        refused = [
            f"{name} ({reason})"
            for name, reason in zip(self._filters, reasons, strict=False)
            if reason.value >= FAILURE
        ]
        if refused:
            address = self._settings.address
            self._refuse("CG-8302", f"broker {address} refuses to send {', '.join(refused)}")
            return
        self.is_ready = self._was_ready = True
        log.info("broker %s: connected", self._settings.address)

    def _arrived(self, _client: Client, _userdata: object, packet: MQTTMessage) -> None:
        try:
            topic = packet.topic
        except UnicodeDecodeError as error:
            topic = error.object.decode("utf-8", "replace")
        self._take(topic, bytes(packet.payload), packet.retain, packet.mid)

    def _take(self, topic: str, payload: bytes, is_retained: bool, number: int) -> None:
        self.inbox.append(Message(topic, payload, self._clock_ms(), is_retained, number))

    def _lost(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        was_in, self._is_in, self.is_ready = self._is_in, False, False
        self.inbox.clear()
        if self._is_closing or self._connect_at is not None:
            return
        if reason.value == TAKEN_OVER:
            message = f"broker {self._settings.address}: {self._who_else()}"
            self._refusal = BrokerUnavailable("CG-8303", message)
        self._again(self._answer or f"connection lost: {reason}{self._judged(was_in)}")
        self._answer = ""

    def _judged(self, was_in: bool) -> str:
        """Look how long the connection stood; many brokers do not say that we are two.

        Two in step throw each other out before either has subscribed: being let in counts.
        """
        if was_in and self._clock() - self._in_since >= STEADY_S:
            self._back_off.reset()
            self._short_lived = 0
        elif was_in:
            self._short_lived += 1
        return "" if self._short_lived < MOST_SHORT else f"; perhaps {self._who_else()}"

    def _who_else(self) -> str:
        return f"another process connects as {self._settings.client_id!r}"

    def _refuse(self, code: str, message: str) -> None:
        """Give up at the start; later go on trying, for silence has still to be noticed."""
        if self._was_ready:
            log.error("%s %s", code, message)
        else:
            self._refusal = BrokerUnavailable(code, message)

    def _raise_refusal(self) -> None:
        refusal, self._refusal = self._refusal, None
        if refusal is not None:
            raise refusal
