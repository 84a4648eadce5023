"""Coverage over HTTP: the planner's view of a stored plan."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from optimizer.coverage import coverage
from optimizer.coverage.document import coverage_document
from optimizer.travel.great_circle import GreatCircle
from tests.serving import served
from tests.stored_plan import PLAN, city_plan, store

PATH = f"/v1/plans/{PLAN}/coverage"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with served(tmp_path_factory.mktemp("service")) as (client, wiring):
        store(wiring.database)
        yield client


def test_the_answer_is_the_document_of_the_command(client: TestClient) -> None:
    answer = client.get(PATH, params={"radius_m": 1500})
    assert answer.status_code == 200, answer.text
    problem, plan = city_plan()
    roads = GreatCircle(circuity=problem.travel.circuity)
    found = coverage(problem, plan, travel=roads, radius_m=1500)
    document = coverage_document(problem.horizon, problem.id, found, 1)
    assert found.gaps
    assert answer.json() == document


def test_five_kilometres_are_usual(client: TestClient) -> None:
    body = client.get(PATH).json()
    assert (body["radius_m"], body["every_m"]) == (5000, 500)


def test_what_is_not_there_is_404_and_nonsense_is_400(client: TestClient) -> None:
    assert client.get("/v1/plans/plan-9/coverage").status_code == 404
    assert client.get(PATH, params={"version": 7}).status_code == 404
    for wrong in ({"radius_m": 0}, {"radius_m": 10**6}, {"version": 0}):
        assert client.get(PATH, params=wrong).status_code == 400
