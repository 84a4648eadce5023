"""What became of the goods: ways out judged by the truth, and where the rest is lost.

A line is saved if its product was in its band until it left the broken compartment; given up, if it
is still in its band when the van is back, for then a warehouse releases it. Ways out are
priced as the response room prices them (``value.money``), with certainty in place of likelihood;
what a way saves is its worth beyond that of doing nothing, which is to drive on as planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents, Seconds
from optimizer.response.draft import Draft
from optimizer.response.situation import Situation, situation
from optimizer.response.value import money
from optimizer.response.words import Fate, Kind, Outcome, Proposal
from tests.benchmarks.reroute_failures_decide import Asked
from tests.benchmarks.reroute_failures_fleet import Vans, Way
from tests.benchmarks.reroute_failures_herd import Course


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A way out, and what it is worth in truth.

    Parameters
    ----------
    proposal
        None is to do nothing.
    worth
        By the truth.
    lost
        Value of the lines that are not saved.
    """

    proposal: Proposal | None
    worth: Cents
    lost: Cents

    @property
    def word(self) -> str:
        """Name the way."""
        if self.proposal is None:
            return "as planned"
        if self.proposal.kind is Kind.CARRY_ON and self.proposal.changed:
            return "carry_on, changed"
        return self.proposal.kind.value

    @property
    def diverts(self) -> bool:
        """Say whether goods leave another way than planned, or are given up."""
        one = self.proposal
        if one is None:
            return False
        given_up = any(fate.outcome is Outcome.QUARANTINED for fate in one.fates)
        return given_up or one.kind is not Kind.CARRY_ON


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """All ways out at a moment, in the order in which they are proposed; nothing comes last."""

    options: tuple[Option, ...]

    @property
    def first(self) -> Option:
        """The one that is accepted at once."""
        return self.options[0]

    @property
    def nothing(self) -> Option:
        """To drive on as planned."""
        return self.options[-1]

    @property
    def best(self) -> Option:
        """The best in hindsight."""
        return max(self.options, key=lambda one: one.worth)

    @property
    def possible(self) -> Cents:
        """What the best saves."""
        return self.best.worth - self.nothing.worth

    @property
    def reached(self) -> Cents:
        """What the first saves."""
        return self.first.worth - self.nothing.worth


def judge(
    problem: Problem,
    plan: Plan,
    vans: Vans,
    course: Course,
    asked: Sequence[tuple[int, Asked]],
) -> list[Options]:
    """Let every way out of some disruptions happen in the virtual fleet.

    Parameters
    ----------
    problem, plan, vans, course
        The day, its running plan, the vans of one weather and what they did.
    asked
        Per question the place of its van, and the answer.
    """
    ways: list[Way] = []
    for place, one in asked:
        row = course.row(one.told.at)
        state = course.states[row].taken(vans.spaces_of(place))
        routes = (vans.cases[place].route, *(_route(vans, place, way) for way in one.proposals))
        since = int(course.at[row])
        ways += [Way(place=place, route=route, since=since, state=state) for route in routes]
    if not ways:
        return []
    lived = vans.otherwise(ways, max(way.route.returns for way in ways) + 60)
    found: list[Options] = []
    first = 0
    for place, one in asked:
        here = situation(problem, plan, one.told)
        gone = spoilt_at(vans, course, place, one.told.at)
        mine = vans.spaces_of(place)
        options: list[Option] = []
        for proposal in (None, *one.proposals):
            at = first + vans.failing(place) - mine[0]
            breach = gone if gone is not None else _left(vans, place, lived, at, since=one.told.at)
            options.append(_option(here, proposal, breach))
            first += len(mine)
        found.append(Options(options=(*options[1:], options[0])))
    return found


def spoilt_at(vans: Vans, course: Course, place: int, until: Seconds) -> Seconds | None:
    """Say when the goods of a case left their band before a moment; None where they did not."""
    since = vans.cases[place].route.departs
    return _left(vans, place, course, vans.failing(place), since=since, until=until)


