"""A plan's day: drafted, changed by hand, published, loaded, late orders, an undo, closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.storage import stops
from api.wiring import Wiring
from tests.dispatching import Dispatcher, ended
from tests.serving import MORNING, StandingClock, served
from tests.stored_plan import PLAN, store

SEEN_FIRST = '"plan-1.1"'
FIRST = {"kind": "move_stop", "route": "V1-morning-1", "to_route": "V1-morning-1"}
WINE = {
    "order": "N901", "line": "1", "site": "P5", "article": "WINE", "zone": "controlled",
    "mass_kg": 3, "volume_l": 4, "value_cents": 9900,
}  # fmt: skip
LATE = {
    "orders": [WINE],
    "cancel": [{"order": "N802"}],
    "limit": {"iterations": 5},
    "note": "rung through",
}


def local(hours: float) -> Any:
    """Give the instant so many hours after the horizon start, which is eight in the evening."""
    return MORNING + timedelta(hours=hours)


def van_of(document: dict[str, Any], order: str, line: str) -> str | None:
    vans = [
        route["vehicle"]
        for route in document["routes"]
        if route["echelon"] == "last_mile"
        for stop in route["stops"]
        for item in stop["delivers"]
        if (item["order"], item["line"]) == (order, line)
    ]
    assert len(vans) < 2
    return vans[0] if vans else None


def route_of(document: dict[str, Any], name: str) -> Any:
    return next(route for route in document["routes"] if route["id"] == name)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(local(-2))


@pytest.fixture
def service(tmp_path: Path, clock: StandingClock) -> Iterator[tuple[Dispatcher, Wiring]]:
    with served(tmp_path, clock=clock) as (client, wiring):
        store(wiring.database)
        yield Dispatcher(client=client, plan=PLAN, etag=SEEN_FIRST), wiring


@pytest.mark.slow
def test_a_plan_from_draft_to_closed(
    service: tuple[Dispatcher, Wiring], clock: StandingClock
) -> None:
    lin, wiring = service
    drafted = work_by_hand(lin, wiring)
    publish(lin, wiring, drafted)
    load(lin, clock)
    running = take_late_orders(lin, wiring, clock)
    swap = undo_a_move(lin, running, clock)
    close(lin, clock, swap)


def work_by_hand(lin: Dispatcher, wiring: Wiring) -> dict[str, Any]:
    """Put two stops first, judged at once; then pin, lock, and let a solver work around it."""
    moves = [FIRST | {"site": "P2", "position": 0}, FIRST | {"site": "P4", "position": 1}]
    judged = lin.do("revisions", {"edits": moves, "note": "school street"})
    assert (judged["version"], judged["feasible"], judged["violations"]) == (2, True, [])
    told = judged["difference"]
    assert told["cost_cents"] == sum(told["parts_cents"].values()) > 0
    assert told["words"][0].startswith("Costs ")
    assert any("by P2, P4, P1, P3" in words for words in told["words"])
    lin.do("pins", {"pins": {"N301/1": "V2"}, "locks": ["V3-morning-1"]})
    job = lin.do("revisions", {"limit": {"iterations": 5}, "note": "around the pin"})["id"]
    locked = route_of(lin.look(), "V3-morning-1")
    assert ended(wiring, job).result_version == 3
    drafted = lin.look()
    assert van_of(drafted, "N301", "1") == "V2"
    assert route_of(drafted, "V3-morning-1") == locked
    return drafted


def publish(lin: Dispatcher, wiring: Wiring, drafted: dict[str, Any]) -> None:
    """Publish; whoever read the plan before has to read it again."""
    other = Dispatcher(client=lin.client, plan=PLAN, etag=SEEN_FIRST)
    assert lin.do("publish", {"note": "checked"})["state"] == "published"
    edit = FIRST | {"site": "P2", "position": 0}
    assert other.refused("revisions", {"edits": [edit]})[:2] == [412, "CG-7009"]
    with wiring.database.read() as tx:
        told = {(stop.route, stop.site) for stop in stops.of_plan(tx, PLAN)}
    assert told == {(r["id"], s["site"]) for r in drafted["routes"] for s in r["stops"]}


def load(lin: Dispatcher, clock: StandingClock) -> None:
    """Load: nothing of the wave moves, though it leaves only in an hour and a half."""
    clock.now = local(9)
    lin.do("pins", {})
    lin.do("load")
    leave = {"edits": [{"kind": "leave_line", "order": "N801", "line": "1"}]}
    status, code, detail = lin.refused("revisions", leave)
    assert [status, code] == [409, "CG-7202"]
    assert "V3-morning-1 is being loaded with wave morning" in detail
    lin.do("start")


def take_late_orders(lin: Dispatcher, wiring: Wiring, clock: StandingClock) -> dict[str, Any]:
    """Half past five: the truck has long left, the wine comes from the stock of the grid."""
    clock.now = local(9.5)
    status, code, detail = lin.refused("orders", {"cancel": [{"order": "N101"}]})
    assert [status, code] == [409, "CG-7206"]
    assert "N101/1" in detail
    assert "T1-morning-1" in detail
    taken = lin.do("orders", LATE)
    assert taken["added"] == [{"order": "N901", "line": "1"}]
    assert taken["cancelled"] == [{"order": "N802", "line": "1"}]
    assert ended(wiring, taken["id"]).state == "succeeded"
    running = lin.look()
    assert running["state"] == "running"
    assert van_of(running, "N901", "1") in {"V3", "V4"}
    assert van_of(running, "N802", "1") is None
    assert running["check"]["feasible"]
    return running


def undo_a_move(lin: Dispatcher, running: dict[str, Any], clock: StandingClock) -> dict[str, Any]:
    """Undo a move that the driver refuses; what has left meanwhile moves no more."""
    vehicle = van_of(running, "N101", "1")
    route = next(r for r in running["routes"] if r["vehicle"] == vehicle)
    swap = {"kind": "move_stop", "route": route["id"], "to_route": route["id"], "position": 0}
    swap |= {"site": route["stops"][-1]["site"]}
    lin.do("revisions", {"edits": [swap]})
    assert lin.look()["routes"] != running["routes"]
    lin.do("undo", {"note": "the driver knows better"})
    assert lin.look()["routes"] == running["routes"]
    clock.now = local(12.0)
    status, code, detail = lin.refused("revisions", {"edits": [swap]})
    assert [status, code] == [409, "CG-7202"]
    assert f"{route['id']} left at" in detail
    return swap


def close(lin: Dispatcher, clock: StandingClock, swap: dict[str, Any]) -> None:
    """Close at night: nothing can be done to the plan any more, and its story can be read."""
    clock.now = local(25)
    assert lin.do("close")["state"] == "closed"
    bodies: dict[str, dict[str, Any]] = {"revisions": {"edits": [swap]}, "orders": LATE}
    for way in ("revisions", "pins", "undo", "orders", "publish", "load", "start", "close"):
        assert lin.refused(way, bodies.get(way))[:2] == [409, "CG-7007"], way
    changes = lin.client.get(f"/v1/plans/{PLAN}/changes").json()["items"]
    assert [change["change"] for change in changes] == [
        "revised", "pinned", "replanned", "published", "pinned", "loading begun", "started",
        "late orders", "revised", "undone", "closed",
    ]  # fmt: skip
    assert [change["revision"] for change in changes] == list(range(2, 13))
    assert changes[0]["note"] == "school street"


@pytest.mark.slow
def test_what_a_solver_is_told_of_edits_and_what_comes_of_a_plan_that_changed_meanwhile(
    service: tuple[Dispatcher, Wiring],
) -> None:
    lin, wiring = service
    # Lines that an edit puts on another van stay there, though no pin of the plan says so.
    other_van = {"kind": "change_vehicle", "route": "V1-morning-1", "vehicle": "V2"}
    body = {"edits": [other_van], "limit": {"iterations": 5}}
    assert ended(wiring, lin.do("revisions", body)["id"]).result_version == 2
    assert {van_of(lin.look(), order, "1") for order in ("N101", "N201", "N301")} == {"V2"}
    assert lin.client.get(f"/v1/plans/{PLAN}/pins").json()["pins"] == {}

    # Whoever changes the plan while a job works keeps the change, and the job's result is lost.
    job = lin.do("orders", LATE)["id"]
    lin.do("pins", {"pins": {"N101/1": "V2"}})
    lost = ended(wiring, job)
    assert (lost.state, lost.result_version) == ("failed", None)
    assert lost.cause is not None
    assert lost.cause["code"] == "CG-7009"
    assert lin.look()["version"] == 2

    # Late orders that are undone are in the plan no more, and what they took out is in again.
    assert ended(wiring, lin.do("orders", LATE)["id"]).result_version == 3
    assert van_of(lin.look(), "N901", "1") is not None
    words = lin.do("undo")["difference"]["words"]
    back = lin.look()
    assert van_of(back, "N901", "1") is None
    assert van_of(back, "N802", "1") is not None
    assert any(sentence.endswith("-> not in the plan.") for sentence in words)


def test_a_step_needs_no_body(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        store(wiring.database)
        for step in ("publish", "load", "start", "close"):
            match = {"If-Match": client.get(f"/v1/plans/{PLAN}").headers["etag"]}
            answer = client.post(f"/v1/plans/{PLAN}/{step}", headers=match)
            assert answer.status_code == 200, answer.text
        assert client.get(f"/v1/plans/{PLAN}").json()["state"] == "closed"
