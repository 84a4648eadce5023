"""A run whose process ends, or is ended, at moments when it is least convenient."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from api.jobs.run import Material, Run
from api.jobs.settling import Broken, Finished
from api.schemas.questions import EXAMPLE_PROBLEM
from api.storage.jobs import JobRow
from tests.asking import children_of, wait_until
from tests.job_rows import job_row

LARGE = Material(problem_name="large", problem=b" " * 20_000_000)
"""More than a pipe takes: the service still writes while the process loads its libraries."""

ENDS_AT_MOST_S = 60


def job() -> JobRow:
    request = {"limit": {"iterations": 5}, "seed": 1, "engine": "portfolio"}
    return replace(job_row(f"job-{uuid4().hex}"), request=request)


@pytest.fixture
def run() -> Iterator[Run]:
    """Give a job that nobody works on yet."""
    one = Run(job(), travel_folder=None, workers=1)
    yield one
    one.close()


def heard_nothing(_progress: Mapping[str, Any]) -> None:
    raise AssertionError("there is nothing to hear")


@pytest.mark.parametrize("by_service", [True, False])
def test_a_process_that_goes_while_it_is_told_its_task_is_a_process_gone(
    run: Run, by_service: bool
) -> None:
    with ThreadPoolExecutor(max_workers=1) as pool:
        work = pool.submit(run.carry_out, LARGE, heard_nothing)
        wait_until(lambda: bool(children_of(run.job.id)))
        if by_service:
            run.kill("the test ends it")
        else:
            os.kill(children_of(run.job.id)[0], signal.SIGKILL)
        outcome = work.result(ENDS_AT_MOST_S)
    assert isinstance(outcome, Broken)
    assert outcome.cause["code"] == "CG-7102"
    assert "exit status -9" in outcome.cause["detail"]
    assert ("the test ends it" in outcome.cause["detail"]) is by_service
    assert children_of(run.job.id) == []


def test_a_process_is_ended_where_nobody_can_hear_it(run: Run) -> None:
    """Otherwise the job waits for a process that waits for somebody to read what it writes."""
    problem = Material(problem_name="street", problem=json.dumps(EXAMPLE_PROBLEM).encode())

    def deaf(_progress: Mapping[str, Any]) -> None:
        raise LookupError("nobody there")

    with pytest.raises(LookupError, match="nobody there"):
        run.carry_out(problem, deaf)
    assert children_of(run.job.id) == []


def test_killing_what_has_ended_harms_nobody(run: Run) -> None:
    problem = Material(problem_name="street", problem=json.dumps(EXAMPLE_PROBLEM).encode())
    assert isinstance(run.carry_out(problem, lambda _: None), Finished)
    run.kill("too late")
    run.finish(ENDS_AT_MOST_S)


def test_a_process_that_does_not_finish_when_told_is_ended(run: Run) -> None:
    """It cannot: it is still being told its task. Told twice it has no more time than told once."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        work = pool.submit(run.carry_out, LARGE, heard_nothing)
        wait_until(lambda: bool(children_of(run.job.id)))
        run.finish(0.1)
        run.finish(ENDS_AT_MOST_S)
        outcome = work.result(ENDS_AT_MOST_S)
    assert isinstance(outcome, Broken)
    assert "told to finish and had not done so 0.1 s later" in outcome.cause["detail"]
