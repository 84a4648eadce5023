"""One entry of the topic table, and how entries are read from plain mappings.

An entry as YAML::

    - topic: plant/+/sensors/+/data    # an MQTT filter
      dialect: flat_json
      sensor: "{1}/{3}"                # levels of the topic, counted from 0
      fields: {temperature: t1}        # or {temperature: {front: t1, rear: t2}} for two probes
      unit: fahrenheit
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.domain.errors import Fault, InputRefused
from telemetry.payloads.fields import OwnField
from telemetry.payloads.flat_json import SEQUENCE_NAMES, TIME_NAMES
from telemetry.payloads.sensor_names import LEVEL
from telemetry.payloads.shown import shown
from telemetry.payloads.topic_filters import ONE, REST, covers, filter_fault, is_shared
from telemetry.readings import Channel

_ALL = frozenset({"sensor", "fields", "unit"})
OPTIONS: Mapping[str, frozenset[str]] = {
    "flat_json": _ALL,
    "thingsboard": _ALL,
    "senml": frozenset({"sensor"}),
    "sparkplug_b": frozenset({"fields", "unit"}),
    "network_server": _ALL | {"zero_omitted"},
    "ruuvi": frozenset({"sensor"}),
}
"""What may be said of each dialect beside topic and dialect."""
UNITS = ("celsius", "fahrenheit")

_CHANNELS = {channel.name.lower(): channel for channel in Channel}
_TAKEN = frozenset((*TIME_NAMES, *SEQUENCE_NAMES, "historical", "values"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRule:
    """How the messages of one topic filter are read.

    Parameters
    ----------
    topic
        MQTT filter.
    dialect
        A key of ``OPTIONS``.
    sensor
        Template of the sensor's name from levels of the topic, counted from 0: ``"{1}/{3}"``.
        Empty leaves it to the message; ``flat_json`` cannot do without.
    fields
        Names of fields in the place of the known ones.
    fahrenheit
        Whether temperatures and set-points come in °F.
    zero_omitted
        Whether a temperature that is missing beside a present uplink is 0 °C.
    """

    topic: str
    dialect: str
    sensor: str = ""
    fields: tuple[OwnField, ...] = ()
    fahrenheit: bool = False
    zero_omitted: bool = False


def read_topic_rules(rows: object, *, place: str = "topics") -> tuple[TopicRule, ...]:
    """Read the entries of a topic table.

    Parameters
    ----------
    rows
        A list of mappings as YAML or JSON gives it.
    place
        What the table is called in messages to people.

    Raises
    ------
    InputRefused
        With everything that is wrong with it.
    """
    faults: list[Fault] = []
    if not rows:
        faults.append(_fault("CG-8009", place, "it has no entries", "Name at least one topic"))
    elif not isinstance(rows, list | tuple):
        faults.append(_fault("CG-8002", place, f"it is {shown(rows)}", "Write a list of entries"))
    rules: list[TopicRule] = []
    for number, row in enumerate(rows if isinstance(rows, list | tuple) else (), start=1):
        where = f"{place} entry {number}"
        if isinstance(row, Mapping):
            reading = _Reading(row, where)
            rules.append(reading.rule())
            faults.extend(reading.faults)
        else:
            faults.append(_fault("CG-8002", where, f"it is {shown(row)}", "Write a mapping"))
    if not faults:
        faults.extend(_never_reached(rules, place))
    if faults:
        raise InputRefused(faults)
    return tuple(rules)


class _Reading:
    """Reads one entry, and notes what is wrong with it."""

    def __init__(self, row: Mapping[Any, object], place: str) -> None:
        self._row = row
        self._place = place
        self.faults: list[Fault] = []

    def rule(self) -> TopicRule:
        topic = self._topic()
        dialect = self._text("dialect")
        allowed = OPTIONS.get(dialect)
        if allowed is None:
            self._note(
                "CG-8003",
                f"dialect {shown(self._row.get('dialect'))} is unknown",
                f"Write one of {', '.join(OPTIONS)}",
            )
        else:
            self._options(dialect, allowed)
        return TopicRule(
            topic=topic,
            dialect=dialect,
            sensor=self._sensor(topic, needed=dialect == "flat_json"),
            fields=self._fields(),
            fahrenheit=self._unit() == "fahrenheit",
            zero_omitted=self._switch("zero_omitted"),
        )

    def _note(self, code: str, cause: str, action: str) -> None:
        self.faults.append(_fault(code, self._place, cause, action))

    def _options(self, dialect: str, allowed: frozenset[str]) -> None:
        for key in self._row:
            if key not in allowed and key not in ("topic", "dialect"):
                self._note(
                    "CG-8002",
                    f"{shown(key)} says nothing of {dialect}",
                    f"Leave it out; allowed are topic, dialect, {', '.join(sorted(allowed))}",
                )

    def _text(self, key: str) -> str:
        raw = self._row.get(key, "")
        if isinstance(raw, str):
            return raw
        self._note("CG-8002", f"{key} is {shown(raw)}", "Write a text")
        return ""

    def _topic(self) -> str:
        topic = self._text("topic")
        if is_shared(topic):
            self._note(
                "CG-8005",
                f"{shown(topic)} is a shared subscription",
                "Give each ingester topics of its own",
            )
        else:
            fault = filter_fault(topic)
            if fault:
                self._note("CG-8004", f"topic {shown(topic)}: {fault}", "Correct the filter")
        return topic

    def _sensor(self, topic: str, *, needed: bool) -> str:
        template = self._text("sensor")
        if not template:
            if needed:
                self._note(
                    "CG-8006", "nothing says the sensor's name", 'Write sensor, for example "{1}"'
                )
            return ""
        numbers = [int(number) for number in LEVEL.findall(template)]
        if "{" in LEVEL.sub("", template) or "}" in LEVEL.sub("", template):
            self._note(
                "CG-8006",
                f"sensor {shown(template)} has braces around no level",
                'Write levels counted from 0, for example "{1}/{3}"',
            )
        levels = topic.split("/")
        if levels[-1] != REST and any(number >= len(levels) for number in numbers):
            self._note(
                "CG-8006",
                f"sensor {shown(template)} asks for a level that {topic} has not",
                f"Levels are counted from 0; the last one is {len(levels) - 1}",
            )
        elif "{" not in template and (ONE in levels or REST in levels):
            self._note(
                "CG-8006",
                f"sensor {shown(template)} is the same for many topics",
                "Take in the levels that tell them apart",
            )
        return template

    def _unit(self) -> str:
        unit = self._text("unit") or UNITS[0]
        if unit not in UNITS:
            self._note("CG-8002", f"unit {shown(unit)} is unknown", f"Write {' or '.join(UNITS)}")
        return unit

    def _switch(self, key: str) -> bool:
        raw = self._row.get(key, False)
        if not isinstance(raw, bool):
            self._note("CG-8002", f"{key} is {shown(raw)}", "Write true or false")
        return raw is True

    def _fields(self) -> tuple[OwnField, ...]:
        raw = self._row.get("fields", {})
        if not isinstance(raw, Mapping):
            self._note("CG-8007", f"fields is {shown(raw)}", "Write a channel for each field")
            return ()
        found: list[OwnField] = []
        for word, named in raw.items():
            channel = _CHANNELS.get(word) if isinstance(word, str) else None
            if channel is None:
                self._note(
                    "CG-8007",
                    f"channel {shown(word)} is unknown",
                    f"Write one of {', '.join(_CHANNELS)}",
                )
            else:
                found.extend(self._named(channel, named))
        names = [each.field for each in found]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._note("CG-8007", f"field {shown(name)} stands for two things", "Name it once")
        return tuple(found)

    def _named(self, channel: Channel, named: object) -> Iterator[OwnField]:
        # An empty mapping is no name either.
        probes = named.items() if isinstance(named, Mapping) and named else [("", named)]
        for probe, field in probes:
            if not isinstance(field, str) or not field or not _is_probe(probe):
                self._note(
                    "CG-8007",
                    f"{channel.name.lower()} is {shown(named)}",
                    "Write a field's name, or a mapping of probe to field",
                )
            elif field in _TAKEN:
                self._note(
                    "CG-8007",
                    f"field {field} has a meaning of its own",
                    "A field of time or sequence cannot be a channel",
                )
            else:
                yield OwnField(field, channel, probe)


def _is_probe(raw: object) -> bool:
    return isinstance(raw, str) and raw.isprintable()


def _never_reached(rules: Sequence[TopicRule], place: str) -> Iterator[Fault]:
    for number, rule in enumerate(rules, start=1):
        for earlier, above in enumerate(rules[: number - 1], start=1):
            if covers(above.topic, rule.topic):
                yield _fault(
                    "CG-8008",
                    f"{place} entry {number}",
                    f"all of {rule.topic} is taken by entry {earlier}, {above.topic}",
                    "Put the narrower topic first, or leave one out",
                )
                break


def _fault(code: str, place: str, cause: str, action: str) -> Fault:
    return Fault(code=code, place=place, cause=cause, action=action)
