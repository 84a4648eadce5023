"""Sparkplug B: births, data, deaths, and what was lost between them."""

from __future__ import annotations

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.sparkplug_nodes import MOST_DEVICES, MOST_NODES
from telemetry.payloads.sparkplug_schema import DataType, Metric, Payload, bytes_of
from telemetry.payloads.topics import TopicTable
from telemetry.readings import Channel, Measurement, Message, Reason

AT = 1_700_000_000_000
FLOAT = DataType.FLOAT


class Plant:
    """A node and its device, as they speak to a table."""

    def __init__(self, table: TopicTable | None = None) -> None:
        self.table = table or TopicTable()
        self.clock = AT

    def say(
        self, kind: str, seq: int | None, *metrics: Metric, device: str = "V7", ago_ms: int = -1
    ) -> Decoded:
        if ago_ms < 0:
            self.clock += 1000
        sent = self.clock - max(0, ago_ms)
        end = f"/{device}" if kind.startswith("D") else ""
        payload = Payload(timestamp=sent, seq=seq, metrics=metrics)
        return self.table.decode(
            Message(f"spBv1.0/plant/{kind}/gw{end}", bytes_of(payload), self.clock)
        )

    def birth(self) -> Decoded:
        self.say("NBIRTH", 0, Metric(name="bdSeq", value=1, datatype=DataType.INT64))
        return self.say(
            "DBIRTH",
            1,
            Metric(name="Temperature", alias=7, datatype=FLOAT, value=-20.0),
            Metric(name="Rear/Temperature", alias=8, datatype=DataType.INT8, is_null=True),
            Metric(name="Pressure", alias=9, datatype=FLOAT, value=1000.0),
            Metric(name="Door", alias=10, datatype=DataType.BOOLEAN, value=False),
        )


def of_7(value: float) -> Metric:
    return Metric(alias=7, value=value)


def values(decoded: Decoded) -> list[tuple[str, Channel, float]]:
    return [(each.sensor, each.channel, each.value) for each in decoded.measurements]


def test_a_births_values_are_readings_and_a_null_in_it_is_none() -> None:
    decoded = Plant().birth()
    assert decoded.measurements == (
        Measurement("plant/gw/V7", Channel.TEMPERATURE, -20.0, AT + 2000),
        Measurement("plant/gw/V7", Channel.DOOR, 0.0, AT + 2000),
    )
    assert decoded.rejected == ()
    assert decoded.memory is not None


def test_data_are_known_by_their_alias() -> None:
    plant = Plant()
    plant.birth()
    decoded = plant.say(
        "DDATA",
        2,
        Metric(alias=7, timestamp=AT - 5000, is_historical=True, value=-20.5),
        Metric(alias=8, value=236),
        Metric(alias=9, value=1001.0),
        Metric(alias=10, value=True),
    )
    assert decoded.measurements == (
        Measurement("plant/gw/V7", Channel.TEMPERATURE, -20.5, AT - 5000, historical=True),
        Measurement("plant/gw/V7/Rear", Channel.TEMPERATURE, -20.0, AT + 3000),
        Measurement("plant/gw/V7", Channel.DOOR, 1.0, AT + 3000),
    )


def test_a_node_measures_too() -> None:
    plant = Plant()
    plant.say("NBIRTH", 0, Metric(name="Temperature", alias=1, datatype=FLOAT, value=3.0))
    decoded = plant.say("NDATA", 1, Metric(alias=1, value=3.5))
    assert values(decoded) == [("plant/gw", Channel.TEMPERATURE, 3.5)]


def test_data_before_a_birth_have_an_unknown_alias() -> None:
    plant = Plant()
    with pytest.raises(MessageRejected) as caught:
        plant.say("DDATA", 5, of_7(-20))
    assert caught.value.reason is Reason.UNKNOWN_ALIAS
    named = plant.say("DDATA", 6, Metric(name="Temperature", datatype=FLOAT, value=-20.5))
    assert values(named) == [("plant/gw/V7", Channel.TEMPERATURE, -20.5)]