def idle_lost(problem: Problem, vans: Vans, course: Course, place: int) -> Cents:
    """Sum up the value that is spoilt on arrival if nobody does anything."""
    case = vans.cases[place]
    breach = spoilt_at(vans, course, place, case.route.returns)
    return sum(
        problem.lines[item.key].value_cents
        for stop in case.route.stops
        for item in stop.delivers
        if item.zone is case.failure.zone and breach is not None and stop.service_starts >= breach
    )


def _left(
    vans: Vans,
    place: int,
    course: Course,
    space: int,
    *,
    since: Seconds,
    until: Seconds | None = None,
) -> Seconds | None:
    band = vans.problem.policies[vans.cases[place].failure.zone].product
    first = course.row(since)
    last = len(course.at) if until is None else course.row(until) + 1
    goods = course.goods_c[first:last, space]
    bad = np.flatnonzero((goods > band.upper_c) | (goods < band.lower_c))
    return int(course.at[first + int(bad[0])]) if len(bad) else None


def _route(vans: Vans, place: int, proposal: Proposal) -> Route:
    """Give what the broken van drives, with all that leaves it where it does.

    Lines that stay on board are no delivery: they keep their mass. A call at a station delivers
    nothing in a plan, but here the goods leave there.
    """
    name = vans.cases[place].route.id
    running_route = vans.cases[place].route
    route = next((one for one in proposal.plan.routes if one.id == name), running_route)
    running = {i.key: i for s in running_route.stops for i in s.delivers}
    leaves: dict[Seconds, list[Fate]] = {}
    for fate in proposal.fates:
        if fate.out_at is not None:
            leaves.setdefault(fate.out_at, []).append(fate)
    stops = []
    for stop in route.stops:
        there = {item.key for item in stop.delivers}
        more = tuple(
            running[fate.key]
            for fate in leaves.get(stop.service_starts, ())
            if fate.key not in there and fate.key in running
        )
        stops.append(replace(stop, delivers=(*stop.delivers, *more)))
    return replace(route, stops=tuple(stops))


def _option(here: Situation, proposal: Proposal | None, breach: Seconds | None) -> Option:
    fates = _planned(here) if proposal is None else proposal.fates
    true = tuple(_in_truth(fate, breach) for fate in fates)
    routes: dict[str, Route] = {}
    if proposal is not None:
        routes = {one.id: one for one in proposal.plan.routes if one.id in proposal.changed}
    draft = Draft(
        kind=Kind.CARRY_ON,
        place="",
        routes=routes,
        fates=true,
        handovers=() if proposal is None else proposal.handovers,
    )
    worth = money(here, draft)
    if proposal is not None:
        # What turning on the road costs is known to the proposal alone.
        worth = replace(worth, driving=proposal.money.driving)
    return Option(
        proposal=proposal,
        worth=worth.worth,
        lost=sum(fate.value_cents for fate in true if not fate.sound),
    )


def _in_truth(fate: Fate, breach: Seconds | None) -> Fate:
    """Say what became of a line, with certainty.

    What was given up is measured when the van is back; a warehouse releases what never left its
    band, and it comes a day later like goods from a shelter.
    """
    if fate.outcome is Outcome.QUARANTINED:
        if breach is not None:
            return replace(fate, sound=0.0)
        return replace(fate, outcome=Outcome.SHELTERED, sound=1.0)
    sound = fate.out_at is not None and (breach is None or fate.out_at < breach)
    return replace(fate, sound=float(sound))


def _planned(here: Situation) -> tuple[Fate, ...]:
    return tuple(
        Fate(
            key=item.key,
            outcome=Outcome.DELIVERED,
            mass_g=item.mass_g,
            volume_ml=item.volume_ml,
            value_cents=here.problem.lines[item.key].value_cents,
            sound=1.0,
            out_at=stop.service_starts,
            arrives=stop.service_starts,
            vehicle=here.broken.vehicle.id,
        )
        for item, stop in here.affected
    )
