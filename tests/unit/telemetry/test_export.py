"""The log of a shipment holds every reading of its points, a summary, and no formula."""

from __future__ import annotations

import csv
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.temperature import TemperatureBand, Zone
from telemetry.alarm.excursion import excursions
from telemetry.alarm.mkt import mkt_of_series
from telemetry.alarm.state import Sample
from telemetry.export.cells import safe_cell
from telemetry.export.shipment_readings import LogRequest, points_of
from telemetry.export.summary import SensorSummary, summaries
from telemetry.export.temperature_log import temperature_log
from telemetry.readings import Channel, Mark, Reading
from telemetry.registry import Placement, Point, PointKind, Registry
from tests.telemetry_cases import HOUR, MINUTE, SECOND, T0
from tests.unit.telemetry.readings_at_hand import Readings

DAY = 24 * HOUR


def compartment(zone: Zone, vehicle: str = "V1") -> Point:
    return Point(
        id=f"{vehicle}/{zone.value}", kind=PointKind.COMPARTMENT, asset=vehicle,
        name=zone.value, zone=zone,
    )  # fmt: skip


GATEWAY = Point(id="gw", kind=PointKind.GATEWAY, asset="V1", name="gw", zone=None)
POINTS = [compartment(Zone.FROZEN), compartment(Zone.CHILLED), compartment(Zone.FROZEN, "V2")]
REGISTRY = Registry(
    [*POINTS, GATEWAY],
    [
        Placement(sensor="a", point="V1/frozen", offset_c=-0.5, calibration_due_ms=T0 + DAY),
        Placement(sensor="b", point="V1/chilled", to_ms=T0 + HOUR),
        Placement(sensor="b", point="V2/frozen", from_ms=T0 + HOUR),
        Placement(sensor="=cmd()", point="V1/chilled", from_ms=T0 + HOUR),
    ],
)


def reading(
    sensor: str,
    minute: float,
    value: float,
    channel: Channel = Channel.TEMPERATURE,
    marks: Mark = Mark.NONE,
) -> Reading:
    at_ms = T0 + round(minute * MINUTE)
    return Reading(sensor, channel, at_ms, -1, value, at_ms + 2 * SECOND, marks)


def request(to_ms: int = T0 + 2 * HOUR, asset: str = "V1", from_ms: int = T0) -> LogRequest:
    return LogRequest(
        shipment="plan-1, V1",
        points=points_of(REGISTRY, asset),
        from_ms=from_ms,
        to_ms=to_ms,
        asked_by="=HYPERLINK()",
        made_ms=T0 + DAY,
        time_zone="Asia/Shanghai",
    )


