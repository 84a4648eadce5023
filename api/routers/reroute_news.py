"""What pickup points and drivers were told of an accepted case."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.routers.dependencies import Parts
from api.schemas.reroute_news import NewsList

router = APIRouter(tags=["reroutes"])

Id = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]


@router.get(
    "/v1/reroutes/{reroute}/news",
    operation_id="read_reroute_news",
    summary="Read what was told of a reroute",
)
def read_reroute_news(reroute: Id, parts: Parts) -> NewsList:
    """Give what pickup points and devices are told of an accepted case, and how far that is.

    Nothing is told of a case that is not accepted, and nobody whose time and route stay.
    """
    return NewsList.of(reroute, parts.reroute_news.of(reroute))
