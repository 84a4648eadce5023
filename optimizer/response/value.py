"""What a way out is worth, in cents, counted as the one objective counts.

worth = value of what is saved - (driving + lateness + transfers) beyond the running plan. Goods are
worth their price times the share of their shelf life that is left at the hand-over, as
``objective.shelf_life_cost`` counts it, times how likely they are sound. What is not handed over
today comes a day later, sheltered or sent anew; its lateness costs no more than the goods.
"""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.objective import distance_cost, lateness_cost
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import SECONDS_PER_DAY, Cents, Seconds, nearest_int
from optimizer.response.draft import Draft
from optimizer.response.situation import Situation
from optimizer.response.words import Fate, Money, Outcome


def money(here: Situation, draft: Draft) -> Money:
    """Price a draft against the running plan."""
    planned = {item.key: stop.service_starts for item, stop in here.affected}
    saved = sum(_saved(here.problem, one, planned[one.key]) for one in draft.fates)
    before = {route.id: route for route in here.plan.routes}
    old = [before[name] for name in draft.routes if name in before]
    new = list(draft.routes.values())
    driving = sum(route.cost_cents for route in new) - sum(route.cost_cents for route in old)
    for name, metres in draft.extra_m.items():
        driving += distance_cost(here.problem.vehicles[draft.routes[name].vehicle], metres)
    late = _lateness(here.problem, new) - _lateness(here.problem, old)
    late += sum(_tomorrow(here.problem, one, planned[one.key]) for one in draft.fates)
    orders = {(key.order, hand.site, hand.taker) for hand in draft.handovers for key in hand.keys}
    return Money(
        saved=saved,
        driving=driving,
        lateness=late,
        transfers=here.problem.objective.transfer_cents * len(orders),
    )


def goods_cents(problem: Problem, one: Fate, planned: Seconds) -> Cents:
    """Price what becomes of a line: what is saved of it, less what a day's delay costs.

    Parameters
    ----------
    problem
        Its prices and promises.
    one
        What becomes of the line.
    planned
        When the running plan hands it over.
    """
    return _saved(problem, one, planned) - _tomorrow(problem, one, planned)


def _saved(problem: Problem, one: Fate, planned: Seconds) -> Cents:
    line = problem.lines[one.key]
    if one.outcome is Outcome.QUARANTINED:
        return 0
    handed = planned + SECONDS_PER_DAY if one.arrives is None else one.arrives
    return nearest_int(one.sound * line.value_cents * fresh(line, handed))


def fresh(line: OrderLine, moment: Seconds) -> float:
    """Give the share of a line's shelf life that is left at a moment."""
    if not line.shelf_life_left_s:
        return 1.0
    return max(0.0, 1.0 - moment / line.shelf_life_left_s)


def _tomorrow(problem: Problem, one: Fate, planned: Seconds) -> Cents:
    """Price a day's delay of goods that are not handed over today, or may turn out not to be."""
    line = problem.lines[one.key]
    delay = lateness_cost(problem.promises[line.promise], line, planned + SECONDS_PER_DAY)
    whole = min(delay, line.value_cents)
    if one.outcome is Outcome.DELIVERED:
        return nearest_int((1.0 - one.sound) * whole)
    return whole


def _lateness(problem: Problem, routes: Iterable[Route]) -> Cents:
    served: list[tuple[LineKey, Seconds]] = [
        (item.key, stop.service_starts)
        for route in routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in stop.delivers
    ]
    lines = problem.lines
    return sum(
        lateness_cost(problem.promises[lines[key].promise], lines[key], at) for key, at in served
    )