def rows_of(store: Readings, wanted: LogRequest) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Give the head, and the table that a program reads after leaving out the remarks."""
    lines = list(temperature_log(store, REGISTRY, wanted))
    assert all(line.endswith("\r\n") for line in lines)
    remarks = [row for row in csv.reader(lines) if row[0].startswith("#")]
    table = [line for line in lines if not line.startswith("#")]
    head = {row[0]: row[1] for row in remarks if len(row) == 2}
    return head, list(csv.DictReader(table))


def test_the_log_holds_what_the_sensors_measured_while_they_were_there() -> None:
    store = Readings(
        reading("a", 0, -20.0), reading("a", 1, 80.0, Channel.BATTERY), reading("b", 59, 3.0),
        reading("b", 60, -21.0), reading("c", 5, 1.0), reading("a", 120, -20.0),
        reading("=cmd()", 61, 3.5, marks=Mark.LATE | Mark.HISTORICAL),
    )  # fmt: skip
    _, table = rows_of(store, request())
    assert [(row["sensor"], row["channel"], row["value"]) for row in table] == [
        ("a", "temperature", "-20.0"), ("a", "battery", "80.0"), ("b", "temperature", "3.0"),
        ("'=cmd()", "temperature", "3.5"),
    ]  # fmt: skip
    assert table[0] == {
        "device_time": "2023-11-15T06:13:20.000+08:00",
        "arrival_time": "2023-11-15T06:13:22.000+08:00",
        "point": "V1/frozen",
        "zone": "frozen",
        "channel": "temperature",
        "sensor": "a",
        "value": "-20.0",
        "corrected_value": "-20.5",
        "unit": "Cel",
        "marks": "",
    }
    assert (table[1]["corrected_value"], table[1]["unit"]) == ("80.0", "%")
    assert table[3]["marks"] == "late|historical"


def test_the_head_says_who_asked_for_what() -> None:
    head, _ = rows_of(Readings(), request())
    assert head == {
        "# coldgrid temperature log": "1",
        "# shipment": "plan-1, V1",
        "# from": "2023-11-15T06:13:20.000+08:00",
        "# to": "2023-11-15T08:13:20.000+08:00",
        "# made": "2023-11-16T06:13:20.000+08:00",
        "# asked by": "'=HYPERLINK()",
    }


def test_the_summary_of_each_sensor_stands_above_the_table() -> None:
    store = Readings(*(reading("a", minute, -20.0) for minute in range(120)))
    lines = list(csv.reader(temperature_log(store, REGISTRY, request())))
    names = next(row for row in lines if row[0] == "# summary")[1:]
    rows = [dict(zip(names, row[1:], strict=True)) for row in lines if row[0] == "#"]
    assert [row["sensor"] for row in rows] == ["a", "b", "'=cmd()"]
    assert rows[0] == {
        "point": "V1/frozen", "zone": "frozen", "sensor": "a", "band_c": "..-18",
        "samples": "120", "min_c": "-20.5", "max_c": "-20.5", "mean_c": "-20.5", "mkt_c": "",
        "minutes_above": "0.0", "minutes_below": "0.0", "unknown_minutes": "0.0",
        "longest_gap_min": "1.0", "offset_c": "-0.5",
        "calibration_due": "2023-11-16T06:13:20.000+08:00",
    }  # fmt: skip
    assert (rows[1]["samples"], rows[1]["min_c"], rows[1]["unknown_minutes"]) == ("0", "", "60.0")


def summary_of(store: Readings, sensor: str, wanted: LogRequest | None = None) -> SensorSummary:
    found = summaries(store, REGISTRY, wanted or request())
    (one,) = (each for each in found if each.placement.sensor == sensor)
    return one


def test_minutes_outside_go_from_the_first_sample_outside_to_the_first_inside() -> None:
    values = [3.0, 4.0, 4.1, 6.0, 4.0, -0.1, 0.0]
    one = summary_of(Readings(*(reading("b", n, v) for n, v in enumerate(values))), "b")
    assert (one.minutes_above, one.minutes_below) == (2.0, 1.0)
    assert (one.least_c, one.largest_c) == (-0.1, 6.0)
    assert one.mean_c == pytest.approx(sum(values) / 7)


def test_a_gap_is_unknown_and_neither_inside_nor_outside() -> None:
    store = Readings(reading("b", 0, 5.0), reading("b", 1, 5.0), reading("b", 31, 5.0))
    one = summary_of(store, "b")
    assert one.minutes_above == 1.0
    assert one.unknown_minutes == 30.0 + 29.0  # and from the last sample to when it left
    assert one.longest_gap_min == 30.0


def test_no_mean_kinetic_temperature_is_given_for_frozen_goods() -> None:
    store = Readings(reading("a", 0, -20.0), reading("a", 1, -20.0), reading("b", 0, 5.0))
    assert summary_of(store, "a").mkt_c is None
    assert summary_of(store, "b").mkt_c is None  # one sample is no time


def test_mean_kinetic_temperature_is_that_of_the_known_time() -> None:
    values = {0: 2.0, 1: 3.0, 3: 8.0, 6: 4.0, 7: 4.0}
    expected = mkt_of_series((T0 + minute * MINUTE, value) for minute, value in values.items())
    store = Readings(*(reading("b", minute, value) for minute, value in values.items()))
    assert summary_of(store, "b").mkt_c == pytest.approx(expected)
    longer = Readings(*store.readings("b", Channel.TEMPERATURE, T0, T0 + HOUR), reading("b", 50, 9))
    assert summary_of(longer, "b").mkt_c == pytest.approx(expected)


def test_a_long_log_is_read_a_day_at_a_time() -> None:
    store = Readings(*(reading("a", hour * 60, -20.0) for hour in range(24 * 10)))
    wanted = request(to_ms=T0 + 10 * DAY)
    _, table = rows_of(store, wanted)
    assert len(table) == 240
    assert store.longest_ms == DAY
    assert len({row["device_time"] for row in table}) == 240


def test_points_of_an_asset_are_its_rooms_and_compartments() -> None:
    assert points_of(REGISTRY, "V1") == ("V1/frozen", "V1/chilled")
    assert points_of(REGISTRY, "V9") == ()
    head, table = rows_of(Readings(reading("a", 0, -20.0)), request(asset="V9"))
    assert head["# shipment"] == "plan-1, V1"
    assert table == []


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\uff1d1"])
def test_a_text_that_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("V1/frozen") == "V1/frozen"


@given(
    values=st.lists(st.floats(-5, 12).map(lambda v: round(v, 1)), min_size=1, max_size=60),
    gaps=st.lists(st.sampled_from([1, 1, 1, 2, 3, 4, 20]), min_size=60, max_size=60),
)
@settings(max_examples=60)
def test_the_summary_agrees_with_the_excursions(values: list[float], gaps: list[int]) -> None:
    minutes = [sum(gaps[:n]) for n in range(len(values))]
    end_ms = T0 + (minutes[-1] + 1) * MINUTE
    registry = Registry(POINTS, [Placement(sensor="b", point="V1/chilled")])
    wanted = LogRequest(
        shipment="s", points=("V1/chilled",), from_ms=T0, to_ms=end_ms, asked_by="", made_ms=0
    )
    store = Readings(*(reading("b", m, v) for m, v in zip(minutes, values, strict=True)))
    (one,) = summaries(store, registry, wanted)
    samples = [Sample(T0 + m * MINUTE, v) for m, v in zip(minutes, values, strict=True)]
    facts = excursions(samples, TemperatureBand(lower_c=0.0, upper_c=4.0), 60.0)
    above = sum(row.minutes - row.unknown_minutes for row in facts if row.kind == "high")
    below = sum(row.minutes - row.unknown_minutes for row in facts if row.kind == "low")
    assert (one.minutes_above, one.minutes_below) == pytest.approx((above, below))
    assert one.unknown_minutes == sum(gap for gap in gaps[: len(values) - 1] if gap > 3)
    assert one.samples == len(values)
    assert datetime.fromisoformat("2023-11-15T06:13:20+08:00").timestamp() * 1000 == T0
