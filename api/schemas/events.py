"""Bodies about events and positions: what drivers and leaders report."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
)

from api.road.words import Event, Kind, Piece, Report
from api.services.road import Seen, Stored, Told
from optimizer.domain.ids import LineKey
from optimizer.domain.temperature import Zone
from optimizer.domain.units import thousands, thousandths_up

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)")
UNESCAPED_PLUS = re.compile(r" (\d\d:\d\d)$")
FIRST_YEAR, LAST_YEAR = 2000, 2200
MOST_LINES = 1000
MOST_POSITIONS = 1000
LONGEST_SIGNATURE = 20_000
STROKES = r"^(M\d{1,4} \d{1,4}(L\d{1,4} \d{1,4})*)*$"
NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"


def _text(value: object) -> object:
    # A number would be taken for seconds since 1970.
    if not isinstance(value, str) or not RFC_3339.fullmatch(value):
        raise ValueError("write an instant as RFC 3339 with offset, e.g. 2026-07-15T07:40:00+08:00")
    return value


def _sane(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return value


def _plus(value: object) -> object:
    # In the query of an address a plus that nobody escaped arrives as a space.
    return UNESCAPED_PLUS.sub(r"+\1", value) if isinstance(value, str) else value


Instant = Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_sane)]
QueryInstant = Annotated[Instant, BeforeValidator(_plus)]
EventName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9-]{8,100}$",
        description="Made up by the sender, e.g. a UUID; the same name twice is the same event.",
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
Sentence = Annotated[str, Field(min_length=1, max_length=500, pattern=NO_CONTROLS)]
MassKg = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
Celsius = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=100_000)]


def _example(**values: Any) -> ConfigDict:  # noqa: ANN401 - a JSON document
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


# --- asked --------------------------------------------------------------------------------------


class PieceBody(BaseModel):
    """Some kilograms of a line."""

    model_config = _example(order="N101", line="2", mass_kg=12.0)

    order: Name
    line: Name
    mass_kg: MassKg

    def piece(self) -> Piece:
        """Give the domain's form; kilograms round up to grams."""
        return Piece(key=LineKey(self.order, self.line), mass_g=thousandths_up(self.mass_kg))


Lines = Annotated[list[PieceBody], Field(min_length=1, max_length=MOST_LINES)]


class _EventBody(BaseModel):
    """What every event says."""

    model_config = ConfigDict(extra="forbid")

    client_event_id: EventName
    at: Instant
    kind: str

    def report(self) -> Report:
        """Give what the event says beyond its kind and time."""
        return Report()

    def told(self) -> Told:
        """Give the event for the service."""
        kind = Kind(self.kind)
        return Told(id=self.client_event_id, kind=kind, at=self.at, report=self.report())


class ArrivedBody(_EventBody):
    """The vehicle has arrived."""

    model_config = _example(
        client_event_id="7f1c2a50-arrived", at="2026-07-15T07:05:00+08:00", kind="arrived"
    )

    kind: Literal["arrived"]


class HandedOverBody(_EventBody):
    """Goods were handed over and signed for."""

    model_config = _example(
        client_event_id="7f1c2a50-handed-1",
        at="2026-07-15T07:08:30+08:00",
        kind="handed_over",
        lines=[{"order": "N101", "line": "2", "mass_kg": 12.0}],
        product_c={"chilled": 3.1},
        signed_by="Mrs. Luo",
        inspected=True,
    )

    kind: Literal["handed_over"]
    lines: Lines
    product_c: Annotated[
        dict[Zone, Celsius], Field(description="Product temperature measured, per zone.")
    ] = {}
    signed_by: Name
    signature: Annotated[
        str,
        Field(
            max_length=LONGEST_SIGNATURE, pattern=STROKES,
            description="What was drawn, as an SVG path of whole numbers from 0 to 9999.",
        ),
    ] = ""  # fmt: skip
    inspected: Annotated[
        bool, Field(description="Goods with a shelf life must be inspected before signing.")
    ] = False

    def report(self) -> Report:
        """Give what the event says beyond its kind and time."""
        return Report(
            pieces=tuple(line.piece() for line in self.lines),
            product_c=self.product_c,
            signed_by=self.signed_by,
            signature=self.signature,
            inspected=self.inspected,
        )


class RefusedBody(_EventBody):
    """Goods were refused."""

    model_config = _example(
        client_event_id="7f1c2a50-refused-1",
        at="2026-07-15T07:09:00+08:00",
        kind="refused",
        lines=[{"order": "N102", "line": "1", "mass_kg": 1.5}],
        reason="household did not order this",
    )

    kind: Literal["refused"]
    lines: Lines
    reason: Sentence

    def report(self) -> Report:
        """Give what the event says beyond its kind and time."""
        pieces = tuple(line.piece() for line in self.lines)
        return Report(pieces=pieces, reason=self.reason)


