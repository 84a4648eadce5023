"""Each batch of a shipment bears what the ride cost it, and what is left of it."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from optimizer.domain.shelf_life import USUAL_AGEING
from optimizer.domain.temperature import Zone
from telemetry.alarm.mkt import mkt_of_series
from telemetry.export.batch_table import BATCH_COLUMNS, batch_table
from telemetry.export.batches import Batch, BatchLife, Stay, batch_lives
from telemetry.export.shipment_readings import LogRequest
from telemetry.export.temperature_log import temperature_log
from telemetry.readings import Channel, Reading
from telemetry.registry import Placement, Point, PointKind, Registry
from tests.telemetry_cases import HOUR, MINUTE, SECOND, T0
from tests.unit.telemetry.readings_at_hand import Readings

POINTS = [
    Point(id=f"V1/{zone.value}", kind=PointKind.COMPARTMENT, asset="V1", name=zone.value, zone=zone)
    for zone in Zone
]
BEFORE = [
    Point(id="T1/chilled", kind=PointKind.COMPARTMENT, asset="T1", name="t", zone=Zone.CHILLED),
    Point(id="G1/cold", kind=PointKind.ROOM, asset="G1", name="room", zone=Zone.CHILLED),
]
REGISTRY = Registry(
    [*POINTS, *BEFORE, Point(id="gw", kind=PointKind.GATEWAY, asset="V1", name="gw", zone=None)],
    [
        Placement(sensor="f", point="V1/frozen"),
        Placement(sensor="c", point="V1/chilled", offset_c=1.0),
        Placement(sensor="c2", point="V1/chilled", to_ms=T0 - HOUR),
        Placement(sensor="truck", point="T1/chilled"),
        Placement(sensor="room", point="G1/cold"),
    ],
)
REQUEST = LogRequest(
    shipment="plan-1, V1",
    points=tuple(point.id for point in POINTS),
    from_ms=T0,
    to_ms=T0 + 2 * HOUR,
    asked_by="Li Na",
    made_ms=T0 + 3 * HOUR,
    time_zone="Asia/Shanghai",
)
AT_8_C = float(USUAL_AGEING[Zone.CHILLED].rate(8.0))


def a_stay(from_h: float, to_h: float, asset: str = "V1") -> Stay:
    return Stay(asset=asset, from_ms=T0 + round(from_h * HOUR), to_ms=T0 + round(to_h * HOUR))


def a_batch(zone: Zone = Zone.CHILLED, hours: float = 2.0, **changes: Any) -> Batch:
    given: dict[str, Any] = {
        "route": "r1", "site": "P1", "order": "O1", "line": "1", "article": "milk", "batch": "B7",
        "zone": zone, "on_board": a_stay(0, hours), "is_handed_over": True,
        "left_by_clock_h": 48.0,
    }  # fmt: skip
    return Batch(**(given | changes))


def measured(sensor: str, value: float, first: int = 0, last: int = 119) -> list[Reading]:
    return [
        Reading(sensor, Channel.TEMPERATURE, at_ms, -1, value, at_ms + SECOND)
        for at_ms in (T0 + minute * MINUTE for minute in range(first, last + 1))
    ]


def lives(*batches: Batch, readings: list[Reading]) -> list[BatchLife]:
    return batch_lives(Readings(*readings), REGISTRY, REQUEST, batches)


def test_a_batch_loses_what_its_own_compartment_cost_until_its_own_hand_over() -> None:
    readings = measured("f", -15.0) + measured("c", 3.0, -1, 59) + measured("c", 7.0, 60)
    frozen, soon, late = lives(
        a_batch(Zone.FROZEN), a_batch(hours=0.5), a_batch(), readings=readings
    )
    assert frozen.toll.used_h == pytest.approx(2 * 1.7297, rel=1e-3)
    assert frozen.left_h == pytest.approx(48.0 - 2 * 1.7297, rel=1e-3)
    at_4_c, at_8_c = (float(USUAL_AGEING[Zone.CHILLED].rate(at)) for at in (4.0, 8.0))
    assert soon.toll.used_h == pytest.approx(0.5 * at_4_c)
    assert soon.left_h == pytest.approx(48.0 - 0.5 * at_4_c)
    assert late.toll.used_h == pytest.approx(59.5 / 60 * at_4_c + 60.5 / 60 * at_8_c, rel=1e-4)
    assert [one.reference_c for one in (frozen, soon)] == [-18.0, 2.0]
    assert [one.toll.unknown_minutes for one in (frozen, soon, late)] == [0.0, 0.0, 0.0]


def test_mean_kinetic_temperature_is_given_where_it_is_valid() -> None:
    readings = measured("f", -15.0) + measured("c", 3.0, 0, 59) + measured("c", 7.0, 60, 120)
    frozen, chilled = lives(a_batch(Zone.FROZEN), a_batch(), readings=readings)
    assert frozen.mkt_c is None
    corrected = [(one.at_ms, one.value + 1.0) for one in readings if one.sensor == "c"]
    assert chilled.mkt_c == pytest.approx(mkt_of_series(corrected))


def test_of_a_zone_without_a_sensor_or_a_reading_nothing_is_said() -> None:
    controlled, chilled = lives(a_batch(Zone.CONTROLLED), a_batch(), readings=measured("f", -20.0))
    for one in (controlled, chilled):
        assert (one.toll.used_h, one.left_h, one.mkt_c) == (None, None, None)
        assert one.toll.unknown_share == 1.0


def test_goods_without_a_shelf_life_have_none_left_to_count() -> None:
    (one,) = lives(a_batch(left_by_clock_h=None), readings=measured("c", 7.0))
    assert one.left_h is None
    assert one.toll.used_h is not None


def test_what_is_over_is_nought() -> None:
    (one,) = lives(a_batch(left_by_clock_h=1.0), readings=measured("c", 7.0))
    assert one.left_h == 0.0


def test_gaps_are_stated_and_counted_at_the_worse_side() -> None:
    readings = measured("c", 1.0, 0, 30) + measured("c", 7.0, 90)
    (one,) = lives(a_batch(), readings=readings)
    assert one.toll.unknown_minutes == pytest.approx(60.0)
    assert one.toll.assumed_h == pytest.approx(float(USUAL_AGEING[Zone.CHILLED].rate(8.0)))


def test_readings_around_the_ride_tell_how_it_began_and_ended() -> None:
    readings = [
        *measured("c", 7.0, -2, -2),
        *measured("c", 1.0, 2, 118),
        *measured("c", 7.0, 122, 122),
    ]
    (one,) = lives(a_batch(), readings=readings)
    assert one.toll.unknown_minutes == pytest.approx(4.0)
    assert one.toll.assumed_h == pytest.approx(4 / 60 * AT_8_C)


def test_a_sensor_counts_while_it_is_there() -> None:
    begins, ends = T0 + 30 * MINUTE, T0 + 60 * MINUTE
    registry = Registry(
        POINTS, [Placement(sensor="c", point="V1/chilled", from_ms=begins, to_ms=ends)]
    )
    store = Readings(*measured("c", 2.0, 0, 20), *measured("c", 2.0, 32, 58))
    (one,) = batch_lives(store, registry, REQUEST, [a_batch()])
    assert one.toll.unknown_minutes == pytest.approx(90.0)


def test_a_shipment_without_goods_asks_for_no_readings() -> None:
    store = Readings(*measured("c", 3.0))
    assert batch_lives(store, REGISTRY, REQUEST, []) == []
    assert store.longest_ms == 0


def test_the_table_has_a_row_per_batch_and_no_formula() -> None:
    readings = measured("c", 1.0, -1, 30) + measured("c", 1.0, 90, 120)
    found = lives(
        a_batch(article="=cmd()", batch=None), a_batch(Zone.FROZEN, is_handed_over=False),
        readings=readings,
    )  # fmt: skip
    lines = list(batch_table(found, "Asia/Shanghai"))
    assert all(line.endswith("\r\n") for line in lines)
    chilled, frozen = csv.DictReader(lines)
    assert chilled == {
        "route": "r1", "site": "P1", "order": "O1", "line": "1", "article": "'=cmd()", "batch": "",
        "zone": "chilled", "loaded_at": "2023-11-15T06:13:20.000+08:00",
        "until": "2023-11-15T08:13:20.000+08:00", "handed_over": "yes", "mkt_c": "2.0",
        "reference_c": "2.0", "before_h": "0.0", "unknown_before_minutes": "0.0",
        "left_at_loading_h": "48.0", "used_h": "2.0", "assumed_h": "1.0",
        "left_h": "46.0", "minutes": "120.0", "unknown_minutes": "60.0", "unknown_share": "0.5",
    }  # fmt: skip
    assert (frozen["handed_over"], frozen["used_h"], frozen["left_h"]) == ("no", "", "")
    assert frozen["unknown_share"] == "1.0"


def test_the_log_has_the_goods_among_its_remarks() -> None:
    store = Readings(*measured("c", 3.0))
    found = batch_lives(store, REGISTRY, REQUEST, [a_batch(), a_batch(order="O2")])
    lines = list(temperature_log(store, REGISTRY, REQUEST, lives=found))
    rows = list(csv.reader(lines))
    (names,) = (row[1:] for row in rows if row[0] == "# goods")
    assert tuple(names) == BATCH_COLUMNS
    batches = [dict(zip(names, row[1:], strict=True)) for row in rows if row[0] == "# batch"]
    assert [(one["order"], one["left_at_loading_h"]) for one in batches] == [
        ("O1", "48.0"), ("O2", "48.0"),
    ]  # fmt: skip
    assert len([line for line in lines if not line.startswith("#")]) == 1 + 120
    bare = temperature_log(store, REGISTRY, REQUEST)
    assert not [line for line in bare if line.startswith("# goods")]


TRUCK, ROOM = a_stay(-4, -2, "T1"), a_stay(-2, 0, "G1")


def test_what_truck_and_room_cost_beyond_the_clock_is_gone_at_loading() -> None:
    readings = [
        *measured("truck", 8.0, -240, -120), *measured("room", 2.0, -120, 0), *measured("c", 1.0)
    ]  # fmt: skip
    (one,) = lives(a_batch(ways=((TRUCK, ROOM),)), readings=readings)
    assert one.before_h == pytest.approx(2 * AT_8_C - 2)
    assert one.left_at_loading_h == pytest.approx(48 - one.before_h)
    assert one.left_h == pytest.approx(48 - one.before_h - 2)
    assert one.unknown_before_minutes == 0.0


def test_where_nobody_measured_before_loading_the_clock_counts() -> None:
    (one,) = lives(a_batch(ways=((TRUCK, ROOM),)), readings=measured("c", 1.0))
    assert one.before_h == 0.0
    assert one.left_at_loading_h == 48.0
    assert one.unknown_before_minutes == 240.0


def test_of_several_ways_the_dearest_counts() -> None:
    other = a_stay(-4, -1, "T9"), a_stay(-1, 0, "G1")
    readings = measured("truck", 8.0, -240, -120) + measured("room", 2.0, -120, 0)
    for ways in (((TRUCK, ROOM), other), (other, (TRUCK, ROOM))):
        (one,) = lives(a_batch(ways=ways), readings=readings)
        assert one.before_h == pytest.approx(2 * AT_8_C - 2)


def test_what_was_over_before_loading_is_nought() -> None:
    (one,) = lives(a_batch(left_by_clock_h=-3.0), readings=measured("c", 1.0))
    assert (one.left_at_loading_h, one.left_h) == (0.0, 0.0)
