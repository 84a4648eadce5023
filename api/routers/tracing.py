"""Batches: their way and their temperatures, and whom a recall concerns."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from api.manifests.choice import media_type_for
from api.routers.dependencies import Parts
from api.schemas.tracing import RecallOut, TraceOut, recall_csv

router = APIRouter(tags=["batches"])

LONGEST_NAME = 1000
JSON, CSV = "application/json", "text/csv"
AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}
NO_STORE = {"Cache-Control": "private, no-cache", "Vary": "Accept"}
AS_FILE = {"Content-Disposition": 'attachment; filename="recall.csv"'}
Batch = Annotated[
    str,
    Query(min_length=1, max_length=LONGEST_NAME, description="As the orders name it."),
]
Article = Annotated[
    str | None, Query(max_length=LONGEST_NAME, description="Whose batch; by default anybody's.")
]


@router.get("/v1/trace", operation_id="trace_batch", summary="Trace a batch")
def trace_batch(parts: Parts, batch: Batch, article: Article = None) -> TraceOut:
    """Give where a batch lay and rode, how warm it was there, and where it first was too warm."""
    return TraceOut.of(parts.tracing.trace(batch, article))


@router.get(
    "/v1/recall",
    operation_id="recall_batch",
    summary="List all that is served from a batch",
    response_model=RecallOut,
    responses=AS_CSV,
)
def recall_batch(
    parts: Parts,
    batch: Batch,
    article: Article = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Give every order line of a batch, and where its goods are now, as JSON or CSV."""
    media_type = media_type_for(accept, (JSON, CSV))
    found = parts.tracing.recall(batch, article)
    if media_type == JSON:
        # Written here: a model that is returned is taken to pieces and checked once more.
        shown = RecallOut.of(found).model_dump_json(by_alias=True)
        return Response(shown, media_type=JSON, headers=NO_STORE)
    return Response(recall_csv(found), media_type=CSV, headers=NO_STORE | AS_FILE)
