"""Bodies about what a ride left of the shelf life of each batch."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from api.schemas.instants import instant
from api.services.shipment_logs import ShelfLives
from optimizer.domain.temperature import Zone
from telemetry.export.batches import BatchLife

Hours = Annotated[
    float | None,
    Field(description="Counted at ``reference_c``; null where nobody knows."),
]


class BatchOut(BaseModel):
    """An order line, or a part of one, on board, and what the ride cost it.

    ``until`` is the hand-over, or up to when is counted where none was reported. ``before_h`` is
    what truck and room cost beyond the clock before loading. ``used_h`` is what the ride cost, with
    ``assumed_h`` in it: what the minutes without readings are taken to have cost. ``mkt_c`` is null
    for frozen goods, where a mean kinetic temperature is not valid. Null hours are unknown.
    """

    route: str
    site: str
    order: str
    line: str
    article: str
    batch: str | None
    zone: Zone
    loaded_at: datetime
    until: datetime
    handed_over: bool
    mkt_c: float | None
    reference_c: float
    before_h: float
    unknown_before_minutes: float
    left_at_loading_h: Hours
    used_h: Hours
    assumed_h: float
    left_h: Hours
    minutes: float
    unknown_minutes: float
    unknown_share: float

    @classmethod
    def of(cls, life: BatchLife, zone: ZoneInfo) -> BatchOut:
        """Show a batch."""
        batch, toll = life.batch, life.toll
        return cls(
            route=batch.route,
            site=batch.site,
            order=batch.order,
            line=batch.line,
            article=batch.article,
            batch=batch.batch,
            zone=batch.zone,
            loaded_at=instant(batch.on_board.from_ms).astimezone(zone),
            until=instant(batch.on_board.to_ms).astimezone(zone),
            handed_over=batch.is_handed_over,
            mkt_c=_rounded(life.mkt_c),
            reference_c=life.reference_c,
            before_h=round(life.before_h, 3),
            unknown_before_minutes=round(life.unknown_before_minutes, 1),
            left_at_loading_h=_rounded(life.left_at_loading_h),
            used_h=_rounded(toll.used_h),
            assumed_h=round(toll.assumed_h, 3),
            left_h=_rounded(life.left_h),
            minutes=round(toll.minutes, 1),
            unknown_minutes=round(toll.unknown_minutes, 1),
            unknown_share=round(toll.unknown_share, 4),
        )


class ShelfLivesOut(BaseModel):
    """The batches that a vehicle had loaded, trip by trip in the order of the stops."""

    plan: str
    vehicle: str
    start: Annotated[datetime, Field(serialization_alias="from")]
    end: Annotated[datetime, Field(serialization_alias="to")]
    items: list[BatchOut]

    @classmethod
    def of(cls, found: ShelfLives) -> ShelfLivesOut:
        """Show shelf lives; times bear the offset of the plan's time zone."""
        zone = ZoneInfo(found.request.time_zone)
        return cls(
            plan=found.plan,
            vehicle=found.vehicle,
            start=instant(found.request.from_ms).astimezone(zone),
            end=instant(found.request.to_ms).astimezone(zone),
            items=[BatchOut.of(one, zone) for one in found.lives],
        )


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)
