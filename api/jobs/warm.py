"""A process that is kept warm for questions of seconds, and those who ask it, one at a time.

Solvers hold the interpreter's lock for a second and more. In a process of its own a computation
leaves the service free to answer people, and the process has loaded the solvers and knows the
plans of the day before somebody asks. A process that dies is begun anew with the next question.
"""

from __future__ import annotations

import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Protocol

from api.jobs.frames import BrokenFrame, Kind, read_frame, write_document, write_frame
from api.problem_details import Refusal
from optimizer.domain.errors import ColdgridError
from optimizer.travel.means import NO_MEANS, TravelMeans

PATIENCE_S = 60.0
"""A question that takes longer is given up, and its process ended."""

PROGRAM = ("-P", "-m", "api.jobs.answering")

GONE = "CG-7805"

KEPT = 4
"""Problems and plans that the process keeps open; both sides count along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked about a plan.

    Parameters
    ----------
    problem, plan
        Names under which the documents are remembered: equal names, equal documents.
    problem_name
        The id of the problem unless its document gives one.
    problem_document, plan_document
        Give the documents, where the process does not know them yet.
    asked
        Disruptions, what is reserved, limit and seed.
    """

    problem: str
    plan: str
    problem_name: str
    problem_document: Callable[[], bytes]
    plan_document: Callable[[], bytes]
    asked: Mapping[str, Any]


class Answerer(Protocol):
    """Whoever answers questions."""

    def answer(self, question: Question) -> dict[str, Any]:
        """Answer one.

        Raises
        ------
        ColdgridError
            It cannot be answered.
        """
        ...

    def warm_up(self) -> None:
        """Get ready: somebody may ask soon."""
        ...

    def close(self) -> None:
        """End."""
        ...


class WarmProcess:
    """Answers in a process beside the service; safe for several threads.

    Parameters
    ----------
    travel_folder
        Where travel files lie; None where the operator named none.
    travel_means
        Servers and cache of this machine.
    patience_s
        How long an answer may take.
    """

    def __init__(
        self,
        *,
        travel_folder: Path | None,
        travel_means: TravelMeans = NO_MEANS,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._travel = {
            "travel_folder": None if travel_folder is None else str(travel_folder),
            "travel_means": travel_means.document(),
        }
        self._patience_s = patience_s
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._problems = _Names()
        self._plans = _Names()
        self._closed = False

    def warm_up(self) -> None:
        """Begin the process, if there is none yet, and do not wait for it."""
        with self._lock:
            self._started()

    def answer(self, question: Question) -> dict[str, Any]:
        """Answer one question after the other.

        Raises
        ------
        ColdgridError
            It cannot be answered; ``CG-7805`` where the process has gone.
        """
        with self._lock:
            process = self._started()
            overdue = Timer(self._patience_s, process.kill)
            overdue.daemon = True
            overdue.start()
            try:
                return self._asked(process, question)
            except (BrokenFrame, BrokenPipeError) as error:
                self._end(process)
                raise Refusal(GONE, f"the process that computes ways out: {error}") from error
            except BaseException:
                # What it knows is not certain any more.
                self._forget_if_dead(process)
                raise
            finally:
                overdue.cancel()

    def close(self) -> None:
        """End the process; a question under way is answered first."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._end(self._process)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise Refusal(GONE, "the service stops")
        if self._process is not None and self._process.poll() is not None:
            self._end(self._process)
        if self._process is None:
            self._problems, self._plans = _Names(), _Names()
            # In a session of its own: Ctrl-C at a terminal is not for it.
            self._process = subprocess.Popen(
                [sys.executable, *PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        return self._process

    def _asked(self, process: subprocess.Popen[bytes], question: Question) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        names = {
            "problem": question.problem,
            "plan": question.plan,
            "problem_name": question.problem_name,
        }
        # Read before anything is sent: a question is sent whole or not at all.
        problem = b"" if question.problem in self._problems else question.problem_document()
        plan = b"" if question.plan in self._plans else question.plan_document()
        write_document(process.stdin, Kind.ASSIGNMENT, {**question.asked, **names, **self._travel})
        write_frame(process.stdin, Kind.PROBLEM, problem)
        write_frame(process.stdin, Kind.BASE, plan)
        told = read_frame(process.stdout)
        if told is None:
            raise BrokenFrame("it ended without an answer")
        if told.kind is Kind.FAILED:
            # It may have read one document and not the other: begin anew, with all of them.
            self._end(process)
            failed = told.document()
            raise ColdgridError(failed["code"], failed["message"])
        self._problems.touch(question.problem)
        self._plans.touch(question.plan)
        return told.document()

    def _forget_if_dead(self, process: subprocess.Popen[bytes]) -> None:
        if self._process is process and process.poll() is not None:
            self._end(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            # What it was still to be told, nobody reads any more.
            with suppress(BrokenPipeError):
                stream.close()
        process.wait()
        self._process = None


class _Names:
    """Names of what the process keeps, in the order in which it forgets them."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def touch(self, name: str) -> None:
        self._names[name] = None
        self._names.move_to_end(name)
        while len(self._names) > KEPT:
            self._names.popitem(last=False)
