"""Whatever else may happen to a running day comes through the same door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rerouting import Rerouting, compute_here, rerouting
from tests.stored_plan import PLAN

BETWEEN_P2_AND_P3 = {
    "type": "Polygon",
    "coordinates": [
        [[112.955, 28.2], [112.975, 28.2], [112.975, 28.206], [112.955, 28.206], [112.955, 28.2]]
    ],
}
URGENT = {
    "order": "U1", "line": "1", "site": "P7", "article": "fish", "zone": "chilled",
    "mass_kg": 2, "volume_l": 4, "value_cents": 9000, "promise": "cold",
}  # fmt: skip


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rerouting]:
    compute_here(monkeypatch)
    with rerouting(tmp_path, hours=10.6) as running:
        yield running


def happens(service: Rerouting, status: int = 201, **disruption: Any) -> Any:
    return service.post("/v1/reroutes", status, plan=PLAN, disruption=disruption)


def test_a_van_that_stands_is_a_case_with_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute_here(monkeypatch)
    with rerouting(tmp_path) as service:
        case = happens(service, kind="breakdown", vehicle="V1", cooling_w=500)
        assert (case["kind"], case["vehicle"], case["zone"], case["severity"]) == (
            "breakdown", "V1", None, "II",
        )  # fmt: skip
        assert case["situation"]["vehicle"] == "V1"
        again = happens(service, kind="breakdown", vehicle="V1")
        assert service.get(f"/v1/reroutes/{case['id']}")["state"] == "superseded"
        accepted = service.accept(again)
        assert accepted["made_version"] == 2


def test_a_truck_that_is_late_is_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compute_here(monkeypatch)
    with rerouting(tmp_path, hours=0.9) as service:
        case = happens(service, kind="late_linehaul", site="G2", delay_min=30)
        assert case["kind"] == "late_linehaul"
        assert case["proposals"]


def test_a_closed_area_is_a_case(service: Rerouting) -> None:
    case = happens(service, kind="closed_road", polygon=BETWEEN_P2_AND_P3)
    assert case["situation"]["polygon"]["type"] == "Polygon"


def test_an_urgent_order_comes_into_the_plan_with_its_acceptance(service: Rerouting) -> None:
    case = happens(service, kind="urgent_order", orders=[URGENT])
    service.accept(case)
    (line,) = service.get("/v1/orders/U1/tracking")["lines"]
    assert (line["line"], line["site"]) == ("1", "P7")
    versions = service.get(f"/v1/plans/{PLAN}/versions")["items"]
    assert versions[0]["problem"] != versions[1]["problem"]
    service.clock.advance(minutes=30)
    assert service.open(vehicle="V3")["plan_version"] == 2


def test_a_carrier_that_joins_is_a_case(service: Rerouting) -> None:
    case = happens(service, kind="backup_carrier", vehicles=["V2"])
    assert case["kind"] == "backup_carrier"


@pytest.mark.parametrize(
    ("disruption", "code"),
    [
        ({"kind": "breakdown"}, "CG-7006"),
        ({"kind": "breakdown", "vehicle": "V1", "at": "2026-07-16T09:00:00+08:00"}, "CG-7806"),
        ({"kind": "late_linehaul", "delay_min": 30}, "CG-1530"),
        ({"kind": "late_linehaul", "delay_min": 0, "site": "G1"}, "CG-7006"),
        ({"kind": "closed_road", "polygon": {"type": "Point"}}, None),
        ({"kind": "urgent_order", "orders": []}, "CG-7006"),
        ({"kind": "urgent_order", "orders": [{"order": "U1"}]}, None),
        ({"kind": "backup_carrier", "vehicles": ["V99"]}, "CG-1530"),
    ],
)
def test_what_cannot_be_is_refused(
    service: Rerouting, disruption: dict[str, Any], code: str | None
) -> None:
    refused = happens(service, 422, **disruption)
    assert code is None or refused["code"] == code
    assert service.get("/v1/reroutes")["items"] == []
