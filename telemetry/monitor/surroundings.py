"""What is known of a point besides its temperature: its doors, and what its unit does.

Both are said when they change, and then perhaps not for long; a door is mostly open between two
outlooks. So what was open since the last outlook counts as open, and what nobody has repeated for
an hour counts as unknown. A door that was open counts as unknown sooner: its closing may have been
lost, or left out as The Things Stack leaves out what is 0, and an open door excuses warm air.
"""

from __future__ import annotations

from telemetry.estimate.words import NO_CUES, Cues
from telemetry.readings import Channel, Mode, Reading

BELIEVED_FOR_MS = 3_600_000
"""A door or a unit that has said nothing for so long may do anything by now."""

BEFORE_MS = 120_000
"""What was said so much after a temperature still goes with it: clocks of devices differ."""

OPEN_FOR_MS = 900_000
"""A door that was open and has said nothing for so long excuses nothing any more."""

OPEN = 0.5
"""A door that says more is open."""


class Surroundings:
    """Doors and unit of one point."""

    __slots__ = ("_doors", "_mode", "_opened")

    def __init__(self) -> None:
        self._doors: dict[str, Reading] = {}
        self._mode: Reading | None = None
        self._opened = False

    @property
    def is_silent(self) -> bool:
        """Say whether nobody has ever told anything."""
        return self._mode is None and not self._doors

    def note(self, reading: Reading) -> None:
        """Take what a sensor says; what is not about doors or the unit is left out."""
        if reading.channel is Channel.DOOR:
            self._doors[reading.sensor] = reading
            self._opened = self._opened or reading.value > OPEN
        elif reading.channel is Channel.MODE:
            self._mode = reading

    def cues(self, at_ms: int, apart_c: float | None) -> Cues:
        """Say what goes with a temperature.

        Parameters
        ----------
        at_ms
            When it was measured.
        apart_c
            By how much the sensors of the point differ; None where it has one.
        """
        if self.is_silent:
            return NO_CUES if apart_c is None else Cues(apart_c=apart_c)
        mode = self._mode
        unit = None if mode is None or not _is_believed(mode, at_ms) else mode.value
        return Cues(
            door_open=self._door_open(at_ms),
            defrosting=None if unit is None else unit == Mode.DEFROST,
            apart_c=apart_c,
        )

    def told(self) -> None:
        """Put down that there was an outlook: a door that is closed now was not open since."""
        self._opened = False

    def _door_open(self, at_ms: int) -> bool | None:
        said = [door.value > OPEN for door in self._doors.values() if _is_known(door, at_ms)]
        return self._opened or any(said) if said else None


def _is_known(door: Reading, at_ms: int) -> bool:
    if door.value > OPEN and at_ms - door.at_ms > OPEN_FOR_MS:
        return False
    return _is_believed(door, at_ms)


def _is_believed(reading: Reading, at_ms: int) -> bool:
    return -BEFORE_MS <= at_ms - reading.at_ms <= BELIEVED_FOR_MS
