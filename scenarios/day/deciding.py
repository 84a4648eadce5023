"""Asks the decision room for ways out of a trouble, and accepts the best of them."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from optimizer.recovery.events import Event
from optimizer.recovery.recover import recover
from optimizer.reroute import respond
from optimizer.response.words import (
    Disruption,
    Kind,
    Outcome,
    Proposal,
    RerouteRefused,
    Response,
)
from optimizer.travel.provider import TravelProvider
from scenarios.day.words import DayEvent, Diverted, LeftOut, Stayed

ITERATIONS = 10
"""Of the planner, for each time it plans the open part of a day anew."""

SEED = 1

NEAR_S: Seconds = 2_400
"""A break that is further off than this is looked at again when it comes so near."""

LOOK_S: Seconds = 600
"""Who drives on with a break that is near looks again so much later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was decided.

    Parameters
    ----------
    proposal
        None where there was nothing to accept.
    said
        What the record says of it.
    look_again
        When who drives on asks again; None is a last word.
    """

    proposal: Proposal | None
    said: tuple[DayEvent, ...]
    look_again: Seconds | None = None

    @property
    def changes(self) -> bool:
        """Say whether the day goes on in another way."""
        return self.proposal is not None and (
            bool(self.proposal.changed) or self.proposal.kind is Kind.QUARANTINE
        )


def answered(
    problem: Problem,
    plan: Plan,
    told: Disruption | Event,
    *,
    travel: TravelProvider,
    vehicle: VehicleId,
    route: str,
) -> Answer:
    """Ask for ways out, and accept the first: it is worth most of those that the checker allows.

    Parameters
    ----------
    problem, plan
        The day as it runs.
    told
        What happened.
    travel
        Where distances come from.
    vehicle, route
        Whom the record names.
    """
    try:
        response = _response(problem, plan, told, travel)
    except RerouteRefused as refused:
        return Answer(proposal=None, said=(_stayed(told, vehicle, route, refused.code),))
    if not response.proposals:
        return Answer(proposal=None, said=(_stayed(told, vehicle, route, "no way out"),))
    first = response.proposals[0]
    answer = Answer(proposal=first, said=())
    if not answer.changes:
        return Answer(
            proposal=first,
            said=(_stayed(told, vehicle, route, first.kind.value),),
            look_again=max(told.at + LOOK_S, response.breach.p10 - NEAR_S),
        )
    said = Diverted(
        at=told.at,
        vehicle=vehicle,
        route=route,
        kind=first.kind.value,
        place=first.place,
        changed=first.changed,
    )
    left = [
        LeftOut(
            at=told.at,
            vehicle=vehicle,
            route=route,
            order=key.order,
            line=key.line,
            mass_g=problem.lines[key].mass_g,
            outcome=outcome,
        )
        for key, outcome in _left_out(problem, plan, first)
    ]
    return Answer(proposal=first, said=(said, *left))


def _response(
    problem: Problem, plan: Plan, told: Disruption | Event, travel: TravelProvider
) -> Response:
    if isinstance(told, Disruption):
        return respond(problem, plan, told, travel=travel, limit=1, seed=SEED)
    effort = Limit(iterations=ITERATIONS)
    return recover(problem, plan, told, travel=travel, limit=1, seed=SEED, effort=effort)


def _stayed(told: Disruption | Event, vehicle: VehicleId, route: str, why: str) -> Stayed:
    return Stayed(at=told.at, vehicle=vehicle, route=route, why=why)


def _left_out(problem: Problem, plan: Plan, proposal: Proposal) -> list[tuple[LineKey, str]]:
    """Say which lines do not come today any more, and what becomes of them."""
    lost = {
        fate.key: fate.outcome.value
        for fate in proposal.fates
        if fate.outcome is not Outcome.DELIVERED
    }
    before = {one.key for one in plan.unserved}
    for key in {one.key for one in proposal.plan.unserved} - before:
        lost.setdefault(key, "left_out")
    return sorted((key, outcome) for key, outcome in lost.items() if key in problem.lines)
