"""Read me after ``replan``: a compartment fails on the road, and these are the ways out.

``respond`` looks at every candidate of ``optimizer.response``, prices it, has the checker judge the
best, and gives those that nothing but the disruption itself speaks against, best first, with the
reasons of the others. ``propose`` gives the proposals alone. Visited stops are never touched.
"""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import Metres
from optimizer.planning.drop_charge import dearest_round_trip_cents
from optimizer.response.checking import running_checker
from optimizer.response.draft import Draft
from optimizer.response.judging import Bench, Verdict, held_against, judged, written
from optimizer.response.later import with_later_trips
from optimizer.response.outlook import outlook
from optimizer.response.receivers import Receiver, receivers
from optimizer.response.roads import Roads
from optimizer.response.scene import Scene
from optimizer.response.sharing import from_stations, on_the_way
from optimizer.response.sheltering import at_stations, at_the_grid
from optimizer.response.shelters import shelters
from optimizer.response.situation import Situation, situation
from optimizer.response.staying import carry_on, quarantine
from optimizer.response.telling import told
from optimizer.response.value import money
from optimizer.response.words import (
    RADIUS_M,
    Disruption,
    Kind,
    Money,
    Proposal,
    Refusal,
    RerouteRefused,
    Reservation,
    Response,
)
from optimizer.travel.provider import TravelProvider

__all__ = ["Disruption", "Proposal", "RerouteRefused", "Reservation", "Response", "propose",
           "respond"]  # fmt: skip

MOST_PROPOSALS = 3

MOST_JUDGED = 24
"""So many of the best drafts are judged; they are checked side by side."""


def propose(
    problem: Problem,
    plan: Plan,
    disruption: Disruption,
    *,
    travel: TravelProvider,
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
        Where distances come from.
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
    travel: TravelProvider,
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
    here = situation(problem, plan, disruption)
    ahead = outlook(here)
    roads = _survey(here, travel)
    scene = Scene(here=here, roads=roads, ahead=ahead, reserved=reserved, radius_m=radius_m)
    fit, refused = shelters(scene)
    takers, full = receivers(here, roads)
    by_station, no_station = at_stations(scene, fit)
    by_grid, no_grid = at_the_grid(scene)
    refused += [*no_station, *no_grid]
    refused += [Refusal(kind=Kind.NEIGHBOUR, place=van, reason=why) for van, why in full.items()]
    drafts = [
        *carry_on(here, roads, ahead),
        *by_station,
        *by_grid,
        *on_the_way(scene, takers),
        *from_stations(scene, fit, takers),
    ]
    drafts, too_late = _in_their_shifts(here, roads, drafts)
    refused += too_late
    bench = Bench(
        here=here,
        ahead=ahead,
        travel=travel,
        dearest_cents=dearest_round_trip_cents(problem, travel),
        seed=seed,
    )
    proposals, broken = _best(bench, drafts, quarantine(here, roads), limit, takers)
    return Response(
        proposals=tuple(proposals),
        refused=(*refused, *broken),
        breach=ahead.breach,
        lat=here.broken.here.lat,
        lon=here.broken.here.lon,
    )


def _survey(here: Situation, travel: TravelProvider) -> Roads:
    """Measure the ways between everything that a candidate may touch."""
    problem, home = here.problem, here.broken.vehicle.home
    names = [home, *(stop.site for stop in here.broken.route.stops)]
    names += [site.id for site in problem.sites_of(SiteKind.STATION)]
    names += [
        stop.site
        for route in here.plan.routes
        if route.start_site == home and route.returns > here.disruption.at
        for stop in route.stops
        if problem.sites[stop.site].kind is SiteKind.PICKUP
    ]
    return Roads.survey(problem, travel, names)


def _in_their_shifts(
    here: Situation, roads: Roads, drafts: Sequence[Draft]
) -> tuple[list[Draft], list[Refusal]]:
    """Put off later trips, and leave out what brings a driver home after the shift."""
    kept: list[Draft] = []
    late: dict[tuple[Kind, str], Refusal] = {}
    planned = {route.id: route.returns for route in here.plan.routes}
    for draft in drafts:
        whole = with_later_trips(here, roads, draft)
        if whole is not None and all(
            route.returns
            <= max(here.problem.vehicles[route.vehicle].shift.closes, planned.get(route.id, 0))
            for route in whole.routes.values()
        ):
            kept.append(whole)
        else:
            reason = "a driver would be home only after the shift"
            refusal = Refusal(kind=draft.kind, place=draft.place, reason=reason)
            late.setdefault((draft.kind, draft.place), refusal)
    offered = {(draft.kind, draft.place) for draft in kept}
    return kept, [refusal for name, refusal in late.items() if name not in offered]


def _best(
    bench: Bench,
    drafts: Sequence[Draft],
    last: Sequence[Draft],
    limit: int,
    takers: Sequence[Receiver],
) -> tuple[list[Proposal], list[Refusal]]:
    """Have the best drafts judged until enough of them stand, each another way out.

    Giving up the goods is offered where nothing else is left, or where it is worth more.
    """
    here = bench.here
    worth = {id(draft): money(here, draft) for draft in (*drafts, *last)}
    floor = max(worth[id(draft)].worth for draft in last)
    better = [draft for draft in drafts if worth[id(draft)].worth > floor]
    better.sort(key=lambda draft: -worth[id(draft)].worth)
    rows = [(worth[id(draft)], written(bench, draft)) for draft in (*better[:MOST_JUDGED], *last)]
    versions = [list(draft.routes.values()) for _, draft in rows]
    checker, alone = running_checker(here.problem, here.plan, bench.travel, versions)
    found: list[Proposal] = []
    refused: list[Refusal] = []
    seen: set[tuple[Kind, str]] = set()
    for number, (cents, draft) in enumerate(rows):
        given_up = draft.kind is Kind.QUARANTINE
        name = draft.kind, draft.place if draft.kind is Kind.STATION else ""
        if name in seen or len(found) >= limit:
            continue
        # The last way of giving up changes no time: it stands whatever the checker says.
        final = number == len(rows) - 1
        verdict = judged(bench, checker, draft, alone[number], whatever=final)
        if verdict is not None and (final or not verdict.held):
            seen.add(name)
            found.append(_proposal(bench, draft, cents, verdict, takers))
        elif not given_up:
            standing = frozenset(checker.running.violations)
            held = (
                held_against(here, draft, standing, alone[number])
                if verdict is None
                else (verdict.held)
            )
            codes = ", ".join(sorted({one.code for one in held}))
            reason = f"the checker refuses it: {codes}"
            refused.append(Refusal(kind=draft.kind, place=draft.place, reason=reason))
    return found, refused


def _proposal(
    bench: Bench, draft: Draft, worth: Money, verdict: Verdict, takers: Sequence[Receiver]
) -> Proposal:
    idle = [one.where.vehicle.id for one in takers if one.fresh]
    collector = draft.collector
    if collector is None and draft.kind is Kind.STATION and idle:
        collector = idle[0]
    running = {route.id: route for route in bench.here.plan.routes}
    changed = [r.id for r in verdict.plan.routes if running.get(r.id) != r]
    proposal = Proposal(
        kind=draft.kind,
        place=draft.place,
        plan=verdict.plan,
        changed=tuple(changed),
        fates=draft.fates,
        handovers=draft.handovers,
        money=worth,
        excused=verdict.excused,
        extra_m=sum(draft.extra_m.values()),
        collector=collector,
    )
    return told(bench.here, bench.ahead, proposal)
