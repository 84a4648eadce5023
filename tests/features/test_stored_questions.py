"""Networks that stay, orders of a day for them, and what plans take along from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.road.tasks import NewTask, TaskKind
from api.schemas.questions import EXAMPLE_NETWORK, EXAMPLE_ORDERS
from api.storage import resends, tasks
from api.storage.database import Database
from api.wiring import Wiring
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import write_problem_workbook
from tests.asking import SMALL_CITY, city_parts, parked, problem_of
from tests.serving import MORNING, StandingClock

Service = tuple[TestClient, Wiring]
ORDERS = (SMALL_CITY / "orders.csv").read_bytes()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with parked(tmp_path) as parts:
        yield parts


def stored_network(client: TestClient, network: dict[str, Any] | None = None) -> str:
    answer = client.post("/v1/networks", json={"network": network or EXAMPLE_NETWORK})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def stored_city(client: TestClient) -> str:
    parts = {name: file for name, file in city_parts().items() if name != "orders"}
    answer = client.post("/v1/networks", files=parts, data={"name": "small city"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_network_and_orders_by_their_ids_are_the_problem_of_the_folder(service: Service) -> None:
    client, wiring = service
    network = stored_city(client)
    note = client.get(f"/v1/networks/{network}").json()
    assert (note["name"], note["sites"], note["vehicles"]) == ("small city", 13, 6)
    orders = client.post(
        "/v1/order-sets", files={"orders": ("o.csv", ORDERS)}, data={"network": network}
    )
    assert orders.status_code == 201, orders.text
    answer = client.post("/v1/plans", json={"network": network, "order_set": orders.json()["id"]})
    assert answer.status_code == 202, answer.text
    assert problem_of(wiring, answer.json()["id"]) == read_problem(SMALL_CITY).problem


def test_a_workbook_of_orders_is_the_csv_of_orders(service: Service) -> None:
    client, _ = service
    network = stored_city(client)
    book = write_problem_workbook(read_problem(SMALL_CITY).problem)
    sets = [
        client.post("/v1/order-sets", files={"orders": ("o", data)}, data={"network": network})
        for data in (
            ORDERS,
            book,
            ORDERS.decode().encode("utf-8-sig"),
            ORDERS.decode().encode("gbk"),
        )
    ]
    rows = [client.get(one.headers["location"]).json()["orders"] for one in sets]
    assert rows[0]
    assert rows[1:] == [rows[0]] * 3


COLLECTS = (
    "order,line,site,kind,zone,mass_kg,volume_l,value_cents\n"
    "E1,1,P1,empties,controlled,4,40,800\n"
    "E2,1,P3,return,chilled,1.5,3,\n"
)


def test_what_is_collected_comes_with_the_orders_of_a_day(service: Service) -> None:
    client, wiring = service
    network = stored_city(client)
    alone = client.post(
        "/v1/order-sets",
        files={"orders": ("o.csv", ORDERS), "collects": ("c.csv", COLLECTS.encode())},
        data={"network": network},
    )
    assert alone.status_code == 201, alone.text
    job = client.post("/v1/plans", json={"network": network, "order_set": alone.json()["id"]})
    problem = problem_of(wiring, job.json()["id"])
    assert [str(key) for key in problem.collects] == ["E1/1", "E2/1"]
    with_orders = client.post(
        "/v1/order-sets",
        files={"orders": ("day.xlsx", write_problem_workbook(problem))},
        data={"network": network},
    )
    rows = client.get(alone.headers["location"]).json()["orders"]
    body = {"network": network, "orders": rows, "collects": [{"order": "E1", "line": 1}]}
    refused = client.post("/v1/order-sets", json=body).json()["faults"]
    assert {fault["place"] for fault in refused} == {"/collects"}
    collects = [
        client.get(one.headers["location"]).json()["collects"] for one in (alone, with_orders)
    ]
    assert collects[0] == collects[1]
    assert [row["kind"] for row in collects[0]] == ["empties", "return"]


def test_whole_tables_may_bring_collects_and_a_network_may_not(service: Service) -> None:
    client, wiring = service
    part = {"collects": ("collects.csv", COLLECTS.encode())}
    job = client.post("/v1/plans", files=city_parts() | part)
    assert job.status_code == 202, job.text
    assert len(problem_of(wiring, job.json()["id"]).collects) == 2
    network = {name: file for name, file in city_parts().items() if name != "orders"}
    refused = client.post("/v1/networks", files=network | part)
    assert (refused.status_code, refused.json()["code"]) == (422, "CG-7107")
    document = {"network": {**EXAMPLE_NETWORK, "collects": [{"order": "E1"}]}}
    faults = client.post("/v1/networks", json=document).json()["faults"]
    assert [(fault["code"], fault["place"]) for fault in faults] == [("CG-1003", "/collects")]


def test_a_day_may_have_as_many_collects_as_lines(tmp_path: Path) -> None:
    with parked(tmp_path, order_lines=3) as (client, _):
        network = stored_network(client)
        rows = [{"order": "E", "line": number} for number in range(4)]
        body = {"network": network, "orders": EXAMPLE_ORDERS, "collects": rows}
        answer = client.post("/v1/order-sets", json=body)
        assert (answer.status_code, answer.json()["code"]) == (413, "CG-7004")
        assert "4 collects" in answer.json()["detail"]


def test_rows_in_are_lines_and_refused_rows_named_by_line(service: Service) -> None:
    client, _ = service
    network = stored_city(client)
    text = ORDERS.decode().splitlines()
    text[3] = text[3].replace("P1", "P99")
    text[5] += ",too,many"
    given = {"orders": ("orders.csv", "\n".join(text).encode())}
    refused = client.post("/v1/order-sets", files=given, data={"network": network})
    assert refused.status_code == 422
    kept = client.post(
        "/v1/order-sets", files=given, data={"network": network, "keep_good_rows": "true"}
    ).json()
    assert kept["rows"] == len(text) - 1 == kept["lines"] + kept["refused_rows"]
    assert kept["refused_rows"] == 2
    assert {fault["place"] for fault in kept["refused"]} == {"orders.csv row 4", "orders.csv row 6"}
    listed = client.get("/v1/order-sets", params={"network": network}).json()["items"]
    assert [item["id"] for item in listed] == [kept["id"]]


def test_a_workbook_names_bad_rows_by_their_line_too(service: Service) -> None:
    client, _ = service
    network = stored_network(client)
    book = write_problem_workbook(read_problem(SMALL_CITY).problem)
    answer = client.post("/v1/order-sets", files={"orders": ("o", book)}, data={"network": network})
    faults = answer.json()["faults"]
    assert faults[0]["place"].startswith("orders.xlsx sheet orders row ")


def test_orders_of_another_day_bring_their_own_horizon(service: Service) -> None:
    client, wiring = service
    network = stored_network(client)
    body = {"network": network, "orders": EXAMPLE_ORDERS}
    later = "2026-08-01T20:00:00+08:00"
    orders = client.post("/v1/order-sets", json={**body, "horizon_start": later}).json()["id"]
    job = client.post("/v1/plans", json={"network": network, "order_set": orders}).json()["id"]
    assert problem_of(wiring, job).horizon.start.isoformat() == later
    naive = client.post("/v1/order-sets", json={**body, "horizon_start": "2026-08-01T20:00:00"})
    assert (naive.status_code, naive.json()["code"]) == (422, "CG-1010")


@pytest.mark.parametrize(
    ("network", "place"),
    [
        ({**EXAMPLE_NETWORK, "orders": EXAMPLE_ORDERS}, "/orders"),
        ({**EXAMPLE_NETWORK, "colour": "red"}, "/colour"),
        ({**EXAMPLE_NETWORK, "sites": []}, "/sites"),
    ],
)
def test_faults_of_a_network_are_found_when_it_is_stored(
    service: Service, network: dict[str, Any], place: str
) -> None:
    client, _ = service
    answer = client.post("/v1/networks", json={"network": network})
    assert answer.status_code == 422
    assert place in [fault["place"] for fault in answer.json()["faults"]]
    assert client.get("/v1/networks").json() == {"items": []}


def test_ids_must_exist_and_belong_together(service: Service) -> None:
    client, _ = service
    one, other = stored_network(client), stored_network(client)
    body = {"network": one, "orders": EXAMPLE_ORDERS}
    orders = client.post("/v1/order-sets", json=body).json()["id"]
    mixed = client.post("/v1/plans", json={"network": other, "order_set": orders})
    assert (mixed.status_code, mixed.json()["code"]) == (422, "CG-7006")
    assert client.post("/v1/order-sets", json={**body, "network": "none"}).status_code == 404
    assert client.get("/v1/order-sets/none").status_code == 404
    assert client.get("/v1/networks/none").status_code == 404


def festival_network(days_from_now: int) -> dict[str, Any]:
    """Give a network whose one pickup point stops seven days before a festival."""
    festival = MORNING.date() + timedelta(days=days_from_now)
    assert isinstance(festival, date)
    cut_off = {"festival": festival.isoformat(), "days": 7, "sites": ["P1"]}
    return {**EXAMPLE_NETWORK, "cut_offs": [cut_off]}


@pytest.mark.parametrize(("days", "status"), [(7, 201), (6, 422)])
def test_a_remote_site_takes_no_orders_in_the_last_week(
    tmp_path: Path, days: int, status: int
) -> None:
    with parked(tmp_path, clock=StandingClock()) as (client, _):
        network = stored_network(client, festival_network(days))
        answer = client.post("/v1/order-sets", json={"network": network, "orders": EXAMPLE_ORDERS})
        assert answer.status_code == status
        if status == 422:
            faults = answer.json()["faults"]
            assert [(fault["code"], fault["place"]) for fault in faults] == [
                ("CG-7109", "/orders/0"),
                ("CG-7109", "/orders/1"),
            ]


def keep_resend(database: Database, source: str, row: dict[str, Any]) -> str:
    """Store a row to send again; the id of its task."""
    new = NewTask(
        kind=TaskKind.COMPENSATION,
        source=source,
        plan="old",
        site=row["site"],
        order=row["order"],
        line=row["line"],
        body={},
        due_at=MORNING,
    )
    name = tasks.task_id(new.kind, source)
    with database.write() as tx:
        assert tasks.add(tx, new, MORNING)
        resends.add(tx, name, row, MORNING)
    return name


def test_what_is_to_be_sent_again_goes_with_the_next_stored_orders(service: Service) -> None:
    client, wiring = service
    network = stored_network(client)
    orders = client.post("/v1/order-sets", json={"network": network, "orders": EXAMPLE_ORDERS})
    again = {**EXAMPLE_ORDERS[0], "order": "N1-R1"}
    taken = keep_resend(wiring.database, "a", again)
    left = {
        keep_resend(wiring.database, "b", {**again, "order": "N2-R1", "site": "elsewhere"}),
        keep_resend(wiring.database, "c", {**again, "order": "N3-R1", "zone": "tropical"}),
    }
    body = {"network": network, "order_set": orders.json()["id"]}
    without = client.post("/v1/plans", json={**body, "with_resends": False}).json()
    assert len(problem_of(wiring, without["id"]).lines) == 2
    first = client.post("/v1/plans", json=body).json()
    assert sorted(str(key) for key in problem_of(wiring, first["id"]).lines) == [
        "N1-R1/1", "N1/1", "N1/2",
    ]  # fmt: skip
    assert first["refused_rows"] == 1
    second = client.post("/v1/plans", json=body).json()
    assert len(problem_of(wiring, second["id"]).lines) == 2
    with wiring.database.read() as tx:
        assert resends.taker(tx, taken) == first["plan"]
        assert {task for task, _ in resends.waiting(tx)} == left
    # A plan that does not come about gives back what it had taken along.
    client.delete(f"/v1/jobs/{first['id']}")
    third = client.post("/v1/plans", json=body).json()
    assert len(problem_of(wiring, third["id"]).lines) == 3
