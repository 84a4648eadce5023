"""Names of sensors, from the levels of a topic or from a message.

A template such as ``"{1}/{3}"`` takes levels of the topic, counted from 0: with ``v3/shop@ttn/
devices/probe-7/up`` it gives ``shop@ttn/probe-7``.
"""

from __future__ import annotations

import re

from telemetry.errors import MessageRejected
from telemetry.payloads.shown import shown
from telemetry.readings import Reason

LONGEST_NAME = 200
MOST_REMEMBERED = 65_536
"""Topics kept with their sensor: a sender who makes up topics cannot fill the memory."""
LONGEST_REMEMBERED = 512

LEVEL = re.compile(r"\{([0-9]{1,2})\}")


def checked_name(raw: object, what: str) -> str:
    """Give a name, if it is one that people can read and a store can keep.

    Raises
    ------
    MessageRejected
        ``MISSING_FIELD`` where there is none, ``MALFORMED`` where it cannot be used.
    """
    if raw is None or raw == "":
        raise MessageRejected(Reason.MISSING_FIELD, f"{what} is missing")
    if isinstance(raw, str) and len(raw) <= LONGEST_NAME and raw.isprintable() and raw.strip():
        return raw
    raise MessageRejected(
        Reason.MALFORMED,
        f"{what} is {shown(raw)}; expected up to {LONGEST_NAME} printable characters",
    )


class SensorNames:
    """Names the sensor of a topic.

    Parameters
    ----------
    template
        Levels in braces, and whatever shall stand between them.
    """

    def __init__(self, template: str) -> None:
        self.template = template
        self._remembered: dict[str, str] = {}

    def of(self, topic: str) -> str:
        """Name the sensor.

        Raises
        ------
        MessageRejected
            The topic has no such level, or what stands there is no name.
        """
        try:
            return self._remembered[topic]
        except KeyError:
            return self._find(topic)

    def _find(self, topic: str) -> str:
        levels = topic.split("/")

        def level(match: re.Match[str]) -> str:
            number = int(match[1])
            found = levels[number] if number < len(levels) else ""
            return checked_name(found, f"level {number} of the topic, which names the sensor,")

        name = checked_name(LEVEL.sub(level, self.template), "the sensor's name")
        if len(topic) <= LONGEST_REMEMBERED:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[topic] = name
        return name
