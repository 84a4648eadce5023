"""The topic table."""

from __future__ import annotations

import pytest

from optimizer.domain.errors import InputRefused
from telemetry.error_table import TELEMETRY_ERRORS
from telemetry.errors import MessageRejected
from telemetry.payloads.sensor_names import MOST_REMEMBERED
from telemetry.payloads.topic_filters import covers, filter_fault, is_shared, matches
from telemetry.payloads.topic_rules import OPTIONS, read_topic_rules
from telemetry.payloads.topics import DEFAULT_TOPICS, TopicTable, dialect_of
from telemetry.readings import Message, Reason

FLAT: dict[object, object] = {"topic": "a/+", "dialect": "flat_json", "sensor": "{1}"}


def faults(*rows: object) -> list[tuple[str, str]]:
    with pytest.raises(InputRefused) as caught:
        read_topic_rules(rows, place="topics.yaml")
    return [(fault.code, fault.place.removeprefix("topics.yaml")) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/b/c", "a/b", False),
        ("a/+", "a/b", True),
        ("a/+", "a/", True),
        ("a/+", "a", False),
        ("a/+", "a/b/c", False),
        ("+/+", "/b", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "ab", False),
        ("#", "a/b", True),
        ("#", "$SYS/broker", False),
        ("+/broker", "$SYS/broker", False),
        ("$SYS/#", "$SYS/broker", True),
        ("a/+/c/#", "a/b/c", True),
        ("a/+/c/#", "a/b/d", False),
    ],
)
def test_filters_match_as_mqtt_says(pattern: str, topic: str, expected: bool) -> None:
    assert matches(pattern, topic) is expected


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("#", "a/+", True),
        ("a/#", "a/+/b", True),
        ("a/#", "a", True),
        ("a/+", "a/#", False),
        ("a/+", "a/b", True),
        ("a/b", "a/+", False),
        ("a/+", "a/+", True),
        ("+/b", "a/+", False),
        ("#", "$SYS/#", False),
    ],
)
def test_a_filter_covers_another_where_it_takes_all_its_topics(
    wide: str, narrow: str, expected: bool
) -> None:
    assert covers(wide, narrow) is expected


@pytest.mark.parametrize("pattern", ["", "a/#/b", "a#", "a/b+", "+a/b", "a\n", "a" * 70_000])
def test_faulty_filters_are_found(pattern: str) -> None:
    assert filter_fault(pattern) is not None


def test_shared_subscriptions_are_found() -> None:
    assert is_shared("$share/ingesters/a/#")
    assert is_shared("$queue/a")
    assert not is_shared("share/a")


@pytest.mark.parametrize(
    ("topic", "dialect"),
    [
        ("coldgrid/sensors/A", "flat_json"),
        ("coldgrid/sensors/A/B", "flat_json"),
        ("v1/devices/A/telemetry", "thingsboard"),
        ("v1/gateway/telemetry", "thingsboard"),
        ("senml/a/b", "senml"),
        ("spBv1.0/G/DDATA/N/D", "sparkplug_b"),
        ("v3/app@tenant/devices/A/up", "network_server"),
        ("application/1/device/2/event/up", "network_server"),
        ("ruuvi/G/T", "ruuvi"),
    ],
)
def test_the_default_topics_speak_all_six_dialects(topic: str, dialect: str) -> None:
    assert TopicTable().dialect(topic).name == dialect


def test_the_default_topics_could_be_written_as_a_table() -> None:
    rows = [
        {
            "topic": rule.topic,
            "dialect": rule.dialect,
            **({"sensor": rule.sensor} if rule.sensor else {}),
        }
        for rule in DEFAULT_TOPICS
    ]
    assert read_topic_rules(rows) == DEFAULT_TOPICS
    assert {rule.dialect for rule in DEFAULT_TOPICS} == set(OPTIONS)


def test_every_dialect_is_built_under_its_own_name() -> None:
    for name in OPTIONS:
        (rule,) = read_topic_rules(
            [{"topic": "a", "dialect": name}] if name != "flat_json" else [FLAT]
        )
        assert dialect_of(rule).name == name


def test_an_unknown_topic_is_rejected() -> None:
    with pytest.raises(MessageRejected) as caught:
        TopicTable().decode(Message("coldgrid/other", b'{"temperature": 1}', 1))
    assert caught.value.reason is Reason.UNKNOWN_TOPIC


def test_the_first_entry_that_matches_decides() -> None:
    table = TopicTable.from_rows([{**FLAT, "topic": "a/b"}, {"topic": "a/+", "dialect": "senml"}])
    assert table.dialect("a/b").name == "flat_json"
    assert table.dialect("a/c").name == "senml"


