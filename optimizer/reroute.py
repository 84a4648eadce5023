"""Read me after ``replan``: a compartment fails on the road, and these are the ways out.

``respond`` looks at every candidate of ``optimizer.response``, prices it, has the checker judge the
best, and gives those that nothing but the disruption itself speaks against, best first, with the
reasons of the others. ``respond_together`` does that for several breaks at once, whose first
proposals fit with each other. ``propose`` gives the proposals alone. Visited stops are never
touched. For whatever else may happen, ``recovery.recover`` does the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.units import Metres, Seconds
from optimizer.planning.drop_charge import dearest_round_trip_cents
from optimizer.response.candidates import candidates
from optimizer.response.judging import Bench
from optimizer.response.outlook import outlook
from optimizer.response.ranking import Ranking, rankings
from optimizer.response.situation import situation
from optimizer.response.together import agreed
from optimizer.response.words import (
    RADIUS_M,
    Disruption,
    Proposal,
    RerouteRefused,
    Reservation,
    Response,
)
from optimizer.travel.open_provider import open_provider
from optimizer.travel.provider import TravelProvider

__all__ = ["Disruption", "Proposal", "RerouteRefused", "Reservation", "Response", "propose",
           "respond", "respond_together"]  # fmt: skip

MOST_PROPOSALS = 3


def propose(
    problem: Problem,
    plan: Plan,
    disruption: Disruption,
    *,
    travel: TravelProvider | None = None,
    limit: int = MOST_PROPOSALS,
    seed: int = 1,
    reserved: Sequence[Reservation] = (),
    radius_m: Metres = RADIUS_M,
) -> list[Proposal]:
    """Give checked ways out of a disruption, best first.

    Parameters
    ----------
    problem, plan
        The day and its running plan.
    disruption
        What broke.
    travel
        Where distances come from; None opens what the problem's settings name.
    limit
        So many proposals at most.
    seed
        Stands in the plans; nothing here is left to chance.
    reserved
        Room and docks at stations that others have taken.
    radius_m
        Stations farther from the vehicle, by road, need a person's override.

    Returns
    -------
    list
        Never empty: where nothing helps, the goods are quarantined and the proposal says so.

    Raises
    ------
    RerouteRefused
        The disruption contradicts problem or plan.
    """
    response = respond(
        problem,
        plan,
        disruption,
        travel=travel,
        limit=limit,
        seed=seed,
        reserved=reserved,
        radius_m=radius_m,
    )
    return list(response.proposals)


def respond(
    problem: Problem,
    plan: Plan,
    disruption: Disruption,
    *,
    travel: TravelProvider | None = None,
    limit: int = MOST_PROPOSALS,
    seed: int = 1,
    reserved: Sequence[Reservation] = (),
    radius_m: Metres = RADIUS_M,
) -> Response:
    """Give the ways out as ``propose`` does, and with them what was refused and why.

    Parameters
    ----------
    problem, plan, disruption, travel, limit, seed, reserved, radius_m
        As for ``propose``.

    Raises
    ------
    RerouteRefused
        The disruption contradicts problem or plan.
    """
    (response,) = respond_together(
        problem,
        plan,
        [disruption],
        travel=travel,
        limit=limit,
        seed=seed,
        reserved=reserved,
        radius_m=radius_m,
    )
    return response


def respond_together(
    problem: Problem,
    plan: Plan,
    disruptions: Sequence[Disruption],
    *,
    travel: TravelProvider | None = None,
    limit: int = MOST_PROPOSALS,
    seed: int = 1,
    reserved: Sequence[Reservation] = (),
    radius_m: Metres = RADIUS_M,
) -> list[Response]:
    """Give ways out of several disruptions whose first proposals can all be accepted.

    These leave room and docks to each other, send no vehicle twice, and are worth most together;
    ``Response.joint`` is the one plan that holds them all. The other proposals stand alone. A
    vehicle that fails takes nothing from the others. Compartments of one vehicle have one answer.
    All is decided at the last of the moments, for which the earlier breaks are carried on.

    Parameters
    ----------
    problem, plan
        As for ``propose``.
    disruptions
        What broke, in any order.
    travel, limit, seed, reserved, radius_m
        As for ``propose``.

    Returns
    -------
    list
        An answer for each disruption, in the order given.

    Raises
    ------
    RerouteRefused
        A disruption contradicts problem or plan, or a compartment is named twice.
    """
    if not disruptions:
        return []
    travel = travel or open_provider(problem.travel, None, sites=problem.sites)
    groups = _by_vehicle(problem, plan, disruptions)
    heres = [situation(problem, plan, ones[0], ones[1:]) for ones in groups.values()]
    found = [
        candidates(
            here,
            travel,
            reserved=reserved,
            radius_m=radius_m,
            broken=groups.keys() - {here.broken.vehicle.id},
        )
        for here in heres
    ]
    dearest = dearest_round_trip_cents(problem, travel)
    benches = [
        Bench(scene=one.scene, travel=travel, dearest_cents=dearest, seed=seed) for one in found
    ]
    ranked = rankings(benches, found)
    firsts: Sequence[int | None] = [None]
    joint: Plan | None = None
    if len(ranked) > 1:
        firsts, joint = agreed(ranked, seed)
    answers = {
        one.bench.here.broken.vehicle.id: _answers(one, first, limit, joint)
        for one, first in zip(ranked, firsts, strict=True)
    }
    return [answers[one.vehicle][_place(groups[one.vehicle], one)] for one in disruptions]


def _place(group: Sequence[Disruption], told: Disruption) -> int:
    return [one.zone for one in group].index(told.zone)


def _by_vehicle(
    problem: Problem, plan: Plan, disruptions: Sequence[Disruption]
) -> dict[VehicleId, list[Disruption]]:
    """Put disruptions by vehicle and zone, all told as of the last of their moments."""
    at = max(one.at for one in disruptions)
    groups: dict[VehicleId, list[Disruption]] = {}
    for one in sorted(disruptions, key=lambda one: (one.vehicle, ZONES.index(one.zone))):
        group = groups.setdefault(one.vehicle, [])
        if any(known.zone is one.zone for known in group):
            raise RerouteRefused(
                "CG-1507", f"vehicle {one.vehicle}: {one.zone.value} is said to fail twice"
            )
        group.append(_as_of(problem, plan, one, at))
    return groups


def _as_of(problem: Problem, plan: Plan, told: Disruption, at: Seconds) -> Disruption:
    """Carry what is known of a break on to a later moment; where the vehicle is then is not."""
    if told.at == at:
        return told
    ahead = outlook(situation(problem, plan, told))
    air, product = ahead.at_moment(at)
    return replace(
        told, at=at, product_c=product, air_c=air, breach=ahead.breach, lat=None, lon=None
    )


def _answers(ranking: Ranking, first: int | None, limit: int, joint: Plan | None) -> list[Response]:
    """Write the answer for every compartment of a vehicle: they differ in when goods are lost."""
    proposals, broken = ranking.best(limit, first)
    here = ranking.bench.here
    return [
        Response(
            proposals=tuple(proposals),
            refused=(*ranking.found.refused, *broken),
            breach=ranking.bench.ahead.of(told.zone).breach,
            lat=here.broken.here.lat,
            lon=here.broken.here.lon,
            measured_from=ranking.measured_from,
            joint=joint,
        )
        for told in here.told
    ]
