"""Manifests and loading lists."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Query, Response

from api.manifests.choice import MEDIA_TYPES, Format, format_for, language_for
from api.manifests.words import Language
from api.routers.dependencies import Caller, Parts
from api.schemas.manifests import ManifestsOut, manifests_out
from api.security.narrowing import require_vehicle
from api.security.response_headers import PAPER as PAPER_POLICY
from api.services.paper import Document, Wish
from optimizer.domain.units import SECONDS_PER_MINUTE

router = APIRouter(tags=["paper"])

LARGEST_VERSION = 2**31 - 1
LONGEST_LOADING_MIN = 240

PAPER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The paper, in the format asked for.",
        "content": {
            kind: {
                "schema": {"type": "string"}
                | ({"format": "binary"} if kind == "application/pdf" else {})
            }
            for kind in MEDIA_TYPES.values()
        },
    }
}
Version = Annotated[
    int | None,
    Query(ge=1, le=LARGEST_VERSION, description="A version of the plan; without it the head."),
]


def wish_of(
    form: Annotated[
        Format | None, Query(alias="format", description="Wins over the Accept header.")
    ] = None,
    lang: Annotated[
        Language | None, Query(description="Wins over the Accept-Language header.")
    ] = None,
    version: Version = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Wish:
    """Read off a request how the paper is wanted.

    Raises
    ------
    Refusal
        The Accept header names no format that there is (CG-7014).
    """
    return Wish(
        format=form or format_for(accept),
        language=lang or language_for(accept_language),
        version=version,
    )


Wanted = Annotated[Wish, Depends(wish_of)]


@router.get(
    "/v1/plans/{plan}/manifests", operation_id="list_manifests", summary="What paper there is"
)
def list_manifests(plan: str, parts: Parts, version: Version = None) -> ManifestsOut:
    """List the vehicles that drive with their trips, and the sites that load, with links."""
    return manifests_out(parts.paper_desk.papers(plan, version))


@router.get(
    # A vehicle's id comes from the user's files and may have a slash in it.
    "/v1/plans/{plan}/manifests/{vehicle:path}",
    operation_id="read_manifest",
    summary="The manifest of a vehicle",
    response_class=Response,
    responses=PAPER,
)
def read_manifest(
    plan: str, vehicle: str, parts: Parts, caller: Caller, wanted: Wanted
) -> Response:
    """Give loader and driver their sheet: bulkheads, loading order, boxes, stops, hand-over.

    HTML prints on A4, PDF has the same content, CSV has one row per order line.
    """
    require_vehicle(caller, vehicle)
    return _answer(parts.paper_desk.manifest(plan, vehicle, wanted), wanted)


@router.get(
    "/v1/plans/{plan}/loading-lists/{site:path}",
    operation_id="read_loading_list",
    summary="The loading list of a site",
    response_class=Response,
    responses=PAPER,
)
def read_loading_list(
    plan: str,
    site: str,
    parts: Parts,
    wanted: Wanted,
    loading_min: Annotated[
        int | None,
        Query(
            ge=1,
            le=LONGEST_LOADING_MIN,
            description="Minutes that a vehicle stands at its dock to be loaded; without it the "
            "time that the site states for a visit, or 15.",
        ),
    ] = None,
) -> Response:
    """Say which vehicle stands at which dock from when to when, in the order of departure."""
    loading_s = None if loading_min is None else loading_min * SECONDS_PER_MINUTE
    return _answer(parts.paper_desk.loading_list(plan, site, wanted, loading_s=loading_s), wanted)


def _answer(document: Document, wish: Wish) -> Response:
    plain = document.file_name.encode("ascii", "replace").decode().replace("?", "_")
    plain = "".join("_" if sign in '"\\/;' else sign for sign in plain)
    headers = {
        "Content-Disposition": f'inline; filename="{plain}"; '
        f"filename*=UTF-8''{quote(document.file_name, safe='')}",
        # The state of the plan stands on the paper, and may change under the same address.
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Accept-Language",
        "Content-Language": wish.language,
    }
    if wish.format == "html":
        headers["Content-Security-Policy"] = PAPER_POLICY
    return Response(document.body, media_type=document.media_type, headers=headers)
