"""Several services on one database: one leads, all answer, another takes over what was begun.

On SQLite; ``make test-faults`` does the same on PostgreSQL.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from api.storage.database import Database
from api.storage.tables import plan_versions
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import problem_document
from tests.asking import wait_until
from tests.features.command_line import SMALL_CITY
from tests.postgres import binaries, running_cluster
from tests.running import LONGEST_S, NO_TLS, Running, running

pytestmark = pytest.mark.slow

LONG_S = 200


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    if os.environ.get("COLDGRID_FAULTS_ON") != "postgres":
        yield f"sqlite:///{tmp_path}/coldgrid.db"
        return
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with running_cluster(programs) as cluster, cluster.empty_database() as address:
        yield address


def ask(service: Running, method: str, path: str, **how: Any) -> Any:
    answer = httpx2.request(
        method, f"{service.address}{path}", timeout=LONGEST_S, verify=NO_TLS, **how
    )
    assert answer.is_success, answer.text
    return answer.json()


def plan(service: Running, **limit: Any) -> str:
    body = {"problem": problem_document(read_problem(SMALL_CITY).problem)}
    return str(ask(service, "POST", "/v1/plans", json=body | limit)["id"])


def job(service: Running, name: str) -> dict[str, Any]:
    return dict(ask(service, "GET", f"/v1/jobs/{name}"))


def test_a_job_is_taken_over_once_from_a_service_that_was_killed(url: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        words = ("serve", "--port", 0, "--database", url, "--beside")
        folders = [tmp_path / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir()
        first, second = (stack.enter_context(running(*words, folder=folder)) for folder in folders)
        for service in (first, second):
            assert ask(service, "GET", "/readyz")["status"] == "ready"
        # What one takes on the other one, which leads, runs; who asked learns the end of it.
        short = plan(second, iterations=20)
        address = f"{second.address}/v1/jobs/{short}/events"
        with httpx2.stream("GET", address, timeout=LONGEST_S, verify=NO_TLS) as events:
            done = next(line for line in events.iter_lines() if '"state"' in line)
        assert json.loads(done.partition(":")[2])["state"] == "succeeded"
        stopped = plan(second, time_limit_s=LONG_S)
        wait_until(lambda: job(first, stopped)["state"] == "running")
        ask(second, "DELETE", f"/v1/jobs/{stopped}")
        wait_until(lambda: job(second, stopped)["state"] == "stopped")
        long = plan(second, iterations=150)
        wait_until(lambda: job(second, long)["state"] == "running")
        first.end(signal.SIGKILL)
        wait_until(lambda: job(second, long)["state"] == "succeeded")
        assert job(second, long)["attempt"] == 2
        assert ask(second, "GET", "/readyz")["status"] == "ready"
    with closing(Database(url)) as database, database.read() as tx:
        made = select(func.count()).select_from(plan_versions)
        assert tx.execute(made.where(plan_versions.c.job == long)).scalar_one() == 1
