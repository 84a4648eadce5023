"""Health, figures and logs of a whole service, over HTTP."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from api.observe.logs import configure_logging
from tests.asking import events_of, plan_body
from tests.serving import served


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Give what is logged as JSON; the process's logging is put back afterwards."""
    root = logging.getLogger()
    before = root.handlers, root.level
    stream = io.StringIO()
    configure_logging("json", stream)
    yield stream
    root.handlers, root.level = before
    structlog.reset_defaults()


def test_a_service_that_is_well_says_so_to_anybody(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        answer = client.get("/healthz", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert (document["status"], document["database"], document["jobs"]) == ("ok", "ok", "ok")


def test_a_database_that_is_away_makes_it_503_with_the_cause(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        wiring.database.close()
        file = tmp_path / "coldgrid.db"
        file.rename(tmp_path / "elsewhere.db")
        file.mkdir()
        answer = client.get("/healthz")
        file.rmdir()
        (tmp_path / "elsewhere.db").rename(file)
        assert client.get("/healthz").status_code == 200
    assert answer.status_code == 503
    document = answer.json()
    assert document["code"] == "CG-7606"
    assert "database" in document["detail"]
    assert "is a folder" in document["detail"]


def test_jobs_that_nobody_runs_make_it_503(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        wiring.runner.stop()
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "jobs: what runs the jobs has stopped" in answer.json()["detail"]


def test_a_service_that_is_ready_says_so_to_anybody(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        answer = client.get("/readyz", headers={"Host": "elsewhere.example"})
        wiring.runner.stop()
        after = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert answer.headers["cache-control"] == "no-store"
    assert (after.status_code, after.json()["code"]) == (503, "CG-7607")
    assert "jobs: what runs the jobs has stopped" in after.json()["detail"]


def test_beside_a_newer_release_it_is_well_and_not_ready(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        with wiring.database.write() as tx:
            tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        well, ready = client.get("/healthz"), client.get("/readyz")
    assert (well.status_code, ready.status_code) == (200, 503)
    assert "tables: they stand at migration 9999" in ready.json()["detail"]


def test_a_database_that_is_away_is_named_once_for_readiness(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        wiring.database.close()
        file = tmp_path / "coldgrid.db"
        file.rename(tmp_path / "elsewhere.db")
        file.mkdir()
        answer = client.get("/readyz")
        file.rmdir()
        (tmp_path / "elsewhere.db").rename(file)
    assert answer.json()["detail"].count("is a folder") == 1


@pytest.mark.slow
def test_every_line_of_a_job_names_it(tmp_path: Path, logged: io.StringIO) -> None:
    with served(tmp_path) as (client, _):
        job = client.post("/v1/plans", json=plan_body()).json()["id"]
        assert events_of(client, job)[-1][2]["state"] == "succeeded"
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    of_jobs = [line for line in lines if line["logger"].startswith("api.jobs")]
    assert {"job begins", "job ended"} <= {line["event"] for line in of_jobs}
    assert {line["job"] for line in of_jobs} == {job}
    assert not any("job" in line for line in lines if line["event"] == "request")


def test_figures_are_prometheus_text_with_bounded_labels(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        for path in ("/healthz", "/v1/plans/one", "/v1/plans/two", "/nothing", "/more-of-it"):
            client.get(path)
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = {
        (sample.labels["operation"], sample.labels["status"]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == "coldgrid_requests_total"
    }
    assert found == {("health", "200"): 1, ("read_plan", "404"): 2, ("none", "404"): 2}


def test_figures_are_not_for_strangers(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        answer = client.get("/metrics", headers={"Host": "elsewhere.example"})
    assert answer.status_code in {401, 403}


def test_every_request_is_a_line_that_names_no_secret(tmp_path: Path, logged: io.StringIO) -> None:
    with served(tmp_path) as (client, _):
        client.get(
            "/v1/plans?token=hunter2",
            headers={
                "Authorization": "Bearer hunter2hunter2",
                "Cookie": "coldgrid_session=hunter2",
            },
        )
        answer = client.get("/v1/plans")
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    refused, listed = [line for line in lines if line["event"] == "request"]
    assert (refused["status"], refused["operation"]) == (401, "list_plans")
    assert (listed["status"], listed["principal"]) == (200, "local")
    assert listed["route"] == "/v1/plans"
    assert listed["request_id"] == answer.headers["x-request-id"]
    ours = [line for line in lines if line["logger"] != "httpx2"]
    assert "hunter2" not in json.dumps(ours)
