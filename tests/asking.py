"""A service that takes on jobs and begins none, and small helpers to ask it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from api.schemas.questions import EXAMPLE_PROBLEM
from api.storage import jobs, problems
from api.wiring import Wiring
from optimizer.domain.problem import Problem
from optimizer.formats.problem_reading import problem_from_document
from tests.conftest import ROOT
from tests.serving import StandingClock, wired

SMALL_CITY = ROOT / "data" / "samples" / "small_city"
TABLES = ("sites", "vehicles", "orders", "stock")
WAIT_S = 60
POLL_S = 0.05


@contextmanager
def parked(
    folder: Path, *, clock: StandingClock | None = None, **changes: Any
) -> Iterator[tuple[TestClient, Wiring]]:
    """Give a service whose jobs all stay queued: it answers, but it was never started."""
    wiring = wired(folder, clock=clock, **changes)
    client = TestClient(
        create_app(wiring),
        base_url="http://localhost",
        client=("127.0.0.1", 50000),
        raise_server_exceptions=False,
    )
    try:
        yield client, wiring
    finally:
        wiring.stop()


def plan_body(**changes: Any) -> dict[str, Any]:
    """Give a body that asks for a plan of one street."""
    return {"problem": EXAMPLE_PROBLEM, "iterations": 5, **changes}


def city_parts(*, encoding: str = "utf-8") -> dict[str, tuple[str, bytes]]:
    """Give the sample city as the file parts of a form, in some encoding."""
    files = {name: f"{name}.csv" for name in TABLES} | {"settings": "settings.yaml"}
    return {
        name: (file, (SMALL_CITY / file).read_text("utf-8").encode(encoding))
        for name, file in files.items()
    }


def problem_of(wiring: Wiring, job: str) -> Problem:
    """Give the problem of a job, as it was stored."""
    with wiring.database.read() as tx:
        row = jobs.find(tx, job)
        assert row is not None
        stored = problems.find(tx, row.problem)
    assert stored is not None
    return problem_from_document(json.loads(stored.document), name=stored.name).problem


def events_of(client: TestClient, job: str, **headers: str) -> list[tuple[str, str, Any]]:
    """Follow a job to its end; id, name and data of every event."""
    answer = client.get(f"/v1/jobs/{job}/events", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.replace("\r\n", "\n").strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait, with a bound, until something holds."""
    pause = Event()
    for _ in range(round(WAIT_S / POLL_S)):
        if holds():
            return
        pause.wait(POLL_S)
    raise AssertionError(f"it did not come true within {WAIT_S} s")


def children_of(job: str) -> list[int]:
    """Give the processes that work on a job: those that bear its folder are its children."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
            variables = (folder / "environ").read_bytes()
        except OSError:
            # It has ended meanwhile, or is somebody else's.
            continue
        if b"api.jobs.child" in words and f"COLDGRID_JOB={job}".encode() in variables:
            found.append(int(folder.name))
    return found
