"""Plans: ask for one, find it, read its versions, its map and its check."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from api.life.etags import etag
from api.routers.dependencies import Caller, Parts
from api.routers.uploads import Given, request_body
from api.schemas.jobs import AcceptedOut
from api.schemas.plan_overview import PlanOverviewOut
from api.schemas.plans import (
    CheckOut,
    PlanBody,
    PlanFields,
    PlanHeadOut,
    PlanList,
    VersionList,
    VersionOut,
)
from api.schemas.reading import body_schema, read_body
from api.services.uploaded_tables import FILES, WORKBOOK

router = APIRouter(prefix="/v1/plans", tags=["plans"])

TABLES = (*FILES, WORKBOOK)
PAGE, LONGEST_PAGE, LAST_VERSION = 100, 1000, 2**31 - 1
ACCEPTED, REPEATED, NOT_MODIFIED = 202, 200, 304

Version = Annotated[int | None, Query(ge=1, le=LAST_VERSION)]
IfNoneMatch = Annotated[str | None, Header(description="An ETag that the sender has: 304.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$",
        description="The same sender, key and content again gives the same job: 200.",
    ),
]  # fmt: skip


@router.post(
    "",
    operation_id="request_plan",
    summary="Ask for a plan",
    status_code=ACCEPTED,
    response_model=AcceptedOut,
    responses={
        REPEATED: {"description": "The same request came before.", "model": AcceptedOut},
        ACCEPTED: {"headers": {"Location": {"schema": {"type": "string"}}}},
    },
    openapi_extra=request_body(body_schema(PlanBody), TABLES, body_schema(PlanFields)),
)
def request_plan(
    given: Given,
    parts: Parts,
    caller: Caller,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AcceptedOut:
    """Take on a problem and plan it as a job, which Location names.

    The problem comes as JSON, as tables or as one workbook, or as the ids of a stored network and
    order set. Its id and that of the plan are known at once.
    """
    if given.is_form:
        fields = read_body(PlanFields, given.fields_beside(TABLES))
        wanted = fields.of_tables(given.tables(TABLES))
    else:
        wanted = read_body(PlanBody, given.document()).plan_wanted()
    done = parts.planning.submit(wanted, caller, key=idempotency_key, digest=given.digest())
    response.status_code = REPEATED if done.repeated else ACCEPTED
    response.headers["Location"] = f"/v1/jobs/{done.job.id}"
    return AcceptedOut.submitted(done)


@router.get("", operation_id="list_plans", summary="List plans")
def list_plans(
    parts: Parts,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
    state: Annotated[str | None, Query(max_length=20)] = None,
) -> PlanList:
    """Give plans, the newest first."""
    heads = parts.plan_shelf.newest(limit, state)
    return PlanList(items=[PlanHeadOut.of(head) for head in heads])


@router.get(
    "/{plan}",
    operation_id="read_plan",
    summary="Read a plan",
    response_model=dict[str, Any],
    responses={NOT_MODIFIED: {"description": "The sender has it already."}},
)
def read_plan(
    plan: str, parts: Parts, version: Version = None, if_none_match: IfNoneMatch = None
) -> Response:
    """Give the PLAN.json of the version that counts, or of another one.

    The ETag counts every change of the plan; a change needs it as If-Match.
    """
    tag = _tag(parts, plan)
    if _has(if_none_match, tag):
        return Response(status_code=NOT_MODIFIED, headers={"ETag": tag})
    head, _, document = parts.plan_shelf.document(plan, version)
    return _json(document, etag(head.id, head.revision))


@router.get("/{plan}/versions", operation_id="list_versions", summary="List versions of a plan")
def list_versions(plan: str, parts: Parts) -> VersionList:
    """Give all versions of a plan, the oldest first."""
    return VersionList(items=[VersionOut.of(note) for note in parts.plan_shelf.versions(plan)])


@router.get(
    "/{plan}/versions/{version}",
    operation_id="read_version",
    summary="Read a version of a plan",
    response_model=dict[str, Any],
)
def read_version(plan: str, version: int, parts: Parts) -> Response:
    """Give the PLAN.json of a version."""
    head, _, document = parts.plan_shelf.document(plan, version)
    return _json(document, etag(head.id, head.revision))


@router.get(
    "/{plan}/geojson",
    operation_id="read_map",
    summary="Read a plan as a map",
    response_model=dict[str, Any],
    responses={NOT_MODIFIED: {"description": "The sender has it already."}},
)
def read_map(
    plan: str, parts: Parts, version: Version = None, if_none_match: IfNoneMatch = None
) -> Response:
    """Give every site as a point and every route as a line: GeoJSON (RFC 7946)."""
    tag = _tag(parts, plan)
    if _has(if_none_match, tag):
        return Response(status_code=NOT_MODIFIED, headers={"ETag": tag})
    head, collection = parts.plan_shelf.map(plan, version)
    return _json(collection, etag(head.id, head.revision), "application/geo+json")


@router.get(
    "/{plan}/overview",
    operation_id="read_overview",
    summary="Read a plan for a screen",
    response_model=PlanOverviewOut,
)
def read_overview(plan: str, parts: Parts, version: Version = None) -> Response:
    """Give routes with loads, times and expected temperatures, docks, and what is left out.

    Far shorter than PLAN.json, and with what stays fixed at this moment. The ETag is the plan's.
    """
    head, body = parts.plan_screens.show(plan, version)
    headers = {"ETag": etag(head.id, head.revision)}
    return Response(body, media_type="application/json", headers=headers)


@router.get("/{plan}/check", operation_id="read_check", summary="Read the check of a plan")
def read_check(plan: str, parts: Parts, version: Version = None) -> CheckOut:
    """Give what the independent checker found, the key figures, and what is left out."""
    _, note, document = parts.plan_shelf.document(plan, version)
    return CheckOut.of(note, document, parts.plan_book.open(plan, note.version).problem.collects)


def _tag(parts: Parts, plan: str) -> str:
    head = parts.plan_shelf.head(plan)
    return etag(head.id, head.revision)


def _has(if_none_match: str | None, tag: str) -> bool:
    given = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return tag in given or "*" in given


def _json(document: Any, tag: str, media_type: str = "application/json") -> Response:  # noqa: ANN401 - a JSON document
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(text.encode(), media_type=media_type, headers={"ETag": tag})
