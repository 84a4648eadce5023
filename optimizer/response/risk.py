"""How likely goods spoil if the vehicle drives on, and whether that is enough to divert them.

A diversion takes other vehicles' time, and whoever gets goods late or from another hand has been
let down for nothing if they would have kept. The longer one looks, the surer one is: a door shuts,
a unit comes back, a reading turns out to drift. So goods are diverted

- when it is all but sure that some are lost, or
- when that is likely, the break may be so near that a later diversion could come too late, and what
  is likely lost outweighs what a needless diversion costs. So dear goods are diverted at a smaller
  risk than cheap ones.

Until then to wait costs nothing, for the same ways out are there a little later.
"""

from __future__ import annotations

from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from optimizer.response.outlook import Outlooks, outlooks
from optimizer.response.situation import Situation, situation
from optimizer.response.words import (
    ALL_BUT_SURE,
    LIKELY_LOST,
    MOVED_S,
    NEAR_S,
    NEEDLESS_CENTS,
    Disruption,
    RerouteRefused,
)


def risk(here: Situation, ahead: Outlooks) -> float:
    """Give how likely any goods are out of their band when the running plan hands them over."""
    return max(1.0 - ahead.of_item(item, stop.service_starts) for item, stop in here.affected)


def outweighs(here: Situation, ahead: Outlooks) -> bool:
    """Say whether the loss to be expected, times its odds, is more than a diversion costs in vain.

    The odds count beside the loss: who is unsure learns more by waiting.
    """
    lines = here.problem.lines
    rows = [(lines[item.key].value_cents, item, stop) for item, stop in here.affected]
    chance = risk(here, ahead)
    if not any(cents for cents, _, _ in rows):
        # What goods without a price are worth nobody knows: likely is enough.
        return True
    lost = sum(
        cents * (1.0 - ahead.of_item(item, stop.service_starts)) for cents, item, stop in rows
    )
    return chance * lost >= (1.0 - chance) * NEEDLESS_CENTS


def may_wait_until(here: Situation, ahead: Outlooks) -> Seconds | None:
    """Give the moment until which to wait costs nothing; None where it has come."""
    near = min(ahead.of(zone).breach.p10 for zone in here.zones) - NEAR_S
    return near if near > here.disruption.at else None


def is_to_be_diverted(here: Situation, ahead: Outlooks) -> bool:
    """Say whether enough is known to divert goods, and enough of them is at stake."""
    chance = risk(here, ahead)
    if chance >= ALL_BUT_SURE or chance < LIKELY_LOST:
        return chance >= ALL_BUT_SURE
    return may_wait_until(here, ahead) is None and outweighs(here, ahead)


def calls_for_diversion(problem: Problem, plan: Plan, told: Disruption) -> bool:
    """Say the same of a disruption that nobody has looked at yet.

    Parameters
    ----------
    problem, plan
        The day and its running plan.
    told
        What broke. Where nothing can be diverted any more nothing is to be diverted either.
    """
    try:
        here = situation(problem, plan, told)
    except RerouteRefused:
        return False
    return is_to_be_diverted(here, outlooks(here))


def is_asked_again(problem: Problem, plan: Plan, then: Disruption, now: Disruption) -> bool:
    """Say whether who decided to drive on has to decide once more.

    That was right as long as to wait was. It is asked again once goods are to be diverted, and
    after that whenever they are to break sooner than was known.

    Parameters
    ----------
    problem, plan
        The day and its running plan.
    then, now
        What was known when that was decided, and what is known by now.
    """
    if now.breach is None or not calls_for_diversion(problem, plan, now):
        return False
    if then.breach is None or not calls_for_diversion(problem, plan, then):
        return True
    return then.breach.p50 - now.breach.p50 > MOVED_S
