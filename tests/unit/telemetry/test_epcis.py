"""Excursions are valid EPCIS 2.0, whatever their rows hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from referencing import Registry as Schemas

from optimizer.domain.errors import InputRefused
from optimizer.domain.temperature import Zone
from telemetry.alarm.words import Excursion
from telemetry.epcis.document import Circumstances, Goods, Quantity, epcis_document
from telemetry.epcis.identifiers import lgtin, private_uri, sscc
from telemetry.registry import Placement, Point, PointKind, Registry
from tests.telemetry_cases import HOUR, MINUTE, T0

SSCC = "106141412345678908"
GTIN = "4012345111118"
SHANGHAI = ZoneInfo("Asia/Shanghai")
ROOM = "G1/room 2"
REGISTRY = Registry(
    [Point(id=ROOM, kind=PointKind.ROOM, asset="G1", name="2", zone=Zone.FROZEN)],
    [
        Placement(sensor="s/1", point=ROOM, to_ms=T0 + HOUR),
        Placement(sensor="s/2", point=ROOM, from_ms=T0 + HOUR),
        Placement(sensor="s/3", point=ROOM, from_ms=T0 + HOUR),
    ],
)
EXCURSION = Excursion(
    point=ROOM,
    from_ms=T0,
    to_ms=T0 + 40 * MINUTE,
    kind="high",
    peak_c=-12.5,
    mean_c=-15.12345,
    low_c=-17.9,
    deviation_c=1.25,
    samples=40,
    minutes=40.0,
    unknown_minutes=3.5,
)
KNOWN = Circumstances(rules="frozen/1")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(%[0-9A-Fa-f]{2}|[A-Za-z0-9._~:/?#@!$&'()*+,;=\[\]-])+")


def document(*excursions: Excursion, known: Circumstances = KNOWN, **how: Any) -> dict[str, Any]:
    how = {"zone": SHANGHAI, **how}
    return epcis_document(
        excursions, lambda _: known, registry=REGISTRY, created_ms=T0 + HOUR, **how
    )


def event_of(*args: Any, **how: Any) -> dict[str, Any]:
    (event,) = document(*args, **how)["epcisBody"]["eventList"]
    return dict(event)


Judge = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def judge(data_dir: Path) -> Judge:
    """Hold documents against the official schema, with formats, and without the network."""
    schema = json.loads((data_dir / "epcis" / "EPCIS-JSON-Schema.json").read_text("utf-8"))
    checker = jsonschema.FormatChecker(formats=())
    checker.checks("uri")(lambda text: not isinstance(text, str) or bool(URI.fullmatch(text)))
    checker.checks("date-time", raises=ValueError)(_is_instant)
    validator = jsonschema.Draft7Validator(schema, format_checker=checker, registry=Schemas())

    def check(found: dict[str, Any]) -> None:
        # As a reader gets it: through text, and without figures that are none.
        validator.validate(json.loads(json.dumps(found, allow_nan=False)))

    return check


def _is_instant(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


def test_an_excursion_is_an_observation_of_a_sensor() -> None:
    event = event_of(EXCURSION)
    assert event["type"] == "ObjectEvent"
    assert event["action"] == "OBSERVE"
    assert event["bizStep"] == "sensor_reporting"
    assert event["eventTime"] == "2023-11-15T06:53:20.000+08:00"
    assert event["eventTimeZoneOffset"] == "+08:00"
    assert event["readPoint"] == {"id": "urn:coldgrid:point:G1%2Froom%202"}
    (element,) = event["sensorElementList"]
    assert element["sensorMetadata"] == {
        "startTime": "2023-11-15T06:13:20.000+08:00",
        "endTime": "2023-11-15T06:53:20.000+08:00",
        "deviceID": "urn:coldgrid:sensor:s%2F1",
        "bizRules": "urn:coldgrid:rules:frozen%2F1",
    }
    assert element["sensorReport"] == [
        {
            "type": "Temperature",
            "exception": "ALARM_CONDITION",
            "minValue": -17.9,
            "maxValue": -12.5,
            "meanValue": -15.123,
            "sDev": 1.25,
            "uom": "CEL",
        }
    ]
    assert event["coldgrid:unknownMinutes"] == 3.5
    assert event["coldgrid:defrost"] is False


def test_one_that_lasts_ends_with_its_last_sample() -> None:
    event = event_of(replace(EXCURSION, to_ms=None, minutes=25.0))
    metadata = event["sensorElementList"][0]["sensorMetadata"]
    assert metadata["endTime"] == event["eventTime"] == "2023-11-15T06:38:20.000+08:00"


def test_one_below_its_band_reports_no_largest_value() -> None:
    low = replace(EXCURSION, kind="low", peak_c=-3.0, low_c=-3.0)
    (report,) = event_of(low)["sensorElementList"][0]["sensorReport"]
    assert report["minValue"] == -3.0
    assert "maxValue" not in report


def test_several_sensors_of_a_point_are_named_as_one() -> None:
    later = replace(EXCURSION, from_ms=T0 + HOUR, to_ms=T0 + 2 * HOUR)
    metadata = event_of(later)["sensorElementList"][0]["sensorMetadata"]
    assert metadata["deviceID"] == "urn:coldgrid:sensors-of:G1%2Froom%202"


def test_a_known_position_is_the_read_point() -> None:
    known = Circumstances(rules="frozen/1", position=(28.2282, 112.93881))
    assert event_of(EXCURSION, known=known)["readPoint"] == {"id": "geo:28.228200,112.938810"}


def test_goods_are_named_by_their_numbers_or_by_private_ones() -> None:
    goods = Goods(
        epcs=(sscc(SSCC), private_uri("order-line", "O 1/2"), sscc(SSCC)),
        quantities=(Quantity(epc_class=lgtin(GTIN, "L/7"), quantity=12.5, uom="KGM"),),
    )
    event = event_of(EXCURSION, known=Circumstances(rules="frozen/1", goods=goods))
    assert event["epcList"] == [
        "https://id.gs1.org/00/106141412345678908",
        "urn:coldgrid:order-line:O%201%2F2",
    ]
    assert event["quantityList"] == [
        {
            "epcClass": "https://id.gs1.org/01/04012345111118/10/L%2F7",
            "quantity": 12.5,
            "uom": "KGM",
        }
    ]


@pytest.mark.parametrize("number", ["106141412345678909", "10614141234567890", "x" * 18, ""])
def test_a_number_that_is_no_sscc_is_refused(number: str) -> None:
    with pytest.raises(InputRefused, match="CG-8440"):
        sscc(number)


@pytest.mark.parametrize("number", ["4012345111119", "401234511111", "1234567890123456"])
def test_a_number_that_is_no_gtin_is_refused(number: str) -> None:
    with pytest.raises(InputRefused, match="CG-8440"):
        lgtin(number, "L7")


def test_an_operator_names_things_under_an_address_of_its_own() -> None:
    base = "https://id.example.org/coldgrid/"
    event = event_of(EXCURSION, base=base)
    assert event["readPoint"]["id"] == "https://id.example.org/coldgrid/point/G1%2Froom%202"


def test_the_same_facts_have_the_same_event_id_and_others_another() -> None:
    first = event_of(EXCURSION)["eventID"]
    assert first == event_of(EXCURSION)["eventID"]
    assert first != event_of(replace(EXCURSION, peak_c=-12.4))["eventID"]
    assert first.startswith("urn:uuid:")


# --- the official schema ------------------------------------------------------------------------


def test_the_official_schema_takes_our_document_and_refuses_broken_ones(judge: Judge) -> None:
    good = document(EXCURSION)
    judge(good)
    broken = [("eventTime", "yesterday"), ("action", "LOOK"), ("readPoint", {}), ("eventID", "a b")]
    for key, value in broken:
        bad = json.loads(json.dumps(good))
        bad["epcisBody"]["eventList"][0][key] = value
        with pytest.raises(jsonschema.ValidationError):
            judge(bad)


def test_the_examples_of_the_standard_are_taken_by_the_same_judge(
    judge: Judge, data_dir: Path
) -> None:
    for example in sorted((data_dir / "epcis").glob("*.jsonld")):
        judge(json.loads(example.read_text("utf-8")))


TEXT = st.text(max_size=12)
DEGREES = st.floats(-100, 100)
MINUTES = st.floats(0, 1e6)
EXCURSIONS = st.builds(
    Excursion,
    point=st.sampled_from([ROOM, "elsewhere"]) | TEXT,
    from_ms=st.integers(0, 4_000_000_000_000),
    to_ms=st.none() | st.integers(0, 4_000_000_000_000),
    kind=st.sampled_from(["high", "low"]),
    peak_c=DEGREES,
    mean_c=DEGREES,
    low_c=DEGREES,
    deviation_c=st.floats(0, 100),
    samples=st.integers(1, 10_000),
    minutes=MINUTES,
    unknown_minutes=MINUTES,
    defrost=st.booleans(),
)
CIRCUMSTANCES = st.builds(
    Circumstances,
    rules=TEXT,
    position=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    goods=st.builds(
        Goods,
        epcs=st.lists(st.builds(private_uri, st.just("line"), TEXT), max_size=3).map(tuple),
        quantities=st.lists(
            st.builds(
                Quantity,
                epc_class=st.builds(lgtin, st.just(GTIN), TEXT),
                quantity=st.none() | st.floats(0, 1e9),
                uom=st.none() | st.just("KGM"),
            ),
            max_size=2,
        ).map(tuple),
    ),
)
OFFSETS = st.integers(-86_399, 86_399) | st.integers(-1_439, 1_439).map(lambda m: 60 * m)
ZONES = st.sampled_from([SHANGHAI, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Africa/Monrovia")]) | (
    OFFSETS.map(lambda seconds: timezone(timedelta(seconds=seconds)))
)


@pytest.mark.real_data
@settings(max_examples=50)
@given(rows=st.lists(EXCURSIONS, max_size=3), known=CIRCUMSTANCES, zone=ZONES)
def test_any_rows_give_a_valid_document(
    judge: Judge, rows: list[Excursion], known: Circumstances, zone: Any
) -> None:
    found = document(*rows, known=known, zone=zone)
    judge(found)
    events = found["epcisBody"]["eventList"]
    assert len(events) == len(rows)
    for event in events:
        for element in event["sensorElementList"]:
            metadata, reports = element["sensorMetadata"], element["sensorReport"]
            assert not any(set(metadata) & set(report) for report in reports)
