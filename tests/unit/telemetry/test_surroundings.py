"""What is known of a point's doors and unit, and for how long it is believed."""

import pytest

from telemetry.monitor.surroundings import Surroundings
from telemetry.readings import Channel, Mode, Reading

MINUTE_MS = 60_000


def said(channel: Channel, value: float, minute: int, sensor: str = "probe-1") -> Reading:
    at_ms = minute * MINUTE_MS
    return Reading(
        sensor=sensor, channel=channel, at_ms=at_ms, sequence=0, value=value, arrived_ms=at_ms
    )


def after(*readings: Reading) -> Surroundings:
    """Give what is known once an outlook has followed the readings."""
    surroundings = Surroundings()
    for reading in readings:
        surroundings.note(reading)
    surroundings.told()
    return surroundings


@pytest.mark.parametrize(("minute", "is_open"), [(0, True), (15, True), (16, None)])
def test_an_open_door_that_is_not_repeated_soon_excuses_nothing(
    minute: int, *, is_open: bool | None
) -> None:
    door = after(said(Channel.DOOR, 1.0, 0))
    assert door.cues(minute * MINUTE_MS, None).door_open is is_open


@pytest.mark.parametrize(("minute", "is_open"), [(16, False), (60, False), (61, None)])
def test_a_closed_door_is_believed_for_an_hour(minute: int, *, is_open: bool | None) -> None:
    door = after(said(Channel.DOOR, 1.0, -1), said(Channel.DOOR, 0.0, 0))
    assert door.cues(minute * MINUTE_MS, None).door_open is is_open


def test_one_door_that_fell_silent_leaves_the_other_door_its_word() -> None:
    doors = after(said(Channel.DOOR, 1.0, 0), said(Channel.DOOR, 0.0, 18, "probe-2"))
    assert doors.cues(20 * MINUTE_MS, None).door_open is False


@pytest.mark.parametrize(("minute", "defrosting"), [(60, True), (61, None)])
def test_what_a_unit_does_is_believed_for_an_hour(minute: int, *, defrosting: bool | None) -> None:
    unit = after(said(Channel.MODE, Mode.DEFROST, 0))
    assert unit.cues(minute * MINUTE_MS, None).defrosting is defrosting
