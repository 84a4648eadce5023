"""One job from the start of its process to the process's end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import IO, Any

from api.jobs.frames import (
    HALT_FILE,
    BrokenFrame,
    Frame,
    Kind,
    read_frame,
    write_document,
    write_frame,
)
from api.jobs.settling import Broken, Finished
from api.problem_details import detail_of
from api.storage.jobs import JobRow
from optimizer.domain.limit import HaltFile

Hear = Callable[[Mapping[str, Any]], None]
"""Called with the progress of a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a job works on.

    Parameters
    ----------
    problem_name
        The id of the problem unless its document gives one.
    problem
        The problem's JSON form.
    base
        PLAN.json to judge or to begin with; empty where there is none.
    """

    problem_name: str
    problem: bytes
    base: bytes = b""


class Run:
    """A job that is being worked on; stop and kill it from any thread.

    Parameters
    ----------
    job
        The job.
    travel_folder
        Where matrix files lie; None where the operator named none.
    workers
        Processes that plan grids.
    """

    def __init__(self, job: JobRow, *, travel_folder: Path | None, workers: int) -> None:
        self.job = job
        self._travel_folder = travel_folder
        self._workers = workers
        self._folder = Path(tempfile.mkdtemp(prefix="coldgrid-job-"))
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False

    def finish(self) -> None:
        """Tell the solver to finish and keep its best; it does so within seconds."""
        with self._lock:
            if self._folder.is_dir():
                HaltFile(self._folder / HALT_FILE).ask()

    def kill(self) -> None:
        """End the process and all that it started."""
        with self._lock:
            self._killed = True
            if self._process is not None and self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)

    def carry_out(self, material: Material, hear: Hear) -> Finished | Broken:
        """Work until there is an answer, or the process has gone."""
        with self._lock:
            if self._killed:
                return self._vanished("it was ended before it began")
            self._process = _started(self.job.id)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        reason = "it ended without an answer"
        answer: Finished | Broken | None = None
        try:
            self._assign(process.stdin, material)
            answer = _listen(process.stdout, hear)
        except (BrokenFrame, BrokenPipeError) as error:
            reason = str(error)
            self.kill()
        finally:
            code = _ended(process, at_once=answer is not None)
        return answer or self._vanished(f"{reason} (exit status {code})")

    def close(self) -> None:
        """Remove what the job has left on disk."""
        with self._lock:
            rmtree(self._folder, ignore_errors=True)

    def _assign(self, commands: IO[bytes], material: Material) -> None:
        assignment = {
            "job": self.job.id,
            "kind": self.job.kind,
            "request": self.job.request,
            "problem_name": material.problem_name,
            "travel_folder": None if self._travel_folder is None else str(self._travel_folder),
            "workers": self._workers,
            "folder": str(self._folder),
        }
        write_document(commands, Kind.ASSIGNMENT, assignment)
        write_frame(commands, Kind.PROBLEM, material.problem)
        write_frame(commands, Kind.BASE, material.base)

    def _vanished(self, reason: str) -> Broken:
        message = f"the process of job {self.job.id} has gone: {reason}"
        return Broken(cause=detail_of("CG-7102", message, f"/v1/jobs/{self.job.id}"))


def _started(job: str) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own: Ctrl-C at a terminal is not for it.

    Operators who look at a busy process find the job's name in its environment.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "api.jobs.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"COLDGRID_JOB": job},
    )


def _ended(process: subprocess.Popen[bytes], *, at_once: bool) -> int:
    """Wait for a process, end what is left of its group, and give its exit status.

    A child that was killed leaves workers of its solver behind, in its group. The group's number
    is its own until the child is waited for, so that comes last.
    """
    if not at_once:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        # What it was still to be told, nobody reads any more.
        with suppress(BrokenPipeError):
            stream.close()
    return process.wait()


def _listen(reports: IO[bytes], hear: Hear) -> Finished | Broken | None:
    """Pass progress on until the answer comes; None where the process ends without one."""
    figures: dict[str, Any] | None = None
    frame: Frame | None
    while (frame := read_frame(reports)) is not None:
        if frame.kind is Kind.PROGRESS:
            hear(frame.document())
        elif frame.kind is Kind.FIGURES:
            figures = frame.document()
        elif frame.kind is Kind.FAILED:
            return Broken(cause=frame.document())
        elif frame.kind is Kind.PLAN and figures is not None:
            return Finished(figures=figures, document=frame.body)
    return None
