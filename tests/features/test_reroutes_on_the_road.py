"""Rerouting while vans drive on: reports, positions, several breaks, what is out of date."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from api.jobs.warm import Question, WarmProcess
from api.life.etags import etag
from api.problem_details import Refusal
from api.reroutes.cases import CaseState, Origin, OriginKind
from api.security.principal import Principal, Role
from api.services.plans_on_the_road import Outrun
from api.services.reroute_accepting import Wish
from api.storage import reroutes
from optimizer.domain.network import SiteKind
from optimizer.domain.temperature import Zone
from optimizer.formats.plan_json import plan_document
from optimizer.response.words import Disruption
from tests.published import publish
from tests.rerouting import AnsweringHere, Rerouting, compute_here, rerouting
from tests.stored_plan import PLAN, city_plan

SECOND = "plan-2"
DISPATCHER = Principal(name="user:dispatcher", role=Role.DISPATCHER)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> AnsweringHere:
    return compute_here(monkeypatch)


@pytest.fixture
def service(tmp_path: Path, here: AnsweringHere) -> Iterator[Rerouting]:
    with rerouting(tmp_path) as running:
        yield running


def arrive(service: Rerouting, site: str, *, plan: str = PLAN) -> None:
    """Report that a van is at a point now."""
    (stop, *_) = service.get(f"/v1/plans/{plan}/stops", site=site)["items"]
    event = {"client_event_id": f"arrived-{site}-{plan}", "at": service.clock().isoformat(),
             "kind": "arrived"}  # fmt: skip
    service.post(f"/v1/stops/{stop['id']}/events", 201, **event)


def stops_of(document: dict[str, Any], vehicle: str) -> list[Any]:
    (route,) = [route for route in document["routes"] if route["vehicle"] == vehicle]
    stops: list[Any] = route["stops"]
    return stops


def numbered(case: dict[str, Any], kind: str) -> int:
    return next(int(one["number"]) for one in case["ranking"] if one["kind"] == kind)


# --- where the van is ---------------------------------------------------------------------------


def test_a_fresh_position_counts_and_an_old_one_does_not(service: Rerouting) -> None:
    planned = service.open()["situation"]["position"]
    seen: dict[str, Any] = {"client_event_id": "position-1", "at": service.clock().isoformat(),
            "lat": 28.23, "lon": 112.94}  # fmt: skip
    service.post("/v1/vehicles/V1/positions", **seen)
    assert service.open()["situation"]["position"] == {"lat": 28.23, "lon": 112.94}
    service.clock.advance(minutes=6)
    assert service.open()["situation"]["position"] not in ({"lat": 28.23, "lon": 112.94}, planned)


def test_a_position_that_comes_with_the_break_is_taken(service: Rerouting) -> None:
    case = service.open(lat=28.2281, lon=112.9301)
    assert case["situation"]["position"] == {"lat": 28.2281, "lon": 112.9301}


def test_a_stop_that_an_early_driver_has_reached_stays(service: Rerouting) -> None:
    """By the clock P2 is sixteen minutes ahead; its driver is there already."""
    arrive(service, "P2")
    case = service.open()
    assert "N201" not in {line["order"] for line in case["proposals"][0]["lines"]}
    service.accept(case)
    document = service.get(f"/v1/plans/{PLAN}")
    assert stops_of(document, "V1")[:2] == stops_of(plan_document(service.plan), "V1")[:2]


def test_goods_of_a_stop_that_a_late_driver_has_not_reached_are_still_on_board(
    service: Rerouting,
) -> None:
    """By the clock P2 is done at a quarter to eight; by the reports V1 has only been at P1."""
    arrive(service, "P1")
    # Another van is late as well, which is no part of any way out.
    arrive(service, "P6")
    service.clock.advance(minutes=25)
    case = service.open()
    assert "N201" in {line["order"] for line in case["proposals"][0]["lines"]}
    before = plan_document(service.plan)
    for number in range(1, len(case["ranking"]) + 1):
        shown = service.get(f"/v1/reroutes/{case['id']}/proposals/{number}")["plan"]
        assert stops_of(shown, "V1")[:1] == stops_of(before, "V1")[:1]
        if not any(
            route.startswith("V3") for route in case["proposals"][number - 1]["changed_routes"]
        ):
            assert stops_of(shown, "V3") == stops_of(before, "V3")
    service.accept(case)
    document = service.get(f"/v1/plans/{PLAN}")
    assert stops_of(document, "V1")[:1] == stops_of(before, "V1")[:1]
    assert stops_of(document, "V1")[1]["arrives_at"] > service.plan.horizon.instant(0).isoformat()


def test_a_van_of_which_nothing_is_reported_runs_by_the_clock(service: Rerouting) -> None:
    service.clock.advance(minutes=25)
    assert {line["order"] for line in service.open()["proposals"][0]["lines"]} == {"N301", "N401"}


# --- out of date --------------------------------------------------------------------------------


def test_a_van_that_has_moved_on_gets_a_new_ranking(service: Rerouting) -> None:
    case = service.open()
    service.clock.advance(minutes=16)
    arrive(service, "P2")
    stale = service.accept(case, 1, 409)
    assert stale["code"] == "CG-7803"
    assert "V1 has begun its stop at P2" in stale["detail"]
    anew = stale["reroute"]
    assert (anew["state"], anew["revision"]) == ("open", 2)
    assert anew["ranking"] != case["ranking"]
    assert service.client.get(f"/v1/plans/{PLAN}").headers["etag"] == etag(PLAN, 1)
    assert service.accept(case)["made_version"] == 2
    document = service.get(f"/v1/plans/{PLAN}")
    assert stops_of(document, "V1")[:2] == stops_of(plan_document(service.plan), "V1")[:2]


def test_a_plan_that_has_changed_gets_a_new_ranking(service: Rerouting) -> None:
    case = service.open()
    pinned = service.client.put(
        f"/v1/plans/{PLAN}/pins", json={"pins": {}, "locks": []},
        headers={"If-Match": etag(PLAN, 1)},
    )  # fmt: skip
    assert pinned.status_code == 200, pinned.text
    stale = service.accept(case, 1, 409)
    assert stale["code"] == "CG-7803"
    assert stale["reroute"]["plan_revision"] == 2
    assert service.accept(case)["state"] == "accepted"


def test_a_van_that_drives_as_planned_may_be_rerouted_minutes_later(service: Rerouting) -> None:
    case = service.open()
    service.clock.advance(minutes=5)
    assert service.accept(case)["state"] == "accepted"


def test_a_case_expires_when_the_van_is_home(service: Rerouting) -> None:
    case = service.open()
    service.clock.advance(hours=2)
    late = service.get(f"/v1/reroutes/{case['id']}")
    assert (late["state"], late["reason"]) == ("expired", "V1 is home")
    refused = service.accept(case, 1, 409)
    assert refused["code"] == "CG-7801"
    assert "expired" in refused["detail"]


def test_a_case_expires_when_the_goods_are_handed_over(service: Rerouting) -> None:
    case = service.open()
    arrive(service, "P4")
    (listed,) = service.get("/v1/reroutes")["items"]
    assert (listed["id"], listed["state"]) == (case["id"], "expired")
    assert "nothing frozen" in listed["reason"]


def test_a_case_expires_with_its_plan(service: Rerouting) -> None:
    case = service.open()
    closed = service.client.post(f"/v1/plans/{PLAN}/close", headers={"If-Match": etag(PLAN, 1)})
    assert closed.status_code == 200, closed.text
    assert service.wiring.reroutes.read(case["id"]).reason == f"plan {PLAN} is closed"
    assert service.wiring.reroutes.standing() == []


def test_a_locked_route_of_another_van_is_not_changed(service: Rerouting) -> None:
    service.client.put(
        f"/v1/plans/{PLAN}/pins", json={"pins": {}, "locks": ["V3-morning-1", "V1-morning-1"]},
        headers={"If-Match": etag(PLAN, 1)},
    )  # fmt: skip
    case = service.open()
    assert case["ranking"]
    for one in case["proposals"]:
        assert "V3-morning-1" not in one["changed_routes"]


def wish(service: Rerouting, case: str, number: int = 1) -> Wish:
    row, answer = service.wiring.reroutes.answer(case)
    proposal = answer["proposals"][number - 1]
    return Wish(
        row=row,
        number=number,
        proposal=proposal,
        by=DISPATCHER,
        note="",
        automatic=False,
        asked=None,
    )


def test_what_is_computed_anew_while_somebody_accepts_is_not_accepted(service: Rerouting) -> None:
    case = service.open()
    late = wish(service, case["id"])
    service.wiring.reroutes.reconsider(case["id"])
    with pytest.raises(Outrun, match="computed anew"):
        service.wiring.reroutes._accepting.accept(late)


def test_what_is_decided_while_somebody_accepts_is_not_accepted(service: Rerouting) -> None:
    case = service.open()
    late = wish(service, case["id"])
    service.post(f"/v1/reroutes/{case['id']}/reject", reason="repaired")
    with pytest.raises(Refusal, match="was rejected by local") as refused:
        service.wiring.reroutes._accepting.accept(late)
    assert refused.value.code == "CG-7801"


@pytest.mark.parametrize("changes", ["the plan", "the cases"])
def test_what_changes_while_something_is_computed_is_computed_with(
    service: Rerouting, monkeypatch: pytest.MonkeyPatch, here: AnsweringHere, changes: str
) -> None:
    asked: list[Question] = []

    def change_once(_: WarmProcess, question: Question) -> dict[str, Any]:
        asked.append(question)
        if len(asked) == 1:
            if changes == "the plan":
                service.client.put(
                    f"/v1/plans/{PLAN}/pins", json={"pins": {}, "locks": []},
                    headers={"If-Match": etag(PLAN, 1)},
                )  # fmt: skip
            else:
                service.open(vehicle="V3")
        return here.ask(question)

    monkeypatch.setattr(WarmProcess, "answer", change_once)
    case = service.open()
    assert case["plan_revision"] == (2 if changes == "the plan" else 1)
    assert len(asked[-1].asked["disruptions"]) == (1 if changes == "the plan" else 2)


# --- several ------------------------------------------------------------------------------------


def test_a_second_break_computes_the_first_one_anew(
    service: Rerouting, here: AnsweringHere
) -> None:
    first = service.open()
    second = service.open(vehicle="V3")
    assert [one["vehicle"] for one in here.asked[-1]["disruptions"]] == ["V1", "V3"]
    assert service.get(f"/v1/reroutes/{first['id']}")["revision"] == 2
    service.accept(first)
    after = service.get(f"/v1/reroutes/{second['id']}")
    assert (after["state"], after["plan_version"], after["revision"]) == ("open", 2, 2)
    assert service.accept(second)["made_version"] == 3


def test_the_first_ways_out_of_two_breaks_send_no_van_twice(service: Rerouting) -> None:
    first = service.open()
    second = service.open(vehicle="V3")
    sent = [
        service.get(f"/v1/reroutes/{case['id']}")["proposals"][0]["collector"]
        for case in (first, second)
    ]
    assert len(set(sent)) == 2


def test_accepting_one_takes_the_station_from_the_next(tmp_path: Path, here: AnsweringHere) -> None:
    """The station has room for the goods of one van; another plan of the day wants it as well."""
    city, plan = city_plan()
    room = {Zone.FROZEN: 23_000}
    sites = {
        name: replace(site, capacity_ml={**site.capacity_ml, **room})
        if site.kind is SiteKind.STATION
        else site
        for name, site in city.sites.items()
    }
    problem = replace(city, sites=sites)
    plan = replace(plan, problem_digest=problem.digest)
    with rerouting(tmp_path, problem=problem, plan=plan) as service:
        publish(service.wiring.database, problem, plan, name=SECOND)
        case = service.open()
        waiting = service.open(plan=SECOND)
        assert "station" in {one["kind"] for one in waiting["ranking"]}
        accepted = service.accept(case, numbered(case, "station"))
        with service.wiring.database.read() as tx:
            (taken,) = reroutes.reserved_by(tx, accepted["id"])
        assert (taken.site, taken.zone, taken.volume_ml, taken.plan) == (
            "S1",
            "frozen",
            22_000,
            PLAN,
        )
        stale = service.accept(waiting, numbered(waiting, "station"), 409)
        assert stale["code"] == "CG-7803"
        assert "S1" in stale["detail"]
        (told,) = here.asked[-1]["reserved"]
        assert (told["site"], told["volume_ml"]) == ("S1", 22_000)
        anew = service.get(f"/v1/reroutes/{waiting['id']}")
        assert "S1" not in {one["place"] for one in anew["ranking"]}
        (why,) = [one["reason"] for one in anew["refused"] if one["place"] == "S1"][:1]
        assert "room" in why


def test_of_two_who_accept_at_once_one_does(service: Rerouting) -> None:
    case = service.open()
    barrier = Barrier(2)

    def accept(number: int) -> str:
        barrier.wait(timeout=30)
        try:
            row = service.wiring.reroutes.accept(case["id"], number, by=DISPATCHER, note="")
        except Refusal as refusal:
            return refusal.code
        return row.state.value

    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(accept, (1, 2)))
    assert sorted(outcomes) in (["CG-7801", "accepted"],)
    assert service.client.get(f"/v1/plans/{PLAN}").headers["etag"] == etag(PLAN, 2)


# --- alarms -------------------------------------------------------------------------------------


def broken(service: Rerouting, **changes: Any) -> Disruption:
    at = service.plan.horizon.seconds(service.clock())
    values: dict[str, Any] = {"vehicle": "V1", "zone": Zone.FROZEN, "at": at} | changes
    return Disruption(**values)


def test_an_alarm_opens_one_case(service: Rerouting) -> None:
    desk, alarm = service.wiring.reroutes, Origin(kind=OriginKind.ALARM, alarm="high-7")
    first = desk.open(PLAN, broken(service), origin=alarm, by="alarm")
    again = desk.open(PLAN, broken(service), origin=alarm, by="alarm")
    assert again == first
    assert (first.origin.alarm, first.opened_by) == ("high-7", "alarm")
    assert len(desk.standing()) == 1


def test_what_is_known_by_now_takes_the_place_of_what_was(service: Rerouting) -> None:
    desk = service.wiring.reroutes
    row = desk.open(PLAN, broken(service), origin=Origin(), by="x")
    anew = desk.reconsider(row.id, broken(service, product_c=5.0))
    assert anew.revision == row.revision + 1
    assert anew.ranking[0].kind == "quarantine"
    assert anew.disruption["product_c"] == 5.0


def test_a_break_that_is_computed_again_breaches_when_it_was_foreseen(service: Rerouting) -> None:
    desk = service.wiring.reroutes
    row = desk.open(PLAN, broken(service), origin=Origin(), by="x")
    _, before = desk.answer(row.id)
    service.clock.advance(minutes=10)
    desk.reconsider(row.id)
    _, after = desk.answer(row.id)
    assert after["disruption"]["breach"] == before["disruption"]["breach"]
    assert after["disruption"]["at"] != before["disruption"]["at"]


def test_a_case_may_be_withdrawn_without_a_decision(service: Rerouting) -> None:
    desk = service.wiring.reroutes
    row = desk.open(PLAN, broken(service), origin=Origin(), by="x")
    gone = desk.withdraw(row.id, CaseState.SUPERSEDED, reason="the alarm is over", by="coldgrid")
    assert (gone.state, gone.reason) == (CaseState.SUPERSEDED, "the alarm is over")
    again = desk.withdraw(row.id, CaseState.EXPIRED, reason="home", by="coldgrid")
    assert again == gone
    assert desk.reconsider(row.id) == gone
