"""Plans are asked for, followed, stopped: each request is a job, and each job ends once."""
# Long because every kind of job is taken on under the same rules.

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Any

from api.jobs.feeds import Feeds
from api.jobs.runner import Runner
from api.jobs.settling import end_without_plan
from api.problem_details import Refusal
from api.security.principal import Principal
from api.services.asked import Question
from api.services.plan_wanted import ENGINE, PlanWanted, Understanding
from api.storage import job_materials, jobs, problems, resends
from api.storage.database import Clash, Database, Transaction
from api.storage.jobs import QUEUED, RUNNING, SCENARIO, STOPPED, JobRow
from api.storage.plans import PlanHead
from api.storage.problems import ProblemRow
from optimizer.domain.errors import Fault
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.plan_json import dump_plan
from optimizer.formats.problem_writing import problem_document

PLAN, REPLAN, JUDGE = "plan", "replan", "judge"
RETRY_AFTER_S = 10
"""When a request that found the queue full is worth repeating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A job that was taken on.

    Parameters
    ----------
    repeated
        Whether the same request had been taken on before.
    refused
        Faults of order rows that were left out.
    """

    job: JobRow
    repeated: bool = False
    refused: Sequence[Fault] = field(default=())
    order_rows: int = 0
    refused_rows: int = 0


class QueueFull(Refusal):
    """As many jobs wait as may wait."""

    def __init__(self, waiting: int) -> None:
        super().__init__("CG-7013", f"{waiting} jobs wait already, and no more may")
        self.headers = {"Retry-After": str(RETRY_AFTER_S)}


