"""A plan changed by hand, and judged: no solver, an answer at once.

``revise`` does the edits of a dispatcher, times the trips anew that they touch, moves goods
between trucks accordingly, predicts temperatures, prices and checks. What comes back may break
rules: that is how a dispatcher sees what a change costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from optimizer.by_hand.applying import apply
from optimizer.by_hand.draft import Draft
from optimizer.by_hand.edits import (
    ChangeVehicle,
    Edit,
    EditRefused,
    LeaveLine,
    MoveLine,
    MoveStop,
)
from optimizer.by_hand.writing import written
from optimizer.check import check, kpis
from optimizer.domain.errors import ForeignPlan
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from optimizer.planning.advice import advice_on
from optimizer.planning.drop_charge import dearest_round_trip_cents
from optimizer.planning.pricing import price
from optimizer.travel.provider import TravelProvider

__all__ = [
    "ChangeVehicle",
    "Edit",
    "EditRefused",
    "LeaveLine",
    "MoveLine",
    "MoveStop",
    "revise",
]


def revise(
    problem: Problem,
    plan: Plan,
    edits: Sequence[Edit],
    *,
    travel: TravelProvider,
    frozen: frozenset[str] = frozenset(),
    earliest: Seconds = 0,
) -> Plan:
    """Change a plan by hand.

    Routes that no edit touches stay as they are. Trucks follow the vans' lines with their loads,
    not with their tours. Version and state of the answer are the caller's business.

    Parameters
    ----------
    problem
        The day that the plan answers.
    plan
        The plan as it stands.
    edits
        Done one after the other; all of them name routes as this plan does.
    travel
        Where distances come from.
    frozen
        Ids of routes that no edit may touch; see ``replan.closure``.
    earliest
        No trip that is timed anew departs before this moment.

    Returns
    -------
    Plan
        With its check report, which may hold violations.

    Raises
    ------
    EditRefused
        An edit names what is not there, what is fixed, or what cannot go together.
    ForeignPlan
        The plan answers another problem.
    """
    _refuse_foreign(problem, plan)
    draft = Draft.of(problem, plan, frozen, earliest)
    before = draft.leaving()
    for edit in edits:
        apply(draft, edit, travel)
    routes = tuple(written(draft, travel, before))
    unserved = tuple(draft.unserved.values())
    dearest = dearest_round_trip_cents(problem, travel) if unserved else 0
    revised = replace(
        plan,
        travel=travel.source,
        routes=routes,
        unserved=unserved,
        cost=price(problem, routes, unserved, dearest),
        advice=advice_on(problem, routes, unserved),
        check=None,
        version=1,
        state="draft",
    )
    revised = replace(revised, kpis=kpis(problem, revised))
    return replace(revised, check=check(problem, revised, travel))


def _refuse_foreign(problem: Problem, plan: Plan) -> None:
    """Refuse a plan with names that the problem lacks; the judge compares the digests later."""
    stops = [stop for route in plan.routes for stop in route.stops]
    lines = {item.key for stop in stops for item in (*stop.delivers, *stop.collects)}
    lines |= {item.key for item in plan.unserved}
    unknown = [
        *({route.vehicle for route in plan.routes} - problem.vehicles.keys()),
        *({stop.site for stop in stops} - problem.sites.keys()),
        *({route.wave for route in plan.routes} - {wave.id for wave in problem.waves} - {""}),
        *(str(key) for key in lines - problem.lines.keys() - problem.collects.keys()),
    ]
    if unknown:
        raise ForeignPlan(
            "CG-4001",
            f"the plan answers another problem than {problem.id!r}, which lacks"
            f" {', '.join(sorted(unknown)[:5])}",
        )
