"""Jobs: see how they are, follow them, stop them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import AppStatus

from api.jobs.feeds import DONE, JobEvent
from api.jobs.runner import end_of
from api.routers.dependencies import Parts
from api.schemas.jobs import JobList, JobOut
from api.services.planning import Planning
from api.storage.jobs import JobRow

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

PAGE, LONGEST_PAGE = 100, 1000
PING_S = 15
"""A stream in which nothing happens says so now and then, lest somebody in between cuts it."""
RECONNECT_MS = 2000
STOPPING = 202

# Our feeds end their streams when the service stops. The library would note the stop in a flag of
# the process and cut the streams of every later service in it.
AppStatus.enable_automatic_graceful_drain = False


@router.get("", operation_id="list_jobs", summary="List jobs")
def list_jobs(
    parts: Parts,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
    plan: Annotated[str | None, Query(max_length=64)] = None,
) -> JobList:
    """Give jobs, the newest first."""
    planning = parts.planning
    return JobList(items=[_out(planning, job) for job in planning.jobs(limit, plan)])


@router.get("/{job}", operation_id="read_job", summary="Read a job")
def read_job(job: str, parts: Parts) -> JobOut:
    """Say how far a job is, and what became of it."""
    return _out(parts.planning, parts.planning.job(job))


@router.get(
    "/{job}/events",
    operation_id="follow_job",
    summary="Follow a job",
    response_class=EventSourceResponse,
    responses={200: {"description": "progress, then done", "content": {"text/event-stream": {}}}},
)
async def follow_job(
    job: str,
    parts: Parts,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> EventSourceResponse:
    """Send `progress` as the job works and `done` when it has ended.

    A job that has ended sends its `done` at once. A client that comes back with Last-Event-ID
    gets what it has missed.
    """
    planning = parts.planning
    # Before the stream begins, so that an unknown job is answered with 404.
    await run_in_threadpool(planning.job, job)
    return EventSourceResponse(
        _events(planning, job, last_event_id),
        ping=PING_S,
        headers={"Cache-Control": "no-store"},
    )


@router.delete(
    "/{job}",
    operation_id="stop_job",
    summary="Stop a job",
    status_code=STOPPING,
)
def stop_job(job: str, parts: Parts, response: Response) -> JobOut:
    """Stop a job: one that waits ends at once, one that runs finishes soon and keeps its best."""
    stopped = parts.planning.stop(job)
    response.headers["Location"] = f"/v1/jobs/{job}"
    return _out(parts.planning, stopped)


async def _events(
    planning: Planning, job: str, after: str | None
) -> AsyncIterator[ServerSentEvent]:
    with planning.feeds.following(job) as follower:
        # Only now: whatever ends the job from here on tells the follower.
        row = await run_in_threadpool(planning.job, job)
        if not row.is_open:
            yield _event(_end(row))
            return
        async for event in follower.events(after):
            yield _event(event)


def _end(row: JobRow) -> JobEvent:
    return JobEvent(id=f"{row.attempt}.{DONE}", name=DONE, data=end_of(row))


def _event(event: JobEvent) -> ServerSentEvent:
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    return ServerSentEvent(data=data, event=event.name, id=event.id, retry=RECONNECT_MS)


def _out(planning: Planning, job: JobRow) -> JobOut:
    return JobOut.of(job, planning.progress(job.id) if job.is_open else None)
