"""Bodies about jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.schemas.questions import FaultOut
from api.services.planning import Submitted
from api.storage.jobs import JobRow


class ProgressOut(BaseModel):
    """How far a running job is.

    The objective is that of a plan in which every line without a place so far were left out. A
    scenario makes many plans: it has no objective, and counts those that are done.
    """

    objective_cents: int | None
    unserved: int | None
    elapsed_s: float
    stage: str
    done: int
    of: int


class JobOut(BaseModel):
    """A job."""

    id: str
    kind: Literal["plan", "replan", "judge", "scenario"]
    state: Literal["queued", "running", "succeeded", "stopped", "failed"]
    stop_asked: bool
    attempt: Annotated[int, Field(description="How often it was begun.")]
    plan: Annotated[str, Field(description="The plan that it makes or changes, or its run.")]
    base_version: int | None
    result_version: Annotated[int | None, Field(description="The version that it made.")]
    progress: Annotated[ProgressOut | None, Field(description="Only while it runs.")]
    cause: Annotated[dict[str, Any] | None, Field(description="A problem detail where it failed.")]
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: JobRow, progress: Mapping[str, Any] | None) -> JobOut:
        """Show a job."""
        return cls(**job_values(job, progress))


class JobList(BaseModel):
    """Jobs, the newest first."""

    items: list[JobOut]


class AcceptedOut(JobOut):
    """A job that was taken on, with the order rows that were left out of its problem."""

    rows: int
    refused_rows: int
    refused: list[FaultOut]

    @classmethod
    def submitted(cls, done: Submitted) -> AcceptedOut:
        """Show a job that was just taken on."""
        refused = [
            FaultOut(code=f.code, place=f.place, cause=f.cause, action=f.action)
            for f in done.refused
        ]
        return cls(
            **job_values(done.job, None),
            rows=done.order_rows,
            refused_rows=done.refused_rows,
            refused=refused,
        )


def job_values(job: JobRow, progress: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give the fields that show a job."""
    values = {name: getattr(job, name) for name in JobOut.model_fields if name != "progress"}
    return values | {"progress": progress}
