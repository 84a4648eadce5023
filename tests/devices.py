"""A device on a vehicle, as a broker sees one: it keeps a session and reads its topic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from telemetry.mqtt.broker import RunningBroker

LONGEST_S = 20.0


@dataclass(slots=True)
class Device:
    """What a device has been sent."""

    topics: list[str] = field(default_factory=list)
    got: list[bytes] = field(default_factory=list)
    is_connected: bool = False
    changed: Condition = field(default_factory=Condition)

    def wait_until_let_in(self) -> None:
        """Wait until the broker has taken the subscription."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.is_connected, LONGEST_S), "not let in"

    def wait_for(self, count: int) -> list[bytes]:
        """Wait until so much has come; give all of it."""
        with self.changed:
            done = self.changed.wait_for(lambda: len(self.got) >= count, LONGEST_S)
            assert done, f"{len(self.got)} of {count} came"
            return list(self.got)


@contextmanager
def listening(
    broker: RunningBroker, topic: str, *, name: str = "device", user: str = "", password: str = ""
) -> Iterator[Device]:
    """Listen to a topic at QoS 1, in a session that the broker keeps."""
    device = Device()
    client = Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)

    if user:
        client.username_pw_set(user, password)

    def entered(*_: object) -> None:
        client.subscribe(topic, qos=1)

    def subscribed(*_: object) -> None:
        with device.changed:
            device.is_connected = True
            device.changed.notify_all()

    def lost(*_: object) -> None:
        with device.changed:
            device.is_connected = False

    def arrived(_client: Client, _userdata: object, message: MQTTMessage) -> None:
        with device.changed:
            device.topics.append(message.topic)
            device.got.append(bytes(message.payload))
            device.changed.notify_all()

    client.on_connect, client.on_subscribe = entered, subscribed
    client.on_disconnect, client.on_message = lost, arrived
    client.connect(broker.host, broker.port)
    client.loop_start()
    try:
        device.wait_until_let_in()
        yield device
    finally:
        client.disconnect()
        client.loop_stop()
