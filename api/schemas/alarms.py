"""Bodies about alarms: what people do to them, and how they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.estimates import EstimateOut
from api.schemas.events import NO_CONTROLS
from api.schemas.instants import instant, instant_or_none
from api.services.alarms import AlarmAnswered, AlarmStory, Placed
from api.services.asking_the_monitor import Asked
from telemetry.alarm.words import AlarmEvent, AlarmKind, EventKind
from telemetry.ports import Call, CallState, CommandOutcome, NumberedEvent
from telemetry.registry import PointKind

MINUTES_OF_A_DAY = 24 * 60
NO_ANSWER = "the monitor has not answered yet; where it stays silent, none seems to run"

Words = Annotated[str, Field(min_length=1, max_length=1000, pattern=NO_CONTROLS)]
SeverityWord = Literal["info", "warning", "critical"]


def example(**values: Any) -> ConfigDict:  # noqa: ANN401 - a JSON document
    """Give a body its example."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


# --- asked --------------------------------------------------------------------------------------


class AcknowledgeBody(BaseModel):
    """Somebody sees to the alarm."""

    model_config = example(comment="driver is called")

    comment: Words | None = None


class ShelveBody(BaseModel):
    """The alarm is to be silent for some minutes."""

    model_config = example(minutes=30, comment="door repair until noon")

    minutes: Annotated[int, Field(ge=1, le=MINUTES_OF_A_DAY)]
    comment: Words | None = None


class UnshelveBody(BaseModel):
    """The alarm is to speak up again."""

    model_config = example(comment="repair is over")

    comment: Words | None = None


class CommentBody(BaseModel):
    """Words about an alarm."""

    model_config = example(comment="unit defrosts by hand")

    comment: Words


class CloseBody(BaseModel):
    """The alarm is closed by force; why has to be said."""

    model_config = example(comment="sensor was lost and is replaced by S-118")

    comment: Annotated[
        str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f]"
                   r"[^\x00-\x1f\x7f]*$")
    ]  # fmt: skip


# --- answered -----------------------------------------------------------------------------------


class AlarmOut(BaseModel):
    """An alarm as it stands.

    ``state`` is ``active`` while what it warns of holds, ``cleared`` when that is over and nobody
    has acknowledged it yet, else ``closed``. Where the registry no longer knows the point, name,
    asset and grade are null.
    """

    id: str
    state: Literal["active", "cleared", "closed"]
    point: str
    point_kind: PointKind | None
    name: str | None
    asset: str | None
    zone: str | None
    grade: Annotated[
        int | None,
        Field(description="1 food safety or cold break, 2 damage or delay, 3 service."),
    ]
    kind: AlarmKind
    severity: SeverityWord
    rule: str
    value: Annotated[float, Field(description="What was judged when it was raised.")]
    peak: Annotated[float, Field(description="The worst since it began.")]
    limit: Annotated[float, Field(description="What it was held against, in the same unit.")]
    incident: str
    late: Annotated[bool, Field(description="Found in readings that came late.")]
    began_at: datetime
    raised_at: datetime
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    escalated_at: datetime | None
    shelved_until: datetime | None
    shelved_by: str | None
    closed_at: datetime | None
    closed_by: str | None

    @classmethod
    def of(cls, placed: Placed) -> AlarmOut:
        """Show an alarm."""
        return cls(**alarm_values(placed))


class AlarmNowOut(AlarmOut):
    """An alarm with the estimate of its point as it is now; null for an alarm that is closed."""

    estimate: EstimateOut | None

    @classmethod
    def of(cls, placed: Placed) -> AlarmNowOut:
        """Show an alarm and how its point is."""
        return cls(**alarm_values(placed), estimate=EstimateOut.of(placed.outlook))


class AlarmList(BaseModel):
    """Alarms, the newest first; ``next`` is where the next page begins."""

    items: list[AlarmNowOut]
    next: str | None


class AlarmEventOut(BaseModel):
    """Something that happened to an alarm; ``by`` is null where the rules did it."""

    number: int
    kind: EventKind
    at: datetime
    by: str | None
    comment: str | None
    severity: SeverityWord

    @classmethod
    def of(cls, numbered: NumberedEvent) -> AlarmEventOut:
        """Show an event."""
        event = numbered.event
        return cls(
            number=numbered.number,
            kind=event.kind,
            at=instant(event.at_ms),
            by=event.by,
            comment=event.comment,
            severity=severity_word(event),
        )


