"""Bodies about boards."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from api.road.board import OnTimeBoard, PromiseCount, RideCount
from api.road.score import DriverScore, Part, ScoreRules
from optimizer.domain.fleet import Echelon
from optimizer.domain.temperature import Zone

SECONDS_PER_HOUR = 3600

Share = Annotated[float | None, Field(description="From 0 to 1; null where nothing is counted.")]


class PromiseOut(BaseModel):
    """The lines of one promise class; null is all classes together.

    ``on_time_share`` is of the lines whose promise is kept or broken: on time, late, failed (all
    refused or damaged), overdue and left out. Lines that are open and not due yet are not in it.
    """

    promise: str | None
    ordered: int
    planned: int
    done: int
    on_time: int
    late: int
    failed: int
    open: int
    open_overdue: int
    left_out: int
    on_time_share: Share

    @classmethod
    def of(cls, count: PromiseCount) -> PromiseOut:
        """Show a count."""
        return cls.model_validate(count, from_attributes=True)


class RideOut(BaseModel):
    """The time on board of one zone on one leg, for hand-overs that were reported."""

    echelon: Echelon
    zone: Zone
    rides: int
    over_limit: int
    mean_h: float
    longest_h: float
    limit_h: float | None

    @classmethod
    def of(cls, count: RideCount) -> RideOut:
        """Show a count."""
        return cls(
            echelon=count.echelon,
            zone=count.zone,
            rides=count.rides,
            over_limit=count.over_limit,
            mean_h=hours(count.mean),
            longest_h=hours(count.longest),
            limit_h=None if count.limit is None else hours(count.limit),
        )


class OnTimeBoardOut(BaseModel):
    """On time by promise class, time on board by zone, and the mean from order to ready.

    ``order_to_ready_h`` counts from the horizon start, because order rows bear no time.
    """

    plans: int
    total: PromiseOut
    promises: list[PromiseOut]
    rides: list[RideOut]
    order_to_ready_h: float | None

    @classmethod
    def of(cls, board: OnTimeBoard) -> OnTimeBoardOut:
        """Show the board."""
        ready = board.order_to_ready
        return cls(
            plans=board.plans,
            total=PromiseOut.of(board.total),
            promises=[PromiseOut.of(count) for count in board.promises],
            rides=[RideOut.of(count) for count in board.rides],
            order_to_ready_h=None if ready is None else hours(ready),
        )


class PartOut(BaseModel):
    """One part of a score: its weight, its share, and the counts behind the share."""

    weight: float
    share: Share
    good: int
    of: int

    @classmethod
    def shown(cls, part: Part, weight: float) -> PartOut:
        """Show a part."""
        return cls(weight=weight, share=part.share, good=part.good, of=part.of)


class DriverScoreOut(BaseModel):
    """The score of a vehicle's driver, from 0 to 100; null where nothing was reported.

    ``on_time`` counts lines, ``temperature`` readings at hand-over, ``damage`` grams.
    """

    vehicle: str
    score: float | None
    on_time: PartOut
    temperature: PartOut
    damage: PartOut

    @classmethod
    def of(cls, score: DriverScore, rules: ScoreRules) -> DriverScoreOut:
        """Show a score."""
        return cls(
            vehicle=score.vehicle,
            score=score.score,
            on_time=PartOut.shown(score.on_time, rules.on_time),
            temperature=PartOut.shown(score.temperature, rules.temperature),
            damage=PartOut.shown(score.damage, rules.damage),
        )


class DriverScoreList(BaseModel):
    """Scores, the best first."""

    items: list[DriverScoreOut]


def hours(length: timedelta) -> float:
    """Give a length of time in hours."""
    return length.total_seconds() / SECONDS_PER_HOUR
