"""Bodies about readings, about what became none, and about causes of breaks."""

from __future__ import annotations

import base64
import csv
import io
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.road.causes import CauseBy, CauseCount
from api.schemas.instants import instant, instant_or_none
from api.schemas.points import mark_words
from api.services.breaks import CausesFound
from api.services.readings import BucketsFound, Measured, ReadingsFound
from optimizer.formats.manifest import safe_cell
from telemetry.ports import Bucket
from telemetry.readings import NO_SEQUENCE, Aside, Channel, Reason

CHANNELS = {channel.name.lower(): channel for channel in Channel}
RAW_COLUMNS = ("at", "arrived_at", "sensor", "point", "channel", "value", "corrected", "sequence",
               "marks")  # fmt: skip
BUCKET_COLUMNS = ("at", "sensor", "channel", "count", "low", "mean", "high")


class ReadingOut(BaseModel):
    """A reading. ``corrected`` is the value with the sensor's offset."""

    at: Annotated[datetime, Field(description="Device time, or arrival: see marks.")]
    arrived_at: datetime
    sensor: str
    point: str | None
    channel: str
    value: float
    corrected: float
    sequence: int | None
    marks: list[str]

    @classmethod
    def of(cls, measured: Measured) -> ReadingOut:
        """Show a reading."""
        reading, placement = measured.reading, measured.placement
        return cls(
            at=instant(reading.at_ms),
            arrived_at=instant(reading.arrived_ms),
            sensor=reading.sensor,
            point=None if placement is None else placement.point,
            channel=reading.channel.name.lower(),
            value=reading.value,
            corrected=measured.corrected,
            sequence=None if reading.sequence == NO_SEQUENCE else reading.sequence,
            marks=mark_words(reading.marks),
        )


class BucketOut(BaseModel):
    """Five minutes of one channel of one sensor, with its offset."""

    at: datetime
    sensor: str
    channel: str
    count: int
    low: float
    mean: float
    high: float

    @classmethod
    def of(cls, bucket: Bucket) -> BucketOut:
        """Show a bucket."""
        return cls(
            at=instant(bucket.at_ms),
            sensor=bucket.sensor,
            channel=bucket.channel.name.lower(),
            count=bucket.count,
            low=bucket.low,
            mean=bucket.mean,
            high=bucket.high,
        )


class ReadingList(BaseModel):
    """Readings by device time, or five-minute figures by time.

    Where not everything fitted in, ``next`` is the ``from`` of the rest.
    """

    start: Annotated[datetime, Field(serialization_alias="from")]
    end: Annotated[datetime, Field(serialization_alias="to")]
    readings: list[ReadingOut]
    buckets: list[BucketOut]
    next: datetime | None

    @classmethod
    def raw(cls, found: ReadingsFound) -> ReadingList:
        """Show readings as they came."""
        return cls(
            start=found.range.start,
            end=found.range.end,
            readings=[ReadingOut.of(one) for one in found.items],
            buckets=[],
            next=instant_or_none(found.next_ms),
        )

    @classmethod
    def bucketed(cls, found: BucketsFound) -> ReadingList:
        """Show five-minute figures."""
        return cls(
            start=found.range.start,
            end=found.range.end,
            readings=[],
            buckets=[BucketOut.of(one) for one in found.items],
            next=None,
        )


class ReasonCount(BaseModel):
    """How much became no reading for one reason."""

    reason: Reason
    messages: int


class CountsOut(BaseModel):
    """What became no reading; every reason is named, also where there was none."""

    start: Annotated[datetime, Field(serialization_alias="from")]
    end: Annotated[datetime, Field(serialization_alias="to")]
    items: list[ReasonCount]


class AsideOut(BaseModel):
    """A message that became no reading, with its bytes in base64."""

    reason: Reason
    detail: str
    topic: str
    arrived_at: datetime
    payload: Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]

    @classmethod
    def of(cls, aside: Aside) -> AsideOut:
        """Show a message."""
        return cls(
            reason=aside.reason,
            detail=aside.detail,
            topic=aside.topic,
            arrived_at=instant(aside.arrived_ms),
            payload=base64.b64encode(aside.payload).decode("ascii"),
        )


class AsideList(BaseModel):
    """Messages that became no reading, the newest first."""

    items: list[AsideOut]


class CauseOut(BaseModel):
    """What broke under one name. A break counts where it began, its minutes where they were."""

    by: CauseBy
    name: str
    breaks: int
    minutes: float
    unknown_minutes: float

    @classmethod
    def of(cls, count: CauseCount) -> CauseOut:
        """Show a count."""
        return cls.model_validate(count, from_attributes=True)


class CausesOut(BaseModel):
    """Breaks of a month by vehicle, room, lane and kind, the worst first; defrosts are left out."""

    month: str
    time_zone: str
    breaks: int
    minutes: float
    items: list[CauseOut]

    @classmethod
    def of(cls, found: CausesFound) -> CausesOut:
        """Show causes."""
        kinds = [count for count in found.counts if count.by is CauseBy.KIND]
        return cls(
            month=found.month,
            time_zone=found.time_zone,
            breaks=sum(count.breaks for count in kinds),
            minutes=round(sum(count.minutes for count in kinds), 3),
            items=[CauseOut.of(count) for count in found.counts],
        )


def readings_csv(found: ReadingList, form: str) -> str:
    """Write readings or five-minute figures for spreadsheets; formulas in names are disarmed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(RAW_COLUMNS if form == "raw" else BUCKET_COLUMNS)
    for row in found.readings:
        writer.writerow(
            (row.at.isoformat(), row.arrived_at.isoformat(), safe_cell(row.sensor),
             safe_cell(row.point or ""), row.channel, row.value, row.corrected,
             "" if row.sequence is None else row.sequence, " ".join(row.marks))
        )  # fmt: skip
    for one in found.buckets:
        writer.writerow(
            (one.at.isoformat(), safe_cell(one.sensor), one.channel, one.count, one.low, one.mean,
             one.high)
        )  # fmt: skip
    return buffer.getvalue()
