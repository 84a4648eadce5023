"""Bodies about points: compartments, rooms, cells and gateways."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.alarms import AlarmOut, WaitingOut, Words, example
from api.schemas.alarms import waiting as shown_waiting
from api.schemas.estimates import EstimateOut
from api.schemas.events import Instant
from api.schemas.instants import instant, instant_or_none
from api.services.alarms import Placed
from api.services.points import Latest, PointAnswered, PointStanding
from optimizer.domain.temperature import Zone
from telemetry.alarm.state import Watch
from telemetry.alarm.words import Excursion
from telemetry.readings import Mark
from telemetry.registry import PointKind

MINUTES_OF_A_WEEK = 7 * 24 * 60

# --- asked --------------------------------------------------------------------------------------


class ArmBody(BaseModel):
    """The point is to be watched, until somebody says otherwise or an instant."""

    model_config = example(until="2030-01-01T18:00:00+08:00", comment="goods of the market stall")

    until: Instant | None = None
    comment: Words | None = None


class DisarmBody(BaseModel):
    """The point is to be watched no longer; what is always watched needs an end."""

    model_config = example(until="2030-01-01T18:00:00+08:00", comment="empty for the night")

    until: Instant | None = None
    comment: Words | None = None


class PrecoolBody(BaseModel):
    """The point cools down before it is loaded."""

    model_config = example(minutes=60)

    minutes: Annotated[int, Field(ge=1, le=MINUTES_OF_A_WEEK)]
    comment: Words | None = None


class WashBody(BaseModel):
    """The point is washed."""

    model_config = example(minutes=45)

    minutes: Annotated[int, Field(ge=1, le=MINUTES_OF_A_WEEK)]
    comment: Words | None = None


class OutOfServiceBody(BaseModel):
    """The point is not used for a while; why has to be said."""

    model_config = example(minutes=1440, comment="compressor in the workshop")

    minutes: Annotated[int, Field(ge=1, le=MINUTES_OF_A_WEEK)]
    comment: Words


# --- answered -----------------------------------------------------------------------------------


class LatestOut(BaseModel):
    """The newest reading of a channel. ``corrected`` is the value with the sensor's offset."""

    sensor: str
    channel: str
    at: datetime
    age_s: float
    value: float
    corrected: float
    marks: list[str]

    @classmethod
    def of(cls, latest: Latest) -> LatestOut:
        """Show a reading."""
        reading = latest.reading
        return cls(
            sensor=reading.sensor,
            channel=reading.channel.name.lower(),
            at=instant(reading.at_ms),
            age_s=latest.age_s,
            value=reading.value,
            corrected=latest.corrected,
            marks=mark_words(reading.marks),
        )


class PointOut(BaseModel):
    """A point as it is now."""

    id: str
    kind: PointKind
    asset: str
    name: str
    zone: Zone | None
    profile: Annotated[str, Field(description="Empty means the default of the zone.")]
    grade: Annotated[
        int, Field(description="1 food safety or cold break, 2 damage or delay, 3 service.")
    ]
    always_armed: bool
    watch: Watch
    watch_since: datetime | None
    watch_until: datetime | None
    heard_at: Annotated[
        datetime | None, Field(description="The newest sample, or sign of life of a gateway.")
    ]
    latest: list[LatestOut]
    estimate: Annotated[
        EstimateOut | None,
        Field(description="Null where nothing is foreseen: a gateway, or too little was heard."),
    ]
    alarms: list[AlarmOut]

    @classmethod
    def of(cls, standing: PointStanding) -> PointOut:
        """Show a point."""
        point, state = standing.point, standing.state
        return cls(
            id=point.id,
            kind=point.kind,
            asset=point.asset,
            name=point.name,
            zone=point.zone,
            profile=point.profile,
            grade=point.grade,
            always_armed=point.always_armed,
            watch=state.watch,
            watch_since=instant_or_none(state.watch_since_ms),
            watch_until=instant_or_none(state.watch_until_ms),
            heard_at=instant_or_none(state.last_ms),
            latest=[LatestOut.of(one) for one in standing.latest],
            estimate=EstimateOut.of(standing.outlook),
            alarms=[AlarmOut.of(Placed(alarm=one, point=point)) for one in standing.alarms],
        )


class PointList(BaseModel):
    """Points by their ids; ``next`` is where the next page begins."""

    items: list[PointOut]
    next: str | None


class ExcursionOut(BaseModel):
    """A stay outside the product band; ``to`` is null while it lasts."""

    point: str
    kind: str
    start: Annotated[datetime, Field(serialization_alias="from")]
    end: Annotated[datetime | None, Field(serialization_alias="to")]
    peak_c: float
    mean_c: float
    low_c: float
    deviation_c: float
    samples: int
    minutes: float
    unknown_minutes: float
    defrost: bool

    @classmethod
    def of(cls, found: Excursion) -> ExcursionOut:
        """Show an excursion."""
        return cls(
            point=found.point,
            kind=found.kind,
            start=instant(found.from_ms),
            end=instant_or_none(found.to_ms),
            peak_c=found.peak_c,
            mean_c=found.mean_c,
            low_c=found.low_c,
            deviation_c=found.deviation_c,
            samples=found.samples,
            minutes=found.minutes,
            unknown_minutes=found.unknown_minutes,
            defrost=found.defrost,
        )


class ExcursionList(BaseModel):
    """The excursions of a point, by time."""

    items: list[ExcursionOut]


def point_answered(answer: PointAnswered) -> PointOut | WaitingOut:
    """Show what became of a wish about a point."""
    if answer.standing is None:
        return shown_waiting(answer.asked)
    return PointOut.of(answer.standing)


def mark_words(marks: Mark) -> list[str]:
    """Name what is special about a reading."""
    return [str(mark.name).lower() for mark in Mark if mark and mark in marks]
