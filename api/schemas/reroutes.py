"""Bodies about rerouting: what is asked and decided, what is proposed; ``disruptions`` says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.reroutes.cases import CaseState, Happened, OriginKind
from api.reroutes.news import NewTime
from api.schemas.disruptions import DisruptionBody
from api.schemas.events import Name
from api.schemas.life_answers import DifferenceOut
from api.services.reroute_cases import shown, situation_of
from api.storage.reroutes import RerouteEvent, RerouteRow
from optimizer.response.words import Severity

PRINTED = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Words = Annotated[str, Field(max_length=2000, pattern=PRINTED)]


def _example(*examples: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": list(examples)})


# --- asked --------------------------------------------------------------------------------------


class RerouteBody(BaseModel):
    """What broke on which plan."""

    model_config = _example(
        {
            "plan": "plan-1",
            "disruption": {"kind": "compartment", "vehicle": "V1", "zone": "frozen"},
        }
    )

    plan: Name
    disruption: DisruptionBody


class AcceptBody(BaseModel):
    """Which proposal becomes the plan."""

    model_config = _example({"proposal": 1, "note": "Station S1 has been called."})

    proposal: Annotated[int, Field(ge=1, le=100, description="Its number in the ranking.")]
    note: Words = ""


class RejectBody(BaseModel):
    """Why nothing is done."""

    model_config = _example({"reason": "The driver has repaired the unit."})

    reason: Annotated[str, Field(min_length=1, max_length=2000, pattern=PRINTED)]


class TakeBackBody(BaseModel):
    """Why an acceptance is taken back."""

    model_config = _example({"reason": "The unit cools again; V1 drives on as planned."})

    reason: Annotated[str, Field(min_length=1, max_length=2000, pattern=PRINTED)]


# --- answered -----------------------------------------------------------------------------------


class RankedOut(BaseModel):
    """A proposal in short."""

    number: int
    kind: str
    place: str | None
    worth_cents: Annotated[int, Field(description="What is saved less what it costs.")]
    saved_cents: int
    cost_cents: int
    lost_cents: int
    loses_nothing: bool
    delivered_kg: float
    sheltered_kg: float
    quarantined_kg: float
    collector: Annotated[str | None, Field(description="The vehicle that fetches the goods.")]
    headline: Annotated[dict[str, str], Field(description="The first sentence by language.")]


class RerouteOut(BaseModel):
    """A case: a disruption of a plan on the road, with its ways out, best first."""

    id: str
    plan: str
    plan_version: Annotated[int, Field(description="Of the plan, when this was computed.")]
    plan_revision: int
    revision: Annotated[int, Field(description="Counts computations and decisions: the ETag.")]
    state: CaseState
    kind: str
    vehicle: str | None
    zone: str | None
    severity: Severity
    disruption: dict[str, Any]
    ranking: list[RankedOut]
    origin: OriginKind
    alarm: str | None
    opened_at: datetime
    opened_by: str
    computed_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    accepted: Annotated[int | None, Field(description="Number of the accepted proposal.")]
    automatic: bool
    made_version: Annotated[int | None, Field(description="The plan's version that it made last.")]
    reason: str

    @classmethod
    def of(cls, row: RerouteRow) -> RerouteOut:
        """Show a case."""
        return cls(**shown(row))


class RerouteList(BaseModel):
    """Cases, the newest first."""

    items: list[RerouteOut]


class RefusedOut(BaseModel):
    """A way out that is not offered, and why.

    Pages say why by the code and its figures; a case that was computed before it had any has none.
    """

    model_config = ConfigDict(extra="allow")

    kind: str
    place: str | None
    reason: str
    code: str | None = None
    figures: dict[str, str] = Field(default_factory=dict)
    needs_override: bool
    distance_m: int | None


class ProposalOut(BaseModel):
    """A checked way out; its whole plan is a route of its own."""

    model_config = ConfigDict(extra="allow")

    number: int
    kind: str
    place: str | None
    loses_nothing: bool
    worth_cents: int
    saved_cents: int
    cost_cents: int
    lost_cents: int
    collector: str | None
    changed_routes: list[str]
    lines: list[dict[str, Any]]
    handovers: list[dict[str, Any]]
    excused: Annotated[
        list[dict[str, Any]], Field(description="Findings that are the disruption itself.")
    ]
    check: dict[str, Any]
    sentences: dict[str, list[str]]

    @classmethod
    def of(cls, number: int, document: Mapping[str, Any]) -> ProposalOut:
        """Show a proposal without its plan."""
        return cls(number=number, **{k: v for k, v in document.items() if k != "plan"})


class RerouteWholeOut(RerouteOut):
    """A case with its proposals and with what was refused."""

    loses_nothing: Annotated[bool, Field(description="Whether any proposal loses nothing.")]
    situation: Annotated[dict[str, Any], Field(description="What was known when it was computed.")]
    proposals: list[ProposalOut]
    refused: list[RefusedOut]

    @classmethod
    def whole(cls, row: RerouteRow, answer: Mapping[str, Any]) -> RerouteWholeOut:
        """Show a case with its answer."""
        return cls(
            **shown(row),
            loses_nothing=answer["loses_nothing"],
            situation=dict(situation_of(answer)),
            proposals=[
                ProposalOut.of(number, one) for number, one in enumerate(answer["proposals"], 1)
            ],
            refused=answer["refused"],
        )


class PointChangeOut(BaseModel):
    """Goods of a pickup point that come at another time, or not today."""

    site: str
    now: Annotated[datetime | None, Field(description="As the running plan has it.")]
    then: Annotated[datetime | None, Field(description="As the proposal has it.")]
    change_min: int | None
    reason: dict[str, str]
    lines: list[str]


class ProposalPlanOut(BaseModel):
    """A proposal with its whole plan, and what it changes against the running one."""

    reroute: str
    revision: int
    proposal: ProposalOut
    difference: DifferenceOut
    points: list[PointChangeOut]
    plan: Annotated[dict[str, Any], Field(description="PLAN.json.")]


def points_out(changes: Sequence[NewTime]) -> list[PointChangeOut]:
    """Show which points get their goods at another time."""
    return [
        PointChangeOut(
            site=one.site,
            now=one.was,
            then=one.now,
            change_min=one.change_min,
            reason=dict(one.reason),
            lines=[str(key) for key in one.keys],
        )
        for one in changes
    ]


class RerouteSnapshotOut(BaseModel):
    """The open cases after an event."""

    number: int
    reroutes: list[RerouteOut]


class RerouteEventOut(BaseModel):
    """Something that happened to a case, and the case as it was then."""

    number: int
    happened: Happened
    at: datetime
    reroute: RerouteOut

    @classmethod
    def of(cls, event: RerouteEvent) -> RerouteEventOut:
        """Show an event."""
        return cls(
            number=event.number,
            happened=event.happened,
            at=event.at,
            reroute=RerouteOut(**event.body),
        )