def test_one_unknown_alias_leaves_the_good_part() -> None:
    plant = Plant()
    plant.birth()
    decoded = plant.say("DDATA", 2, of_7(-20), Metric(alias=99, value=1.0))
    assert len(decoded.measurements) == 1
    assert [each.reason for each in decoded.rejected] == [Reason.UNKNOWN_ALIAS]


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        (Metric(alias=7, is_null=True), Reason.MISSING_FIELD),
        (Metric(alias=7), Reason.MISSING_FIELD),
        (Metric(value=1.0), Reason.MISSING_FIELD),
        (Metric(alias=7, value="-20"), Reason.NOT_A_NUMBER),
        (Metric(alias=7, value=True), Reason.NOT_A_NUMBER),
        (Metric(alias=7, value=float("nan")), Reason.NOT_A_NUMBER),
        (Metric(alias=7, value=400.0), Reason.IMPLAUSIBLE),
        (Metric(alias=7, value=2**63), Reason.IMPLAUSIBLE),
        (Metric(alias=7, timestamp=12, value=1.0), Reason.BAD_TIME),
        (Metric(alias=7, timestamp=2**64 - 1, value=1.0), Reason.BAD_TIME),
        (Metric(name="a\nb/Temperature", value=1.0), Reason.MALFORMED),
    ],
)
def test_data_without_a_good_part_say_why(metric: Metric, reason: Reason) -> None:
    plant = Plant()
    plant.birth()
    with pytest.raises(MessageRejected) as caught:
        plant.say("DDATA", 2, metric)
    assert caught.value.reason is reason


def test_the_count_goes_around_without_a_loss() -> None:
    plant = Plant()
    plant.birth()
    lost = [plant.say("DDATA", seq % 256, of_7(-20)).lost for seq in range(2, 600)]
    assert sum(lost) == 0


def test_lost_messages_are_counted_over_the_node_and_its_devices() -> None:
    plant = Plant()
    plant.birth()
    assert plant.say("DDATA", 4, of_7(-20)).lost == 2
    assert plant.say("NDATA", 5).lost == 0
    assert plant.say("DDATA", 254, of_7(-20)).lost == 248
    assert plant.say("DDATA", 1, of_7(-20)).lost == 2
    assert plant.say("DDEATH", 2).lost == 0
    assert plant.say("NDEATH", None).lost == 0
    assert plant.say("NBIRTH", 0).lost == 0
    assert plant.say("NDATA", 1).lost == 0


def test_what_was_lost_before_a_rejected_message_is_told_with_the_next() -> None:
    plant = Plant()
    plant.birth()
    with pytest.raises(MessageRejected):
        plant.say("DDATA", 5, Metric(alias=99, value=1.0))
    assert plant.say("DDATA", 6, of_7(-20)).lost == 3


def test_a_redelivery_is_no_loss() -> None:
    plant = Plant()
    plant.birth()
    for seq in range(2, 200):
        plant.say("DDATA", seq, of_7(-20))
    again = [
        plant.say("DDATA", seq, of_7(-20), ago_ms=(199 - seq) * 1000) for seq in range(10, 200)
    ]
    assert sum(each.lost for each in again) == 0
    assert all(each.measurements for each in again)
    assert plant.say("DDATA", 200, of_7(-20)).lost == 0
    assert plant.say("DDATA", 202, of_7(-20)).lost == 1


def test_a_clock_set_back_does_not_stop_the_count() -> None:
    plant = Plant()
    plant.birth()
    plant.clock -= 3_600_000
    assert plant.say("DDATA", 2, of_7(-20)).lost == 0
    assert plant.say("DDATA", 5, of_7(-20)).lost == 2


def test_births_are_remembered_over_a_restart() -> None:
    plant = Plant()
    memory = plant.birth().memory
    assert memory is not None
    later = Plant()
    later.table.recall({**dict([memory]), "sparkplug_b:broken": b"{", "other": b"\xff"})
    decoded = later.say("DDATA", 77, of_7(-20.5), Metric(alias=9, value=1.0))
    assert values(decoded) == [("plant/gw/V7", Channel.TEMPERATURE, -20.5)]
    assert decoded.lost == 0
    assert later.say("DDATA", 79, of_7(-20)).lost == 1


