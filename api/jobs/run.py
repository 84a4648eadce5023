"""One job from the start of its process to the process's end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any

from api.jobs.folders import JobFolder
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
from optimizer.travel.means import NO_MEANS, TravelMeans

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
        Where travel files lie; None where the operator named none.
    workers
        Processes that plan grids.
    travel_means
        Servers and cache of this machine.
    scheduler
        Of the Dask cluster that plans grids; empty for this machine.
    """

    def __init__(
        self,
        job: JobRow,
        *,
        travel_folder: Path | None,
        workers: int,
        travel_means: TravelMeans = NO_MEANS,
        scheduler: str = "",
    ) -> None:
        self.job = job
        self._travel_folder = travel_folder
        self._travel_means = travel_means
        self._workers = workers
        self._scheduler = scheduler
        self._folder = JobFolder()
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._killed: str | None = None
        self._last_call: Timer | None = None

    def finish(self, patience_s: float) -> None:
        """Tell the solver to finish and keep its best; it does so within seconds.

        Parameters
        ----------
        patience_s
            One that has not by then is ended: it must not hold its place for ever.
        """
        with self._lock:
            if self._last_call is not None or not self._folder.path.is_dir():
                return
            HaltFile(self._folder.path / HALT_FILE).ask()
            why = f"it was told to finish and had not done so {patience_s:g} s later"
            self._last_call = Timer(patience_s, self.kill, [why])
            self._last_call.daemon = True
            self._last_call.start()

    def kill(self, why: str) -> None:
        """End the process and all that it started.

        Parameters
        ----------
        why
            What the job's owner reads, as the end of a sentence.
        """
        with self._lock:
            self._killed = self._killed or why
            if self._process is not None:
                _kill_group(self._process)

    def carry_out(self, material: Material, hear: Hear) -> Finished | Broken:
        """Work until there is an answer, or the process has gone."""
        with self._lock:
            if self._killed:
                return self._vanished("it never began")
            self._process = _started(self.job.id)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        reason = "it ended without an answer"
        answer: Finished | Broken | None = None
        try:
            self._assign(process.stdin, material)
            answer = _listen(process.stdout, hear)
            if answer is None:
                # It is about to end by itself: its exit status says why.
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        except (BrokenFrame, BrokenPipeError) as error:
            reason = str(error)
        finally:
            code = self._ended(process)
        return answer or self._vanished(reason, f" (exit status {code})")

    def close(self) -> None:
        """Remove what the job has left on disk."""
        with self._lock:
            if self._last_call is not None:
                self._last_call.cancel()
            self._folder.close()

    def _assign(self, commands: IO[bytes], material: Material) -> None:
        assignment = {
            "job": self.job.id,
            "kind": self.job.kind,
            "request": self.job.request,
            "problem_name": material.problem_name,
            "travel_folder": None if self._travel_folder is None else str(self._travel_folder),
            "travel_means": self._travel_means.document(),
            "workers": self._workers,
            "scheduler": self._scheduler,
            "folder": str(self._folder.path),
        }
        write_document(commands, Kind.ASSIGNMENT, assignment)
        write_frame(commands, Kind.PROBLEM, material.problem)
        write_frame(commands, Kind.BASE, material.base)

    def _ended(self, process: subprocess.Popen[bytes]) -> int:
        """End what is left of a process's group, wait for it, and give its exit status.

        Nobody listens to it any more, so it has nothing left to do, whatever came of it. A child
        that was killed leaves workers of its solver behind, in its group. The group's number is
        its own until the child is waited for, so that comes last.
        """
        with self._lock:
            _kill_group(process)
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                # What it was still to be told, nobody reads any more.
                with suppress(BrokenPipeError):
                    stream.close()
            self._process = None
            return process.wait()

    def _vanished(self, reason: str, status: str = "") -> Broken:
        message = f"the process of job {self.job.id} has gone: {self._killed or reason}{status}"
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


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started; it must not have been waited for yet.

    Asking the process whether it lives would wait for it and free its number for another one.
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


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