def test_nothing_is_subscribed_to_twice() -> None:
    table = TopicTable.from_rows(
        [
            {**FLAT, "topic": "a/b"},
            {**FLAT, "topic": "a/+/c"},
            {"topic": "a/#", "dialect": "senml"},
            {"topic": "b/c", "dialect": "senml"},
        ]
    )
    assert table.subscriptions == ("a/#", "b/c")
    assert TopicTable().subscriptions == tuple(rule.topic for rule in DEFAULT_TOPICS)


def test_made_up_topics_do_not_fill_the_memory() -> None:
    table = TopicTable()
    for number in range(MOST_REMEMBERED + 10):
        table.decode(Message(f"coldgrid/sensors/{number}", b'{"temperature": 1}', 1))
    assert len(table._remembered) <= MOST_REMEMBERED


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (7, "CG-8002"),
        ({**FLAT, "dialekt": "x"}, "CG-8002"),
        ({**FLAT, "zero_omitted": True}, "CG-8002"),
        ({**FLAT, "unit": "kelvin"}, "CG-8002"),
        ({**FLAT, "unit": 5}, "CG-8002"),
        ({5: 5, **FLAT}, "CG-8002"),
        ({"topic": "a", "dialect": "network_server", "zero_omitted": "yes"}, "CG-8002"),
        ({"topic": "a", "dialect": "ruuvi", "fields": {}}, "CG-8002"),
        ({"topic": "a", "dialect": "sparkplug_b", "sensor": "x"}, "CG-8002"),
        ({**FLAT, "dialect": "xml"}, "CG-8003"),
        ({"topic": "a"}, "CG-8003"),
        ({**FLAT, "topic": "a/+/#/b"}, "CG-8004"),
        ({"dialect": "senml"}, "CG-8004"),
        ({**FLAT, "topic": "$share/g/a/+"}, "CG-8005"),
        ({"topic": "a/+", "dialect": "flat_json"}, "CG-8006"),
        ({**FLAT, "sensor": "{2}"}, "CG-8006"),
        ({**FLAT, "sensor": "{x}"}, "CG-8006"),
        ({**FLAT, "sensor": "always the same"}, "CG-8006"),
        ({**FLAT, "fields": "t1"}, "CG-8007"),
        ({**FLAT, "fields": {"pressure": "p"}}, "CG-8007"),
        ({**FLAT, "fields": {"temperature": 5}}, "CG-8007"),
        ({**FLAT, "fields": {"temperature": {}}}, "CG-8007"),
        ({**FLAT, "fields": {"temperature": {5: "a"}}}, "CG-8007"),
        ({**FLAT, "fields": {"temperature": "a", "humidity": "a"}}, "CG-8007"),
        ({**FLAT, "fields": {"temperature": "ts"}}, "CG-8007"),
    ],
)
def test_one_thing_wrong_with_an_entry_is_one_fault(row: object, code: str) -> None:
    assert faults(row) == [(code, " entry 1")]


@pytest.mark.parametrize("rows", [None, {}, [], "a/b", {"topic": "a"}, 7])
def test_a_table_that_is_no_list_of_entries_is_refused(rows: object) -> None:
    with pytest.raises(InputRefused) as caught:
        read_topic_rules(rows)
    assert caught.value.code in ("CG-8002", "CG-8009")


def test_all_faults_are_told_at_once() -> None:
    found = faults(
        {**FLAT, "dialect": "xml", "unit": "kelvin"}, FLAT, {"topic": "#/a", "dialect": "senml"}
    )
    assert found == [("CG-8003", " entry 1"), ("CG-8002", " entry 1"), ("CG-8004", " entry 3")]


def test_an_entry_that_is_never_reached_is_a_fault() -> None:
    assert faults({**FLAT, "topic": "a/#"}, {"topic": "a/+/c", "dialect": "senml"}) == [
        ("CG-8008", " entry 2")
    ]
    assert faults() == [("CG-8009", "")]


def test_an_entry_in_full_is_read() -> None:
    table = TopicTable.from_rows(
        [
            {
                "topic": "plant/+/sensors/+/data",
                "dialect": "flat_json",
                "sensor": "{1}/{3}",
                "fields": {"temperature": {"front": "t1", "rear": "t2"}, "door": "d"},
                "unit": "fahrenheit",
            }
        ]
    )
    decoded = table.decode(Message("plant/x/sensors/y/data", b'{"t1": 14, "t2": 32, "d": 1}', 1))
    assert [(each.sensor, each.value) for each in decoded.measurements] == [
        ("x/y/front", -10.0),
        ("x/y/rear", 0.0),
        ("x/y", 1.0),
    ]


def test_every_code_of_the_table_is_explained() -> None:
    assert {f"CG-800{number}" for number in range(1, 10)} <= set(TELEMETRY_ERRORS)
