"""Bodies about batches: where they lay and rode, and every line that is served from them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlencode

from pydantic import BaseModel, Field

from api.road.recall import Affected, Whereabouts
from api.schemas.instants import instant, instant_or_none
from api.services.tracing import Recall, Stage, Trace
from api.storage.tracing import DraftWith
from optimizer.domain.temperature import Zone
from optimizer.domain.units import thousands
from optimizer.formats.manifest import safe_cell
from telemetry.alarm.words import Excursion

RECALL_COLUMNS = (
    "plan", "state", "site", "order", "line", "article", "batch", "zone", "whereabouts", "where",
    "since", "planned_kg", "handed_over_kg", "refused_kg", "damaged_kg", "vehicle", "route",
    "from", "leaves_at", "arrives_at", "reason",
)  # fmt: skip


class PlanWithOut(BaseModel):
    """A plan that drivers act on."""

    plan: str
    name: str
    state: str
    version: int
    horizon_start: datetime


class DraftWithOut(BaseModel):
    """A draft whose orders ask for the batch: nothing of it is on the road by this plan yet."""

    plan: str
    name: str
    horizon_start: datetime
    article: str
    lines: int
    mass_kg: float

    @classmethod
    def of(cls, found: DraftWith) -> DraftWithOut:
        """Show a draft."""
        return cls(
            plan=found.plan,
            name=found.name,
            horizon_start=found.horizon_start,
            article=found.asked.article,
            lines=found.asked.lines,
            mass_kg=thousands(found.asked.mass_g),
        )


class AffectedOut(BaseModel):
    """An order line, or a part of one, that is served from the batch.

    ``where`` is the site or vehicle at which it is; where nobody reported anything of a trip that
    is over, it is where the line was to be. ``reason`` says why a line was left out.
    """

    plan: str
    site: str
    order: str
    line: str
    article: str
    zone: Zone
    whereabouts: Whereabouts
    where: str
    since: datetime | None
    planned_kg: float
    handed_over_kg: float
    refused_kg: float
    damaged_kg: float
    vehicle: str
    route: str
    start: Annotated[str, Field(serialization_alias="from")]
    leaves_at: datetime | None
    arrives_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, found: Affected) -> AffectedOut:
        """Show a line."""
        trip, carried, seen = found.leg.trip, found.leg.carried, found.leg.progress
        is_left = found.whereabouts is Whereabouts.LEFT_OUT
        return cls(
            plan=found.leg.plan,
            site=carried.site,
            order=carried.key.order,
            line=carried.key.line,
            article=carried.article,
            zone=carried.zone,
            whereabouts=found.whereabouts,
            where=found.where,
            since=found.since,
            planned_kg=thousands(carried.mass_g),
            handed_over_kg=thousands(seen.handed_g),
            refused_kg=thousands(seen.refused_g),
            damaged_kg=thousands(seen.damaged_g),
            vehicle=found.vehicle,
            route=trip.route,
            start=trip.from_site,
            leaves_at=None if is_left else trip.leaves_at,
            arrives_at=None if is_left else carried.arrives_at,
            reason=None if carried.reason is None else carried.reason.value,
        )


class WhereaboutsOut(BaseModel):
    """How much of a batch is in one kind of place."""

    whereabouts: Whereabouts
    lines: int
    orders: int
    sites: int
    planned_kg: float


class RecallOut(BaseModel):
    """All that is served from a batch: whom to call, and where to fetch it."""

    batch: str
    articles: Annotated[list[str], Field(description="Several are several batches of one name.")]
    asked_at: datetime
    plans: list[PlanWithOut]
    drafts: list[DraftWithOut]
    totals: list[WhereaboutsOut]
    items: list[AffectedOut]

    @classmethod
    def of(cls, found: Recall) -> RecallOut:
        """Show a recall."""
        return cls(
            batch=found.batch,
            articles=list(found.articles),
            asked_at=found.asked_at,
            plans=_plans(found),
            drafts=[DraftWithOut.of(one) for one in found.drafts],
            totals=_totals(found.affected),
            items=[AffectedOut.of(one) for one in found.affected],
        )


class ExcursionOut(BaseModel):
    """A time outside the band while goods of the batch were there; null ``until``: it lasts."""

    point: str
    begun_at: datetime
    until: datetime | None
    kind: str
    peak_c: float
    minutes: float

    @classmethod
    def of(cls, found: Excursion) -> ExcursionOut:
        """Show an excursion."""
        return cls(
            point=found.point,
            begun_at=instant(found.from_ms),
            until=instant_or_none(found.to_ms),
            kind=found.kind,
            peak_c=round(found.peak_c, 2),
            minutes=round(found.minutes, 1),
        )


class StageOut(BaseModel):
    """A stay of goods of the batch on a vehicle, or at a site; ``route`` is null at a site.

    Times after ``asked_at`` are planned. Without ``points`` nothing measures there. ``log`` is the
    address of the temperatures, null before the goods are there or where nothing measures.
    """

    plan: str
    asset: str
    route: str | None
    zone: Zone
    start: Annotated[datetime, Field(serialization_alias="from")]
    end: Annotated[datetime, Field(serialization_alias="to")]
    lines: int
    mass_kg: float
    points: list[str]
    excursions: list[ExcursionOut]
    log: str | None

    @classmethod
    def of(cls, found: Stage, asked_at: datetime) -> StageOut:
        """Show a stage."""
        lying = found.lying
        return cls(
            plan=lying.plan,
            asset=lying.asset,
            route=lying.route or None,
            zone=lying.zone,
            start=lying.starts_at,
            end=lying.ends_at,
            lines=lying.lines,
            mass_kg=thousands(lying.mass_g),
            points=list(found.points),
            excursions=[ExcursionOut.of(one) for one in found.excursions],
            log=_log(found, asked_at),
        )


class BrokenOut(BaseModel):
    """Where goods of the batch were first out of their band."""

    stage: StageOut
    excursion: ExcursionOut


class TraceOut(BaseModel):
    """The way of a batch: sites and vehicles in the order of time, and how warm it was there."""

    batch: str
    articles: list[str]
    asked_at: datetime
    plans: list[PlanWithOut]
    drafts: list[DraftWithOut]
    totals: list[WhereaboutsOut]
    first_broken: BrokenOut | None
    stages: list[StageOut]

    @classmethod
    def of(cls, found: Trace) -> TraceOut:
        """Show a trace."""
        recall, broken = found.recall, found.first_broken
        return cls(
            batch=recall.batch,
            articles=list(recall.articles),
            asked_at=recall.asked_at,
            plans=_plans(recall),
            drafts=[DraftWithOut.of(one) for one in recall.drafts],
            totals=_totals(recall.affected),
            first_broken=None
            if broken is None
            else BrokenOut(
                stage=StageOut.of(broken[0], recall.asked_at),
                excursion=ExcursionOut.of(broken[1]),
            ),
            stages=[StageOut.of(one, recall.asked_at) for one in found.stages],
        )


def recall_csv(found: Recall) -> str:
    """Write every line as a table to hand out; texts of users' files run as no formula."""
    states = {plan.id: plan.state for plan in found.plans}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(RECALL_COLUMNS)
    for one in found.affected:
        row = AffectedOut.of(one).model_dump(mode="json", by_alias=True)
        row |= {"state": states[one.leg.plan], "batch": found.batch}
        writer.writerow([_cell(row[name]) for name in RECALL_COLUMNS])
    return buffer.getvalue()


