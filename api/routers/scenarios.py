"""What if: the catalogue, a file and its faults, runs with their answers and pages."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from api.pages.shell import POLICY
from api.routers.dependencies import Caller, Parts
from api.schemas.scenarios import (
    RunBody,
    RunList,
    RunOut,
    ScenarioBody,
    ScenarioCheckOut,
    ScenarioFaultOut,
    ScenarioList,
    ScenarioOut,
)

router = APIRouter(prefix="/v1/scenarios", tags=["scenarios"])

ACCEPTED, REPEATED = 202, 200
PAGE, LONGEST_PAGE = 20, 200
REPORT_POLICY = POLICY.replace("style-src 'self'", "style-src 'unsafe-inline'")
"""The page of a run is one file: its style stands in it, and no script does."""

IdempotencyKey = Annotated[
    str | None, Header(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")
]


@router.get("", operation_id="list_scenarios", summary="List the catalogue of scenarios")
def list_scenarios(parts: Parts) -> ScenarioList:
    """Give the scenarios that come with coldgrid."""
    every = parts.scenarios.catalogue()
    return ScenarioList(items=[ScenarioOut.of(name, one) for name, one in every.items()])


@router.post("/check", operation_id="check_scenario", summary="Find the faults of a scenario file")
def check_scenario(body: ScenarioBody, parts: Parts) -> ScenarioCheckOut:
    """Read a file and apply every override to its base; nothing is planned."""
    faults = parts.scenarios.faults(body.wanted())
    return ScenarioCheckOut(faults=[ScenarioFaultOut.of(one) for one in faults])


@router.post(
    "/runs",
    operation_id="run_scenario",
    summary="Run a scenario",
    status_code=ACCEPTED,
    response_model=RunOut,
    responses={
        REPEATED: {"description": "The same request came before.", "model": RunOut},
        ACCEPTED: {"headers": {"Location": {"schema": {"type": "string"}}}},
    },
)
def run_scenario(
    body: RunBody,
    parts: Parts,
    caller: Caller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> RunOut:
    """Take on a run as a job: the base and every variant are planned and played per seed.

    Without a base it starts from the sample day that the catalogue was written for.
    """
    digest = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
    done = parts.scenarios.submit(body.wanted(), caller, key=idempotency_key, digest=digest)
    response.status_code = REPEATED if done.repeated else ACCEPTED
    response.headers["Location"] = f"/v1/jobs/{done.job.id}"
    return RunOut.of(done.job, None)


@router.get("/runs", operation_id="list_scenario_runs", summary="List runs of scenarios")
def list_scenario_runs(
    parts: Parts, limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE
) -> RunList:
    """Give runs, the newest first."""
    runs = parts.scenarios.runs(limit)
    return RunList(items=[RunOut.of(job, parts.scenarios.progress(job)) for job in runs])


@router.get("/runs/{run}", operation_id="read_scenario_run", summary="Read a run of a scenario")
def read_scenario_run(run: str, parts: Parts) -> RunOut:
    """Say how far a run is, and what became of it."""
    job = parts.scenarios.run(run)
    return RunOut.of(job, parts.scenarios.progress(job))


@router.get(
    "/runs/{run}/result",
    operation_id="read_scenario_result",
    summary="Read the answer of a run",
    response_model=dict[str, Any],
)
def read_scenario_result(run: str, parts: Parts) -> Response:
    """Give the answer as the command line writes it: coldgrid/scenario-result/1."""
    return Response(parts.scenarios.document(run), media_type="application/json")


@router.get(
    "/runs/{run}/report",
    operation_id="read_scenario_report",
    summary="Read the page of a run",
    response_class=HTMLResponse,
)
def read_scenario_report(
    run: str,
    parts: Parts,
    language: Annotated[Literal["en", "zh"], Query(description="Of the page.")] = "en",
) -> HTMLResponse:
    """Give the answer as one page that loads nothing."""
    text = parts.scenarios.report(run, language)
    return HTMLResponse(text, headers={"Content-Security-Policy": REPORT_POLICY})


@router.get(
    "/{name}",
    operation_id="read_scenario",
    summary="Read a file of the catalogue",
    response_class=PlainTextResponse,
)
def read_scenario(name: str, parts: Parts) -> PlainTextResponse:
    """Give the file, to be changed and run."""
    return PlainTextResponse(parts.scenarios.file(name), media_type="application/yaml")