def test_a_nodes_birth_ends_the_aliases_of_its_devices() -> None:
    plant = Plant()
    plant.birth()
    plant.say("NBIRTH", 0)
    with pytest.raises(MessageRejected):
        plant.say("DDATA", 1, of_7(-20))
    plant.say("DBIRTH", 2, Metric(name="Humidity", alias=7, datatype=FLOAT, value=50.0))
    decoded = plant.say("DDATA", 3, of_7(51))
    assert values(decoded) == [("plant/gw/V7", Channel.HUMIDITY, 51.0)]


def test_the_same_birth_of_a_node_delivered_again_ends_nothing() -> None:
    plant = Plant()
    plant.birth()
    again = plant.say("NBIRTH", 0, ago_ms=1000)
    assert again.memory is None
    assert len(plant.say("DDATA", 2, of_7(-20)).measurements) == 1


def test_a_late_last_will_ends_nothing() -> None:
    plant = Plant()
    plant.birth()
    assert plant.say("NDEATH", None, Metric(name="bdSeq", value=0)) == Decoded(())
    assert len(plant.say("DDATA", 2, of_7(-20)).measurements) == 1


def test_two_devices_may_use_one_alias() -> None:
    plant = Plant()
    plant.birth()
    plant.say(
        "DBIRTH", 2, Metric(name="Humidity", alias=7, datatype=FLOAT, value=50.0), device="V8"
    )
    assert values(plant.say("DDATA", 3, of_7(-20))) == [("plant/gw/V7", Channel.TEMPERATURE, -20)]
    assert values(plant.say("DDATA", 4, of_7(40), device="V8")) == [
        ("plant/gw/V8", Channel.HUMIDITY, 40)
    ]


@pytest.mark.parametrize(
    "topic",
    [
        "spBv1.0/STATE/host",
        "spBv1.0/plant/NCMD/gw",
        "spBv1.0/plant/DCMD/gw/V7",
    ],
)
def test_commands_and_host_states_are_nobodys_business(topic: str) -> None:
    assert TopicTable().decode(Message(topic, b"\xff\xff", AT)) == Decoded(())


@pytest.mark.parametrize(
    "topic",
    [
        "spBv1.0",
        "spBv1.0/plant",
        "spBv1.0/plant/NDATA",
        "spBv1.0/plant/NDATA/gw/V7",
        "spBv1.0/plant/DDATA/gw",
        "spBv1.0/plant/XDATA/gw",
        "spBv1.0/plant/NDATA/\n",
    ],
)
def test_other_topics_are_malformed(topic: str) -> None:
    with pytest.raises(MessageRejected) as caught:
        TopicTable().decode(Message(topic, b"", AT))
    assert caught.value.reason is Reason.MALFORMED


def test_a_payload_too_large_or_broken_is_rejected() -> None:
    for payload, reason in ((b"\x0a", Reason.MALFORMED), (b"\0" * 70_000, Reason.TOO_LARGE)):
        with pytest.raises(MessageRejected) as caught:
            TopicTable().decode(Message("spBv1.0/plant/NDATA/gw", payload, AT))
        assert caught.value.reason is reason


def test_made_up_devices_and_nodes_do_not_fill_the_memory() -> None:
    plant = Plant()
    for number in range(MOST_DEVICES + 5):
        plant.say("DBIRTH", number % 256, device=f"V{number}")
    memory = plant.say("DBIRTH", 0, device="last").memory
    assert memory is not None
    assert memory[1].count(b"{") <= MOST_DEVICES + 1
    table = TopicTable()
    for number in range(MOST_NODES + 5):
        table.decode(Message(f"spBv1.0/plant/NBIRTH/gw{number}", b"", AT))
    sparkplug = table.dialect("spBv1.0/plant/NBIRTH/gw")
    assert len(sparkplug._nodes._nodes) <= MOST_NODES  # type: ignore[attr-defined]
