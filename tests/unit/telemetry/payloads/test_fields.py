"""Names of fields."""

from __future__ import annotations

import pytest

from telemetry.payloads.fields import MOST_REMEMBERED, Fields, OwnField, Slot
from telemetry.readings import Channel


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("temperature", Slot(Channel.TEMPERATURE)),
        ("Temperature", Slot(Channel.TEMPERATURE)),
        ("temp_2", Slot(Channel.TEMPERATURE, "2")),
        ("relative_humidity_3", Slot(Channel.HUMIDITY, "3")),
        ("temperature_max", None),
        ("temperature_1234", None),
        ("temperatures", None),
        ("_1", None),
        ("", None),
        ("t" * 500, None),
    ],
)
def test_known_names_and_numbered_probes_are_found(name: str, slot: Slot | None) -> None:
    assert Fields().slot(name) == slot


def test_own_names_take_the_place_of_the_known_ones_of_their_channel() -> None:
    fields = Fields(
        [
            OwnField("t1", Channel.TEMPERATURE, "front"),
            OwnField("t2", Channel.TEMPERATURE, "rear"),
        ]
    )
    assert fields.slot("t1") == Slot(Channel.TEMPERATURE, "front")
    assert fields.slot("T1") is None
    assert fields.slot("temperature") is None
    assert fields.slot("humidity") == Slot(Channel.HUMIDITY)
    assert fields.slots(Channel.TEMPERATURE) == (
        Slot(Channel.TEMPERATURE, "front"),
        Slot(Channel.TEMPERATURE, "rear"),
    )


def test_made_up_names_do_not_fill_the_memory() -> None:
    fields = Fields()
    for number in range(MOST_REMEMBERED + 10):
        fields.slot(f"name{number}")
    assert len(fields._remembered) <= MOST_REMEMBERED
    assert fields.slot("temperature") == Slot(Channel.TEMPERATURE)
