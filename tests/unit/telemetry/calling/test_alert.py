"""A message says in both languages what happened where, since when, and what to do."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from optimizer.domain.temperature import Zone
from telemetry.alarm.words import AlarmEvent, AlarmKind, EventKind, Severity
from telemetry.calling.alert import News, alert_schema, decoded, encoded
from telemetry.calling.composing import alert, merged, news_of, trial_alert
from telemetry.calling.words import KINDS, NEWS, PLACES, SEVERITIES, TO_DO
from telemetry.registry import Point, PointKind
from tests.telemetry_cases import HOUR, MINUTE, T0, an_alarm

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROOM = Point(
    id="G1/room-2", kind=PointKind.ROOM, asset="G1", name="Room 2", zone=Zone.FROZEN, grade=1
)


def news(
    event: EventKind = EventKind.RAISED, at_ms: int = T0, point: Point = ROOM, **changes: Any
) -> News:
    happened = AlarmEvent(kind=event, alarm=an_alarm(point=point.id, **changes), at_ms=at_ms)
    return news_of(happened, point, SHANGHAI, "https://coldgrid.example.org")


def test_a_message_reads_like_this() -> None:
    message = alert("i", [news(severity=Severity.CRITICAL, value_c=-14.2, peak_c=-13.96)])
    assert message.subject.en == "[coldgrid] Alarm (critical): room Room 2 of G1: too warm"
    assert message.text.en.splitlines() == [
        "Alarm (critical, grade 1): room Room 2 of G1, too warm",
        "-14.2 °C, limit -18.0 °C, worst -14.0 °C",
        "since 2023-11-15T05:53:20+08:00",
        "Close the doors, check that the unit cools, and move the goods if it does not.",
        "https://coldgrid.example.org/alarms/high-1",
    ]
    assert message.subject.zh == "[coldgrid] 报警 (严重): G1 的 Room 2 库房: 温度过高"
    assert message.text.zh.splitlines()[0] == "报警（严重，1 级）：G1 的 Room 2 库房，温度过高"


def test_what_is_over_gives_no_advice_and_names_who_closed_it() -> None:
    over = alert("i", [news(EventKind.CLEARED, cleared_ms=T0)])
    assert "Close the doors" not in over.text.en
    closing = AlarmEvent(
        kind=EventKind.CLOSED,
        alarm=an_alarm(point=ROOM.id),
        at_ms=T0,
        by="Li Na",
        comment="sensor replaced",
    )
    text = alert("i", [news_of(closing, ROOM, SHANGHAI)]).text
    assert "by Li Na\ncomment: sensor replaced\n" in text.en
    assert "操作人 Li Na\n备注：sensor replaced\n" in text.zh


def test_what_late_readings_show_says_so() -> None:
    assert "found in readings that came late" in alert("i", [news(late=True)]).text.en


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        (AlarmKind.HIGH, "°C"), (AlarmKind.CUMULATIVE, "min"), (AlarmKind.STALE, "min"),
        (AlarmKind.SENSOR_FAULT, "K"), (AlarmKind.MKT, "°C"), (AlarmKind.NOT_PRECOOLED, "min"),
    ],
)  # fmt: skip
def test_figures_bear_the_unit_of_their_kind(kind: AlarmKind, unit: str) -> None:
    assert news(kind=kind).unit == unit


def test_messages_that_are_merged_say_everything_once_and_in_order() -> None:
    first = alert("i", [news()])
    second = alert("i", [news(), news(EventKind.WORSENED, T0 + MINUTE)])
    third = alert("i", [news(EventKind.CLEARED, T0 + HOUR, cleared_ms=T0 + HOUR)])
    both = merged([third, second, first])
    assert [one.event for one in both.news] == ["raised", "worsened", "cleared"]
    assert both.subject.en.startswith("[coldgrid] Over")
    assert both == merged([both, first])


def test_the_worst_severity_stands_in_the_subject_and_further_alarms_are_counted() -> None:
    message = alert("i", [news(severity=Severity.CRITICAL), news(id="b"), news(id="c")])
    assert message.severity == "critical"
    assert message.subject.en.endswith("(+2)")


def test_messages_fit_the_published_schema() -> None:
    schema = alert_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for message in (alert("i", [news(kind=kind) for kind in AlarmKind]), trial_alert("t")):
        document = json.loads(encoded(message))
        jsonschema.validate(document, schema)
        assert document["schema"] == "coldgrid/alert/1"
        assert decoded(encoded(message)) == message
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": "coldgrid/alert/1"}, schema)


def test_a_test_says_in_both_languages_that_it_is_one() -> None:
    message = trial_alert("t")
    assert message.test
    assert "This is a test" in message.text.en
    assert "测试" in message.text.zh


def test_there_are_words_for_everything_in_both_languages() -> None:
    assert set(KINDS) == set(TO_DO) == set(AlarmKind)
    assert set(SEVERITIES) == set(Severity)
    assert set(PLACES) == set(PointKind)
    for table in (KINDS, TO_DO, NEWS, SEVERITIES, PLACES):
        for words in table.values():
            assert words.en.isascii()
            assert any("一" <= character <= "鿿" for character in words.zh)
    assert all(words.en.endswith(".") and words.zh.endswith("。") for words in TO_DO.values())
