"""Events from JSON: what is right is read, and every fault has its place."""

from typing import Any

import pytest

from optimizer.domain.errors import InputRefused
from optimizer.recovery.document import event_document
from optimizer.recovery.events import (
    BackupCarrier,
    Breakdown,
    ClosedRoad,
    LateLinehaul,
    UrgentOrder,
)
from optimizer.recovery.reading import read_event
from optimizer.response.words import Severity
from tests.broken_days import random_day

PROBLEM, _ = random_day(0)
AT = "2026-02-11T07:00:00+08:00"
SECONDS = 11 * 3600
RING = [[113.0, 28.2], [113.01, 28.2], [113.01, 28.21], [113.0, 28.2]]
AREA = {"type": "Polygon", "coordinates": [RING]}
ROW = {
    "order": "URG",
    "line": "1",
    "site": "P00",
    "article": "A9",
    "zone": "chilled",
    "mass_kg": 3,
    "volume_l": 5,
    "value_cents": 900,
    "promise": "daily",
    "priority": 1,
    "mode": "pickup",
}


def _faults(**fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(InputRefused) as refused:
        read_event(PROBLEM, fields)
    return [(fault.code, fault.place) for fault in refused.value.faults]


def test_a_closed_road_is_an_area_with_its_times() -> None:
    event = read_event(
        PROBLEM,
        {"kind": "closed_road", "at": AT, "until": "2026-02-11T09:00:00+08:00", "polygon": AREA},
    )
    assert isinstance(event, ClosedRoad)
    assert event.polygon == ((28.2, 113.0), (28.2, 113.01), (28.21, 113.01))
    assert (event.at, event.until) == (SECONDS, SECONDS + 7200)


def test_a_van_that_stands_has_a_place_or_none() -> None:
    told = {
        "kind": "breakdown",
        "at": AT,
        "vehicle": "V1",
        "lat": 28.2,
        "lon": 113,
        "severity": "I",
    }
    event = read_event(PROBLEM, told)
    assert event == Breakdown(
        vehicle="V1", at=SECONDS, lat=28.2, lon=113.0, severity=Severity.FOOD_SAFETY
    )


def test_a_late_truck_is_named_by_route_or_by_site() -> None:
    told = {"kind": "late_linehaul", "at": AT, "site": "G1", "delay_min": 45}
    assert read_event(PROBLEM, told) == LateLinehaul(delay_s=2700, at=SECONDS, site="G1")


def test_urgent_lines_are_ordered_when_they_come_in() -> None:
    event = read_event(PROBLEM, {"kind": "urgent_order", "at": AT, "orders": [ROW]})
    assert isinstance(event, UrgentOrder)
    (line,) = event.lines
    assert (str(line.key), line.mass_g, line.ordered_s) == ("URG/1", 3000, SECONDS)


def test_backup_vans_are_ids_or_rows() -> None:
    row = event_document(PROBLEM, BackupCarrier(vehicles=(PROBLEM.vehicles["V3"],), at=SECONDS))
    assert row["vehicles"] == ["V3"]
    event = read_event(PROBLEM, row)
    assert event == BackupCarrier(vehicles=(PROBLEM.vehicles["V3"],), at=SECONDS)


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "closed_road", "at": AT, "polygon": {"type": "Polygon", "coordinates": [RING]}},
        {"kind": "breakdown", "at": AT, "vehicle": "V1", "cooling_w": 20.0},
        {"kind": "late_linehaul", "at": AT, "route": "T1-morning-1", "delay_min": 30},
        {"kind": "urgent_order", "at": AT, "orders": [ROW]},
        {"kind": "backup_carrier", "at": AT, "vehicles": ["V2", "V3"]},
    ],
)
def test_what_is_written_is_read_as_the_same_event(told: dict[str, Any]) -> None:
    event = read_event(PROBLEM, told)
    assert read_event(PROBLEM, event_document(PROBLEM, event)) == event


def test_all_faults_are_named_at_once() -> None:
    found = _faults(kind="breakdown", at="2026-02-11T07:00:00", lat=95, colour="red")
    places = {place for _, place in found}
    assert {"event /at", "event /vehicle", "event /lat", "event /colour"} <= places
    assert {code for code, _ in found} == {"CG-1530"}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"kind": "storm"}, "event /kind"),
        ({"kind": "closed_road", "at": AT, "polygon": {"type": "Point"}}, "event /polygon"),
        ({"kind": "closed_road", "at": AT, "until": AT, "polygon": AREA}, "event /until"),
        ({"kind": "late_linehaul", "at": AT, "delay_min": 5}, "event /route"),
        ({"kind": "late_linehaul", "at": AT, "site": "G1", "delay_min": 0}, "event /delay_min"),
        ({"kind": "breakdown", "at": AT, "vehicle": "V1", "lat": 28.0}, "event /lat"),
        ({"kind": "backup_carrier", "at": AT, "vehicles": ["T9"]}, "event /vehicles/0"),
        ({"kind": "urgent_order", "at": AT, "orders": []}, "event /orders"),
        ({"kind": "breakdown", "at": "2027-02-11T07:00:00+08:00", "vehicle": "V1"}, "event /at"),
        ({"kind": "breakdown", "at": AT, "vehicle": "V1", "severity": "IV"}, "event /severity"),
    ],
)
def test_a_fault_has_its_place(fields: dict[str, Any], place: str) -> None:
    assert ("CG-1530", place) in _faults(**fields)


def test_an_outline_that_crosses_itself_is_refused_as_in_a_closures_file() -> None:
    knot = [[113.0, 28.2], [113.01, 28.21], [113.01, 28.2], [113.0, 28.21], [113.0, 28.2]]
    found = _faults(kind="closed_road", at=AT, polygon={"type": "Polygon", "coordinates": [knot]})
    assert [code for code, _ in found] == ["CG-2015"]


def test_a_row_of_an_order_is_read_as_in_a_problem() -> None:
    found = _faults(kind="urgent_order", at=AT, orders=[{**ROW, "zone": "warm", "site": "P99"}])
    assert all(code.startswith("CG-10") for code, _ in found)
    assert len(found) >= 2


@pytest.mark.parametrize("document", [None, [], "breakdown", 3])
def test_an_event_is_an_object(document: object) -> None:
    with pytest.raises(InputRefused) as refused:
        read_event(PROBLEM, document)
    assert refused.value.code == "CG-1530"