class DamagedBody(_EventBody):
    """Goods were damaged; they are a task for somebody within two hours."""

    model_config = _example(
        client_event_id="7f1c2a50-damaged-1",
        at="2026-07-15T07:07:00+08:00",
        kind="damaged",
        lines=[{"order": "N101", "line": "1", "mass_kg": 0.8}],
        cause="crate fell from the tail lift",
    )

    kind: Literal["damaged"]
    lines: Lines
    cause: Sentence

    def report(self) -> Report:
        """Give what the event says beyond its kind and time."""
        pieces = tuple(line.piece() for line in self.lines)
        return Report(pieces=pieces, reason=self.cause)


class EmptiesBody(_EventBody):
    """Empty crates and boxes were taken along."""

    model_config = _example(
        client_event_id="7f1c2a50-empties-1",
        at="2026-07-15T07:10:00+08:00",
        kind="empties",
        crates=6,
        boxes=2,
    )

    kind: Literal["empties"]
    crates: Count = 0
    boxes: Count = 0

    def report(self) -> Report:
        """Give what the event says beyond its kind and time."""
        return Report(crates=self.crates, boxes=self.boxes)


class CollectedBody(_EventBody):
    """A household has collected its order."""

    model_config = _example(
        client_event_id="7f1c2a50-collected-N101",
        at="2026-07-15T09:40:00+08:00",
        kind="collected",
        order="N101",
    )

    kind: Literal["collected"]
    order: Name

    def report(self) -> Report:
        """Give what the event says beyond its kind and time."""
        return Report(order=self.order)


class DepartedBody(_EventBody):
    """The vehicle has left."""

    model_config = _example(
        client_event_id="7f1c2a50-departed", at="2026-07-15T07:11:00+08:00", kind="departed"
    )

    kind: Literal["departed"]


EventBody = Annotated[
    ArrivedBody
    | HandedOverBody
    | RefusedBody
    | DamagedBody
    | EmptiesBody
    | CollectedBody
    | DepartedBody,
    Field(discriminator="kind"),
]


class PositionBody(BaseModel):
    """Where a vehicle was."""

    model_config = _example(
        client_event_id="V1-20260715-070100", at="2026-07-15T07:01:00+08:00", lat=28.21, lon=112.94
    )

    client_event_id: EventName
    at: Instant
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]

    def seen(self) -> Seen:
        """Give the position for the service."""
        return Seen(id=self.client_event_id, at=self.at, lat=self.lat, lon=self.lon)


def _one_or_many(value: object) -> str:
    return "many" if isinstance(value, list) else "one"


# Told apart before they are read, so that a fault names the position and not both forms.
Positions = Annotated[
    Annotated[PositionBody, Tag("one")]
    | Annotated[list[PositionBody], Field(min_length=1, max_length=MOST_POSITIONS), Tag("many")],
    Discriminator(_one_or_many),
]


# --- answered -----------------------------------------------------------------------------------


class EventOut(BaseModel):
    """An event as it is stored; what its kind does not know is null or empty."""

    client_event_id: str
    stop: str
    vehicle: str
    kind: Kind
    at: datetime
    lines: list[PieceBody]
    product_c: dict[Zone, float]
    signed_by: str | None
    signature: str | None
    inspected: bool | None
    reason: str | None
    cause: str | None
    crates: int | None
    boxes: int | None
    order: str | None
    received_at: datetime
    received_from: str
    duplicate: Annotated[bool, Field(description="Whether it had been sent before.")] = False

    @classmethod
    def of(cls, event: Event, *, duplicate: bool = False) -> EventOut:
        """Show an event."""
        report, kind = event.report, event.kind
        return cls(
            client_event_id=event.id,
            stop=event.stop,
            vehicle=event.vehicle,
            kind=kind,
            at=event.at,
            lines=[
                PieceBody(
                    order=piece.key.order, line=piece.key.line, mass_kg=thousands(piece.mass_g)
                )
                for piece in report.pieces
            ],
            product_c=dict(report.product_c),
            signed_by=report.signed_by or None,
            signature=report.signature or None,
            inspected=report.inspected if kind is Kind.HANDED_OVER else None,
            reason=report.reason if kind is Kind.REFUSED else None,
            cause=report.reason if kind is Kind.DAMAGED else None,
            crates=report.crates if kind is Kind.EMPTIES else None,
            boxes=report.boxes if kind is Kind.EMPTIES else None,
            order=report.order,
            received_at=event.received_at,
            received_from=event.received_from,
            duplicate=duplicate,
        )

    @classmethod
    def stored(cls, stored: Stored) -> EventOut:
        """Show an event that was just sent."""
        return cls.of(stored.event, duplicate=stored.duplicate)


class EventList(BaseModel):
    """The events of a stop in the order in which they happened."""

    items: list[EventOut]


class PositionsOut(BaseModel):
    """How many positions were new, and how many had been sent before."""

    accepted: int
    duplicates: int
