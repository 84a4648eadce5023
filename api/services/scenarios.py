"""Scenarios over HTTP: the catalogue, faults of a file, runs as jobs, their answers and pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api.problem_details import Refusal
from api.security.principal import Principal
from api.services.asked import Question
from api.services.plan_book import PlanBook
from api.services.plan_wanted import InlineProblem, StoredProblem
from api.services.planning import Planning, Submitted
from api.services.questions import Questions
from api.storage import jobs, scenario_results
from api.storage.database import Database, Transaction
from api.storage.jobs import SCENARIO, SUCCEEDED, JobRow
from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.problem import Problem
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import problem_document
from scenarios.report import Language, page
from scenarios.results import ScenarioResult, result_from_bytes

# A scenario file may name all that solvers do; they are loaded with the first question, for a
# service starts more often than a planner asks it.
if TYPE_CHECKING:
    from scenarios.spec import Scenario

MOST_PLANS = 200
"""Variants times seeds of one run: some ten seconds of a core each."""

PLACE = re.compile(r" line (\d+) column (\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """The problem that a plan answers, as a base."""

    plan: str


BaseWanted = InlineProblem | StoredProblem | StoredPlan | None
"""What a scenario starts from; None is the sample that the catalogue was written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWanted:
    """What somebody wants run.

    Parameters
    ----------
    name
        What people call the file, without its ending; a catalogue's name where there is no file.
    file
        The scenario; None takes the catalogue's of that name.
    base
        What it starts from; the ``base`` of a file is a path and is not followed.
    seeds, iterations
        Instead of those of the file.
    """

    name: str
    file: str | None
    base: BaseWanted
    seeds: Sequence[int] | None = None
    iterations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A scenario that has no fault, with its base."""

    text: str
    scenario: Scenario
    question: Question
    seeds: Sequence[int]
    iterations: int


class Scenarios:
    """Reads scenarios, has them run, and gives what came of them.

    Parameters
    ----------
    order_lines
        Lines that a day may have after the overrides.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        planning: Planning,
        questions: Questions,
        *,
        order_lines: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._book = book
        self._planning = planning
        self._questions = questions
        self._order_lines = order_lines
        self._clock = clock

    def catalogue(self) -> dict[str, Scenario]:
        """Give the scenarios that come with coldgrid, by name."""
        from scenarios.catalogue import catalogue

        return catalogue()

    def file(self, name: str) -> str:
        """Give a file of the catalogue.

        Raises
        ------
        Refusal
            There is none of this name.
        """
        from scenarios.catalogue import catalogue_path

        path = catalogue_path(name)
        if path is None:
            raise Refusal("CG-7001", f"there is no scenario {name} in the catalogue")
        return path.read_text(encoding="utf-8")

    def faults(self, wanted: RunWanted) -> Sequence[Fault]:
        """Read a file and apply every override to its base, without planning anything.

        Raises
        ------
        Refusal
            A name or the base does not exist, or the run is too large.
        """
        try:
            self._read(wanted)
        except InputRefused as refusal:
            return refusal.faults
        return ()

    def submit(
        self, wanted: RunWanted, caller: Principal, *, key: str | None, digest: str
    ) -> Submitted:
        """Take on a run.

        Parameters
        ----------
        wanted
            What is wanted.
        caller
            Who wants it.
        key
            The sender's idempotency key.
        digest
            Names what was sent.

        Raises
        ------
        InputRefused
            The file has faults: all of them.
        Refusal
            A name or the base does not exist, the run is too large, or the queue is full.
        """
        read = self._read(wanted)
        request = {
            "name": wanted.name,
            "title": {"en": read.scenario.title.en, "zh": read.scenario.title.zh},
            "problem": read.question.problem.id,
            "variants": [one.name for one in read.scenario.variants],
            "seeds": list(read.seeds),
            "limit": {"iterations": read.iterations},
            "body_digest": digest,
        }
        row = read.question.row(self._clock())
        return self._planning.submit_run(row, read.text.encode(), request, caller, key=key)

    def runs(self, limit: int) -> list[JobRow]:
        """Give runs, the newest first."""
        with self._database.read() as tx:
            return jobs.newest(tx, limit=limit, kind=SCENARIO)

    def run(self, run: str) -> JobRow:
        """Give the job of a run.

        Raises
        ------
        Refusal
            There is no such run.
        """
        with self._database.read() as tx:
            return _job(tx, run)

    def document(self, run: str) -> bytes:
        """Give the answer of a run: coldgrid/scenario-result/1.

        Raises
        ------
        Refusal
            There is no such run, or it has no answer.
        """
        with self._database.read() as tx:
            job = _job(tx, run)
            found = scenario_results.find(tx, job.id) if job.state == SUCCEEDED else None
        if found is None:
            raise Refusal("CG-1619", f"run {run} is {job.state}")
        return found

    def result(self, run: str) -> ScenarioResult:
        """Give the answer of a run, read.

        Raises
        ------
        Refusal
            There is no such run, or it has no answer.
        """
        return result_from_bytes(self.document(run))

    def report(self, run: str, language: Language) -> str:
        """Write the page of a run.

        Raises
        ------
        Refusal
            There is no such run, or it has no answer.
        """
        return page(self.result(run), language)

    def progress(self, job: JobRow) -> Any:  # noqa: ANN401 - JSON
        """Give the last that was heard of a run that is going on."""
        return self._planning.progress(job.id) if job.is_open else None

    def _read(self, wanted: RunWanted) -> _Read:
        from scenarios.reading import scenario_from_text

        text = self.file(wanted.name) if wanted.file is None else wanted.file
        scenario = scenario_from_text(text, f"{wanted.name}.yaml")
        seeds = tuple(wanted.seeds or scenario.seeds)
        plans = len(scenario.variants) * len(seeds)
        if plans > MOST_PLANS:
            raise Refusal("CG-1618", f"{plans} plans, and one run makes at most {MOST_PLANS}")
        question = self._base(wanted.base)
        self._ensure_fits(scenario, seeds[0], question.problem)
        return _Read(
            text=text,
            scenario=scenario,
            question=question,
            seeds=seeds,
            iterations=wanted.iterations or scenario.iterations,
        )

    def _ensure_fits(self, scenario: Scenario, seed: int, problem: Problem) -> None:
        """Apply every variant to the base, so that a run does not fail after an hour."""
        from scenarios.applying import Base, applied

        base = Base(problem=problem, travel=self._book.travel(problem))
        found: dict[Fault, None] = {}
        for variant in scenario.variants:
            try:
                lines = len(applied(base, variant.steps, seed).problem.lines)
            except InputRefused as refusal:
                found.update(dict.fromkeys(refusal.faults))
                continue
            if lines > self._order_lines:
                said = f"{variant.name} has {lines} order lines, and at most {self._order_lines}"
                raise Refusal("CG-1618", f"{said} are planned")
        if found:
            raise InputRefused(list(found))

    def _base(self, wanted: BaseWanted) -> Question:
        if isinstance(wanted, InlineProblem):
            return self._questions.from_document(wanted.document, keep_good_rows=False)
        if isinstance(wanted, StoredProblem):
            return self._questions.from_store(
                wanted.network, wanted.order_set, with_resends=wanted.with_resends
            )
        if isinstance(wanted, StoredPlan):
            return _question(self._book.open(wanted.plan).problem)
        return _question(sample_day())


def _question(problem: Problem) -> Question:
    document = json.dumps(problem_document(problem), ensure_ascii=False).encode()
    return Question(problem=problem, document=document)


def sample_day() -> Problem:
    """Read the day that the catalogue was written for.

    Raises
    ------
    Refusal
        It is not there: coldgrid was installed without its checkout.
    """
    from scenarios.catalogue import catalogue

    where = next(iter(catalogue().values())).base
    if where is None or not where.is_dir():
        raise Refusal("CG-1613", f"{where} does not exist; name a plan or a problem as base")
    return read_problem(where).problem


def line_and_column(fault: Fault) -> tuple[int | None, int | None]:
    """Give where in its file a fault is; None where it is in no one place."""
    found = PLACE.search(fault.place)
    return (None, None) if found is None else (int(found[1]), int(found[2]))


def _job(tx: Transaction, run: str) -> JobRow:
    found = jobs.newest(tx, limit=1, plan=run, kind=SCENARIO)
    if not found:
        raise Refusal("CG-7001", f"there is no run {run}")
    return found[0]
