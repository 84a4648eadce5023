"""Boards: on time, drivers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.road.board import Filter
from api.routers.dependencies import Parts
from api.schemas.boards import DriverScoreList, DriverScoreOut, OnTimeBoardOut
from api.schemas.events import QueryInstant
from api.services.boards import Range

router = APIRouter(tags=["boards"])

From = Annotated[
    QueryInstant, Query(alias="from", description="Horizon starts from this instant on.")
]
To = Annotated[QueryInstant, Query(alias="to", description="Horizon starts before this instant.")]
Only = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/v1/boards/on-time", operation_id="read_on_time_board", summary="Read on-time board")
def read_on_time_board(
    parts: Parts, *, start: From, end: To, plan: Only = None, region: Only = None, site: Only = None
) -> OnTimeBoardOut:
    """Count the lines of all plans of a range of days by promise class and what became of them.

    ``region`` is a grid warehouse. Drafts are not counted.
    """
    asked = Range(start=start, end=end, plan=plan)
    return OnTimeBoardOut.of(parts.boards.on_time(asked, Filter(grid=region, site=site)))


@router.get("/v1/boards/drivers", operation_id="read_driver_scores", summary="Read driver scores")
def read_driver_scores(parts: Parts, start: From, end: To) -> DriverScoreList:
    """Score every vehicle's driver by what was reported in a range of days.

    A driver's account is narrowed to a vehicle, so a score bears the vehicle's name.
    """
    scores = parts.boards.drivers(Range(start=start, end=end))
    rules = parts.boards.score_rules
    return DriverScoreList(items=[DriverScoreOut.of(score, rules) for score in scores])
