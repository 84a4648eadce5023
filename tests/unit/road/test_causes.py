from __future__ import annotations

from typing import Any

from api.road.causes import Break, CauseBy, CauseCount, causes

MINUTE = 60_000


def broken(from_min: float, to_min: float, **changes: Any) -> Break:
    values: dict[str, Any] = {
        "point": "V1/frozen",
        "vehicle": "V1",
        "room": None,
        "lane": "G1",
        "kind": "high",
        "from_ms": round(from_min * MINUTE),
        "to_ms": round(to_min * MINUTE),
        "unknown_minutes": 0.0,
    }
    return Break(**(values | changes))


def counted(*breaks: Break) -> dict[tuple[str, str], CauseCount]:
    return {(one.by.value, one.name): one for one in causes(breaks, 0, 100 * MINUTE)}


def test_a_break_counts_for_vehicle_lane_and_kind() -> None:
    found = counted(broken(10, 30), broken(40, 45, kind="low"))
    assert set(found) == {("vehicle", "V1"), ("lane", "G1"), ("kind", "high"), ("kind", "low")}
    assert (found["vehicle", "V1"].breaks, found["vehicle", "V1"].minutes) == (2, 25.0)
    assert found["kind", "low"].minutes == 5.0


def test_minutes_count_where_they_are_and_breaks_where_they_began() -> None:
    found = counted(broken(-10, 10, unknown_minutes=4.0), broken(90, 130))
    whole = found["vehicle", "V1"]
    assert (whole.breaks, whole.minutes, whole.unknown_minutes) == (1, 20.0, 2.0)
    assert counted(broken(-10, 0), broken(100, 110)) == {}


def test_a_room_has_no_lane_and_cells_have_neither() -> None:
    assert set(counted(broken(1, 2, vehicle=None, room="G1/freezer"))) == {
        ("room", "G1/freezer"),
        ("kind", "high"),
    }
    assert set(counted(broken(1, 2, vehicle=None))) == {("kind", "high")}


def test_a_lane_that_nobody_knows_is_named_so() -> None:
    assert ("lane", "unknown") in counted(broken(1, 2, lane=None))


def test_the_worst_come_first() -> None:
    found = causes([broken(0, 5), broken(10, 40, vehicle="V2", lane="G2")], 0, 100 * MINUTE)
    vehicles = [one.name for one in found if one.by is CauseBy.VEHICLE]
    assert vehicles == ["V2", "V1"]
    assert found[0].minutes == max(one.minutes for one in found)


def test_a_break_of_one_sample_counts_with_no_minutes() -> None:
    assert counted(broken(5, 5))["vehicle", "V1"].breaks == 1
