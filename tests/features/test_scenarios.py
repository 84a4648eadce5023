"""What if over HTTP: the catalogue, faults of a file, a run with its answer and its page."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.schemas.questions import EXAMPLE_PROBLEM
from api.schemas.scenarios import EXAMPLE_FILE
from optimizer.formats.problem_reading import problem_from_document
from optimizer.travel.great_circle import GreatCircle
from scenarios.applying import Base
from scenarios.catalogue import catalogue
from scenarios.reading import scenario_from_text
from scenarios.results import ScenarioResult, result_bytes, result_from_bytes
from scenarios.run import Asked, run
from tests.asking import events_of
from tests.serving import served
from tests.stored_plan import PLAN, store

RUNS = "/v1/scenarios/runs"
CHECK = "/v1/scenarios/check"
STREET: dict[str, Any] = {"name": "double", "file": EXAMPLE_FILE, "problem": EXAMPLE_PROBLEM}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with served(tmp_path_factory.mktemp("service")) as (client, wiring):
        store(wiring.database)
        yield client


def here(seeds: tuple[int, ...]) -> ScenarioResult:
    """Run the example in this process."""
    problem = problem_from_document(EXAMPLE_PROBLEM, name="problem").problem
    travel = GreatCircle(circuity=problem.travel.circuity)
    asked = Asked(
        scenario=scenario_from_text(EXAMPLE_FILE, "double.yaml"),
        base=Base(problem=problem, travel=travel),
    )
    with ThreadPoolExecutor(max_workers=1) as executor:
        (result,) = run([asked.changed(seeds=seeds, iterations=None)], executor=executor)
    return result


def test_the_catalogue_is_listed_and_its_files_are_given(client: TestClient) -> None:
    items = client.get("/v1/scenarios").json()["items"]
    assert [one["name"] for one in items] == list(catalogue())
    surge = next(one for one in items if one["name"] == "surge")
    assert [one["name"] for one in surge["variants"]] == ["x3", "x4", "x3_more_vans"]
    file = client.get("/v1/scenarios/surge")
    assert file.headers["content-type"].startswith("application/yaml")
    assert "scale_demand: {factor: 4}" in file.text
    assert client.get("/v1/scenarios/nothing").status_code == 404


def test_a_fault_has_its_line_and_column_and_a_good_file_none(client: TestClient) -> None:
    wrong = EXAMPLE_FILE.replace("factor: 2", "factor: many").replace("seeds", "seed")
    (first, second) = client.post(CHECK, json={**STREET, "file": wrong}).json()["faults"]
    assert (first["code"], first["line"], first["column"]) == ("CG-1602", 3, 1)
    assert (second["code"], second["line"], second["column"]) == ("CG-1604", 7, 30)
    # Whether a thing exists, the base alone knows.
    closes = EXAMPLE_FILE.replace("scale_demand: {factor: 2}", "close_sites: {sites: [G7]}")
    for base in ({"problem": EXAMPLE_PROBLEM}, {"plan": PLAN}):
        body = {"name": "double", "file": closes, **base}
        (fault,) = client.post(CHECK, json=body).json()["faults"]
        assert (fault["code"], fault["line"]) == ("CG-1610", 7)
    assert client.post(CHECK, json=STREET).json() == {"faults": []}


def test_a_run_is_a_job_with_progress_an_answer_and_a_page(client: TestClient) -> None:
    key = {"Idempotency-Key": "once"}
    accepted = client.post(RUNS, json={**STREET, "seeds": [1, 2]}, headers=key)
    assert accepted.status_code == 202, accepted.text
    run = accepted.json()
    assert accepted.headers["location"] == f"/v1/jobs/{run['job']}"
    assert client.get(f"{RUNS}/{run['id']}/result").json()["code"] in {"CG-1619"}
    again = client.post(RUNS, json={**STREET, "seeds": [1, 2]}, headers=key)
    assert (again.status_code, again.json()["id"]) == (200, run["id"])
    events = events_of(client, run["job"])
    assert events[-1][1:] == (
        "done", {"state": "succeeded", "plan": run["id"], "version": None, "cause": None}
    )  # fmt: skip
    steps = [data for _, name, data in events if name == "progress"]
    assert (steps[-1]["stage"], steps[-1]["done"], steps[-1]["of"]) == ("scenario", 4, 4)
    answer = client.get(f"{RUNS}/{run['id']}/result")
    result = result_from_bytes(answer.content)
    # Made in another process, and the same to the byte.
    assert answer.content == result_bytes(here((1, 2)))
    assert [one.name for one in result.variants] == ["baseline", "x2"]
    assert result.seeds == (1, 2)
    page = client.get(f"{RUNS}/{run['id']}/report", params={"language": "zh"})
    assert '<html lang="zh-Hans-CN"' in page.text
    assert "script" not in page.headers["content-security-policy"].replace("script-src 'self'", "")
    seen = client.get(f"{RUNS}/{run['id']}").json()
    assert (seen["state"], seen["progress"], seen["iterations"]) == ("succeeded", None, 1)
    assert client.get(RUNS).json()["items"][0] == seen


def test_what_cannot_be_run_is_refused_before_it_is_a_job(client: TestClient) -> None:
    many = [f"  - {{name: v{number}, overrides: [double]}}" for number in range(60)]
    file = "\n".join([*EXAMPLE_FILE.splitlines()[:-1], *many])
    large = client.post(RUNS, json={**STREET, "file": file, "seeds": [1, 2, 3, 4]})
    assert (large.status_code, large.json()["code"]) == (413, "CG-1618")
    heavy = EXAMPLE_FILE.replace("factor: 2", "factor: 20000, by: orders")
    assert client.post(RUNS, json={**STREET, "file": heavy}).status_code in {413, 422}
    assert client.post(RUNS, json={**STREET, "file": "variants: ["}).status_code == 422
    for wrong in (
        {"file": None, "name": None},
        {"plan": PLAN},
        {"seeds": [1, 1]},
        {"name": "../surge", "file": None},
        {"network": "network-1", "problem": None},
    ):
        assert client.post(RUNS, json=STREET | wrong).status_code == 422, wrong
    assert client.get(f"{RUNS}/run-9").status_code == 404
    assert client.get(f"{RUNS}/run-9/report").status_code == 404


def test_a_run_that_is_stopped_has_no_answer(client: TestClient) -> None:
    run = client.post(RUNS, json={**STREET, "iterations": 1000, "seeds": list(range(20))}).json()
    client.delete(f"/v1/jobs/{run['job']}")
    assert events_of(client, run["job"])[-1][2]["state"] == "stopped"
    assert client.get(f"{RUNS}/{run['id']}/result").status_code == 409
