"""Readings over HTTP, what became none, causes of breaks, and figures for operators."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from telemetry.alarm.words import Excursion
from telemetry.readings import Aside, Channel, Mark, Reading, Reason
from telemetry.registry import Placement
from tests.serving import MORNING
from tests.watched_service import ROOM, WatchedService, watched

NOON = "2026-07-14T12:00:00Z"
NOON_MS = round(MORNING.timestamp() * 1000)
MINUTE_MS = 60_000
AS_BUCKETS: dict[str, Any] = {"as": "buckets"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[WatchedService]:
    with watched(tmp_path) as running:
        yield running


def reading(sensor: str, minute: float, value: float, sequence: int = -1) -> Reading:
    at_ms = NOON_MS + round(minute * MINUTE_MS)
    return Reading(sensor, Channel.TEMPERATURE, at_ms, sequence, value, at_ms + 500, Mark.NONE)


def keep(service: WatchedService, *readings: Reading) -> None:
    with service.store.write() as ledger:
        ledger.add_readings(readings)


def asked(service: WatchedService, status: int = 200, begin: str = NOON, **query: Any) -> Any:
    return service.get("/v1/readings", status, **({"from": begin} | query))


def test_readings_of_a_point_bear_its_offset(service: WatchedService) -> None:
    keep(service, *(reading("s-room", n, -20.0 - n) for n in range(3)))
    service.clock.advance(minutes=10)
    found = asked(service, point=ROOM)
    assert [one["value"] for one in found["readings"]] == [-20.0, -21.0, -22.0]
    assert [one["corrected"] for one in found["readings"]] == [-19.5, -20.5, -21.5]
    assert {one["point"] for one in found["readings"]} == {ROOM}
    assert found["next"] is None
    assert asked(service, sensor="s-room")["readings"] == found["readings"]
    assert asked(service, point=ROOM, channel="humidity")["readings"] == []


def test_one_of_point_and_sensor_is_named(service: WatchedService) -> None:
    assert asked(service, 422)["code"] == "CG-7704"
    assert asked(service, 422, point=ROOM, sensor="s-room")["code"] == "CG-7704"
    service.clock.advance(minutes=1)
    assert asked(service, 404, point="G9/room")["code"] == "CG-7001"


def test_a_capped_answer_says_where_the_rest_begins(service: WatchedService) -> None:
    keep(service, *(reading("s-room", n, -20.0) for n in range(10)))
    service.clock.advance(minutes=10)
    found: list[str] = []
    begin: str | None = NOON
    while begin is not None:
        page = asked(service, point=ROOM, limit=4, begin=begin)
        found += [one["at"] for one in page["readings"]]
        begin = page["next"]
    assert len(found) == len(set(found)) == 10


def test_readings_of_one_instant_stay_together_however_many(service: WatchedService) -> None:
    keep(service, *(reading("s-room", 1, -20.0 - n, n) for n in range(5)))
    keep(service, reading("s-room", 2, -20.0))
    service.clock.advance(minutes=10)
    first = asked(service, point=ROOM, limit=2)
    assert len(first["readings"]) == 5
    rest = asked(service, point=ROOM, limit=2, begin=first["next"])
    assert (len(rest["readings"]), rest["next"]) == (1, None)


def test_a_sensor_that_was_moved_counts_where_it_was(tmp_path: Path) -> None:
    moved_ms = NOON_MS + 5 * MINUTE_MS
    placements = (
        Placement(sensor="s", point=ROOM, to_ms=moved_ms, offset_c=1.0),
        Placement(sensor="s", point="V1/frozen", from_ms=moved_ms),
    )
    with watched(tmp_path, placements=placements) as service:
        keep(service, *(reading("s", n, -20.0) for n in range(10)))
        service.clock.advance(minutes=10)
        room = asked(service, point=ROOM)["readings"]
        van = asked(service, point="V1/frozen")["readings"]
        both = asked(service, sensor="s")["readings"]
    assert ({one["corrected"] for one in room}, len(room)) == ({-19.0}, 5)
    assert ({one["corrected"] for one in van}, len(van)) == ({-20.0}, 5)
    assert both == room + van


def test_buckets_have_five_minutes_each(service: WatchedService) -> None:
    keep(service, *(reading("s-room", n, -20.0 - n) for n in range(10)))
    service.clock.advance(minutes=10)
    found = asked(service, point=ROOM, **AS_BUCKETS)["buckets"]
    assert [(one["count"], one["low"], one["high"]) for one in found] == [
        (5, -23.5, -19.5),
        (5, -28.5, -24.5),
    ]


def test_csv_comes_by_accept_with_formulas_disarmed(tmp_path: Path) -> None:
    placements = (Placement(sensor="=cmd()", point=ROOM),)
    with watched(tmp_path, placements=placements) as service:
        keep(service, reading("=cmd()", 0, -20.0))
        service.clock.advance(minutes=10)
        query = {"point": ROOM, "from": "2026-07-14T12:00:00Z"}
        answer = service.client.get("/v1/readings", params=query, headers={"Accept": "text/csv"})
        assert answer.headers["content-type"].startswith("text/csv")
        (row,) = csv.DictReader(io.StringIO(answer.text))
        assert (row["sensor"], row["value"]) == ("'=cmd()", "-20.0")
        refused = service.client.get("/v1/readings", params=query, headers={"Accept": "image/png"})
        assert refused.status_code == 406


def test_what_became_no_reading_is_counted_and_kept_with_its_bytes(
    service: WatchedService,
) -> None:
    payload = b"\x00\xffnot json"
    with service.store.write() as ledger:
        ledger.count(NOON_MS, {Reason.MALFORMED: 2})
        ledger.keep_aside([Aside(Reason.MALFORMED, "no JSON", "site/1", payload, NOON_MS)])
    service.clock.advance(minutes=1)
    counts = {
        one["reason"]: one["messages"] for one in service.get("/v1/telemetry/counts")["items"]
    }
    assert (counts["malformed"], counts["retained"]) == (2, 0)
    (aside,) = service.get("/v1/telemetry/asides", reason="malformed")["items"]
    assert base64.b64decode(aside["payload"]) == payload
    assert service.get("/v1/telemetry/asides", reason="retained")["items"] == []


def test_figures_of_watching_are_read_from_the_store(service: WatchedService) -> None:
    service.an_alarm()
    with service.store.write() as ledger:
        ledger.count(NOON_MS, {Reason.RETAINED: 3})
    text = service.client.get("/metrics").text
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["coldgrid_telemetry_up",] == 1
    assert found["coldgrid_alarms_open", "critical"] >= 1
    assert found["coldgrid_messages_aside_total", "retained"] == 3
    assert found["coldgrid_alarm_events",] == service.store.last_event()
    assert found["coldgrid_newest_reading_seconds",] == 60.0


def test_health_says_whether_a_monitor_works(service: WatchedService) -> None:
    health = service.get("/healthz")
    assert (health["telemetry"], health["monitor"]) == ("ok", "silent")
    service.clock.advance(seconds=30)
    with service.store.write() as ledger:
        ledger.remember("monitor", str(round(service.clock().timestamp() * 1000)).encode())
    health = service.get("/healthz")
    assert (health["monitor"], health["monitor_heard_at"]) == ("ok", "2026-07-14T12:00:30Z")
    service.clock.advance(seconds=61)
    assert service.get("/healthz")["monitor"] == "silent"


def test_causes_of_a_month_name_the_room(service: WatchedService) -> None:
    service.monitor.measure("s-room", -20.0)
    service.clock.advance(minutes=1)
    service.monitor.warm_up("s-room", minutes=30)
    service.monitor.measure("s-room", -22.0)
    found = service.get("/v1/telemetry/causes", month="2026-07", tz="Asia/Shanghai")
    assert (found["breaks"], found["minutes"]) == (1, 30.0)
    named = {(one["by"], one["name"]): one["minutes"] for one in found["items"]}
    assert named == {("room", ROOM): 30.0, ("kind", "high"): 30.0}
    assert service.get("/v1/telemetry/causes", month="2026-06")["items"] == []
    assert service.get("/v1/telemetry/causes", 400, month="2026-06", tz="Mars/Base")["code"] == (
        "CG-7003"
    )


def test_defrosts_are_no_breaks_and_what_lasts_counts_until_now(service: WatchedService) -> None:
    defrost = Excursion(
        point=ROOM,
        from_ms=NOON_MS,
        to_ms=NOON_MS + 20 * MINUTE_MS,
        kind="high",
        peak_c=-12.0,
        mean_c=-14.0,
        low_c=-18.0,
        deviation_c=1.0,
        samples=20,
        minutes=20.0,
        unknown_minutes=0.0,
        defrost=True,
    )
    lasting = replace(
        defrost, from_ms=NOON_MS + 60 * MINUTE_MS, to_ms=None, minutes=1.0, defrost=False
    )
    with service.store.write() as ledger:
        ledger.put_excursions(ROOM, NOON_MS, None, [defrost, lasting])
    service.clock.advance(minutes=75)
    found = service.get("/v1/telemetry/causes", month="2026-07")
    assert (found["breaks"], found["minutes"]) == (1, 15.0)
