"""Jobs as the store keeps them."""

from __future__ import annotations

from datetime import UTC, datetime

from api.storage import jobs
from api.storage.jobs import JobRow

NOON = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)


def job_row(job: str, *, key: str | None = None, by: str = "user:li") -> JobRow:
    """Give a queued job."""
    return JobRow(
        id=job,
        kind="plan",
        state=jobs.QUEUED,
        problem="problem-1",
        request={"seed": 1, "note": "夜班"},
        plan=f"plan-of-{job}",
        base_version=None,
        result_version=None,
        attempt=0,
        stop_asked=False,
        cause=None,
        created_at=NOON,
        created_by=by,
        started_at=None,
        finished_at=None,
        idempotency_key=key,
    )
