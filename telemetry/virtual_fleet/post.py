"""The way from the sensors to the broker: gateways, and what goes wrong with messages there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from telemetry.virtual_fleet.speak import Sent, Voice, voice_of
from telemetry.virtual_fleet.speak_sparkplug import SparkplugNode
from telemetry.virtual_fleet.spec import DialectName, FleetSpec, GatewaySpec, SensorSpec
from telemetry.virtual_fleet.troubles import Troubles

Taken: TypeAlias = tuple[int, int, Sequence[float]]
"""A measurement under way: sensor, its stamp, and the values of its channels."""


class Post:
    """Carries measurements through the gateways of a fleet.

    Parameters
    ----------
    spec
        The fleet.
    chance
        Which messages come twice or broken.
    """

    def __init__(self, spec: FleetSpec, chance: np.random.Generator) -> None:
        number_of = {gateway.id: index for index, gateway in enumerate(spec.gateways)}
        sensors = spec.sensors()
        self._chance = chance
        self._gateway_of = [number_of[sensor.gateway] for sensor in sensors]
        of_gateway: list[list[SensorSpec]] = [[] for _ in spec.gateways]
        for sensor, number in zip(sensors, self._gateway_of, strict=True):
            of_gateway[number].append(sensor)
        self._gateways = [
            _Gateway(gateway, its) for gateway, its in zip(spec.gateways, of_gateway, strict=True)
        ]
        self._voices: list[Voice] = [
            self._gateways[number].voice(sensor)
            for sensor, number in zip(sensors, self._gateway_of, strict=True)
        ]

    def begin(self, at_ms: int) -> list[Sent]:
        """Introduce whoever introduces himself."""
        return [sent for gateway in self._gateways for sent in gateway.births(at_ms)]

    def carry(self, taken: Sequence[Taken], troubles: Troubles) -> list[list[Sent]]:
        """Give what reaches the broker of each measurement; nothing where it is lost or kept.

        Parameters
        ----------
        taken
            Measurements in the order of their instants.
        troubles
            What is wrong with the gateways.
        """
        voices = self._voices
        if not troubles.of_gateways:
            return [[voices[sensor](at_ms, values, False)] for sensor, at_ms, values in taken]
        return [self._through(each, troubles) for each in taken]

    def turn(self, at_ms: int, troubles: Troubles) -> list[Sent]:
        """Give what gateways say because they have come back, or broken down."""
        sent: list[Sent] = []
        for number, gateway in enumerate(self._gateways):
            sent += gateway.turn(
                at_ms,
                lost=bool(troubles.gateway_lost[number]),
                holding=bool(troubles.holding[number]),
            )
        return sent

    def rest(self) -> list[Sent]:
        """Give what gateways still keep back at the end."""
        return [sent for gateway in self._gateways for sent in gateway.release()]

    def _through(self, taken: Taken, troubles: Troubles) -> list[Sent]:
        sensor, at_ms, values = taken
        number = self._gateway_of[sensor]
        gateway, voice = self._gateways[number], self._voices[sensor]
        if troubles.holding[number]:
            gateway.keep(voice, at_ms, values)
            return []
        sent = voice(at_ms, values, False)
        if troubles.gateway_lost[number]:
            return []
        if self._chance.random() < troubles.breaking[number]:
            sent = broken(sent, self._chance)
        return [sent] * (1 + (self._chance.random() < troubles.doubling[number]))


class _Gateway:
    """One gateway with what it keeps back."""

    def __init__(self, spec: GatewaySpec, sensors: Sequence[SensorSpec]) -> None:
        self._spec = spec
        is_node = spec.dialect is DialectName.SPARKPLUG_B
        self._node = SparkplugNode(spec.id, sensors) if is_node else None
        self._kept: list[Callable[[], Sent]] = []
        self._lost = False

    def voice(self, sensor: SensorSpec) -> Voice:
        if self._node is None:
            return voice_of(sensor, self._spec)
        return partial(self._node.data, sensor)

    def births(self, at_ms: int) -> list[Sent]:
        return [] if self._node is None else list(self._node.births(at_ms))

    def keep(self, voice: Voice, at_ms: int, values: Sequence[float]) -> None:
        """Keep a measurement: devices have counted it already, a node counts when it sends."""
        if self._node is not None:
            self._kept.append(partial(voice, at_ms, values, True))
        else:
            said = voice(at_ms, values, True)
            self._kept.append(lambda: said)

    def turn(self, at_ms: int, *, lost: bool, holding: bool) -> list[Sent]:
        sent: list[Sent] = []
        if self._node is not None:
            self._node.hear_time(at_ms)
            if lost != self._lost:
                sent += [self._node.death(at_ms)] if lost else self.births(at_ms)
        self._lost = lost
        if not holding and not lost:
            sent += self.release()
        return sent

    def release(self) -> list[Sent]:
        kept, self._kept = self._kept, []
        return [say() for say in kept]


def broken(sent: Sent, chance: np.random.Generator) -> Sent:
    """Spoil a message in one of the ways that are met on the road.

    Parameters
    ----------
    sent
        A good message.
    chance
        In which way.
    """
    topic, payload = sent
    half = payload[: len(payload) // 2]
    ways: tuple[Sent, ...] = (
        (topic, half),
        (topic, b""),
        (topic, b"\xff\xfe" + half),
        (topic, b"[" * 2000),
        (topic, b"sensor error"),
        (topic, b'{"temperature":NaN}'),
        (f"factory/test/{topic.rpartition('/')[2]}", payload),
    )
    return ways[int(chance.integers(len(ways)))]
