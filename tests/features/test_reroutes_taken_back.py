"""An acceptance that is taken back while the van still can turn around, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.storage import reroutes
from tests.rerouting import Rerouting, compute_here, rerouting
from tests.stored_plan import PLAN


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rerouting]:
    compute_here(monkeypatch)
    with rerouting(tmp_path) as running:
        yield running


def accepted_at_a_station(service: Rerouting) -> dict[str, Any]:
    case = service.open()
    number = next(one["number"] for one in case["ranking"] if one["kind"] == "station")
    accepted: dict[str, Any] = service.accept(case, number)
    return accepted


def take_back(service: Rerouting, case: dict[str, Any], status: int = 200) -> Any:
    return service.post(f"/v1/reroutes/{case['id']}/take-back", status, reason="it cools again")


def tour_of_v1(service: Rerouting) -> list[tuple[str, str]]:
    (route,) = [one for one in service.get(f"/v1/plans/{PLAN}")["routes"] if one["vehicle"] == "V1"]
    return [(stop["site"], stop["arrives_at"][11:19]) for stop in route["stops"]]


def test_the_old_tail_comes_back_timed_from_now_and_the_station_is_free(
    service: Rerouting,
) -> None:
    planned = tour_of_v1(service)
    case = accepted_at_a_station(service)
    assert [site for site, _ in tour_of_v1(service)] == ["P1", "S1", "P2", "P3", "P4"]
    service.clock.advance(hours=1 / 60)
    back = take_back(service, case)
    assert (back["state"], back["made_version"], back["reason"]) == (
        "taken_back", 3, "it cools again",
    )  # fmt: skip
    tour = tour_of_v1(service)
    assert [site for site, _ in tour] == [site for site, _ in planned]
    # What is visited stays to the second; turning around cost V1 some seconds.
    assert tour[0] == planned[0]
    assert all(was < now for (_, was), (_, now) in zip(planned[1:], tour[1:], strict=True))
    with service.wiring.database.read() as tx:
        assert not reroutes.reserved_by(tx, case["id"])
    # Drivers and points hear of version 3.
    service.wiring.reroute_news.look()
    told = service.get(f"/v1/reroutes/{case['id']}/news")["items"]
    assert 3 in {one["body"]["version"] for one in told}
    (note,) = service.get("/v1/audit", action="take_back_reroute")["items"]
    assert (note["actor"], note["subject"]) == ("local", f"reroute={case['id']}")
    change = service.get(f"/v1/plans/{PLAN}/changes")["items"][-1]
    assert (change["change"], change["note"]) == ("reroute taken back", "it cools again")
    again = take_back(service, case, 409)
    assert again["code"] == "CG-7801"
    assert "taken back by local" in again["detail"]


def test_what_was_never_accepted_or_is_reached_cannot_be_taken_back(service: Rerouting) -> None:
    opened = service.open(vehicle="V3")
    assert take_back(service, opened, 409)["code"] == "CG-7807"
    case = accepted_at_a_station(service)
    service.clock.advance(hours=20 / 60)
    late = take_back(service, case, 409)
    assert (late["code"], "has begun a stop" in late["detail"]) == ("CG-7808", True)
    assert service.client.get(f"/v1/plans/{PLAN}").headers["etag"] == f'"{PLAN}.2"'
    with service.wiring.database.read() as tx:
        assert reroutes.reserved_by(tx, case["id"])
