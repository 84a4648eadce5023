"""What Ruuvi gateways pass on. The first tag is the test vector of Ruuvi's own description."""

from __future__ import annotations

import json

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.ruuvi import battery
from telemetry.payloads.topics import TopicTable
from telemetry.readings import Channel, Measurement, Message, Reason

AT = 1_700_000_000_000
TAG = "0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F"
NOTHING = "058000FFFFFFFF800080008000FFFFFFFFFFFFFFFFFFFFFF"
FLAGS = "020106"


def advertisement(content: str, before: str = FLAGS) -> str:
    return f"{before}{len(content) // 2 + 3:02X}FF9904{content}"


def decode(data: object, **more: object) -> Decoded:
    body = {"gw_mac": "C8", "rssi": -62, "ts": "1700000000", "data": data, **more}
    return TopicTable().decode(Message("ruuvi/C8/CB:B8", json.dumps(body).encode(), AT + 999))


@pytest.mark.parametrize("before", ["", FLAGS, FLAGS + "0303AAFE" + "05FF4C000102"])
def test_a_tag_is_found_behind_other_structures(before: str) -> None:
    assert decode(advertisement(TAG, before).lower()).measurements == (
        Measurement("CB:B8", Channel.TEMPERATURE, 24.3, AT, 205),
        Measurement("CB:B8", Channel.HUMIDITY, 53.49, AT, 205),
        Measurement("CB:B8", Channel.BATTERY, 97.7, AT, 205),
    )


@pytest.mark.parametrize(
    ("content", "channels"),
    [
        ("058000" + TAG[6:], {Channel.HUMIDITY, Channel.BATTERY}),
        (TAG[:6] + "FFFF" + TAG[10:], {Channel.TEMPERATURE, Channel.BATTERY}),
        (TAG[:26] + "FFFF" + TAG[30:], {Channel.TEMPERATURE, Channel.HUMIDITY}),
    ],
)
def test_a_part_that_was_not_measured_is_rejected(content: str, channels: set[Channel]) -> None:
    decoded = decode(advertisement(content))
    assert {each.channel for each in decoded.measurements} == channels
    assert [each.reason for each in decoded.rejected] == [Reason.MISSING_FIELD]


def test_a_tag_that_measured_nothing_is_rejected() -> None:
    with pytest.raises(MessageRejected) as caught:
        decode(advertisement(NOTHING))
    assert caught.value.reason is Reason.MISSING_FIELD


def test_frost_and_the_ends_of_the_range_are_read() -> None:
    frost = decode(advertisement("05F05F" + TAG[6:])).measurements[0]
    assert frost.value == -20.005
    hot = decode(advertisement("057FFF" + TAG[6:]))
    assert [each.reason for each in hot.rejected] == [Reason.IMPLAUSIBLE]


def test_a_tag_without_a_count_has_none() -> None:
    decoded = decode(advertisement(TAG[:32] + "FFFF" + TAG[36:]))
    assert {each.sequence for each in decoded.measurements} == {None}


@pytest.mark.parametrize(
    ("at", "at_ms"),
    [("1700000000", AT), (1700000000, AT), ("1700000000123", AT + 123), (None, None)],
)
def test_the_gateways_seconds_come_as_text_or_number(at: object, at_ms: int | None) -> None:
    assert decode(advertisement(TAG), ts=at).measurements[0].at_ms == at_ms


def test_the_data_name_the_tag_where_the_table_does_not() -> None:
    table = TopicTable.from_rows([{"topic": "#", "dialect": "ruuvi"}])
    body = json.dumps({"data": advertisement(TAG)}).encode()
    assert table.decode(Message("a", body, AT)).measurements[0].sensor == "CB:B8:33:4C:88:4F"
    nameless = json.dumps({"data": advertisement(TAG[:36] + "F" * 12)}).encode()
    with pytest.raises(MessageRejected):
        table.decode(Message("a", nameless, AT))


def test_a_gateways_own_state_is_no_measurement() -> None:
    state = Message("ruuvi/C8/gw_status", b'{"state": "online"}', AT)
    assert TopicTable().decode(state) == Decoded(())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, Reason.MISSING_FIELD),
        (5, Reason.MALFORMED),
        ("", Reason.MALFORMED),
        ("xyz", Reason.MALFORMED),
        ("020", Reason.MALFORMED),
        (FLAGS, Reason.MALFORMED),
        ("00" * 40, Reason.MALFORMED),
        ("1BFF", Reason.MALFORMED),
        ("01FF", Reason.MALFORMED),
        (advertisement(""), Reason.MALFORMED),
        (advertisement("03" + TAG[2:]), Reason.MALFORMED),
        (advertisement(TAG[:-2]), Reason.MALFORMED),
        (advertisement(TAG)[:-2], Reason.MALFORMED),
    ],
)
def test_data_of_nobody_are_rejected(data: object, reason: Reason) -> None:
    with pytest.raises(MessageRejected) as caught:
        decode(data)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("volts", "percent"), [(1.6, 0.0), (2.0, 0.0), (2.5, 50.0), (3.0, 100.0), (3.646, 100.0)]
)
def test_the_battery_is_a_straight_line_from_2_to_3_volts(volts: float, percent: float) -> None:
    assert battery(round((volts - 1.6) * 1000)) == percent