class CallOut(BaseModel):
    """A call to somebody; addresses of webhooks, which may hold secrets, are never shown."""

    id: str
    sink: str
    receiver: str
    state: CallState
    tries: int
    last_error: str
    created_at: datetime
    delivered_at: datetime | None

    @classmethod
    def of(cls, call: Call) -> CallOut:
        """Show a call."""
        return cls(
            id=call.id,
            sink=call.sink,
            receiver=call.receiver,
            state=call.state,
            tries=call.tries,
            last_error=call.last_error,
            created_at=instant(call.created_ms),
            delivered_at=instant_or_none(call.delivered_ms),
        )


class AlarmStoryOut(AlarmNowOut):
    """An alarm with all that happened to it, and who was called about its incident."""

    events: list[AlarmEventOut]
    calls: list[CallOut]

    @classmethod
    def told(cls, story: AlarmStory) -> AlarmStoryOut:
        """Show an alarm with its story."""
        return cls(
            **alarm_values(story.placed),
            estimate=EstimateOut.of(story.placed.outlook),
            events=[AlarmEventOut.of(event) for event in story.events],
            calls=[CallOut.of(call) for call in story.calls],
        )


class AlarmMomentOut(BaseModel):
    """An event of the stream: what happened, and the alarm after it."""

    number: int
    kind: EventKind
    at: datetime
    by: str | None
    comment: str | None
    alarm: AlarmOut


class AlarmSnapshotOut(BaseModel):
    """The first event of a stream: every open alarm, as of the event with this number."""

    number: int
    alarms: list[AlarmOut]


class WaitingOut(BaseModel):
    """A command that the monitor has not answered yet."""

    command: Annotated[int, Field(description="Its number, for /v1/telemetry/commands/{number}.")]
    detail: str = NO_ANSWER


class CommandOut(BaseModel):
    """What became of a command; a refusal has a code."""

    command: int
    state: Literal["waiting", "done", "refused"]
    applied_at: datetime | None
    code: str | None
    detail: str

    @classmethod
    def of(cls, number: int, outcome: CommandOutcome | None) -> CommandOut:
        """Show a command."""
        if outcome is None:
            return cls(
                command=number, state="waiting", applied_at=None, code=None, detail=NO_ANSWER
            )
        return cls(
            command=number,
            state="done" if outcome.code is None else "refused",
            applied_at=instant(outcome.applied_ms),
            code=outcome.code,
            detail=outcome.message,
        )


def waiting(asked: Asked) -> WaitingOut:
    """Say that a command waits."""
    return WaitingOut(command=asked.number)


def answered(answer: AlarmAnswered) -> AlarmOut | WaitingOut:
    """Show what became of a command about an alarm."""
    return waiting(answer.asked) if answer.placed is None else AlarmOut.of(answer.placed)


def alarm_values(placed: Placed) -> dict[str, Any]:
    """Give the fields that show an alarm."""
    alarm, point = placed.alarm, placed.point
    state = "active" if alarm.is_active else "cleared" if alarm.is_open else "closed"
    return {
        "id": alarm.id,
        "state": state,
        "point": alarm.point,
        "point_kind": None if point is None else point.kind,
        "name": None if point is None else point.name,
        "asset": None if point is None else point.asset,
        "zone": None if point is None or point.zone is None else point.zone.value,
        "grade": None if point is None else point.grade,
        "kind": alarm.kind,
        "severity": alarm.severity.word,
        "rule": alarm.rule,
        "value": alarm.value_c,
        "peak": alarm.peak_c,
        "limit": alarm.limit_c,
        "incident": alarm.incident,
        "late": alarm.late,
        "began_at": instant(alarm.began_ms),
        "raised_at": instant(alarm.raised_ms),
        "cleared_at": instant_or_none(alarm.cleared_ms),
        "acknowledged_at": instant_or_none(alarm.acknowledged_ms),
        "acknowledged_by": alarm.acknowledged_by,
        "escalated_at": instant_or_none(alarm.escalated_ms),
        "shelved_until": instant_or_none(alarm.shelved_until_ms),
        "shelved_by": alarm.shelved_by,
        "closed_at": instant_or_none(alarm.closed_ms),
        "closed_by": alarm.closed_by,
    }


def severity_word(event: AlarmEvent) -> SeverityWord:
    """Name the severity that an alarm had after an event."""
    words: dict[str, SeverityWord] = {
        "info": "info", "warning": "warning", "critical": "critical",
    }  # fmt: skip
    return words[event.alarm.severity.word]


def moment_text(numbered: NumberedEvent, placed: Placed) -> str:
    """Write an event of the stream."""
    event = numbered.event
    return AlarmMomentOut(
        number=numbered.number,
        kind=event.kind,
        at=instant(event.at_ms),
        by=event.by,
        comment=event.comment,
        alarm=AlarmOut.of(placed),
    ).model_dump_json()
