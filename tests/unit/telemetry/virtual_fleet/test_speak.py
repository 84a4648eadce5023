"""What the virtual fleet says is what the decoders understand: every dialect there and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.payloads.topics import TopicTable
from telemetry.readings import Channel, Message
from telemetry.virtual_fleet.naming import address_of, name_fault, plain, sensor_name
from telemetry.virtual_fleet.speak import voice_of
from telemetry.virtual_fleet.speak_ruuvi import RUUVI_CHANNELS
from telemetry.virtual_fleet.speak_sparkplug import SparkplugNode, varint
from telemetry.virtual_fleet.spec import DialectName, GatewaySpec, SensorSpec
from tests.unit.telemetry.virtual_fleet.small_fleets import START_MS

AT_MS = START_MS + 123
VALUES = {
    Channel.TEMPERATURE: -20.1,
    Channel.HUMIDITY: 71.5,
    Channel.DOOR: 1,
    Channel.SETPOINT: -21.5,
    Channel.MODE: 3,
    Channel.LATITUDE: 28.20561,
    Channel.LONGITUDE: 112.94501,
    Channel.BATTERY: 87,
}
COUNTING = {
    DialectName.FLAT_JSON,
    DialectName.THINGS_NETWORK,
    DialectName.CHIRPSTACK,
    DialectName.RUUVI,
}
SPEAKING_FOR_THEMSELVES = [each for each in DialectName if each is not DialectName.SPARKPLUG_B]


def _sensor(dialect: DialectName, channels: tuple[Channel, ...]) -> tuple[SensorSpec, GatewaySpec]:
    gateway = GatewaySpec(id="gw-1", asset="V1", dialect=dialect)
    name = sensor_name(dialect, gateway.id, "V1-front")
    return SensorSpec(id=name, gateway=gateway.id, channels=channels), gateway


def _channels(dialect: DialectName) -> tuple[Channel, ...]:
    return RUUVI_CHANNELS if dialect is DialectName.RUUVI else tuple(VALUES)


@pytest.mark.parametrize("dialect", SPEAKING_FOR_THEMSELVES)
def test_a_message_is_understood_as_it_was_meant(dialect: DialectName) -> None:
    sensor, gateway = _sensor(dialect, _channels(dialect))
    say = voice_of(sensor, gateway)
    say(AT_MS - 60_000, [VALUES[each] for each in sensor.channels], False)
    topic, payload = say(AT_MS, [VALUES[each] for each in sensor.channels], False)
    decoded = TopicTable().decode(Message(topic, payload, AT_MS))
    assert not decoded.rejected
    assert {each.channel: each.value for each in decoded.measurements} == {
        each: pytest.approx(VALUES[each]) for each in sensor.channels
    }
    assert {each.sensor for each in decoded.measurements} == {sensor.id}
    stamp = AT_MS // 1000 * 1000 if dialect is DialectName.RUUVI else AT_MS
    assert {each.at_ms for each in decoded.measurements} == {stamp}
    count = {1} if dialect in COUNTING else {None}
    assert {each.sequence for each in decoded.measurements} == count


def test_sparkplug_is_born_speaks_by_alias_counts_and_dies() -> None:
    sensor, gateway = _sensor(DialectName.SPARKPLUG_B, tuple(VALUES))
    node = SparkplugNode(gateway.id, [sensor])
    table = TopicTable()
    born = list(node.births(AT_MS))
    assert [topic for topic, _ in born] == [
        "spBv1.0/coldgrid/NBIRTH/gw-1",
        "spBv1.0/coldgrid/DBIRTH/gw-1/V1-front",
    ]
    for topic, payload in born:
        assert not table.decode(Message(topic, payload, AT_MS)).rejected
    for number in range(600):
        at_ms = AT_MS + 1000 * number
        topic, payload = node.data(sensor, at_ms, list(VALUES.values()), number == 5)
        decoded = table.decode(Message(topic, payload, at_ms))
        assert not decoded.rejected
        assert decoded.lost == 0, "the count goes round at 256"
        assert {each.channel: each.value for each in decoded.measurements} == {
            channel: pytest.approx(value, rel=1e-6) for channel, value in VALUES.items()
        }
        assert {each.sensor for each in decoded.measurements} == {"coldgrid/gw-1/V1-front"}
        assert {each.at_ms for each in decoded.measurements} == {at_ms}
        assert {each.historical for each in decoded.measurements} == {number == 5}
    topic, payload = node.death(AT_MS)
    assert topic == "spBv1.0/coldgrid/NDEATH/gw-1"
    assert not table.decode(Message(topic, payload, AT_MS)).measurements


def test_a_sparkplug_message_that_never_comes_is_counted() -> None:
    sensor, gateway = _sensor(DialectName.SPARKPLUG_B, (Channel.TEMPERATURE,))
    node = SparkplugNode(gateway.id, [sensor])
    table = TopicTable()
    for topic, payload in node.births(AT_MS):
        table.decode(Message(topic, payload, AT_MS))
    node.data(sensor, AT_MS, [-20.0], False)
    topic, payload = node.data(sensor, AT_MS + 1, [-20.0], False)
    assert table.decode(Message(topic, payload, AT_MS + 1)).lost == 1


def test_the_things_stack_leaves_out_what_is_zero() -> None:
    sensor, gateway = _sensor(DialectName.THINGS_NETWORK, (Channel.TEMPERATURE, Channel.HUMIDITY))
    say = voice_of(sensor, gateway)
    _, payload = say(AT_MS, [0.0, 60.0], False)
    uplink = json.loads(payload)["uplink_message"]
    assert uplink["decoded_payload"] == {"humidity": 60.0}
    assert "f_cnt" not in uplink
    _, payload = say(AT_MS, [0.1, 0.0], False)
    uplink = json.loads(payload)["uplink_message"]
    assert uplink["decoded_payload"] == {"temperature": 0.1}
    assert uplink["f_cnt"] == 1


def test_a_tag_says_that_it_has_not_measured_what_it_does_not_measure() -> None:
    sensor, gateway = _sensor(DialectName.RUUVI, (Channel.TEMPERATURE,))
    topic, payload = voice_of(sensor, gateway)(AT_MS, [-20.1], False)
    decoded = TopicTable().decode(Message(topic, payload, AT_MS))
    assert [each.value for each in decoded.measurements] == [pytest.approx(-20.1)]
    assert {each.reason.value for each in decoded.rejected} == {"missing_field"}


def test_flat_json_says_when_it_comes_late() -> None:
    sensor, gateway = _sensor(DialectName.FLAT_JSON, (Channel.TEMPERATURE,))
    topic, payload = voice_of(sensor, gateway)(AT_MS, [-20.1], True)
    assert TopicTable().decode(Message(topic, payload, AT_MS)).measurements[0].historical


@settings(max_examples=60, deadline=None)
@given(
    dialect=st.sampled_from(SPEAKING_FOR_THEMSELVES),
    tenths=st.integers(-1000, 1000).filter(bool),
    at_ms=st.integers(START_MS, START_MS + 10**11),
)
def test_any_tenth_of_a_degree_survives_any_dialect(
    dialect: DialectName, tenths: int, at_ms: int
) -> None:
    sensor, gateway = _sensor(dialect, (Channel.TEMPERATURE,))
    topic, payload = voice_of(sensor, gateway)(at_ms, [tenths / 10], False)
    first = TopicTable().decode(Message(topic, payload, at_ms)).measurements[0]
    assert first.value == pytest.approx(tenths / 10, abs=1e-9)
    assert first.at_ms is not None
    assert 0 <= at_ms - first.at_ms < 1000


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, b"\x00"), (127, b"\x7f"), (128, b"\x80\x01"), (300, b"\xac\x02")],
)
def test_a_varint_has_seven_bits_a_byte(number: int, written: bytes) -> None:
    assert varint(number) == written


@pytest.mark.parametrize("dialect", list(DialectName))
def test_names_that_were_made_up_can_be_used(dialect: DialectName) -> None:
    for device in ("V1-frozen-1", plain("沪A·12345/冷冻"), plain("a b+c#d")):
        name = sensor_name(dialect, "gw-1", device)
        assert name_fault(dialect, "gw-1", name) is None


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        (DialectName.RUUVI, "tag-1"),
        (DialectName.CHIRPSTACK, "A84041000181C061"),
        (DialectName.SPARKPLUG_B, "V1-front"),
        (DialectName.SPARKPLUG_B, "coldgrid/gw-1/a/b"),
        (DialectName.FLAT_JSON, "V1/front"),
        (DialectName.SENML, "a:b"),
        (DialectName.THINGS_NETWORK, "#"),
    ],
)
def test_a_name_that_a_decoder_would_not_find_again_is_refused(
    dialect: DialectName, name: str
) -> None:
    assert name_fault(dialect, "gw-1", name) is not None


def test_names_that_look_alike_once_cleaned_stay_apart() -> None:
    assert plain("V 1") != plain("V+1")
    assert address_of("a") != address_of("b")
