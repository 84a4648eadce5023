"""Jobs while the machine or the service is in trouble: they wait, and none is lost or forgotten."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.storage import jobs
from tests.asking import children_of, events_of, parked, plan_body, wait_until
from tests.large_city import city
from tests.serving import served

pytestmark = pytest.mark.slow


def test_jobs_wait_for_a_temporary_folder_and_then_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full or missing disk must not end the thread that begins jobs."""
    place = tmp_path / "temporary"
    monkeypatch.setattr("tempfile.tempdir", str(place))
    with capture_logs() as said, served(tmp_path) as (client, wiring):
        job = client.post("/v1/plans", json=plan_body()).json()["id"]
        wait_until(lambda: any("cannot be begun" in line["event"] for line in said))
        assert wiring.runner.is_alive
        assert wiring.planning.job(job).state == "queued"
        place.mkdir()
        assert events_of(client, job)[-1][2]["state"] == "succeeded"
    shutil.rmtree(place)


def test_a_stop_while_a_process_is_told_its_task_leaves_the_job_waiting(tmp_path: Path) -> None:
    problem = city(orders=2000, points=20, grids=2)
    with served(tmp_path, running_jobs=1) as (client, _):
        answer = client.post("/v1/plans", json={"problem": problem, "iterations": 5})
        job = answer.json()["id"]
        wait_until(lambda: bool(children_of(job)))
    assert children_of(job) == []
    with parked(tmp_path) as (_, wiring):
        left = wiring.planning.job(job)
        assert (left.state, left.attempt, left.cause) == ("queued", 1, None)


def test_a_job_that_begins_while_it_is_stopped_is_told_to_finish(tmp_path: Path) -> None:
    """Whoever stops a job decides by its state at that moment, not by the one seen before."""
    with parked(tmp_path) as (client, wiring):
        job = client.post("/v1/plans", json=plan_body()).json()["id"]
        with wiring.database.write() as tx:
            assert jobs.begin(tx, job, wiring.clock())
        stopped = client.delete(f"/v1/jobs/{job}").json()
        assert (stopped["state"], stopped["stop_asked"]) == ("running", True)
