"""What the life of a plan refuses: every code, its status, and that nothing was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from api.service_errors import SERVICE_ERRORS
from api.storage import jobs
from api.wiring import Wiring
from optimizer.domain.cut_off import CutOff
from optimizer.domain.ids import LineKey
from optimizer.domain.problem import Problem
from tests.dispatching import Dispatcher
from tests.serving import MORNING, StandingClock, served
from tests.stored_plan import city_plan, store

EDIT = {
    "kind": "move_stop", "route": "V1-morning-1", "site": "P2", "to_route": "V1-morning-1",
    "position": 0,
}  # fmt: skip
WRONG_GRID = {
    "kind": "move_stop", "route": "V1-morning-1", "site": "P3", "to_route": "V3-morning-1",
}  # fmt: skip
ROW = {
    "order": "N901", "line": "1", "site": "P5", "zone": "controlled", "mass_kg": 3, "volume_l": 4,
}  # fmt: skip
SOLVE = {"limit": {"iterations": 1}}
ACCEPTED = {"accept_violations": True, "reason": "the clinic waits for it"}
names = count(1)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Wiring]]:
    clock = StandingClock(MORNING - timedelta(hours=2))
    folder: Path = tmp_path_factory.mktemp("refusals")
    with served(folder, clock=clock, order_lines=25) as (client, wiring):
        yield client, wiring


@pytest.fixture
def lin(service: tuple[Any, Wiring]) -> Dispatcher:
    """Give a dispatcher with a draft of her own."""
    return dispatcher(service)


def dispatcher(service: tuple[Any, Wiring], problem: Problem | None = None) -> Dispatcher:
    name = f"plan-{next(names)}"
    store(service[1].database, problem, name=name)
    return Dispatcher(client=service[0], plan=name, etag=f'"{name}.1"')


def version(lin: Dispatcher) -> tuple[Any, str]:
    document = lin.look()
    return document["version"], lin.etag


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("revisions", {"edits": [EDIT]}),
    ("revisions", SOLVE),
    ("pins", {}),
    ("orders", {"cancel": [{"order": "N802"}]}),
    ("undo", {}),
    ("publish", {}),
]


@pytest.mark.parametrize(("way", "body"), CHANGES)
def test_every_change_needs_the_revision_that_it_was_made_for(
    lin: Dispatcher, way: str, body: dict[str, Any]
) -> None:
    before = version(lin)
    stale = lin.refused(way, body, **{"If-Match": f'"{lin.plan}.9"'})
    assert stale[:2] == [412, "CG-7009"]
    assert lin.refused(way, body, **{"If-Match": "*"})[:2] == [412, "CG-7009"]
    path = f"/v1/plans/{lin.plan}/{way}"
    answer = lin.client.request("PUT" if way == "pins" else "POST", path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (428, "CG-7008")
    assert version(lin) == before


@pytest.mark.parametrize(("way", "body"), [*CHANGES, ("load", {}), ("start", {}), ("close", {})])
def test_there_must_be_such_a_plan(lin: Dispatcher, way: str, body: dict[str, Any]) -> None:
    lin.plan = "plan-0"
    assert lin.refused(way, body)[:2] == [404, "CG-7001"]
    assert lin.client.get("/v1/plans/plan-0/changes").status_code == 404


@pytest.mark.parametrize("way", ["load", "start", "close"])
def test_a_draft_is_only_published(lin: Dispatcher, way: str) -> None:
    status, code, detail = lin.refused(way)
    assert [status, code] == [409, "CG-7007"]
    assert "is draft" in detail
    lin.do("publish")
    assert lin.refused("publish")[:2] == [409, "CG-7007"]


def test_a_version_with_violations_is_published_with_a_reason_only(lin: Dispatcher) -> None:
    made = lin.do("revisions", {"edits": [WRONG_GRID]})
    assert made["feasible"] is False
    assert {found["code"] for found in made["violations"]} == {"wrong_grid", "radius"}
    status, code, detail = lin.refused("publish")
    assert [status, code] == [409, "CG-7201"]
    assert "wrong_grid" in detail
    assert lin.refused("publish", {"accept_violations": True})[:2] == [422, "CG-7006"]
    assert lin.refused("publish", ACCEPTED | {"reason": " "})[:2] == [422, "CG-7006"]
    lin.do("publish", ACCEPTED)
    changes = lin.client.get(f"/v1/plans/{lin.plan}/changes").json()["items"]
    assert changes[-1]["accepted"] == "the clinic waits for it"


def test_drivers_get_a_version_with_violations_with_a_reason_only(lin: Dispatcher) -> None:
    lin.do("publish")
    before = version(lin)
    assert lin.refused("revisions", {"edits": [WRONG_GRID]})[:2] == [409, "CG-7201"]
    assert version(lin) == before
    assert lin.do("revisions", {"edits": [WRONG_GRID]} | ACCEPTED)["state"] == "published"


def test_a_locked_route_stays(lin: Dispatcher) -> None:
    lin.do("pins", {"locks": ["V1-morning-1"]})
    before = version(lin)
    assert lin.refused("revisions", {"edits": [EDIT]}) == [
        409,
        "CG-7202",
        "CG-7202 /edits/0: route V1-morning-1 is locked."
        " Leave this edit out, or unlock the route if it is only locked.",
    ]
    assert version(lin) == before


def test_an_undo_may_not_touch_a_locked_route(lin: Dispatcher) -> None:
    assert lin.refused("undo")[:2] == [409, "CG-7203"]
    lin.do("revisions", {"edits": [EDIT]})
    lin.do("pins", {"locks": ["V1-morning-1"]})
    assert lin.refused("undo")[:2] == [409, "CG-7202"]
    lin.do("pins", {"locks": ["V3-morning-1"]})
    assert lin.do("undo")["version"] == 3
    assert lin.refused("undo")[:2] == [409, "CG-7203"]


def test_a_line_is_not_left_out_and_optimised_at_once(lin: Dispatcher) -> None:
    leave = {"kind": "leave_line", "order": "N101", "line": "1"}
    status, code, detail = lin.refused("revisions", {"edits": [leave]} | SOLVE)
    assert [status, code] == [422, "CG-7204"]
    assert "N101/1" in detail
    assert lin.do("revisions", {"edits": [leave]})["unserved"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"pins": {"N999/1": "V1"}},
        {"pins": {"N101/1": "V9"}},
        {"pins": {"N101/1": "T1"}},
        {"locks": ["V9-morning-1"]},
    ],
)
def test_pins_name_what_there_is(lin: Dispatcher, body: dict[str, Any]) -> None:
    assert lin.refused("pins", body)[:2] == [422, "CG-7205"]


def test_a_pin_must_not_contradict_a_lock(lin: Dispatcher) -> None:
    both = {"pins": {"N101/1": "V2"}, "locks": ["V1-morning-1"]}
    assert lin.refused("pins", both)[:2] == [409, "CG-7210"]
    lin.do("pins", {"pins": {"N101/1": "V2"}})


@pytest.mark.parametrize(
    ("settled", "status", "code", "words"),
    [
        ({"V9": ["P1"]}, 422, "CG-7205", "V9 is no last-mile vehicle"),
        ({"T1": ["G1"]}, 422, "CG-7205", "T1 is no last-mile vehicle"),
        ({"V1": ["P9"]}, 409, "CG-7211", "no further stop at P9"),
        ({"V1": ["P1", "P1"]}, 409, "CG-7211", "no further stop at P1"),
        ({"V1": []}, 422, "CG-7006", "settled"),
    ],
)
def test_a_beginning_names_stops_of_an_open_trip(
    lin: Dispatcher, settled: dict[str, list[str]], status: int, code: str, words: str
) -> None:
    found, why, detail = lin.refused("revisions", {"settled": settled} | SOLVE)
    assert [found, why] == [status, code]
    assert words in detail


def test_a_beginning_needs_a_limit_and_must_not_contradict_pins_and_locks(lin: Dispatcher) -> None:
    settled = {"settled": {"V1": ["P2"]}}
    assert lin.refused("revisions", {"edits": [EDIT]} | settled)[:2] == [422, "CG-7006"]
    lin.do("pins", {"locks": ["V1-morning-1"]})
    status, code, detail = lin.refused("revisions", settled | SOLVE)
    assert [status, code] == [409, "CG-7211"]
    assert "V1: it has no trip that may still be changed" in detail
    key = next(
        f"{item.key.order}/{item.key.line}"
        for route in city_plan()[1].routes
        if route.id == "V1-morning-1"
        for stop in route.stops
        if stop.site == "P2"
        for item in stop.delivers
    )
    lin.do("pins", {"pins": {key: "V2"}})
    status, code, detail = lin.refused("revisions", settled | SOLVE)
    assert [status, code] == [409, "CG-7211"]
    assert f"{key}, which is pinned to V2" in detail


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "CG-7006"),
        ({"orders": [ROW], "limit": {"seconds": 0}}, 422, "CG-7006"),
        ({"orders": [ROW | {"order": "half \ud800"}]}, 422, "CG-7006"),
        ({"orders": [ROW | {"order": "nul \x00"}]}, 422, "CG-7006"),
        ({"orders": [ROW | {"zone": "warm"}]}, 422, "CG-1012"),
        ({"orders": [ROW | {"mass_kg": float("nan")}]}, 422, "CG-1007"),
        ({"orders": [ROW | {"order": "N101"}]}, 422, "CG-7208"),
        ({"orders": [ROW, ROW | {"line": "2"}]}, 413, "CG-7004"),
        ({"cancel": [{"order": "N999"}]}, 422, "CG-7205"),
        ({"cancel": [{"order": "N101", "line": "9"}]}, 422, "CG-7205"),
        ({"cancel": [{"order": "N101", "lines": "1"}]}, 422, "CG-7006"),
    ],
)
def test_changes_of_orders_that_are_refused(
    service: tuple[Any, Wiring], lin: Dispatcher, body: dict[str, Any], status: int, code: str
) -> None:
    answer = lin.client.post(
        f"/v1/plans/{lin.plan}/orders",
        content=json.dumps(SOLVE | body),
        headers={"If-Match": lin.etag, "Content-Type": "application/json"},
    )
    assert [answer.status_code, answer.json()["code"]] == [status, code], answer.text
    with service[1].database.read() as tx:
        assert jobs.newest(tx, limit=1, plan=lin.plan) == []


def test_the_cut_off_before_a_festival_counts_for_late_orders(
    service: tuple[Any, Wiring],
) -> None:
    for days, code in ((7, None), (6, "CG-7207")):
        festival = date(2026, 7, 14) + timedelta(days=days)
        cut = CutOff(festival=festival, days=7, sites=frozenset({"P5"}))
        lin = dispatcher(service, replace(city_plan()[0], cut_offs=(cut,)))
        answer = lin.ask("orders", SOLVE | {"orders": [ROW]})
        assert answer.json().get("code") == code
        assert answer.status_code == (422 if code else 202)


def test_one_order_line_has_to_be_left(service: tuple[Any, Wiring]) -> None:
    problem, plan = city_plan()
    lin = dispatcher(service)
    every = [{"order": order} for order in dict.fromkeys(key.order for key in problem.lines)]
    assert lin.refused("orders", SOLVE | {"cancel": every})[:2] == [409, "CG-7209"]
    assert LineKey("N101", "1") in problem.lines
    assert plan.unserved == ()


def test_good_rows_are_kept_on_demand_and_a_repeated_request_gives_the_same_job(
    lin: Dispatcher,
) -> None:
    body = SOLVE | {"orders": [ROW, ROW | {"line": "2", "zone": "warm"}], "keep_good_rows": True}
    first = lin.ask("orders", body, **{"Idempotency-Key": "late-1"})
    assert first.status_code == 202
    taken = first.json()
    assert first.headers["Location"] == f"/v1/jobs/{taken['id']}"
    assert taken["added"] == [{"order": "N901", "line": "1"}]
    assert [(f["code"], f["place"]) for f in taken["refused"]] == [("CG-1012", "/orders/1/zone")]
    again = lin.ask("orders", body, **{"Idempotency-Key": "late-1", "If-Match": '"old.1"'})
    assert (again.status_code, again.json()["id"]) == (202, taken["id"])
    assert again.json()["added"] == taken["added"]
    other = body | {"cancel": [{"order": "N802"}]}
    assert lin.refused("orders", other, **{"Idempotency-Key": "late-1"})[:2] == [422, "CG-7106"]
    optimised = lin.refused("revisions", SOLVE, **{"Idempotency-Key": "late-1"})
    assert optimised[:2] == [422, "CG-7106"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"edits": []},
        {"edits": [{"kind": "swap"}]},
        {"edits": [EDIT | {"position": -1}]},
        {"edits": [EDIT], "limit": {}},
        {"edits": [EDIT], "limit": {"seconds": 1, "iterations": 1}},
        {"edits": [EDIT], "limit": {"seconds": 601}},
        {"edits": [EDIT], "note": "bell \x07"},
        {"edits": [EDIT], "colour": "red"},
    ],
)
def test_bodies_that_say_nothing_or_too_much(lin: Dispatcher, body: dict[str, Any]) -> None:
    assert lin.refused("revisions", body)[:2] == [422, "CG-7006"]


def test_edits_that_cannot_be_done_are_refused_by_their_own_codes(lin: Dispatcher) -> None:
    before = version(lin)
    for change, code in (
        ({"route": "V9"}, "CG-4010"),
        ({"site": "P5"}, "CG-4012"),
        ({"position": 9}, "CG-4013"),
    ):
        assert lin.refused("revisions", {"edits": [EDIT | change]})[:2] == [409, code]
    assert version(lin) == before


def test_of_two_dispatchers_with_the_same_etag_one_wins(lin: Dispatcher) -> None:
    racers, won = Barrier(2), []

    def change() -> None:
        racers.wait(timeout=60)
        won.append(lin.ask("revisions", {"edits": [EDIT]}).status_code)

    threads = [Thread(target=change) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(won) == [200, 412]
    assert version(lin)[0] == 2


def test_every_code_of_the_life_of_a_plan_has_a_test_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    journey = (Path(__file__).parent / "test_life_of_a_plan.py").read_text(encoding="utf-8")
    ours = {code for code in SERVICE_ERRORS if code.startswith("CG-72")}
    assert {code for code in ours if code not in text + journey} == set()
