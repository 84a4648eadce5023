"""What can be asked, in which forms, and how what cannot be used is refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.schemas.questions import EXAMPLE_NETWORK, EXAMPLE_ORDERS, EXAMPLE_PROBLEM
from api.wiring import Wiring
from optimizer.formats.plan_json import plan_document
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import problem_document, write_problem_workbook
from tests.asking import SMALL_CITY, city_parts, parked, plan_body, problem_of
from tests.stored_plan import city_plan, store

JSON = {"Content-Type": "application/json"}
Service = tuple[TestClient, Wiring]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("asking")
    travel = folder / "travel"
    travel.mkdir()
    (travel / "roads.csv").write_text("origin,destination,distance_m\n")
    with parked(folder, travel_folder=travel, order_lines=50, upload_bytes=300_000) as parts:
        yield parts


def refusal(answer: Any) -> tuple[int, str]:
    document = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["status"] == answer.status_code
    return answer.status_code, document["code"]


def test_a_problem_is_taken_on_and_its_job_found(service: Service) -> None:
    client, _ = service
    answer = client.post("/v1/plans", json=plan_body(name="Tuesday", seed=7))
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert (job["state"], job["rows"], job["refused_rows"]) == ("queued", 2, 0)
    read = client.get(answer.headers["location"]).json()
    assert read == {name: job[name] for name in read}
    assert job["id"] in [item["id"] for item in client.get("/v1/jobs").json()["items"]]
    of_plan = client.get("/v1/jobs", params={"plan": job["plan"]}).json()["items"]
    assert [item["id"] for item in of_plan] == [job["id"]]


def test_the_same_key_and_body_give_the_same_job(service: Service) -> None:
    client, _ = service
    key = {"Idempotency-Key": "tuesday-1"}
    first = client.post("/v1/plans", json=plan_body(), headers=key)
    again = client.post("/v1/plans", json=plan_body(), headers=key)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.headers["location"] == again.headers["location"]
    other = client.post("/v1/plans", json=plan_body(seed=2), headers=key)
    assert refusal(other) == (422, "CG-7106")


def test_a_form_is_the_same_however_it_is_cut_into_parts(service: Service) -> None:
    client, _ = service
    key = {"Idempotency-Key": "form-1"}
    parts = city_parts()
    first = client.post("/v1/plans", files=parts, data={"seed": "3"}, headers=key)
    turned = dict(reversed(parts.items()))
    again = client.post("/v1/plans", files=turned, data={"seed": "3"}, headers=key)
    assert (first.status_code, again.status_code) == (202, 200)
    other = client.post("/v1/plans", files=parts, data={"seed": "4"}, headers=key)
    assert refusal(other) == (422, "CG-7106")


MALFORMED = {
    "no JSON": (b"{", 400, "CG-7003"),
    "NaN": (b'{"problem": {"ambient_c": NaN}}', 400, "CG-7003"),
    "a key twice": (b'{"seed": 1, "seed": 2}', 400, "CG-7003"),
    "bottomless": (b'{"problem": ' + b"[" * 100_000, 400, "CG-7003"),
    "no UTF-8": (b'{"name": "\xff\xfe"}', 400, "CG-7003"),
    "NUL": (b'{"name": "\\u0000"}', 400, "CG-7003"),
    "half a character": (b'{"problem": {"id": "\\ud800"}}', 400, "CG-7003"),
    "a huge number": (b'{"seed": ' + b"9" * 5000 + b"}", 400, "CG-7003"),
    "a list": (b"[]", 422, "CG-7006"),
    "nothing": (b"{}", 422, "CG-7006"),
    "unknown field": (b'{"problem": {}, "colour": 1}', 422, "CG-7006"),
    "half an id": (b'{"network": "n"}', 422, "CG-7006"),
    "both": (b'{"problem": {}, "network": "n", "order_set": "o"}', 422, "CG-7006"),
    "too long": (b'{"problem": {}, "time_limit_s": 601}', 422, "CG-7006"),
    "infinite": (b'{"problem": {}, "time_limit_s": 1e999}', 422, "CG-7006"),
    "two limits": (b'{"problem": {}, "time_limit_s": 1, "iterations": 1}', 422, "CG-7006"),
    "unknown engine": (b'{"problem": {}, "engine": "steam"}', 422, "CG-7006"),
    "control character": (b'{"problem": {}, "name": "a\\nb"}', 422, "CG-7006"),
    "no problem": (b'{"problem": {}}', 422, "CG-1001"),
    "unknown network": (b'{"network": "n", "order_set": "o"}', 404, "CG-7001"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_bodies_are_refused_with_their_reason(service: Service, name: str) -> None:
    client, _ = service
    body, status, code = MALFORMED[name]
    assert refusal(client.post("/v1/plans", content=body, headers=JSON)) == (status, code)


def test_every_fault_of_a_problem_is_named_with_its_place(service: Service) -> None:
    client, _ = service
    orders = [{**EXAMPLE_ORDERS[0], "site": "nowhere"}, {**EXAMPLE_ORDERS[1], "mass_kg": -1}]
    answer = client.post("/v1/plans", json=plan_body(problem={**EXAMPLE_PROBLEM, "orders": orders}))
    assert answer.status_code == 422
    places = [fault["place"] for fault in answer.json()["faults"]]
    assert places == ["/orders/0/site", "/orders/1/mass_kg"]


def test_good_rows_are_kept_where_that_is_wanted(service: Service) -> None:
    client, wiring = service
    orders = [EXAMPLE_ORDERS[0], {**EXAMPLE_ORDERS[1], "mass_kg": -1}]
    body = plan_body(problem={**EXAMPLE_PROBLEM, "orders": orders}, keep_good_rows=True)
    job = client.post("/v1/plans", json=body).json()
    assert (job["rows"], job["refused_rows"]) == (2, 1)
    assert [fault["place"] for fault in job["refused"]] == ["/orders/1/mass_kg"]
    assert [str(key) for key in problem_of(wiring, job["id"]).lines] == ["N1/1"]


def test_other_media_types_are_not_read(service: Service) -> None:
    client, _ = service
    plain = client.post("/v1/plans", content=b"{}", headers={"Content-Type": "text/plain"})
    assert refusal(plain) == (415, "CG-7005")
    assert refusal(client.post("/v1/plans")) == (415, "CG-7005")
    unbound = client.post(
        "/v1/plans", content=b"x", headers={"Content-Type": "multipart/form-data"}
    )
    assert refusal(unbound) == (400, "CG-7003")


def test_too_much_is_refused_before_it_is_read(service: Service) -> None:
    client, _ = service
    stated = client.post("/v1/plans", content=b" " * 300_001, headers=JSON)
    assert refusal(stated) == (413, "CG-7004")
    unstated = client.post("/v1/plans", content=iter([b" " * 200_000] * 2), headers=JSON)
    assert "content-length" not in unstated.request.headers
    assert refusal(unstated) == (413, "CG-7004")
    form = client.post("/v1/plans", files={"orders": ("o.csv", b"x" * 300_001)})
    assert refusal(form) == (413, "CG-7004")


def test_too_many_order_lines_are_refused(service: Service) -> None:
    client, _ = service
    orders = [{**EXAMPLE_ORDERS[0], "line": str(number)} for number in range(51)]
    body = plan_body(problem={**EXAMPLE_PROBLEM, "orders": orders})
    assert refusal(client.post("/v1/plans", json=body)) == (413, "CG-7004")
    header, row = city_parts()["orders"][1].splitlines()[:2]
    for rows in (51, 2000):
        table = b"\n".join([header, *(row.replace(b"N101", b"N%d" % n) for n in range(rows))])
        parts = {**city_parts(), "orders": ("orders.csv", table)}
        assert refusal(client.post("/v1/plans", files=parts)) == (413, "CG-7004")


def chinese() -> dict[str, tuple[str, bytes]]:
    """Give the sample city with a name that every encoding writes in its own way."""
    parts = city_parts()
    sites = parts["sites"][1].replace(b"Osmanthus Lane", "桂花巷".encode())
    return {**parts, "sites": ("sites.csv", sites)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_tables_in_any_encoding_are_the_problem_that_was_sent(
    service: Service, encoding: str, tmp_path: Path
) -> None:
    client, wiring = service
    parts = {
        name: (f"C:\\orders\\..\\{name}", data.decode().encode(encoding))
        for name, (_, data) in chinese().items()
    }
    job = client.post("/v1/plans", files=parts, data={"iterations": "5"}).json()
    for _, (file, data) in chinese().items():
        (tmp_path / file).write_bytes(data)
    assert problem_of(wiring, job["id"]) == read_problem(tmp_path).problem
    assert problem_of(wiring, job["id"]).sites["P1"].name == "桂花巷"


def test_workbook_and_json_are_the_folder(service: Service) -> None:
    client, wiring = service
    city = read_problem(SMALL_CITY).problem
    book = write_problem_workbook(city)
    as_book = client.post("/v1/plans", files={"workbook": ("../../etc/x.xlsx", book)}).json()
    as_json = client.post("/v1/plans", json={"problem": problem_document(city)}).json()
    assert problem_of(wiring, as_book["id"]) == city
    assert problem_of(wiring, as_json["id"]) == city


def test_parts_of_a_form_are_known_and_come_once(service: Service) -> None:
    client, _ = service
    strange = client.post("/v1/plans", files={"secrets": ("s.csv", b"x")})
    assert refusal(strange) == (422, "CG-7107")
    twice = client.post("/v1/plans", files=[("orders", ("a", b"x")), ("orders", ("b", b"x"))])
    assert refusal(twice) == (422, "CG-7107")
    both = client.post("/v1/plans", files={"orders": ("a", b"x"), "workbook": ("b", b"x")})
    assert refusal(both) == (422, "CG-7107")
    field = client.post("/v1/plans", files=city_parts(), data={"colour": "red"})
    assert refusal(field) == (422, "CG-7006")
    none = client.post("/v1/plans", files={"settings": ("s", b"a: 1")})
    assert refusal(none) == (422, "CG-1001")


def packed(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in files.items():
            book.writestr(name.replace("__", "/").replace("_", "."), data)
    return buffer.getvalue()


WIDE = b'<sheetData><row><c r="A1"/></row><row><c r="XFD1048576"/></row></sheetData>'


@pytest.mark.parametrize(
    "book",
    [
        b"no zip at all",
        packed(readme_txt=b"x"),
        packed(xl__workbook_xml=b"x", content_xml=b"x"),
        packed(xl__workbook_xml=b" " * 20_000_000),
        packed(xl__workbook_xml=b"x", xl__worksheets__sheet1_xml=WIDE),
    ],
    ids=["text", "zip", "ods", "bomb", "wide"],
)
def test_workbooks_that_are_none_or_would_fill_memory_are_refused(
    service: Service, book: bytes
) -> None:
    client, _ = service
    assert len(book) < 300_000
    answer = client.post("/v1/plans", files={"workbook": ("w.xlsx", book)})
    assert refusal(answer) == (422, "CG-7108")


@pytest.mark.parametrize("file", ["../coldgrid.db", "/etc/passwd", "a/b.csv", "absent.csv"])
def test_a_problem_names_no_file_but_those_on_offer(service: Service, file: str) -> None:
    client, _ = service
    problem = {**EXAMPLE_PROBLEM, "travel": {"provider": "matrix", "file": file}}
    status, code = refusal(client.post("/v1/plans", json=plan_body(problem=problem)))
    assert (status, code) in {(422, "CG-7105"), (422, "CG-1008")}


def test_a_matrix_file_on_offer_may_be_named(service: Service) -> None:
    client, _ = service
    problem = {**EXAMPLE_PROBLEM, "travel": {"provider": "matrix", "file": "roads.csv"}}
    assert client.post("/v1/plans", json=plan_body(problem=problem)).status_code == 202
    unknown = {**EXAMPLE_PROBLEM, "travel": {"provider": "teleport"}}
    assert client.post("/v1/plans", json=plan_body(problem=unknown)).status_code == 422


def test_a_plan_to_judge_must_answer_the_problem(service: Service) -> None:
    client, wiring = service
    city, plan = city_plan()
    asked = {"problem": problem_document(city), "judge": plan_document(plan), "time_limit_s": 0}
    taken = client.post("/v1/plans", json=asked)
    assert (taken.status_code, taken.json()["kind"]) == (202, "judge")
    foreign = client.post("/v1/plans", json={**plan_body(), "judge": plan_document(plan)})
    assert refusal(foreign) == (409, "CG-4001")
    broken = client.post("/v1/plans", json={**plan_body(), "judge": {"schema": "coldgrid/plan/1"}})
    assert broken.status_code in {409, 422}
    none = client.post("/v1/plans", json={"problem": EXAMPLE_PROBLEM, "time_limit_s": 0})
    assert refusal(none) == (422, "CG-7110")
    assert wiring.plan_shelf.newest(10, None) == []


def test_like_yesterday_names_the_usual_vehicle_of_a_site(tmp_path: Path) -> None:
    with parked(tmp_path) as (client, wiring):
        store(wiring.database, name="yesterday")
        city, plan = city_plan()
        came = {
            stop.site: route.vehicle
            for route in plan.routes
            for stop in route.stops
            if route.echelon.value == "last_mile"
        }
        body = {"problem": problem_document(city), "like_plan": "yesterday"}
        problem = problem_of(wiring, client.post("/v1/plans", json=body).json()["id"])
        assert problem.usual_vehicle == came
        assert problem.objective.stability_cents == 500
        judged = {**body, "judge": plan_document(plan), "time_limit_s": 0}
        problem = problem_of(wiring, client.post("/v1/plans", json=judged).json()["id"])
        assert problem.usual_vehicle == came
        unknown = client.post("/v1/plans", json={**body, "like_plan": "last year"})
        assert refusal(unknown) == (404, "CG-7001")


def test_a_full_queue_says_when_to_come_back(tmp_path: Path) -> None:
    with parked(tmp_path, running_jobs=1, waiting_jobs=1) as (client, _):
        assert client.post("/v1/plans", json=plan_body()).status_code == 202
        assert client.post("/v1/plans", json=plan_body()).status_code == 202
        full = client.post("/v1/plans", json=plan_body())
        assert refusal(full) == (429, "CG-7013")
        assert int(full.headers["retry-after"]) > 0


def test_a_waiting_job_stops_at_once_and_only_once(service: Service) -> None:
    client, _ = service
    where = client.post("/v1/plans", json=plan_body()).headers["location"]
    stopped = client.delete(where)
    assert (stopped.status_code, stopped.json()["state"]) == (202, "stopped")
    assert refusal(client.delete(where)) == (409, "CG-7104")
    events = client.get(f"{where}/events").text
    assert json.loads(events.split("data: ")[1].splitlines()[0])["state"] == "stopped"
    assert refusal(client.delete("/v1/jobs/none")) == (404, "CG-7001")
    assert refusal(client.get("/v1/jobs/none/events")) == (404, "CG-7001")


def test_an_example_network_without_orders_is_no_problem(service: Service) -> None:
    client, _ = service
    answer = client.post("/v1/plans", json=plan_body(problem=EXAMPLE_NETWORK))
    assert refusal(answer) == (422, "CG-1001")
