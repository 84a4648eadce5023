"""Paper over HTTP: from a stored plan to what loader and driver hold in hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader

from api.security.principal import Role
from api.storage import plans
from api.storage.plans import NewVersion
from api.wiring import Wiring
from tests.chinese_font import chinese_font
from tests.people import machine, person
from tests.serving import served
from tests.stored_plan import PLAN, city_plan, store

PATH = f"/v1/plans/{PLAN}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Wiring]]:
    with served(tmp_path_factory.mktemp("service")) as (client, wiring):
        store(wiring.database)
        problem, plan = city_plan()
        sites = {
            **problem.sites,
            "P1": replace(problem.sites["P1"], name="桂花巷"),
        }
        chinese = replace(problem, sites=sites)
        store(
            wiring.database,
            chinese,
            replace(plan, problem_digest=chinese.digest),
            name="plan-zh",
        )
        yield client, wiring


@pytest.fixture
def client(service: tuple[TestClient, Wiring]) -> TestClient:
    return service[0]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_every_vehicle_that_drives_is_listed_with_its_trips(client: TestClient) -> None:
    _, plan = city_plan()
    answer = client.get(f"{PATH}/manifests")
    assert answer.status_code == 200, answer.text
    listed = answer.json()
    assert {item["vehicle"] for item in listed["items"]} == {r.vehicle for r in plan.routes}
    departures = [item["trips"][0]["departs_at"] for item in listed["items"]]
    assert departures == sorted(departures)
    assert departures[0].endswith("+08:00")
    assert listed["version"] == 1
    homes = {route.start_site for route in plan.routes}
    assert {item["site"] for item in listed["loading_lists"]} == homes


def test_every_link_leads_to_the_paper_in_its_format(client: TestClient) -> None:
    listed = client.get(f"{PATH}/manifests").json()
    kinds = {"html": "text/html", "pdf": "application/pdf", "csv": "text/csv"}
    links = [one["links"] for one in [*listed["items"], *listed["loading_lists"]]]
    assert len(links) >= 6
    for by_format in links:
        for form, link in by_format.items():
            answer = client.get(link)
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"].partition(";")[0] == kinds[form]
            assert answer.headers["content-disposition"].startswith("inline; filename=")


def test_totals_of_the_plan_are_the_totals_of_its_manifests(client: TestClient) -> None:
    _, plan = city_plan()
    for vehicle in {route.vehicle for route in plan.routes}:
        answer = client.get(f"{PATH}/manifests/{vehicle}", params={"format": "csv"})
        found: dict[str, int] = {}
        for row in rows(answer.text):
            mass_g = round(float(row["mass_kg"]) * 1000)
            found[row["zone"]] = found.get(row["zone"], 0) + mass_g
        planned: dict[str, int] = {}
        for route in plan.routes:
            for stop in route.stops if route.vehicle == vehicle else ():
                for one in stop.delivers:
                    planned[one.zone.value] = planned.get(one.zone.value, 0) + one.mass_g
        assert found == planned


def test_csv_begins_with_the_mark_by_which_excel_knows_chinese(client: TestClient) -> None:
    answer = client.get("/v1/plans/plan-zh/manifests/V1", headers={"Accept": "text/csv"})
    assert answer.content.startswith(b"\xef\xbb\xbftrip,stop,")
    assert "桂花巷" in answer.text


def test_accept_chooses_the_format_and_the_parameter_wins(client: TestClient) -> None:
    pdf = {"Accept": "application/pdf"}
    assert client.get(f"{PATH}/manifests/V1", headers=pdf).content.startswith(b"%PDF-")
    html = client.get(f"{PATH}/manifests/V1", headers=pdf, params={"format": "html"})
    assert html.text.startswith("<!DOCTYPE html>")
    assert "script-src" not in html.headers["content-security-policy"]
    assert "default-src 'none'" in html.headers["content-security-policy"]


def test_language_follows_the_reader(client: TestClient) -> None:
    chinese = {"Accept-Language": "zh-CN,zh;q=0.9"}
    assert "装车顺序" in client.get(f"{PATH}/manifests/V1", headers=chinese).text
    english = client.get(f"{PATH}/manifests/V1", headers=chinese, params={"lang": "en"})
    assert "Load in this order" in english.text
    assert english.headers["content-language"] == "en"


def test_pdf_with_chinese_names_is_the_same_twice(client: TestClient) -> None:
    chinese_font()
    ask = {"format": "pdf"}
    once = client.get("/v1/plans/plan-zh/manifests/V1", params=ask)
    assert once.status_code == 200, once.text
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(once.content)).pages)
    assert "P1桂花巷" in "".join(text.split())
    assert once.content == client.get("/v1/plans/plan-zh/manifests/V1", params=ask).content


def test_font_that_is_set_and_gone_is_named(tmp_path: Path) -> None:
    with served(tmp_path, font=tmp_path / "house.ttf") as (client, wiring):
        store(wiring.database)
        answer = client.get(f"{PATH}/manifests/V1", params={"format": "pdf", "lang": "zh-CN"})
        assert answer.status_code == 503
        assert answer.json()["code"] == "CG-7501"
        assert "house.ttf" in answer.json()["detail"]
        assert str(tmp_path) not in answer.text
        # Latin names, HTML and CSV need no font.
        for params in ({"format": "pdf"}, {"lang": "zh-CN"}, {"format": "csv"}):
            assert client.get(f"{PATH}/manifests/V1", params=params).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/v1/plans/none/manifests", {}, 404, "CG-7001"),
        ("/v1/plans/none/manifests/V1", {}, 404, "CG-7001"),
        (f"{PATH}/manifests/V9", {}, 404, "CG-7001"),
        (f"{PATH}/manifests/V1?version=2", {}, 404, "CG-7001"),
        (f"{PATH}/manifests/V1?version=0", {}, 400, "CG-7003"),
        (f"{PATH}/manifests/V1?format=docx", {}, 400, "CG-7003"),
        (f"{PATH}/manifests/V1", {"Accept": "image/png"}, 406, "CG-7014"),
        (f"{PATH}/loading-lists/G9", {}, 404, "CG-7001"),
        (f"{PATH}/loading-lists/G1", {"Accept": "application/json"}, 406, "CG-7014"),
        (f"{PATH}/loading-lists/G1?loading_min=0", {}, 400, "CG-7003"),
    ],
)
def test_refusals(
    client: TestClient, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = client.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_loading_time_of_the_list_can_be_chosen(client: TestClient) -> None:
    _, plan = city_plan()
    ask = {"format": "csv", "loading_min": "40"}
    found = rows(client.get(f"{PATH}/loading-lists/G1", params=ask).text)
    loads = [row for row in found if row["work"] == "load"]
    assert {row["departs"] for row in loads} == {
        plan.horizon.instant(r.departs).isoformat() for r in plan.routes if r.start_site == "G1"
    }
    for row in loads:
        begins, ends = (datetime.fromisoformat(row[name]) for name in ("from", "to"))
        assert ends - begins == timedelta(minutes=40)
        assert ends <= datetime.fromisoformat(row["departs"])
    # The truck that brings the goods holds a dock as well.
    assert [row["work"] for row in found].count("unload") == 1


def test_paper_of_a_version_that_no_longer_counts_says_so(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        head = store(wiring.database, state="published")
        assert "version 1 (published)" in client.get(f"{PATH}/manifests/V1").text
        with wiring.database.write() as tx:
            first = plans.note(tx, PLAN, 1)
            document = plans.document(tx, PLAN, 1)
            assert first is not None
            assert document is not None
            again = NewVersion(
                problem=first.problem, document=document, feasible=True, unserved=0,
                objective_cents=first.objective_cents, reason="replanned", note="",
                at=wiring.clock(), by="user:dispatcher",
            )  # fmt: skip
            assert plans.add_version(tx, head, again) == 2
        assert "version 2 (published)" in client.get(f"{PATH}/manifests/V1").text
        old = client.get(f"{PATH}/manifests/V1", params={"version": "1"})
        assert "version 1 (superseded: do not use)" in old.text


def test_driver_reads_the_sheet_of_the_own_vehicle_alone(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        store(wiring.database)
        person(wiring, Role.ADMIN)
        driver = machine(wiring, Role.DRIVER, vehicle="V1")
        assert client.get(f"{PATH}/manifests/V1", headers=driver).status_code == 200
        other = client.get(f"{PATH}/manifests/V3", headers=driver)
        assert (other.status_code, other.json()["code"]) == (403, "CG-7407")
        for path in (f"{PATH}/manifests", f"{PATH}/loading-lists/G1"):
            assert client.get(path, headers=driver).status_code == 403
        warehouse = machine(wiring, Role.WAREHOUSE)
        assert client.get(f"{PATH}/loading-lists/G1", headers=warehouse).status_code == 200
