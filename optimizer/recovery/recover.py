"""Read me after ``reroute``: anything else happens to a running day, and these are the ways out.

``recover`` draws up the ways out of an event, prices them by the one objective, has the checker
judge the best, and gives those that nothing but the event itself speaks against, best first.
"""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.check import ensure_same_problem
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.recovery.backup_carrier import backup_carrier
from optimizer.recovery.breakdown import breakdown
from optimizer.recovery.closed_road import closed_road, closing
from optimizer.recovery.day import Day, asked, day_of
from optimizer.recovery.events import (
    BackupCarrier,
    Breakdown,
    ClosedRoad,
    Event,
    LateLinehaul,
    UrgentOrder,
)
from optimizer.recovery.found import Found
from optimizer.recovery.judging import ranked
from optimizer.recovery.late_linehaul import late_linehaul
from optimizer.recovery.urgent_order import urgent_order
from optimizer.response.words import RerouteRefused, Reservation, Response
from optimizer.travel.open_provider import open_provider
from optimizer.travel.provider import TravelProvider

__all__ = ["EVENTS", "asked", "recover"]

MOST_PROPOSALS = 3
ITERATIONS = 40
"""Of the planner, for each time it plans the open part anew; the same seed gives the same bytes."""

EVENTS = (ClosedRoad, Breakdown, LateLinehaul, UrgentOrder, BackupCarrier)


def recover(
    problem: Problem,
    plan: Plan,
    event: Event,
    *,
    travel: TravelProvider | None = None,
    limit: int = MOST_PROPOSALS,
    seed: int = 1,
    effort: Limit | None = None,
    reserved: Sequence[Reservation] = (),
) -> Response:
    """Give checked ways out of an event, best first, and what was refused and why.

    Proposals answer the problem as it is asked after the event: ``asked(problem, event)``, which
    is another one where orders or vans have come.

    Parameters
    ----------
    problem, plan
        The day and its running plan.
    event
        What happened.
    travel
        Where distances come from; None opens what the problem's settings name.
    limit
        So many proposals at most.
    seed
        Of the planner.
    effort
        How long the planner may work on the open part; None gives it some iterations.
    reserved
        Room and docks at stations that others have taken.

    Raises
    ------
    RerouteRefused
        The event contradicts problem or plan.
    ForeignPlan
        The plan answers another problem.
    """
    if not 0 <= event.at <= HORIZON_S:
        raise RerouteRefused("CG-1520", f"the event is {event.at} s after the start of the day")
    before = travel or open_provider(problem.travel, None, sites=problem.sites)
    ensure_same_problem(problem, plan)
    now, judge = (
        closing(problem, plan, event, before) if isinstance(event, ClosedRoad) else (before, before)
    )
    day = day_of(
        asked(problem, event),
        plan,
        event,
        before=before,
        travel=now,
        judge=judge,
        limit=effort or Limit(iterations=ITERATIONS),
        seed=seed,
        reserved=reserved,
    )
    found = _ways_out(day, event)
    proposals, broken = ranked(day, found.options, found.last, found.affected, limit)
    return Response(
        proposals=tuple(proposals),
        refused=(*found.refused, *broken),
        breach=found.breach,
        lat=found.lat,
        lon=found.lon,
    )


def _ways_out(day: Day, event: Event) -> Found:
    match event:
        case ClosedRoad():
            return closed_road(day, event)
        case Breakdown():
            return breakdown(day, event)
        case LateLinehaul():
            return late_linehaul(day, event)
        case UrgentOrder():
            return urgent_order(day, event)
        case BackupCarrier():
            return backup_carrier(day, event)
