"""Which dialect a topic speaks: the topic table.

The first entry whose filter matches decides. ``DEFAULT_TOPICS`` holds when nobody wrote a table:

=====================================  ==============  =============================================
topic                                  dialect         sensor
=====================================  ==============  =============================================
``coldgrid/sensors/A``                 flat_json       ``A``
``coldgrid/sensors/A/B``               flat_json       ``A/B``
``v1/devices/A/telemetry``             thingsboard     ``A`` (``me`` is refused)
``v1/gateway/telemetry``               thingsboard     the device's name in the message
``senml/…``                            senml           the base name in the message
``spBv1.0/G/…/N`` and ``/D``           sparkplug_b     ``G/N`` of a node, ``G/N/D`` of a device
``v3/app@tenant/devices/A/up``         network_server  ``A``
``application/I/device/E/event/up``    network_server  ``E``
``ruuvi/GATEWAY/TAG``                  ruuvi           ``TAG``
=====================================  ==============  =============================================

A probe is appended: ``A/2``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded, Dialect
from telemetry.payloads.fields import Fields
from telemetry.payloads.flat_json import FlatJson
from telemetry.payloads.network_server import NetworkServer
from telemetry.payloads.ruuvi import Ruuvi
from telemetry.payloads.senml import SenMl
from telemetry.payloads.sensor_names import LONGEST_REMEMBERED, MOST_REMEMBERED, SensorNames
from telemetry.payloads.shown import shown
from telemetry.payloads.sparkplug_b import SparkplugB
from telemetry.payloads.thingsboard import ThingsBoard
from telemetry.payloads.topic_filters import covers, matches
from telemetry.payloads.topic_rules import TopicRule, read_topic_rules
from telemetry.readings import Message, Reason

DEFAULT_TOPICS: tuple[TopicRule, ...] = (
    TopicRule(topic="coldgrid/sensors/+", dialect="flat_json", sensor="{2}"),
    TopicRule(topic="coldgrid/sensors/+/+", dialect="flat_json", sensor="{2}/{3}"),
    TopicRule(topic="v1/devices/+/telemetry", dialect="thingsboard", sensor="{2}"),
    TopicRule(topic="v1/gateway/telemetry", dialect="thingsboard"),
    TopicRule(topic="senml/#", dialect="senml"),
    TopicRule(topic="spBv1.0/#", dialect="sparkplug_b"),
    TopicRule(topic="v3/+/devices/+/up", dialect="network_server", sensor="{3}"),
    TopicRule(topic="application/+/device/+/event/up", dialect="network_server", sensor="{3}"),
    TopicRule(topic="ruuvi/+/+", dialect="ruuvi", sensor="{2}"),
)


class TopicTable:
    """Finds the decoder of a topic.

    Parameters
    ----------
    rules
        Entries in order; the first that matches decides.
    """

    def __init__(self, rules: Sequence[TopicRule] = DEFAULT_TOPICS) -> None:
        self.rules = tuple(rules)
        self._dialects = tuple(dialect_of(rule) for rule in self.rules)
        self._remembered: dict[str, Callable[[Message], Decoded]] = {}

    @classmethod
    def from_rows(cls, rows: object, *, place: str = "topics") -> TopicTable:
        """Build a table from plain mappings.

        Parameters
        ----------
        rows
            A list of entries as ``topic_rules`` describes them.
        place
            What the table is called in messages to people.

        Raises
        ------
        InputRefused
            With everything that is wrong with it.
        """
        return cls(read_topic_rules(rows, place=place))

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Filters to subscribe to; none lies within another, so nothing is delivered twice."""
        filters = [rule.topic for rule in self.rules]
        return tuple(
            each
            for number, each in enumerate(filters)
            if not any(
                covers(other, each) and (not covers(each, other) or place < number)
                for place, other in enumerate(filters)
                if place != number
            )
        )

    def decode(self, message: Message) -> Decoded:
        """Understand a message by its topic.

        Raises
        ------
        MessageRejected
            The topic is unknown, or no part of the message can be understood.
        """
        decode = self._remembered.get(message.topic)
        if decode is None:
            decode = self.dialect(message.topic).decode
            self._remember(message.topic, decode)
        return decode(message)

    def dialect(self, topic: str) -> Dialect:
        """Give the dialect of a topic.

        Raises
        ------
        MessageRejected
            ``UNKNOWN_TOPIC``.
        """
        for rule, dialect in zip(self.rules, self._dialects, strict=True):
            if matches(rule.topic, topic):
                return dialect
        raise MessageRejected(
            Reason.UNKNOWN_TOPIC, f"no entry of the topic table is for {shown(topic)}"
        )

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Let every dialect take up what was remembered before a restart."""
        for dialect in self._dialects:
            dialect.recall(memories)

    def _remember(self, topic: str, decode: Callable[[Message], Decoded]) -> None:
        if len(topic) > LONGEST_REMEMBERED:
            return
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[topic] = decode


def dialect_of(rule: TopicRule) -> Dialect:
    """Build the decoder that an entry asks for."""
    names = SensorNames(rule.sensor) if rule.sensor else None
    fields = Fields(rule.fields, fahrenheit=rule.fahrenheit)
    match rule.dialect:
        case "flat_json":
            return FlatJson(SensorNames(rule.sensor), fields)
        case "thingsboard":
            return ThingsBoard(names, fields)
        case "senml":
            return SenMl(names)
        case "sparkplug_b":
            return SparkplugB(fields)
        case "ruuvi":
            return Ruuvi(names)
    return NetworkServer(names, fields, zero_omitted=rule.zero_omitted)
