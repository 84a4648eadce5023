"""The decisions of the trial: a person asks when an alarm says what it means, and accepts at once.

Who has accepted to drive on as planned is asked anew when the goods are expected to break earlier
by as much as the service calls worse, or when a break comes near that was far then. Any other way
out is the end of the matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from time import process_time

from optimizer.check import check
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from optimizer.reroute import propose
from optimizer.response.risk import is_asked_again
from optimizer.response.words import Disruption, Outcome, Proposal, RerouteRefused
from optimizer.travel.provider import TravelProvider
from tests.benchmarks.reroute_failures_watch import Watched

MANY = 40
"""So many proposals are asked for: all that were judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A disruption, and the ways out in the order in which they are proposed.

    Parameters
    ----------
    held
        What the checker finds in the first of them that neither stems from the disruption nor was
        in the running plan.
    seconds
        Of the processor.
    """

    told: Disruption
    proposals: tuple[Proposal, ...]
    held: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def drives_on(self) -> bool:
        """Say whether the first of them is to drive on as planned."""
        return drives_on(self.proposals[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided about a case.

    Parameters
    ----------
    alarm, alarmed
        Kind and second of the first alarm; empty where none came.
    unclear_s
        How long it was not clear what that means for the goods.
    """

    asked: tuple[Asked, ...] = ()
    alarm: str = ""
    alarmed: Seconds | None = None
    unclear_s: Seconds = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who decides.

    Parameters
    ----------
    problem, plan, travel
        The day in its weather, and its running plan.
    delay_s
        From an alarm to the person's answer; proposals are those of that moment.
    """

    problem: Problem
    plan: Plan
    travel: TravelProvider
    delay_s: Seconds = 0

    def decide(self, watched: Watched) -> Decided:
        """Watch a case to its end, or until something other than driving on was accepted."""
        until = _last(watched)
        asked: list[Asked] = []
        alarm, alarmed = "", None
        for minute in watched.minutes():
            if minute.at >= until:
                break
            if minute.alarm and alarmed is None:
                alarm, alarmed = minute.alarm, minute.at
            if alarmed is None or minute.at < alarmed + self.delay_s:
                continue
            told = minute.told
            if told is None:
                continue
            if asked and not is_asked_again(self.problem, self.plan, asked[-1].told, told):
                continue
            found = self.ask(told)
            if found is None:
                break
            asked.append(found)
            if not found.drives_on:
                break
        first = asked[0].told.at if asked else until
        waited = 0 if alarmed is None else max(0, first - alarmed - self.delay_s)
        return Decided(asked=tuple(asked), alarm=alarm, alarmed=alarmed, unclear_s=waited)

    def ask(self, told: Disruption) -> Asked | None:
        """Ask for all ways out; None where the goods are gone already."""
        begun = process_time()
        try:
            found = propose(self.problem, self.plan, told, travel=self.travel, limit=MANY)
        except RerouteRefused:
            return None
        seconds = process_time() - begun
        held = () if drives_on(found[0]) else self._held(found[0])
        trimmed = tuple(_trimmed(one) for one in found)
        return Asked(told=told, proposals=trimmed, held=held, seconds=seconds)

    def _held(self, proposal: Proposal) -> tuple[str, ...]:
        """Check a plan anew, as who accepts it would."""
        standing = set(check(self.problem, self.plan, self.travel).violations)
        report = check(self.problem, proposal.plan, self.travel)
        new = set(report.violations) - standing - set(proposal.excused)
        return tuple(sorted(one.code for one in new))


def drives_on(proposal: Proposal) -> bool:
    """Say whether a proposal changes nothing."""
    return not proposal.changed and not proposal.grams(Outcome.QUARANTINED)


def decided_all(desk: Desk, cases: Iterable[Watched]) -> list[Decided]:
    """Decide about some cases, one after the other."""
    return [desk.decide(one) for one in cases]


def asked_all(desk: Desk, told: Iterable[Disruption]) -> list[Asked | None]:
    """Ask about some disruptions, one after the other."""
    return [desk.ask(one) for one in told]


def _last(watched: Watched) -> Seconds:
    """Give the moment after which none of the goods are on board."""
    zone = watched.case.failure.zone
    return max(
        stop.service_starts
        for stop in watched.case.route.stops
        if any(item.zone is zone for item in stop.delivers)
    )


def _trimmed(proposal: Proposal) -> Proposal:
    """Leave the routes out that stay: they are the same in every version."""
    routes = tuple(one for one in proposal.plan.routes if one.id in proposal.changed)
    plan = replace(proposal.plan, routes=routes, unserved=(), kpis={}, advice=())
    return replace(proposal, plan=plan, sentences={})
