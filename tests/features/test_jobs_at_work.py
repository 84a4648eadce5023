"""Jobs from the request to the plan: followed, stopped, killed, found again after a restart."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.storage import jobs, plans
from api.storage.database import Database
from optimizer.formats.plan_json import plan_document
from optimizer.formats.problem_writing import problem_document
from tests.asking import children_of, events_of, parked, plan_body, wait_until
from tests.large_city import city
from tests.serving import MORNING, served
from tests.stored_plan import city_plan

pytestmark = pytest.mark.slow

LONG = {"problem": city(orders=60, points=20, grids=2), "time_limit_s": 300}


def asked(client: TestClient, body: dict[str, Any], **headers: str) -> Any:
    answer = client.post("/v1/plans", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()


def test_upload_follow_read(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        job = asked(client, plan_body(name="Tuesday"))
        events = events_of(client, job["id"])
        assert [name for _, name, _ in events] == ["progress"] * (len(events) - 1) + ["done"]
        assert {"objective_cents", "unserved", "elapsed_s"} <= events[0][2].keys()
        assert events[-1][2] == {
            "state": "succeeded", "plan": job["plan"], "version": 1, "cause": None,
        }  # fmt: skip
        ended = client.get(f"/v1/jobs/{job['id']}").json()
        assert (ended["state"], ended["attempt"], ended["result_version"]) == ("succeeded", 1, 1)
        # Whoever comes late hears the end, and nothing else.
        assert [name for _, name, _ in events_of(client, job["id"])] == ["done"]
        read_back(client, job["plan"])
        judged(client)


def read_back(client: TestClient, plan: str) -> None:
    """Read the plan in every form."""
    answer = client.get(f"/v1/plans/{plan}")
    document = answer.json()
    assert (document["version"], document["state"], document["unserved"]) == (1, "draft", [])
    tag = answer.headers["etag"]
    assert tag == f'"{plan}.1"'
    same = client.get(f"/v1/plans/{plan}", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert client.get(f"/v1/plans/{plan}", params={"version": 1}).json() == document
    assert client.get(f"/v1/plans/{plan}", params={"version": 2}).status_code == 404
    assert client.get(f"/v1/plans/{plan}/versions/1").json() == document
    assert client.get("/v1/plans/none").status_code == 404
    versions = client.get(f"/v1/plans/{plan}/versions").json()["items"]
    assert [(v["version"], v["reason"], v["feasible"]) for v in versions] == [(1, "planned", True)]
    check = client.get(f"/v1/plans/{plan}/check").json()
    assert check["feasible"]
    assert check["objective_cents"] == sum(check["cost_breakdown_cents"].values())
    assert check["unserved"] == {"lines": 0, "collects": 0, "by_reason": {}, "items": []}
    world = client.get(f"/v1/plans/{plan}/geojson")
    assert world.headers["content-type"] == "application/geo+json"
    assert len(world.json()["features"]) == 3 + len(document["routes"])
    [listed] = client.get("/v1/plans", params={"state": "draft"}).json()["items"]
    assert (listed["id"], listed["name"]) == (plan, "Tuesday")


def judged(client: TestClient) -> None:
    """Have a plan judged that somebody else has made."""
    problem, plan = city_plan()
    document = plan_document(plan)
    job = asked(client, {"problem": problem_document(problem), "judge": document})
    assert events_of(client, job["id"])[-1][2]["state"] == "succeeded"
    kept = client.get(f"/v1/plans/{job['plan']}").json()
    assert kept["routes"] == document["routes"]
    assert kept["check"] == document["check"]
    [version] = client.get(f"/v1/plans/{job['plan']}/versions").json()["items"]
    assert version["reason"] == "judged"


def test_a_stopped_job_keeps_its_best(tmp_path: Path) -> None:
    with served(tmp_path, running_jobs=1) as (client, wiring):
        job = asked(client, LONG)
        wait_until(lambda: wiring.planning.progress(job["id"]) is not None)
        running = client.get(f"/v1/jobs/{job['id']}").json()
        assert running["progress"]["objective_cents"] > 0
        stopped = client.delete(f"/v1/jobs/{job['id']}").json()
        assert (stopped["state"], stopped["stop_asked"]) == ("running", True)
        end = events_of(client, job["id"])[-1][2]
        assert (end["state"], end["version"]) == ("stopped", 1)
        plan = client.get(f"/v1/plans/{end['plan']}").json()
        assert plan["check"]["feasible"]
        assert plan["routes"]


def test_a_killed_child_is_a_failed_job_with_its_cause(tmp_path: Path) -> None:
    with served(tmp_path, running_jobs=1) as (client, wiring):
        job, waiting = asked(client, LONG), asked(client, LONG)
        wait_until(lambda: wiring.planning.progress(job["id"]) is not None)
        [child] = children_of(job["id"])
        os.kill(child, signal.SIGKILL)
        end = events_of(client, job["id"])[-1][2]
        assert (end["state"], end["cause"]["code"]) == ("failed", "CG-7102")
        assert "-9" in end["cause"]["detail"]
        wait_until(lambda: client.get(f"/v1/jobs/{waiting['id']}").json()["state"] == "running")
    # The service has stopped: nothing of it is left, and the job waits for the next start.
    assert children_of(waiting["id"]) == []
    with parked(tmp_path) as (client, _):
        assert client.get(f"/v1/jobs/{waiting['id']}").json()["state"] == "queued"


def test_what_a_service_left_running_is_begun_anew_or_given_up(tmp_path: Path) -> None:
    with parked(tmp_path) as (client, wiring):
        again, tired, halted = (asked(client, plan_body()) for _ in range(3))
        for job, times in ((again, 1), (tired, 3)):
            left_running(wiring.database, job["id"], times)
        with wiring.database.write() as tx:
            jobs.ask_to_stop(tx, halted["id"])
    with served(tmp_path, job_attempts=3) as (client, wiring):
        failed = client.get(f"/v1/jobs/{tired['id']}").json()
        assert (failed["state"], failed["cause"]["code"]) == ("failed", "CG-7103")
        assert events_of(client, again["id"])[-1][2]["state"] == "succeeded"
        ended = client.get(f"/v1/jobs/{again['id']}").json()
        assert ended["attempt"] == 2
        wait_until(lambda: not wiring.planning.job(halted["id"]).is_open)
        assert wiring.planning.job(halted["id"]).state == "stopped"
        with wiring.database.read() as tx:
            assert len(plans.newest(tx, limit=10)) == 1


def left_running(database: Database, job: str, times: int) -> None:
    """Leave a job as a service does that was killed in its so many-th attempt."""
    with database.write() as tx:
        for attempt in range(times):
            assert jobs.begin(tx, job, MORNING)
            if attempt < times - 1:
                assert jobs.requeue(tx, job)


def test_a_job_that_cannot_be_planned_fails_with_its_cause(tmp_path: Path) -> None:
    roads = tmp_path / "roads.csv"
    roads.write_text("origin,destination,distance_m\n")
    with served(tmp_path, travel_folder=tmp_path) as (client, _):
        problem = {**plan_body()["problem"], "travel": {"provider": "matrix", "file": "roads.csv"}}
        job = asked(client, plan_body(problem=problem))
        end = events_of(client, job["id"])[-1][2]
        assert end["state"] == "failed"
        assert end["cause"]["code"].startswith("CG-2")
        assert end["cause"]["instance"] == f"/v1/jobs/{job['id']}"
        assert client.get(f"/v1/plans/{job['plan']}").status_code == 404
