"""How likely goods spoil if the vehicle drives on, and whether that is enough to divert them.

A diversion takes other vehicles' time, and whoever gets goods late or from another hand has been
let down for nothing if they would have kept. The longer one looks, the surer one is, so goods are
diverted once it is likely that some are lost, and not as soon as that can be.
"""

from __future__ import annotations

from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.response.outlook import Outlooks, outlooks
from optimizer.response.situation import Situation, situation
from optimizer.response.words import LIKELY_LOST, MOVED_S, Disruption, RerouteRefused


def risk(here: Situation, ahead: Outlooks) -> float:
    """Give how likely any goods are out of their band when the running plan hands them over."""
    return max(1.0 - ahead.of_item(item, stop.service_starts) for item, stop in here.affected)


def is_likely_lost(problem: Problem, plan: Plan, told: Disruption) -> bool:
    """Say whether goods are likely lost if the vehicle drives on.

    Parameters
    ----------
    problem, plan
        The day and its running plan.
    told
        What broke. Where nothing can be diverted any more nothing is lost either.
    """
    try:
        here = situation(problem, plan, told)
    except RerouteRefused:
        return False
    return risk(here, outlooks(here)) >= LIKELY_LOST


def is_asked_again(problem: Problem, plan: Plan, then: Disruption, now: Disruption) -> bool:
    """Say whether who decided to drive on has to decide once more.

    That was right while the goods were likely to keep. It is asked again once they are not, and
    after that whenever they are to break sooner than was known.

    Parameters
    ----------
    problem, plan
        The day and its running plan.
    then, now
        What was known when that was decided, and what is known by now.
    """
    if now.breach is None or not is_likely_lost(problem, plan, now):
        return False
    if then.breach is None or not is_likely_lost(problem, plan, then):
        return True
    return then.breach.p50 - now.breach.p50 > MOVED_S
