"""Which field of a message is which channel of which probe.

Known names (letters of any case): ``temperature`` ``temp`` · ``humidity`` ``relative_humidity``
``rh`` · ``door`` ``door_open`` · ``setpoint`` ``set_point`` · ``mode`` · ``latitude`` ``lat`` ·
``longitude`` ``lon`` ``lng`` · ``battery`` ``battery_percent`` ``battery_level``. A number behind
an underscore is a probe: ``temperature_2`` of sensor ``V7`` is the temperature of ``V7/2``. A topic
table may name other fields for a channel; they then take the place of its known names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from telemetry.payloads.parts import Origin, Parts
from telemetry.readings import Channel

KNOWN_NAMES: dict[str, Channel] = {
    "temperature": Channel.TEMPERATURE,
    "temp": Channel.TEMPERATURE,
    "humidity": Channel.HUMIDITY,
    "relative_humidity": Channel.HUMIDITY,
    "rh": Channel.HUMIDITY,
    "door": Channel.DOOR,
    "door_open": Channel.DOOR,
    "setpoint": Channel.SETPOINT,
    "set_point": Channel.SETPOINT,
    "mode": Channel.MODE,
    "latitude": Channel.LATITUDE,
    "lat": Channel.LATITUDE,
    "longitude": Channel.LONGITUDE,
    "lon": Channel.LONGITUDE,
    "lng": Channel.LONGITUDE,
    "battery": Channel.BATTERY,
    "battery_percent": Channel.BATTERY,
    "battery_level": Channel.BATTERY,
}
MOST_REMEMBERED = 4096
"""Field names kept with what they mean; a sender who makes up names cannot fill the memory."""
LONGEST_FIELD = 200

_NUMBERED = re.compile(r"(.+)_([0-9]{1,3})")


class Slot(Struct, frozen=True):
    """What a field holds: a channel, of a probe where the sensor has several."""

    channel: Channel
    probe: str = ""


class OwnField(Struct, frozen=True):
    """A field that the topic table names."""

    field: str
    channel: Channel
    probe: str = ""


class Fields:
    """Reads the channels out of the object that carries them.

    Parameters
    ----------
    own
        Fields named by the topic table.
    fahrenheit
        Whether temperatures and set-points come in °F.
    """

    def __init__(self, own: Iterable[OwnField] = (), *, fahrenheit: bool = False) -> None:
        self.own = tuple(own)
        self.fahrenheit = fahrenheit
        self._own = {each.field: Slot(each.channel, each.probe) for each in self.own}
        replaced = {each.channel for each in self.own}
        self._known = {
            name: Slot(channel) for name, channel in KNOWN_NAMES.items() if channel not in replaced
        }
        self._remembered: dict[str, Slot | None] = {}

    def slot(self, name: str) -> Slot | None:
        """Say what a field holds; None for a field that is none of a channel."""
        try:
            return self._remembered[name]
        except KeyError:
            if len(name) > LONGEST_FIELD:
                return None
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[name] = self._find(name)
            return found

    def read(self, values: Mapping[str, object], origin: Origin, parts: Parts) -> None:
        """Take every channel of an object; other fields are nobody's business."""
        for name, raw in values.items():
            slot = self.slot(name)
            if slot is not None:
                parts.take(slot.channel, raw, origin.of(slot.probe), fahrenheit=self.fahrenheit)

    def slots(self, channel: Channel) -> tuple[Slot, ...]:
        """Give what is expected of a channel: the probes that the table names, else the sensor."""
        own = tuple(Slot(channel, each.probe) for each in self.own if each.channel is channel)
        return own or (Slot(channel),)

    def _find(self, name: str) -> Slot | None:
        exact = self._own.get(name)
        if exact is not None:
            return exact
        folded = name.casefold()
        known = self._known.get(folded)
        if known is not None:
            return known
        numbered = _NUMBERED.fullmatch(folded)
        base = self._known.get(numbered[1]) if numbered else None
        return Slot(base.channel, numbered[2]) if numbered and base else None
