"""``coldgrid serve`` and ``demo`` as operators meet them: addresses, refusals, signals, logs."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.storage import jobs
from api.storage.database import Database
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import problem_document
from tests.asking import wait_until
from tests.features.command_line import SMALL_CITY
from tests.running import LONGEST_S, NO_TLS, Running, all_gone, left_of, running

pytestmark = pytest.mark.slow

LONG_JOB_S = 300


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    words = ("serve", "--port", 0, "--database", f"sqlite:///{tmp_path}/coldgrid.db")
    with running(*words, folder=tmp_path, COLDGRID_LOG_FORMAT="json") as one:
        yield one


def _long_job(service: Running) -> dict[str, Any]:
    body = {"problem": problem_document(read_problem(SMALL_CITY).problem)}
    answer = httpx2.post(
        f"{service.address}/v1/plans",
        json=body | {"time_limit_s": LONG_JOB_S},
        timeout=LONGEST_S,
        verify=NO_TLS,
    )
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def test_it_ends_in_order_and_its_jobs_wait_for_the_next_start(
    service: Running, tmp_path: Path
) -> None:
    assert len(service.said.splitlines()) == 1
    assert "Ctrl-C stops it" in service.said
    job = _long_job(service)
    address = f"{service.address}/v1/jobs/{job['id']}/events"
    with httpx2.stream("GET", address, timeout=LONGEST_S, verify=NO_TLS) as stream:
        lines = stream.iter_lines()
        # The job works once it has said how far it is.
        next(line for line in lines if "progress" in line)
        assert len(left_of(service.mark)) > 1
        assert service.end(signal.SIGTERM) == 0
        assert "event: done" not in list(lines)
    assert all_gone(service.mark)
    with closing(Database(f"sqlite:///{tmp_path}/coldgrid.db")) as database, database.read() as tx:
        row = jobs.find(tx, job["id"])
    assert row is not None
    assert (row.state, row.attempt) == (jobs.QUEUED, 1)
    _lines_are_json_and_name_no_trace(service.log)


def _lines_are_json_and_name_no_trace(log: Path) -> None:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"request", "job begins"} <= {line["event"] for line in lines}
    assert [line for line in lines if line["level"] in {"error", "critical"}] == []


def test_the_demo_serves_what_it_names(tmp_path: Path) -> None:
    words = (
        "demo", "--port", 0, "--time-limit", 1, "--exit-after", LONG_JOB_S,
        "--out", tmp_path / "demo",
    )  # fmt: skip
    with running(*words, folder=tmp_path) as one:
        said = one.said + _rest(one)
        addresses = re.findall(r"http://\S+/\S+", said)
        assert len(addresses) >= 8
        for address in addresses:
            answer = httpx2.get(address, timeout=LONGEST_S, verify=NO_TLS)
            assert answer.status_code == 200, (address, answer.text)
        at = addresses[0].rsplit("/", 1)[0]
        cases: list[dict[str, Any]] = []

        def is_found() -> bool:
            cases.extend(httpx2.get(f"{at}/v1/reroutes", verify=NO_TLS).json()["items"])
            return bool(cases)

        wait_until(is_found)
        assert httpx2.get(f"{at}/healthz", verify=NO_TLS).headers.get("server") is None
        # Ctrl-C is a good end too.
        assert one.end(signal.SIGINT) == 0
    made = tmp_path / "demo"
    assert "check: feasible" in said
    assert f"It stops after {LONG_JOB_S} s." in said
    assert (made / "plan.json").is_file()
    assert (made / "registry" / "sensors.csv").is_file()
    # Fleet and monitor have ended with it, and in order.
    assert "messages" in (made / "monitor.log").read_text("utf-8").splitlines()[-1]
    assert "confirmed" in (made / "fleet.log").read_text("utf-8")
    # The van that has lost its cold is on the road, and there are ways out.
    assert (cases[0]["plan"], cases[0]["vehicle"], cases[0]["state"]) == ("plan-demo", "V1", "open")
    assert {each["kind"] for each in cases[0]["ranking"]} > {"carry_on"}


def _rest(one: Running) -> str:
    """Read on to the last line of the demo's greeting."""
    assert one.process.stdout is not None
    lines = iter(one.process.stdout.readline, "")
    said = ""
    for line in lines:
        said += line
        if "It stops after" in line:
            break
    return said