class Planning:
    """Takes on jobs and says how they are.

    Parameters
    ----------
    most_open
        Jobs that may run or wait at a time.
    """

    def __init__(
        self,
        database: Database,
        *,
        understanding: Understanding,
        runner: Runner,
        feeds: Feeds,
        most_open: int,
        clock: Callable[[], datetime],
    ) -> None:
        self.feeds = feeds
        self._database = database
        self._understanding = understanding
        self._runner = runner
        self._most_open = most_open
        self._clock = clock

    def submit(
        self, wanted: PlanWanted, caller: Principal, *, key: str | None, digest: str
    ) -> Submitted:
        """Take on a request for a plan.

        Parameters
        ----------
        wanted
            What is wanted.
        caller
            Who wants it.
        key
            The sender's idempotency key.
        digest
            Names what was sent, so that a key with another content is noticed.

        Raises
        ------
        InputRefused
            The problem has faults: all of them.
        Refusal
            Too much is asked, something that is named does not exist, or the key was used.
        """
        if key is not None:
            with self._database.read() as tx:
                before = jobs.asked_before(tx, caller.name, key)
            if before is not None:
                return _repeated(before, digest)
        with self._database.read() as tx:
            self._ensure_room(tx)
        while True:
            question, base = self._understanding.understood(wanted)
            row = question.row(self._clock())
            job = _Order(
                kind=PLAN if base is None else JUDGE,
                problem=row.id,
                plan=f"plan-{token_hex(8)}",
                request=_request(wanted, question, digest),
                caller=caller,
                key=key,
            ).job(self._clock())
            try:
                taken = self._take_on(job, row, base, question.resends)
            except _ResendGone:
                # Another plan has taken it along since; what is left is asked again.
                continue
            return Submitted(
                job=taken,
                repeated=taken.id != job.id,
                refused=question.refused,
                order_rows=question.order_rows,
                refused_rows=question.refused_rows,
            )

    def submit_replan(
        self,
        *,
        head: PlanHead,
        problem: Problem,
        base: Plan,
        frozen: frozenset[str],
        pins: Mapping[str, str],
        settled: Mapping[str, Sequence[str]] | None = None,
        earliest: int,
        limit: Limit,
        seed: int,
        reason: str,
        note: str,
        caller: Principal,
        idempotency_key: str | None,
        body_digest: str | None = None,
    ) -> JobRow:
        """Take on a new version of a plan; it is kept if the plan has not changed by then.

        Parameters
        ----------
        head
            The plan as the caller knows it.
        problem
            The day as it is asked now.
        base
            The version to begin with.
        frozen
            Ids of routes that stay.
        pins
            Vehicle per line, as ``order/line``; a line that is not asked any more is no fault.
        settled
            Per vehicle the sites with which its first open trip begins.
        earliest
            No new route departs before this second of the horizon.
        limit
            Seconds or iterations.
        seed
            Seed of every solver.
        reason, note
            What the version will say of itself.
        caller
            Who wants it.
        idempotency_key
            The sender's key.
        body_digest
            Names what was sent, so that a key with another content is noticed.

        Raises
        ------
        Refusal
            The queue is full, or the key was used for something else.
        """
        same = json.dumps([head.id, reason, note, seed, _limit(limit)])
        digest = body_digest or hashlib.sha256(same.encode()).hexdigest()
        request = {
            "limit": _limit(limit),
            "seed": seed,
            "engine": ENGINE,
            "name": head.name,
            "reason": reason,
            "note": note,
            "frozen": sorted(frozen),
            "pins": dict(pins),
            "settled": {van: list(sites) for van, sites in (settled or {}).items()},
            "earliest": earliest,
            "revision": head.revision,
            "body_digest": digest,
        }
        document = json.dumps(problem_document(problem), ensure_ascii=False).encode()
        row = Question(problem=problem, document=document).row(self._clock())
        job = _Order(
            kind=REPLAN,
            problem=row.id,
            plan=head.id,
            base_version=head.version,
            request=request,
            caller=caller,
            key=idempotency_key,
        ).job(self._clock())
        return self._take_on(job, row, dump_plan(base))

    def submit_run(
        self,
        problem: ProblemRow,
        file: bytes,
        request: Mapping[str, Any],
        caller: Principal,
        *,
        key: str | None,
    ) -> Submitted:
        """Take on a run of a scenario.

        Parameters
        ----------
        problem
            The base.
        file
            The scenario, YAML.
        request
            Name, limit and seeds, and the digest of what was sent.
        caller
            Who wants it.
        key
            The sender's idempotency key.

        Raises
        ------
        Refusal
            The queue is full, or the key was used for something else.
        """
        job = _Order(
            kind=SCENARIO,
            problem=problem.id,
            plan=f"run-{token_hex(8)}",
            request=request,
            caller=caller,
            key=key,
        ).job(self._clock())
        taken = self._take_on(job, problem, file)
        return Submitted(job=taken, repeated=taken.id != job.id)

    def job(self, job: str) -> JobRow:
        """Give a job.

        Raises
        ------
        Refusal
            There is none of this id.
        """
        with self._database.read() as tx:
            return _found(tx, job)

    def jobs(self, limit: int, plan: str | None = None) -> list[JobRow]:
        """Give jobs, the newest first."""
        with self._database.read() as tx:
            return jobs.newest(tx, limit=limit, plan=plan)

    def progress(self, job: str) -> Mapping[str, Any] | None:
        """Give the last that was heard of a running job."""
        return self.feeds.latest(job)

    def stop(self, job: str) -> JobRow:
        """Stop a job: one that waits ends at once, one that runs keeps its best and then ends.

        Raises
        ------
        Refusal
            There is no such job, or it has ended.
        """
        with self._database.write() as tx:
            # First the note, then the look: from the note on nobody else changes the job's state.
            noted = jobs.ask_to_stop(tx, job)
            found = _found(tx, job)
            if not noted:
                raise Refusal("CG-7104", f"job {job} has ended already: it {found.state}")
            if found.state == QUEUED:
                end_without_plan(tx, found, STOPPED, self._clock())
            after = _found(tx, job)
        if after.is_open:
            self._runner.finish(job)
        else:
            self._runner.tell_end(after)
        return after

    def _take_on(
        self,
        job: JobRow,
        problem: ProblemRow,
        base: bytes | None,
        along: Sequence[str] = (),
    ) -> JobRow:
        """Store a job with all that it needs; the earlier one where its key was used before."""
        try:
            with self._database.write() as tx:
                self._ensure_room(tx)
                problems.keep(tx, problem)
                jobs.add(tx, job)
                _take_along(tx, along, job.plan)
                if base is not None:
                    job_materials.keep(tx, job.id, base)
        except Clash:
            if job.idempotency_key is None:
                raise
            with self._database.read() as tx:
                before = jobs.asked_before(tx, job.created_by, job.idempotency_key)
            if before is None:
                raise
            return _repeated(before, job.request["body_digest"]).job
        self._runner.wake()
        return job

    def _ensure_room(self, tx: Transaction) -> None:
        waiting, running = jobs.count(tx, QUEUED), jobs.count(tx, RUNNING)
        if waiting + running >= self._most_open:
            raise QueueFull(waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What makes a new job."""

    kind: str
    problem: str
    plan: str
    request: Mapping[str, Any]
    caller: Principal
    key: str | None
    base_version: int | None = None

    def job(self, at: datetime) -> JobRow:
        return JobRow(
            id=f"job-{token_hex(8)}",
            kind=self.kind,
            state=QUEUED,
            problem=self.problem,
            request=self.request,
            plan=self.plan,
            base_version=self.base_version,
            result_version=None,
            attempt=0,
            stop_asked=False,
            cause=None,
            created_at=at,
            created_by=self.caller.name,
            started_at=None,
            finished_at=None,
            idempotency_key=self.key,
        )


class _ResendGone(Exception):
    """A row to send again has been taken along by another plan meanwhile."""


def _take_along(tx: Transaction, tasks: Sequence[str], plan: str) -> None:
    if not tasks:
        return
    if not {task for task, _ in resends.pending(tx)}.issuperset(tasks):
        raise _ResendGone
    resends.take(tx, tasks, plan)


def _request(wanted: PlanWanted, question: Question, digest: str) -> dict[str, Any]:
    return {
        "limit": _limit(wanted.limit),
        "seed": wanted.seed,
        "engine": wanted.engine,
        "name": wanted.name or question.problem.id,
        "note": "",
        "body_digest": digest,
    }


def _found(tx: Transaction, job: str) -> JobRow:
    found = jobs.find(tx, job)
    if found is None:
        raise Refusal("CG-7001", f"there is no job {job}")
    return found


def _limit(limit: Limit | None) -> dict[str, float | int]:
    if limit is None:
        return {}
    if limit.iterations is not None:
        return {"iterations": limit.iterations}
    assert limit.seconds is not None
    return {"seconds": limit.seconds}


def _repeated(before: JobRow, digest: str) -> Submitted:
    if before.request["body_digest"] != digest:
        raise Refusal(
            "CG-7106",
            f"Idempotency-Key {before.idempotency_key}: job {before.id} was asked for with it,"
            " with another content",
        )
    return Submitted(job=before, repeated=True)
