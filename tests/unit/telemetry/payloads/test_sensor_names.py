"""Names of sensors."""

from __future__ import annotations

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.sensor_names import MOST_REMEMBERED, SensorNames
from telemetry.readings import Reason


def test_a_template_takes_levels_counted_from_0() -> None:
    assert SensorNames("{1}/{3}").of("v3/shop@ttn/devices/probe-7/up") == "shop@ttn/probe-7"
    assert SensorNames("tag {0}").of("冷库1/x") == "tag 冷库1"
    assert SensorNames("fixed").of("anything") == "fixed"


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("a", Reason.MISSING_FIELD),
        ("a//c", Reason.MISSING_FIELD),
        ("a/ /c", Reason.MALFORMED),
        ("a/\n/c", Reason.MALFORMED),
        ("a/\ud800/c", Reason.MALFORMED),
        ("a/" + "b" * 201, Reason.MALFORMED),
    ],
)
def test_a_level_that_names_nobody_is_rejected(topic: str, reason: Reason) -> None:
    with pytest.raises(MessageRejected) as caught:
        SensorNames("{1}").of(topic)
    assert caught.value.reason is reason


def test_made_up_topics_do_not_fill_the_memory() -> None:
    names = SensorNames("{1}")
    for number in range(MOST_REMEMBERED + 10):
        assert names.of(f"a/{number}") == str(number)
    assert len(names._remembered) <= MOST_REMEMBERED
    names.of("a/b/" + "c" * 600)
    assert len(max(names._remembered, key=len)) < 600
