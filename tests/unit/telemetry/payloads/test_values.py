"""Values of channels."""

from __future__ import annotations

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.values import value_of
from telemetry.readings import Channel, Mode, Reason


@pytest.mark.parametrize(
    ("channel", "raw", "value"),
    [
        (Channel.TEMPERATURE, -20.1, -20.1),
        (Channel.TEMPERATURE, -20, -20.0),
        (Channel.TEMPERATURE, 100.0, 100.0),
        (Channel.DOOR, True, 1.0),
        (Channel.DOOR, "Closed", 0.0),
        (Channel.DOOR, 1, 1.0),
        (Channel.MODE, "defrost", float(Mode.DEFROST)),
        (Channel.MODE, 1, float(Mode.COOLING)),
        (Channel.LONGITUDE, 112.9388, 112.9388),
    ],
)
def test_each_channel_reads_its_values(channel: Channel, raw: object, value: float) -> None:
    assert value_of(channel, raw) == value


@pytest.mark.parametrize(
    ("channel", "raw", "reason"),
    [
        (Channel.TEMPERATURE, True, Reason.NOT_A_NUMBER),
        (Channel.TEMPERATURE, "-20.1", Reason.NOT_A_NUMBER),
        (Channel.TEMPERATURE, float("nan"), Reason.NOT_A_NUMBER),
        (Channel.TEMPERATURE, float("-inf"), Reason.NOT_A_NUMBER),
        (Channel.TEMPERATURE, 10**400, Reason.NOT_A_NUMBER),
        (Channel.TEMPERATURE, {"v": 1}, Reason.NOT_A_NUMBER),
        (Channel.TEMPERATURE, None, Reason.MISSING_FIELD),
        (Channel.TEMPERATURE, 100.1, Reason.IMPLAUSIBLE),
        (Channel.TEMPERATURE, -273, Reason.IMPLAUSIBLE),
        (Channel.HUMIDITY, -0.1, Reason.IMPLAUSIBLE),
        (Channel.MODE, True, Reason.NOT_A_NUMBER),
        (Channel.MODE, "washing", Reason.NOT_A_NUMBER),
        (Channel.MODE, 1.5, Reason.IMPLAUSIBLE),
        (Channel.DOOR, 0.5, Reason.IMPLAUSIBLE),
        (Channel.DOOR, "ajar", Reason.NOT_A_NUMBER),
        (Channel.LATITUDE, 91, Reason.IMPLAUSIBLE),
    ],
)
def test_what_is_no_value_says_why(channel: Channel, raw: object, reason: Reason) -> None:
    with pytest.raises(MessageRejected) as caught:
        value_of(channel, raw)
    assert caught.value.reason is reason


def test_fahrenheit_is_turned_before_it_is_judged_plausible() -> None:
    assert value_of(Channel.TEMPERATURE, 14, fahrenheit=True) == -10.0
    assert value_of(Channel.TEMPERATURE, 200, fahrenheit=True) == pytest.approx(93.333333)
    assert value_of(Channel.HUMIDITY, 50, fahrenheit=True) == 50.0
    with pytest.raises(MessageRejected):
        value_of(Channel.TEMPERATURE, 220, fahrenheit=True)