def _plans(found: Recall) -> list[PlanWithOut]:
    """Show the plans of a recall."""
    return [
        PlanWithOut(
            plan=one.id,
            name=one.name,
            state=one.state,
            version=one.version,
            horizon_start=one.horizon_start,
        )
        for one in found.plans
    ]


def _totals(found: Sequence[Affected]) -> list[WhereaboutsOut]:
    """Add up by where goods are; kinds of places without any have no row."""
    totals = []
    for kind in Whereabouts:
        of_kind = [one.leg.carried for one in found if one.whereabouts is kind]
        if of_kind:
            totals.append(
                WhereaboutsOut(
                    whereabouts=kind,
                    lines=len(Counter(one.key for one in of_kind)),
                    orders=len(Counter(one.key.order for one in of_kind)),
                    sites=len(Counter(one.site for one in of_kind)),
                    planned_kg=thousands(sum(one.mass_g for one in of_kind)),
                )
            )
    return totals


def _cell(value: object) -> object:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else value


def _log(stage: Stage, asked_at: datetime) -> str | None:
    lying = stage.lying
    if not stage.points or lying.starts_at > asked_at:
        return None
    if lying.route:
        return f"/v1/plans/{quote(lying.plan)}/routes/{quote(lying.asset)}/temperature-log"
    query = {
        "point": stage.points[0],
        "from": lying.starts_at.isoformat(),
        "to": min(lying.ends_at, asked_at).isoformat(),
    }
    return f"/v1/readings?{urlencode(query)}"
