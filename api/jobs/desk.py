"""What the process of a job does with its assignment; the process itself is ``api.jobs.child``."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from threading import Thread
from time import monotonic
from typing import IO, Any

from api.jobs.frames import HALT_FILE, Kind, read_frame, write_document, write_frame
from api.life.pins import keyed
from api.problem_details import detail_of, problem_detail
from api.storage.jobs import SCENARIO
from optimizer.check import check, ensure_same_problem, kpis
from optimizer.domain.errors import ColdgridError
from optimizer.domain.limit import Halt, HaltFile, Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.executors.processes import processes
from optimizer.formats.plan_json import dump_plan
from optimizer.formats.plan_reading import plan_from_document
from optimizer.formats.problem_reading import problem_from_document
from optimizer.planning.synchronise import Progress
from optimizer.replan import Held, replan
from optimizer.solve import solve
from optimizer.travel.means import TravelMeans
from optimizer.travel.open_provider import open_provider
from optimizer.travel.provider import TravelProvider


class Desk:
    """One job on the desk of this process.

    Parameters
    ----------
    assignment
        What the service said of the job.
    problem
        The day.
    base
        The plan to judge, or to begin with.
    reports
        Where progress and the answer go.
    """

    def __init__(
        self, assignment: Mapping[str, Any], problem: Problem, base: Plan | None, reports: IO[bytes]
    ) -> None:
        self._assignment = assignment
        self._request: Mapping[str, Any] = assignment["request"]
        self._problem = problem
        self._base = base
        self._reports = reports
        self._begun = monotonic()

    def answer(self) -> Plan:
        """Do what the assignment says.

        Raises
        ------
        ColdgridError
            It cannot be done.
        """
        folder = self._assignment["travel_folder"]
        travel = open_provider(
            self._problem.travel,
            None if folder is None else Path(folder),
            sites=self._problem.sites,
            means=TravelMeans.from_document(self._assignment["travel_means"]),
        )
        if self._assignment["kind"] == "judge":
            return self._judged(travel)
        return self._planned(travel)

    def _judged(self, travel: TravelProvider) -> Plan:
        assert self._base is not None
        ensure_same_problem(self._problem, self._base)
        report = check(self._problem, self._base, travel)
        return replace(self._base, check=report, kpis=kpis(self._problem, self._base))

    def _planned(self, travel: TravelProvider) -> Plan:
        halt = HaltFile(Path(self._assignment["folder"]) / HALT_FILE)
        with _place(self._assignment, halt) as place:
            means: dict[str, Any] = {
                "travel": travel,
                "limit": Limit(**self._request["limit"], halt=place.halt),
                "seed": self._request["seed"],
                "executor": place.executor,
                "workers": place.workers,
                "engine": self._request["engine"],
                "listener": self._report,
            }
            if self._base is None:
                return solve(self._problem, **means)
            return replan(self._problem, self._held(self._base), **means)

    def _held(self, base: Plan) -> Held:
        return Held(
            plan=base,
            frozen=frozenset(self._request["frozen"]),
            # A pin outlives its line: the dispatcher may have taken the line out since.
            pins=keyed(self._problem, self._request["pins"]),
            earliest=self._request["earliest"],
            # Requests that were stored by an earlier release settle nothing.
            settled={van: tuple(s) for van, s in self._request.get("settled", {}).items()},
        )

    def _report(self, progress: Progress) -> None:
        document = {
            "objective_cents": progress.objective_cents,
            "unserved": progress.unserved,
            "elapsed_s": round(monotonic() - self._begun, 3),
            "stage": progress.stage,
            "done": progress.done,
            "of": progress.of,
        }
        write_document(self._reports, Kind.PROGRESS, document)


def work(commands: IO[bytes], reports: IO[bytes]) -> None:
    """Carry out one assignment and report the answer, or why there is none."""
    told = read_frame(commands)
    question = read_frame(commands)
    base = read_frame(commands)
    if told is None or question is None or base is None:
        return
    assignment = told.document()
    Thread(target=_leave_with_service, args=(commands, assignment["folder"]), daemon=True).start()
    try:
        if assignment["kind"] == SCENARIO:
            # A whole simulated day to load, which no other job needs.
            from api.jobs.scenario_desk import scenario_answer  # noqa: PLC0415

            with _executor(assignment["workers"]) as executor:
                result = scenario_answer(assignment, question.body, base.body, reports, executor)
            write_document(reports, Kind.FIGURES, {})
            write_frame(reports, Kind.PLAN, result)
            return
        plan = _desk(assignment, question.body, base.body, reports).answer()
        figures = {
            "feasible": plan.check is not None and plan.check.feasible,
            "objective_cents": plan.cost.total,
            "unserved": len(plan.unserved),
        }
        write_document(reports, Kind.FIGURES, figures)
        write_frame(reports, Kind.PLAN, dump_plan(plan))
    except ColdgridError as error:
        document = problem_detail(error, _path(assignment))
        write_document(reports, Kind.FAILED, document)
    except Exception as error:  # noqa: BLE001 - the job's owner must hear of any defect
        traceback.print_exc()
        message = f"{type(error).__name__}: {error}"
        document = detail_of("CG-7101", message, _path(assignment))
        write_document(reports, Kind.FAILED, document)


def _desk(assignment: Mapping[str, Any], question: bytes, base: bytes, reports: IO[bytes]) -> Desk:
    problem = problem_from_document(json.loads(question), name=assignment["problem_name"]).problem
    plan = plan_from_document(json.loads(base)) if base else None
    return Desk(assignment, problem, plan, reports)


def _path(assignment: Mapping[str, Any]) -> str:
    return f"/v1/jobs/{assignment['job']}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where grids are planned, how many at a time, and how they hear that somebody wants the plan.

    The halt is a file for processes of this machine, and a word for a cluster, which does not see
    our files.
    """

    executor: Executor
    workers: int
    halt: Halt


@contextmanager
def _place(assignment: Mapping[str, Any], halt: Halt) -> Iterator[_Place]:
    scheduler: str = assignment["scheduler"]
    if scheduler:
        # Most services have no cluster.
        from optimizer.executors.dask_cluster import dask_cluster  # noqa: PLC0415

        with dask_cluster(scheduler, asker=halt) as cluster:
            yield _Place(executor=cluster.executor, workers=cluster.threads, halt=cluster.halt)
    else:
        workers: int = assignment["workers"]
        with _executor(workers) as executor:
            yield _Place(executor=executor, workers=workers, halt=halt)


@contextmanager
def _executor(workers: int) -> Iterator[Executor]:
    """Plan grids in this process where one at a time is enough: it has loaded the solvers."""
    if workers > 1:
        with processes(workers) as many:
            yield many
    else:
        with ThreadPoolExecutor(max_workers=1) as one:
            yield one


def _leave_with_service(commands: IO[bytes], folder: str) -> None:
    """Wait for the service to go, then end this process and all that it started."""
    while commands.read(1):
        pass
    rmtree(folder, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)
