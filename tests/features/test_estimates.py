"""The estimate of a point over HTTP: what air and goods do, and when they leave their band."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.monitor import foreseeing
from tests.telemetry_foresight import COLD, COOL, Seer
from tests.watched_service import ROOM, WatchedService, watched

OFFSET_C = 0.5
"""Of the sensor in the room."""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchedService]:
    monkeypatch.setattr(foreseeing, "observe", Seer().observe)
    with watched(tmp_path) as running:
        yield running


def test_a_point_shows_where_it_leads(service: WatchedService) -> None:
    assert service.get(f"/v1/points/{ROOM}")["estimate"] is None, "nothing was heard of it yet"
    service.monitor.measure("s-room", COOL - OFFSET_C)
    assert service.get(f"/v1/points/{ROOM}")["estimate"] == {
        "as_of": "2026-07-14T12:00:00Z",
        "air_c": COLD,
        "air_sd_c": 0.1,
        "product_c": COLD,
        "product_sd_c": 0.4,
        "rate_c_h": 0.0,
        "regime": "warming",
        "forecast": {
            "side": "high",
            "limit_c": -18.0,
            "early": "2026-07-14T12:30:00Z",
            "breach": "2026-07-14T12:40:00Z",
            "late": None,
            "chance": 0.8,
        },
        "capacity": 0.75,
    }
    listed = {one["id"]: one["estimate"] for one in service.get("/v1/points")["items"]}
    assert listed["GW1"] is None
    assert listed[ROOM]["regime"] == "warming"


def test_a_forecast_follows_minute_by_minute_and_goes_when_it_is_over(
    service: WatchedService,
) -> None:
    for value, breach in ((COOL, "12:40"), (COOL, "12:41"), (COLD, None)):
        service.monitor.measure("s-room", value - OFFSET_C)
        forecast = service.get(f"/v1/points/{ROOM}")["estimate"]["forecast"]
        told = None if forecast is None else forecast["breach"]
        assert told == (None if breach is None else f"2026-07-14T{breach}:00Z")
        service.clock.advance(minutes=1)


def test_an_open_alarm_comes_with_the_estimate_of_its_point(service: WatchedService) -> None:
    service.monitor.measure("s-room", COOL - OFFSET_C)
    (listed,) = service.get("/v1/alarms")["items"]
    assert (listed["kind"], listed["rule"]) == ("predicted", "frozen/1:predicted")
    assert listed["estimate"]["forecast"]["breach"] == "2026-07-14T12:40:00Z"
    story = service.get(f"/v1/alarms/{listed['id']}")
    assert story["estimate"] == listed["estimate"]
    assert [one["kind"] for one in story["events"]] == ["raised"]


def test_a_closed_alarm_says_nothing_of_what_its_point_does_now(service: WatchedService) -> None:
    service.monitor.measure("s-room", COOL - OFFSET_C)
    (listed,) = service.get("/v1/alarms")["items"]
    service.post(f"/v1/alarms/{listed['id']}/close", comment="judged by hand")
    (closed,) = service.get("/v1/alarms", state="all")["items"]
    assert (closed["state"], closed["estimate"]) == ("closed", None)
