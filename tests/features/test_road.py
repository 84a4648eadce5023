"""What drivers and leaders report, over HTTP, on the small city's plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.road.words import Kind
from api.schemas import events as bodies
from api.security.principal import Role
from api.storage import plan_changes, plans
from api.storage.plan_changes import PlanChange
from api.storage.stops import stops_of
from tests.published import publish
from tests.road_service import RoadService, example_of, on_the_road
from tests.serving import StandingClock, served
from tests.stored_plan import PLAN, store

DAY = {"from": "2026-07-14T00:00:00+08:00", "to": "2026-07-15T00:00:00+08:00"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RoadService]:
    with on_the_road(tmp_path) as running:
        yield running


# --- stops --------------------------------------------------------------------------------------


def test_every_stop_of_the_plan_is_listed_with_its_times_and_lines(service: RoadService) -> None:
    listed = service.get(f"/v1/plans/{PLAN}/stops")
    planned = [(route.id, stop.site) for route in service.plan.routes for stop in route.stops]
    assert [(stop["route"], stop["site"]) for stop in listed["items"]] == planned
    assert (listed["plan_state"], listed["version"]) == ("running", 1)
    for stop in listed["items"]:
        assert stop["planned_arrives_at"].endswith("+08:00")
        assert stop["lines"]
        assert service.get(f"/v1/stops/{stop['id']}") == stop


def test_lists_are_narrowed_by_vehicle_and_site(service: RoadService) -> None:
    mine = service.get(f"/v1/plans/{PLAN}/stops", vehicle="V1")["items"]
    assert {stop["vehicle"] for stop in mine} == {"V1"}
    assert len(service.get(f"/v1/plans/{PLAN}/stops", site="P1")["items"]) == 1


def test_unknown_things_are_not_found(service: RoadService) -> None:
    for path in ("/v1/plans/no/stops", "/v1/stops/no", "/v1/stops/no/events",
                 "/v1/orders/no/tracking"):  # fmt: skip
        answer = service.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "CG-7001")
    service.refused({"id": "no"}, service.event("arrived"), 404, "CG-7001")


def test_a_draft_has_no_stops_to_report_on(tmp_path: Path) -> None:
    with on_the_road(tmp_path, state="draft") as service:
        answer = service.client.get(f"/v1/plans/{PLAN}/stops")
        assert (answer.status_code, answer.json()["code"]) == (409, "CG-7302")
        stop = {"id": _id_of_first_stop(service)}
        assert "draft" in service.refused(stop, service.event("arrived"), 409, "CG-7302")


def _id_of_first_stop(service: RoadService) -> str:
    return stops_of(PLAN, service.plan)[0].id


# --- events -------------------------------------------------------------------------------------


def test_a_visit_from_arrival_to_departure(service: RoadService) -> None:
    stop = service.stop("P1")
    service.report(stop, service.event("arrived"))
    assert service.stop("P1")["state"] == "arrived"
    service.clock.advance(minutes=3)
    stored = service.report(stop, service.handed(stop, product_c={"chilled": 3.0}))
    assert stored["received_from"] == "local"
    assert stored["duplicate"] is False
    assert service.stop("P1")["state"] == "served"
    service.report(stop, service.event("empties", crates=6, boxes=2))
    service.report(stop, service.event("departed"))
    left = service.stop("P1")
    assert (left["state"], left["crates"], left["boxes"]) == ("departed", 6, 2)
    assert left["expected_at"] is None
    assert {line["rest_kg"] for line in left["lines"]} == {0.0}
    kinds = [event["kind"] for event in service.get(f"/v1/stops/{stop['id']}/events")["items"]]
    assert kinds == ["arrived", "handed_over", "empties", "departed"]


def test_the_same_event_twice_is_stored_once_also_when_the_plan_has_moved_on(
    service: RoadService,
) -> None:
    stop = service.stop("P1")
    event = service.handed(stop)
    first = service.report(stop, event)
    again = service.report(stop, event, 200)
    assert again == first | {"duplicate": True}
    _close(service)
    service.clock.advance(hours=20)
    assert service.report(stop, event, 200) == again
    assert len(service.get(f"/v1/stops/{stop['id']}/events")["items"]) == 1


def test_the_same_name_with_another_content_is_refused(service: RoadService) -> None:
    stop = service.stop("P1")
    event = service.handed(stop)
    service.report(stop, event)
    bare = {key: event[key] for key in ("client_event_id", "at")}
    for other in (
        event | {"signed_by": "somebody else"},
        event | {"at": "2026-07-15T06:59:59+08:00"},
        event | {"product_c": {"frozen": -19.0}},
        bare | {"kind": "arrived"},
    ):
        detail = service.refused(stop, other, 409, "CG-7306")
        assert event["client_event_id"] in detail


def test_the_same_instant_with_another_offset_is_the_same_content(service: RoadService) -> None:
    stop = service.stop("P1")
    event = service.event("arrived") | {"at": "2026-07-15T06:30:00+08:00"}
    service.report(stop, event)
    service.report(stop, event | {"at": "2026-07-14T22:30:00Z"}, 200)


def test_more_than_the_stop_delivers_is_refused_with_the_rest(service: RoadService) -> None:
    stop = service.stop("P1")
    (milk,) = [line for line in stop["lines"] if line["mass_kg"] == 12.0]
    named = {"order": milk["order"], "line": milk["line"]}
    broken = service.event("damaged", lines=[{**named, "mass_kg": 2.5}], cause="fell")
    service.report(stop, broken)
    detail = service.refused(stop, service.handed(stop), 422, "CG-7304")
    assert "N101/2" in detail
    assert "only 9.5 kg" in detail
    service.report(stop, service.handed(service.stop("P1")))
    more = service.event("refused", lines=[{**named, "mass_kg": 0.001}], reason="not ordered")
    service.refused(stop, more, 422, "CG-7304")


def test_lines_and_orders_of_other_stops_are_refused(service: RoadService) -> None:
    stop = service.stop("P1")
    wrong = service.handed(stop, lines=[{"order": "N201", "line": "1", "mass_kg": 1}])
    assert "N201/1" in service.refused(stop, wrong, 422, "CG-7303")
    service.refused(stop, service.event("collected", order="N201"), 422, "CG-7303")


def test_fresh_goods_are_inspected_before_signing(service: RoadService) -> None:
    stop = service.stop("P1")
    event = service.handed(stop, inspected=False)
    assert "N101/1" in service.refused(stop, event, 422, "CG-7305")
    # The name is free again, because nothing was stored under it.
    service.report(stop, event | {"inspected": True})


def test_a_phone_may_be_two_minutes_ahead_and_not_more(service: RoadService) -> None:
    stop = service.stop("P1")
    service.clock.advance(seconds=120)
    event = service.event("arrived")
    service.clock.advance(seconds=-120)
    service.report(stop, event)
    service.clock.advance(seconds=121)
    late = service.event("departed")
    service.clock.advance(seconds=-121)
    assert "121 s" in service.refused(stop, late, 422, "CG-7301")


def _close(service: RoadService) -> None:
    now = service.clock()
    with service.wiring.database.write() as tx:
        head = plans.find(tx, PLAN)
        assert head is not None
        assert plans.change(tx, head, state="closed")
        plan_changes.add(
            tx,
            PlanChange(
                plan=PLAN, revision=head.revision + 1, change="closed", version=1,
                state="closed", note="", accepted=None, changed_at=now, changed_by="test",
            ),
        )  # fmt: skip


def test_a_closed_plan_takes_what_happened_before_it_was_closed(service: RoadService) -> None:
    stop = service.stop("P1")
    before = service.event("arrived")
    service.clock.advance(hours=8)
    _close(service)
    service.clock.advance(hours=1)
    service.report(stop, before)
    detail = service.refused(stop, service.event("departed"), 409, "CG-7302")
    assert "closed at" in detail


def test_bodies_that_cannot_be_read_are_refused(service: RoadService) -> None:
    stop = service.stop("P1")
    for change in (
        {"at": "2026-07-15T07:00:00"},
        {"at": 1784070000},
        {"at": "1784070000"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"client_event_id": "short"},
        {"client_event_id": "no spaces please"},
        {"kind": "teleported"},
        {"crates": -1},
        {"pallets": 3},
    ):
        service.refused(stop, service.event("empties", crates=1) | change, 422, "CG-7006")


def test_every_example_can_be_sent(service: RoadService) -> None:
    service.clock.advance(hours=4)
    stop = service.stop("P1")
    for kind in Kind:
        body = getattr(bodies, f"{kind.value.title().replace('_', '')}Body")
        service.report(stop, example_of(body))
    position = example_of(bodies.PositionBody)
    answer = service.client.post("/v1/vehicles/V1/positions", json=position)
    assert answer.json() == {"accepted": 1, "duplicates": 0}


# --- positions ----------------------------------------------------------------------------------


def positions(service: RoadService, many: int) -> list[dict[str, Any]]:
    at = service.clock().isoformat()
    return [
        {"client_event_id": f"position-{i:05}", "at": at, "lat": 28.2 + i / 1e5, "lon": 112.95}
        for i in range(many)
    ]


def test_positions_are_taken_alone_or_by_the_thousand_and_once_each(service: RoadService) -> None:
    many = positions(service, 1000)
    sent = [many[0], many[:10], many, many]
    told = [service.client.post("/v1/vehicles/V1/positions", json=body).json() for body in sent]
    assert told == [
        {"accepted": 1, "duplicates": 0},
        {"accepted": 9, "duplicates": 1},
        {"accepted": 990, "duplicates": 10},
        {"accepted": 0, "duplicates": 1000},
    ]


def test_positions_that_cannot_be_are_refused(service: RoadService) -> None:
    def code(vehicle: str, body: Any) -> tuple[int, str]:
        answer = service.client.post(f"/v1/vehicles/{vehicle}/positions", json=body)
        return answer.status_code, answer.json()["code"]

    (one,) = positions(service, 1)
    assert code("V1", positions(service, 1001)) == (422, "CG-7006")
    assert code("V1", []) == (422, "CG-7006")
    assert code("V1", one | {"lat": 91}) == (422, "CG-7006")
    assert code("V99", one) == (404, "CG-7001")
    assert code("V1", one | {"at": "2026-07-15T07:02:01+08:00"}) == (422, "CG-7301")
    service.client.post("/v1/vehicles/V1/positions", json=one)
    assert code("V1", one | {"lat": 28.3}) == (409, "CG-7306")
    assert code("V3", one) == (409, "CG-7306")
    assert code("V1", [one, one | {"lon": 113.0}]) == (409, "CG-7306")


@pytest.mark.parametrize(("many", "place"), [(False, "body/one/lat"), (True, "body/many/0/lat")])
def test_a_fault_of_a_position_names_its_place(
    service: RoadService, many: bool, place: str
) -> None:
    (one,) = positions(service, 1)
    body = [one | {"lat": 91}] if many else one | {"lat": 91}
    answer = service.client.post("/v1/vehicles/V1/positions", json=body).json()
    assert [fault["place"] for fault in answer["faults"]] == [place]


# --- tracking -----------------------------------------------------------------------------------


def test_an_order_is_tracked_from_the_grid_to_its_household(service: RoadService) -> None:
    def stage(order: str = "N101") -> tuple[str, str]:
        (one, *_) = service.get(f"/v1/orders/{order}/tracking")["lines"]
        return one["stage"], one["known_from"]

    assert stage() == ("on_the_way_to_grid", "plan")
    service.clock.advance(minutes=15)
    assert stage() == ("on_the_way", "plan")
    stop = service.stop("P1")
    service.report(stop, service.event("arrived"))
    assert stage() == ("arrived", "report")
    service.report(stop, service.handed(stop))
    assert stage() == ("handed_over", "report")
    service.report(stop, service.event("collected", order="N101"))
    assert stage() == ("collected", "report")
    assert stage("N102") == ("handed_over", "report")


def test_a_delay_shows_in_what_is_expected(service: RoadService) -> None:
    stops = service.get(f"/v1/plans/{PLAN}/stops", vehicle="V1")["items"]
    planned = [stop["planned_arrives_at"] for stop in stops]
    service.clock.advance(hours=1)
    service.report(stops[0], service.event("arrived"))
    late = service.get(f"/v1/plans/{PLAN}/stops", vehicle="V1")["items"]
    assert late[0]["expected_at"] is None
    for before, stop in zip(planned[1:], late[1:], strict=True):
        assert stop["expected_at"] > before
        assert stop["earliest_at"] <= stop["expected_at"] <= stop["latest_at"]
    (line, *_) = service.get("/v1/orders/N201/tracking")["lines"]
    assert line["expected_at"] in {stop["expected_at"] for stop in late}


def test_positions_show_that_a_vehicle_has_left_and_how_far_it_is(service: RoadService) -> None:
    first, *_ = service.get(f"/v1/plans/{PLAN}/stops", vehicle="V1")["items"]
    (route,) = [route for route in service.plan.routes if route.id == first["route"]]
    departs = service.problem.horizon.instant(route.departs)
    service.clock.now = departs + timedelta(minutes=10)
    start = service.problem.sites[route.start_site]
    goal = service.problem.sites[first["site"]]

    def at(share: float) -> dict[str, Any]:
        body = {
            "client_event_id": f"position-{share}".replace(".", "-"),
            "at": service.clock().isoformat(),
            "lat": start.lat + share * (goal.lat - start.lat),
            "lon": start.lon + share * (goal.lon - start.lon),
        }
        assert service.client.post("/v1/vehicles/V1/positions", json=body).status_code == 200
        line: dict[str, Any] = service.get("/v1/orders/N101/tracking")["lines"][0]
        return line

    planned = datetime.fromisoformat(first["planned_arrives_at"])
    standing = at(0.0)
    assert standing["stage"] != "on_the_way"
    assert datetime.fromisoformat(standing["expected_at"]) == planned + timedelta(minutes=10)
    service.clock.advance(minutes=1)
    near = at(0.9)
    assert (near["stage"], near["known_from"]) == ("on_the_way", "position")
    left = (planned - departs) * 0.1
    expected = datetime.fromisoformat(near["expected_at"]) - service.clock()
    assert abs(expected - left) < timedelta(seconds=2)
    assert service.stop(first["site"])["expected_at"] == near["expected_at"]


def test_odd_characters_are_refused_or_not_found_never_a_failure(service: RoadService) -> None:
    client, stop = service.client, service.stop("P1")
    for path in ("/v1/stops/%00", "/v1/orders/%00/tracking", "/v1/orders/%ED%A0%80/tracking",
                 "/v1/plans/%00/stops", "/v1/tasks?after=%00"):  # fmt: skip
        assert client.get(path).status_code in (400, 404), path
    for name in ("\\ud800", "\\u0000", "x" * 201, ""):
        body = (
            f'{{"client_event_id": "event-odd", "at": "2026-07-15T06:00:00+08:00", '
            f'"kind": "collected", "order": "{name}"}}'
        )
        answer = client.post(
            f"/v1/stops/{stop['id']}/events",
            content=body,
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 422, answer.text


def test_an_order_is_tracked_in_the_newest_plan(service: RoadService) -> None:
    publish(service.wiring.database, name="plan-2", state="published")
    assert service.get("/v1/orders/N101/tracking")["plan"] == "plan-2"


# --- who sees what ------------------------------------------------------------------------------


def test_a_driver_sees_and_reports_on_one_vehicle(service: RoadService) -> None:
    own, other = service.stop("P1"), service.stop("P6")
    driver = service.key(Role.DRIVER, vehicle="V1")
    client = service.client
    client.headers.update(driver)
    seen = service.get(f"/v1/plans/{PLAN}/stops")["items"]
    assert {stop["vehicle"] for stop in seen} == {"V1"}
    service.report(own, service.event("arrived"))
    service.refused(other, service.event("arrived"), 403, "CG-7407")
    service.refused(own, service.event("collected", order="N101"), 403, "CG-7310")
    for path in (f"/v1/stops/{other['id']}", f"/v1/stops/{other['id']}/events",
                 "/v1/orders/N601/tracking"):  # fmt: skip
        assert client.get(path).json()["code"] == "CG-7407"
    assert client.get("/v1/orders/N101/tracking").status_code == 200
    body = positions(service, 1)
    assert client.post("/v1/vehicles/V1/positions", json=body).status_code == 200
    assert client.post("/v1/vehicles/V3/positions", json=body).json()["code"] == "CG-7407"
    assert client.get("/v1/boards/on-time", params=DAY).status_code == 403


def test_a_leader_sees_the_own_sites_and_hands_out(service: RoadService) -> None:
    own, other = service.stop("P1"), service.stop("P2")
    service.report(own, service.handed(own))
    service.client.headers.update(service.key(Role.LEADER, sites=["P1"]))
    seen = service.get(f"/v1/plans/{PLAN}/stops")["items"]
    assert {stop["site"] for stop in seen} == {"P1"}
    service.report(own, service.event("collected", order="N101"))
    service.refused(own, service.event("arrived"), 403, "CG-7310")
    service.refused(other, service.event("collected", order="N201"), 403, "CG-7407")
    assert service.client.get("/v1/orders/N201/tracking").json()["code"] == "CG-7407"


# --- the whole way ------------------------------------------------------------------------------


def test_a_plan_is_published_driven_and_closed_over_http(tmp_path: Path) -> None:
    with served(tmp_path, clock=StandingClock()) as (client, wiring):
        store(wiring.database)

        def go(deed: str) -> None:
            tag = client.get(f"/v1/plans/{PLAN}").headers["ETag"]
            answer = client.post(f"/v1/plans/{PLAN}/{deed}", headers={"If-Match": tag}, json={})
            assert answer.status_code == 200, answer.text

        assert client.get("/v1/orders/N101/tracking").status_code == 404
        clock = wiring.clock
        assert isinstance(clock, StandingClock)
        for deed in ("publish", "load", "start"):
            go(deed)
        assert client.get("/v1/orders/N101/tracking").json()["plan_state"] == "running"
        stop = client.get(f"/v1/plans/{PLAN}/stops", params={"site": "P1"}).json()["items"][0]
        clock.advance(hours=11)
        offline = {"client_event_id": "offline-1", "at": clock().isoformat(), "kind": "arrived"}
        clock.advance(hours=8)
        go("close")
        clock.advance(hours=1)
        path = f"/v1/stops/{stop['id']}/events"
        assert client.post(path, json=offline).status_code == 201
        too_late = offline | {"client_event_id": "offline-2", "at": clock().isoformat()}
        assert client.post(path, json=too_late).json()["code"] == "CG-7302"
