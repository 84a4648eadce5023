"""What becomes of a job's result: a plan or a version of one, and the end of the job, at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.life.freeze import breaches, freeze
from api.life.states import State
from api.problem_details import detail_of
from api.road.lots import Lot, lots_in
from api.storage import (
    in_force,
    jobs,
    plan_changes,
    plans,
    problems,
    resends,
    scenario_results,
    stops,
)
from api.storage.database import Transaction
from api.storage.jobs import FAILED, SCENARIO, STOPPED, SUCCEEDED, JobRow
from api.storage.plans import NewVersion, PlanHead
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Horizon
from optimizer.formats.plan_reading import plan_from_document

DRAFT = "draft"
PLANNED, JUDGED = "planned", "judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A child's answer: figures of the plan and its PLAN.json, or the answer of a scenario."""

    figures: Mapping[str, Any]
    document: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Why there is no plan: a problem detail."""

    cause: Mapping[str, Any]


def settle(tx: Transaction, job: str, outcome: Finished | Broken, at: datetime) -> JobRow | None:
    """Store what came out of a job and end it.

    Parameters
    ----------
    tx
        A transaction that writes.
    job
        Id of the job.
    outcome
        The child's answer.
    at
        The current instant.

    Returns
    -------
    JobRow or None
        The job as it ended; None where it had ended before, and then nothing is stored.
    """
    row = jobs.find(tx, job)
    if row is None or not row.is_open:
        return None
    if row.kind == SCENARIO:
        _settle_run(tx, row, outcome, at)
        return jobs.find(tx, job)
    if isinstance(outcome, Broken):
        end_without_plan(tx, row, FAILED, at, cause=outcome.cause)
        return jobs.find(tx, job)
    stored = _store(tx, row, outcome, at)
    if isinstance(stored, _NotKept):
        cause = detail_of(stored.code, stored.message, f"/v1/jobs/{job}")
        end_without_plan(tx, row, FAILED, at, cause=cause)
    else:
        state = STOPPED if row.stop_asked else SUCCEEDED
        jobs.end(tx, job, state, at, result_version=stored)
    return jobs.find(tx, job)


def end_without_plan(
    tx: Transaction,
    job: JobRow,
    state: str,
    at: datetime,
    *,
    cause: Mapping[str, Any] | None = None,
) -> None:
    """End a job from which nothing came; what it had taken along is free for the next one."""
    if jobs.end(tx, job.id, state, at, cause=cause) and job.base_version is None:
        resends.give_back(tx, job.plan)


def _settle_run(tx: Transaction, row: JobRow, outcome: Finished | Broken, at: datetime) -> None:
    """Store the answer of a scenario; one that was stopped before it was whole has none."""
    if isinstance(outcome, Finished):
        scenario_results.keep(tx, row.id, outcome.document)
        jobs.end(tx, row.id, SUCCEEDED, at)
    elif row.stop_asked:
        jobs.end(tx, row.id, STOPPED, at)
    else:
        jobs.end(tx, row.id, FAILED, at, cause=outcome.cause)


@dataclass(frozen=True, slots=True)
class _NotKept:
    """Why a version is not stored."""

    code: str
    message: str


def _store(tx: Transaction, row: JobRow, outcome: Finished, at: datetime) -> int | _NotKept:
    """Store the plan or the version."""
    if row.base_version is None:
        first = _version(row, outcome, at, reason=JUDGED if row.kind == "judge" else PLANNED)
        plans.create(tx, _head(row, outcome, at), first)
        return 1
    changed = _NotKept(
        "CG-7009",
        f"plan {row.plan} was changed while this job worked on its version {row.base_version};"
        " the result is not kept",
    )
    head = plans.hold(tx, row.plan)
    if head is None or head.revision != row.request["revision"]:
        return changed
    if head.state != DRAFT and not outcome.figures["feasible"]:
        message = f"plan {row.plan} is {head.state}, and its new version would break rules"
        return _NotKept("CG-7201", message)
    driven = None if head.state == DRAFT else _plan(outcome.document)
    touched = "" if driven is None else _touched(tx, row, head, driven, at)
    if touched:
        message = f"plan {row.plan} went on while this job worked: {touched}"
        return _NotKept("CG-7202", f"{message}; the result is not kept, ask for it again")
    new = _version(row, outcome, at, row.request["reason"])
    version = plans.add_version(tx, head, new)
    if version is None:
        return changed
    plan_changes.add(tx, plan_changes.made(head, version, new))
    if driven is not None:
        in_force.refresh(tx, head.id, driven, _lots(tx, row.problem))
    return version


def _touched(tx: Transaction, row: JobRow, head: PlanHead, new: Plan, at: datetime) -> str:
    """Say which routes the result would change that stay by now; empty where there is none.

    What the job was told to leave alone was decided when it was asked for. Since then vans may
    have left and drivers may have reported. The frozen minutes are counted from the request:
    they are what the job's own time is taken from.
    """
    document = plans.document(tx, head.id, head.version)
    assert document is not None
    old = _plan(document)
    now = old.horizon.seconds(at)
    stays = freeze(
        State(head.state),
        old,
        locks=head.locks,
        reported=stops.reported_routes(tx, head.id),
        now=now,
        frozen_s=max(0, row.request["earliest"] - now),
    )
    return "; ".join(breaches(stays, old, new))


def _lots(tx: Transaction, problem: str) -> Mapping[LineKey, Lot]:
    row = problems.find(tx, problem)
    assert row is not None
    return lots_in(json.loads(row.document))


def _plan(document: bytes) -> Plan:
    return plan_from_document(json.loads(document))


def _version(row: JobRow, outcome: Finished, at: datetime, reason: str) -> NewVersion:
    return NewVersion(
        problem=row.problem,
        document=outcome.document,
        feasible=outcome.figures["feasible"],
        objective_cents=outcome.figures["objective_cents"],
        unserved=outcome.figures["unserved"],
        reason=reason,
        note=row.request["note"],
        at=at,
        by=row.created_by,
        job=row.id,
    )


def _head(row: JobRow, outcome: Finished, at: datetime) -> PlanHead:
    return PlanHead(
        id=row.plan,
        name=row.request["name"],
        state=DRAFT,
        version=1,
        revision=1,
        horizon_start=horizon_of(outcome.document).start,
        pins={},
        locks=[],
        created_at=at,
        created_by=row.created_by,
    )


def horizon_of(document: bytes) -> Horizon:
    """Read the horizon of a PLAN.json."""
    found = json.loads(document)
    start = datetime.fromisoformat(found["horizon_start"])
    return Horizon(start=start, time_zone=found["time_zone"])
