"""Over HTTP: a collect is left, taken, pinned and cancelled by name; a van begins as settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.wiring import Wiring
from optimizer.domain.ids import LineKey
from optimizer.domain.orders import Collect, CollectKind
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from tests.dispatching import Dispatcher, ended
from tests.serving import MORNING, StandingClock, served
from tests.solving import solve_and_check
from tests.stored_plan import PLAN, city_plan, store

CRATES = LineKey("R1", "1")
NAMED = {"order": "R1", "line": "1"}


@pytest.fixture(scope="module")
def collecting() -> tuple[Problem, Plan]:
    crates = Collect(
        key=CRATES,
        site="P1",
        kind=CollectKind.RETURN,
        zone=Zone.CHILLED,
        mass_g=2000,
        volume_ml=9000,
        value_cents=500,
    )
    problem = replace(city_plan()[0], collects={CRATES: crates})
    return problem, solve_and_check(problem, iterations=5)


@pytest.fixture
def service(
    tmp_path: Path, collecting: tuple[Problem, Plan]
) -> Iterator[tuple[Dispatcher, Wiring]]:
    clock = StandingClock(MORNING - timedelta(hours=2))
    with served(tmp_path, clock=clock) as (client, wiring):
        store(wiring.database, *collecting)
        yield Dispatcher(client=client, plan=PLAN, etag=f'"{PLAN}.1"'), wiring


def vans_with_crates(document: dict[str, Any]) -> list[str]:
    return [
        route["vehicle"]
        for route in document["routes"]
        for stop in route["stops"]
        for item in stop["collects"]
        if {"order": item["order"], "line": item["line"]} == NAMED
    ]


def test_a_collect_is_left_and_taken_by_hand_and_counted_as_what_it_is(
    service: tuple[Dispatcher, Wiring],
) -> None:
    lin, _ = service
    (van,) = vans_with_crates(lin.look())
    made = lin.do("revisions", {"edits": [{"kind": "leave_line"} | NAMED]})
    assert made["feasible"]
    assert any(
        words.startswith(f"R1/1: {van} ") and words.endswith("-> left out.")
        for words in made["difference"]["words"]
    )
    left = lin.client.get(f"/v1/plans/{PLAN}/check").json()["unserved"]
    assert [left["lines"], left["collects"], left["by_reason"]] == [0, 1, {"left_out": 1}]
    assert vans_with_crates(lin.look()) == []
    route = next(r["id"] for r in lin.look()["routes"] if r["vehicle"] == van)
    taken = lin.do("revisions", {"edits": [{"kind": "move_line", "to_route": route} | NAMED]})
    assert taken["unserved"] == 0
    assert vans_with_crates(lin.look()) == [van]


def test_a_collect_that_was_moved_stays_on_its_van_and_can_be_cancelled(
    service: tuple[Dispatcher, Wiring],
) -> None:
    lin, wiring = service
    document = lin.look()
    (van,) = vans_with_crates(document)
    (other,) = {"V1", "V2"} - {van}
    lin.do("pins", {"pins": {"R1/1": other}})
    job = lin.do("revisions", {"limit": {"iterations": 2}})["id"]
    assert ended(wiring, job).state == "succeeded"
    assert vans_with_crates(lin.look()) == [other]
    taken = lin.do("orders", {"cancel": [{"order": "R1"}], "limit": {"iterations": 2}})
    assert taken["cancelled"] == [NAMED]
    assert ended(wiring, taken["id"]).state == "succeeded"
    assert vans_with_crates(lin.look()) == []
    left = lin.client.get(f"/v1/plans/{PLAN}/check").json()["unserved"]
    assert left["collects"] == 0


def test_a_collect_on_a_route_that_stays_is_neither_left_nor_cancelled(
    service: tuple[Dispatcher, Wiring],
) -> None:
    lin, _ = service
    document = lin.look()
    (van,) = vans_with_crates(document)
    route = next(r["id"] for r in document["routes"] if r["vehicle"] == van)
    lin.do("pins", {"locks": [route]})
    leave = {"edits": [{"kind": "leave_line"} | NAMED]}
    assert lin.refused("revisions", leave)[:2] == [409, "CG-7202"]
    cancel = {"cancel": [NAMED], "limit": {"iterations": 1}}
    status, code, detail = lin.refused("orders", cancel)
    assert [status, code] == [409, "CG-7206"]
    assert f"R1/1 rides on route {route}" in detail
    pins = {"pins": {"R1/1": "V3"}, "locks": [route]}
    assert lin.refused("pins", pins)[:2] == [409, "CG-7210"]


def test_a_van_begins_as_a_dispatcher_says(service: tuple[Dispatcher, Wiring]) -> None:
    lin, wiring = service
    before = next(r for r in lin.look()["routes"] if r["vehicle"] == "V3" or r["vehicle"] == "V4")
    sites = list(reversed([stop["site"] for stop in before["stops"]]))[:2]
    van = before["vehicle"]
    job = lin.do("revisions", {"settled": {van: sites}, "limit": {"iterations": 5}})["id"]
    assert ended(wiring, job).state == "succeeded"
    now = next(r for r in lin.look()["routes"] if r["vehicle"] == van)
    assert [stop["site"] for stop in now["stops"]][:2] == sites
    checked = lin.client.get(f"/v1/plans/{PLAN}/check").json()
    assert checked["feasible"]


def test_a_beginning_follows_the_edits_of_its_request(service: tuple[Dispatcher, Wiring]) -> None:
    lin, wiring = service
    trips = {r["vehicle"]: r for r in lin.look()["routes"] if r["echelon"] == "last_mile"}
    east = trips.get("V3") or trips["V4"]
    home = [r for r in trips.values() if r["start_site"] == "G1"]
    van = home[0]["vehicle"]
    first = home[0]["stops"][-1]["site"]
    edit = {
        "kind": "move_stop",
        "route": home[0]["id"],
        "site": first,
        "to_route": home[0]["id"],
        "position": 0,
    }
    body = {"edits": [edit], "settled": {van: [first]}, "limit": {"iterations": 3}}
    job = lin.do("revisions", body)["id"]
    assert ended(wiring, job).state == "succeeded"
    now = next(r for r in lin.look()["routes"] if r["vehicle"] == van)
    assert now["stops"][0]["site"] == first
    wrong = {"settled": {east["vehicle"]: [first]}, "limit": {"iterations": 1}}
    assert lin.refused("revisions", wrong)[:2] == [409, "CG-7211"]
