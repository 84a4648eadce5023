"""Sparkplug B: edge nodes and their devices, in protobuf.

Topic ``spBv1.0/plant/DDATA/gateway-1/V7`` (sensor ``plant/gateway-1/V7``; a metric
``Front/Temperature`` is of its probe ``Front``); data of the node itself come at
``spBv1.0/plant/NDATA/gateway-1`` (sensor ``plant/gateway-1``). A birth says which metric bears
which alias::

    NBIRTH seq 0 · DBIRTH seq 1 {Temperature, alias 7, Float, -20.1} · DDATA seq 2 {alias 7, -20.2}

- A birth's values are readings too. The aliases of a node and its devices are remembered with the
  store, so that data after a restart of ours are understood; those that nobody declared are
  rejected. A node's birth ends the aliases of its devices. A death ends none: it may be the last
  will of an earlier connection and come late, and its sender has to be born anew anyway.
- ``seq`` runs from 0 to 255 and around, over all messages of a node but its death. Where it jumps,
  messages were lost, and are counted. A message that was sent before the last one is a redelivery
  and counts nothing. It is the node's count and not the sensor's, so readings do not bear it.
- A value marked null is none: in a birth that is usual, in data the part is rejected.
- Commands, host states and metrics of other kinds are nobody's business.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.fields import Fields, Slot
from telemetry.payloads.instants import instant_ms
from telemetry.payloads.json_text import check_size
from telemetry.payloads.parts import Origin, Parts
from telemetry.payloads.sensor_names import checked_name
from telemetry.payloads.sparkplug_nodes import KEY_PREFIX, Node, Nodes
from telemetry.payloads.sparkplug_schema import BrokenPayload, Metric, Payload, payload_of
from telemetry.readings import Message, Reason

NAMESPACE = "spBv1.0"

_BIRTHS = frozenset({"NBIRTH", "DBIRTH"})
_OF_NODES = frozenset({"NBIRTH", "NDATA", "NDEATH"})
_OF_DEVICES = frozenset({"DBIRTH", "DDATA", "DDEATH"})
_NOT_OURS = frozenset({"NCMD", "DCMD"})


class _Address(Struct, frozen=True):
    """What a topic says: node ``group/node``, kind of message, device or nothing."""

    node: str
    kind: str
    device: str

    @property
    def sensor(self) -> str:
        return f"{self.node}/{self.device}" if self.device else self.node


class SparkplugB:
    """Reads Sparkplug B, and remembers who was born with which aliases.

    Parameters
    ----------
    fields
        Which metric is which channel, by the last part of its name.
    """

    name = "sparkplug_b"

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._nodes = Nodes()

    def decode(self, message: Message) -> Decoded:
        """Understand a message.

        Raises
        ------
        MessageRejected
            No part of it can be understood.
        """
        address = _address(message.topic)
        if address is None:
            return Decoded(())
        check_size(message.payload)
        try:
            payload = payload_of(message.payload)
        except BrokenPayload as error:
            raise MessageRejected(Reason.MALFORMED, "no Sparkplug B payload") from error
        node = self._nodes.node(address.node)
        memory = None
        if _count(node, address.kind, payload) and address.kind in _BIRTHS:
            node.born(address.device, payload.metrics, self._is_known)
            memory = (f"{KEY_PREFIX}{address.node}", node.memory())
        parts = Parts()
        if address.kind not in ("NDEATH", "DDEATH"):
            self._read(payload, address, node, parts)
        if parts.rejected and not parts.measurements and address.kind not in _BIRTHS:
            # What was lost is told with the next message that is understood.
            raise parts.rejected[0]
        return Decoded(tuple(parts.measurements), tuple(parts.rejected), node.take_lost(), memory)

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Take up the births before a restart."""
        self._nodes.recall(memories)

    def _read(self, payload: Payload, address: _Address, node: Node, parts: Parts) -> None:
        born = address.kind in _BIRTHS
        for metric in payload.metrics:
            try:
                self._metric(metric, payload, address, node, parts)
            except MessageRejected as rejected:
                if not (born and metric.is_null):
                    parts.rejected.append(rejected)

    def _metric(
        self, metric: Metric, payload: Payload, address: _Address, node: Node, parts: Parts
    ) -> None:
        name, datatype = node.declared(address.device, metric)
        probe, slot = self._slot(name)
        if slot is None:
            return
        if metric.is_null:
            raise MessageRejected(Reason.MISSING_FIELD, f"{slot.channel.name.lower()} is null")
        at = payload.timestamp if metric.timestamp is None else metric.timestamp
        origin = Origin(
            address.sensor,
            None if at is None else instant_ms(at),
            None,
            metric.is_historical,
        )
        whole = f"{probe}/{slot.probe}" if probe and slot.probe else probe or slot.probe
        if whole:
            checked_name(whole, "the probe's name")
        parts.take(
            slot.channel,
            metric.value_as(datatype),
            origin.of(whole),
            fahrenheit=self._fields.fahrenheit,
        )

    def _is_known(self, name: str) -> bool:
        return self._slot(name)[1] is not None

    def _slot(self, name: str) -> tuple[str, Slot | None]:
        probe, _, last = name.rpartition("/")
        return probe, self._fields.slot(last)


def _address(topic: str) -> _Address | None:
    """Read a topic; None for messages that carry no measurements."""
    levels = topic.split("/")
    if NAMESPACE not in levels:
        raise MessageRejected(Reason.MALFORMED, f"the topic has no level {NAMESPACE}")
    rest = levels[levels.index(NAMESPACE) + 1 :]
    if rest[:1] == ["STATE"]:
        return None
    kind = rest[1] if len(rest) > 1 else ""
    if kind in _NOT_OURS:
        return None
    expected = 3 if kind in _OF_NODES else 4 if kind in _OF_DEVICES else 0
    if not expected or len(rest) != expected:
        raise MessageRejected(
            Reason.MALFORMED, "the topic is none of group/kind/node or group/kind/node/device"
        )
    for level in (rest[0], *rest[2:]):
        checked_name(level, "a level of the topic")
    return _Address(f"{rest[0]}/{rest[2]}", kind, "".join(rest[3:]))


def _count(node: Node, kind: str, payload: Payload) -> bool:
    """Count a message; says no to a birth of a node that is delivered again."""
    if kind == "NBIRTH":
        return node.begin(payload.seq, payload.timestamp)
    if kind != "NDEATH":
        node.follow(payload.seq, payload.timestamp)
    return True
