"""From published temperatures to another van's manifest, over a real broker and real sockets."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.running import NO_TLS
from tests.stored_plan import PLAN
from tests.whole_chain import SECRET, Chain, chain, wait_until

pytestmark = pytest.mark.slow

MOST_S = 10.0
FROZEN_LEFT = ("N201", "N301", "N401")
"""Orders whose frozen line is on board of V1 behind its first stop."""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Chain]:
    with chain(tmp_path) as one:
        yield one


def test_a_break_ends_with_the_goods_in_another_van(running: Chain) -> None:
    before = running.get(f"/v1/plans/{PLAN}/versions/1")
    running.let_fail()
    case = running.heard.wait_for("opened", "V1")
    assert (case["origin"], case["zone"], case["state"]) == ("alarm", "frozen", "open")
    alarm = running.get(f"/v1/alarms/{case['alarm']}")
    assert (alarm["kind"], alarm["rule"]) == ("high", "frozen/1:warn_high")
    number = next(one["number"] for one in case["ranking"] if one["kind"] == "second_vehicle")

    accepted = running.post(f"/v1/reroutes/{case['id']}/accept", {"proposal": number})
    took_s = running.since_s()
    assert accepted.status_code == 200, accepted.text
    assert took_s <= MOST_S
    assert running.get(f"/v1/plans/{PLAN}")["version"] == accepted.json()["made_version"] == 2

    again = running.post(f"/v1/reroutes/{case['id']}/accept", {"proposal": number})
    assert again.status_code == 409
    assert "local" in again.json()["detail"]

    _visited_stops_stay(before, running.get(f"/v1/plans/{PLAN}/versions/2"))
    _the_taker_has_the_goods(running)
    _tracking_has_the_new_time(running)
    _points_are_told(running, case["id"])
    _the_device_is_told(running)
    # What was heard is put down a moment after it was heard.
    delivered = {("eta", "delivered"), ("command", "delivered")}
    wait_until(lambda: _news(running, case["id"]) == delivered, "not all news are delivered")


def _news(running: Chain, case: str) -> set[tuple[str, str]]:
    news = running.get(f"/v1/reroutes/{case}/news")["items"]
    return {(one["kind"], one["state"]) for one in news}


def _stops(document: dict[str, Any], vehicle: str) -> list[dict[str, Any]]:
    plan = document.get("plan", document)
    return [
        stop for route in plan["routes"] if route["vehicle"] == vehicle for stop in route["stops"]
    ]


def _visited_stops_stay(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Hold the stop that is behind V1, and all of the other grid's van, to the byte."""
    for vehicle, done in (("V1", 1), ("V3", 4)):
        was, now = _stops(before, vehicle)[:done], _stops(after, vehicle)[:done]
        assert len(was) == done
        assert json.dumps(was).encode() == json.dumps(now).encode(), vehicle
    assert _stops(before, "V1")[1:] != _stops(after, "V1")[1:]


def _the_taker_has_the_goods(running: Chain) -> None:
    paper = httpx2.get(
        f"{running.address}/v1/plans/{PLAN}/manifests/V2?format=csv", verify=NO_TLS
    ).text
    for order in FROZEN_LEFT:
        assert order in paper


def _tracking_has_the_new_time(running: Chain) -> None:
    document = running.get(f"/v1/plans/{PLAN}/versions/2")
    planned = {
        (item["order"], item["line"]): stop["service_starts_at"]
        for stop in _stops(document, "V2")
        for item in stop["delivers"]
    }
    for order in FROZEN_LEFT:
        lines = {one["line"]: one for one in running.get(f"/v1/orders/{order}/tracking")["lines"]}
        assert lines["1"]["vehicle"] == "V2"
        assert lines["1"]["planned_at"] == planned[order, "1"]
        assert lines["2"]["vehicle"] == "V1"


def _points_are_told(running: Chain, case: str) -> None:
    def told() -> dict[tuple[str, str], Any]:
        bodies = [json.loads(one.body) for one in list(running.points.got)]
        return {(body["site"], line["order"]): body for body in bodies for line in body["lines"]}

    wait_until(lambda: {("P2", "N201"), ("P3", "N301"), ("P4", "N401")} <= set(told()), "no news")
    for body in told().values():
        assert (body["plan"], body["version"], body["reroute"]) == (PLAN, 2, case)
        assert body["was"] != body["now"]
        assert abs(body["change_min"]) >= 1
    for request in list(running.points.got):
        stamp, _, given = request.headers["X-Coldgrid-Signature"].partition(",v1=")
        signed = f"{stamp.removeprefix('t=')}.".encode() + request.body
        assert given == hmac.new(SECRET.encode(), signed, sha256).hexdigest()
        assert request.headers["Idempotency-Key"] == json.loads(request.body)["id"]


def _the_device_is_told(running: Chain) -> None:
    (command,) = map(json.loads, running.device.wait_for(1))
    assert (command["command"], command["plan"], command["version"], command["route"]) == (
        "route_changed", PLAN, 2, "V1-morning-1",
    )  # fmt: skip
    assert command["issued_at"] < command["expires_at"]
