"""Where an order is: every line with the furthest stage that is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from api.road.day import Day, Visit
from api.road.progress import LineProgress, StopState
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, OrderId, SiteId, VehicleId
from optimizer.domain.plan import Unserved
from optimizer.domain.units import Grams


class Stage(Enum):
    """How far a line is, in the order in which the stages follow each other."""

    PLANNED = "planned"
    PUBLISHED = "published"
    LOADING = "loading"
    ON_THE_WAY_TO_GRID = "on_the_way_to_grid"
    AT_GRID = "at_grid"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    HANDED_OVER = "handed_over"
    COLLECTED = "collected"
    REFUSED = "refused"
    DAMAGED = "damaged"
    LEFT_OUT = "left_out"


class Source(Enum):
    """How a stage is known: somebody said so, a position shows it, or only the plan has it so."""

    REPORT = "report"
    POSITION = "position"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTrack:
    """One line on its way.

    Parameters
    ----------
    known_from
        How the stage is known.
    vehicle
        The vehicle of the last mile; None for a line left out.
    due_at
        The promise.
    reason, detail
        Why a line is left out, refused or damaged.
    """

    key: LineKey
    site: SiteId
    stage: Stage
    known_from: Source
    due_at: datetime
    mass_g: Grams
    handed_g: Grams = 0
    refused_g: Grams = 0
    damaged_g: Grams = 0
    vehicle: VehicleId | None = None
    stop: str | None = None
    planned_at: datetime | None = None
    expected_at: datetime | None = None
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    arrived_at: datetime | None = None
    handed_at: datetime | None = None
    collected_at: datetime | None = None
    reason: str | None = None
    detail: str | None = None


def track(day: Day, order: OrderId, now: datetime) -> list[LineTrack]:
    """Give every line of an order with its stage.

    Parameters
    ----------
    day
        A day with its outlook.
    order
        The order.
    now
        The present instant.
    """
    left_out = {unserved.key: unserved for unserved in day.plan.unserved}
    keys = [key for key in day.problem.lines if key.order == order]
    return [_line(day, key, left_out.get(key), now) for key in keys]


def _line(day: Day, key: LineKey, left_out: Unserved | None, now: datetime) -> LineTrack:
    line = day.problem.lines[key]
    due_at = day.problem.horizon.instant(day.problem.promises[line.promise].due(line))
    visits = day.visits_of(key, Echelon.LAST_MILE)
    if left_out is not None or not visits:
        return LineTrack(
            key=key,
            site=line.site,
            stage=Stage.LEFT_OUT,
            known_from=Source.PLAN,
            due_at=due_at,
            mass_g=line.mass_g,
            reason=None if left_out is None else left_out.reason.value,
            detail=None if left_out is None else left_out.detail,
        )
    (visit, *_) = visits
    done = visit.progress.lines[key]
    stage, source = _stage(day, key, visit, done, now)
    return LineTrack(
        key=key,
        site=line.site,
        stage=stage,
        known_from=source,
        due_at=due_at,
        mass_g=line.mass_g,
        handed_g=done.handed_g,
        refused_g=done.refused_g,
        damaged_g=done.damaged_g,
        vehicle=visit.route.vehicle,
        stop=visit.id,
        planned_at=day.problem.horizon.instant(visit.stop.service_starts),
        expected_at=visit.expected_at,
        earliest_at=visit.earliest_at,
        latest_at=visit.latest_at,
        arrived_at=visit.progress.arrived_at,
        handed_at=done.handed_at,
        collected_at=None if done.has_failed else done.collected_at,
        reason=_reason(visit, key),
    )


def _reason(visit: Visit, key: LineKey) -> str | None:
    told = [
        event.report.reason
        for event in visit.progress.returns
        if any(piece.key == key for piece in event.report.pieces)
    ]
    return "; ".join(told) or None


def _stage(
    day: Day, key: LineKey, visit: Visit, done: LineProgress, now: datetime
) -> tuple[Stage, Source]:
    # An order is collected as a whole, and a line of it that was damaged all the same is not.
    if done.collected_at is not None and not done.has_failed:
        return Stage.COLLECTED, Source.REPORT
    if done.handed_g > 0:
        return Stage.HANDED_OVER, Source.REPORT
    if done.has_failed:
        lost = Stage.REFUSED if done.refused_g >= done.damaged_g else Stage.DAMAGED
        return lost, Source.REPORT
    if visit.progress.state is not StopState.PLANNED:
        return Stage.ARRIVED, Source.REPORT
    under_way = left_the_start(day, visit, now)
    if under_way is not None:
        return Stage.ON_THE_WAY, under_way
    return _before_the_last_mile(day, key, now)


def left_the_start(day: Day, visit: Visit, now: datetime) -> Source | None:
    """Say how it is known that a route has left; None where it has not, by all that is known."""
    route = visit.route
    if any(other.progress.is_touched for other in day.route_visits(route.id)):
        return Source.REPORT
    if route.id in day.left:
        return Source.POSITION
    if day.state == "running" and not _stands_still(day, visit, now):
        departed = day.problem.horizon.instant(route.departs) <= now
        return Source.PLAN if departed else None
    return None


def _stands_still(day: Day, visit: Visit, now: datetime) -> bool:
    """Say whether positions after the planned departure show that the vehicle has not left."""
    fix = day.fixes.get(visit.route.vehicle)
    return fix is not None and fix.at >= day.problem.horizon.instant(visit.route.departs)


def _before_the_last_mile(day: Day, key: LineKey, now: datetime) -> tuple[Stage, Source]:
    if day.state == "draft":
        return Stage.PLANNED, Source.PLAN
    trucks = day.visits_of(key, Echelon.LINEHAUL)
    if not trucks:
        # Stock of the grid warehouse: there is no way to go before the van's.
        return (Stage.LOADING if day.state == "loading" else Stage.AT_GRID), Source.PLAN
    if all(truck.progress.is_touched for truck in trucks):
        return Stage.AT_GRID, Source.REPORT
    known = list(_departures(day, trucks, now))
    if known:
        return Stage.ON_THE_WAY_TO_GRID, known[0]
    return (Stage.LOADING if day.state != "published" else Stage.PUBLISHED), Source.PLAN


def _departures(day: Day, trucks: Sequence[Visit], now: datetime) -> Iterator[Source]:
    for truck in trucks:
        source = left_the_start(day, truck, now)
        if source is not None:
            yield source
