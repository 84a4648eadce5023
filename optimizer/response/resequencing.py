"""The order of the stops behind a hand-over, asked of OR-Tools Routing and kept where it is better.

What is visited, and the way up to the last hand-over, stays as it is. Where goods are fetched from
a place that keeps them, the vehicle may make stops of its own first: there the fetching itself is
one of the open stops, and comes before the points of what it brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Route, Stop
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import PER_THOUSAND, SECONDS_PER_MINUTE, Seconds
from optimizer.engines.tail_order import OpenStop, TailQuestion, best_order, millicents
from optimizer.planning.jobs import door_service_s
from optimizer.planning.waves import binding_window
from optimizer.response.draft import Draft
from optimizer.response.roads import Roads
from optimizer.response.scene import Scene
from optimizer.response.situation import Underway, on_trip, underway
from optimizer.response.tail import Timed, Visit, with_tail
from optimizer.response.value import money
from optimizer.response.words import POSSIBLE, Fate, Handover, Outcome

FEWEST_STOPS = 2


def resequenced(scene: Scene, draft: Draft) -> Draft:
    """Give a draft with better orders of the open stops, or the draft itself.

    Parameters
    ----------
    scene
        The break.
    draft
        A way out that is driven on paper.
    """
    best, worth = draft, money(scene.here, draft).worth
    for name in draft.routes:
        tried = _reordered(scene, best, best.routes[name])
        if tried is not None:
            cents = money(scene.here, tried).worth
            best, worth = (tried, cents) if cents > worth else (best, worth)
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """The part of a route whose order is open.

    Parameters
    ----------
    where
        The vehicle where that part begins.
    stops
        As the draft has them.
    fetch
        Where it fetches goods that lie ready; empty where it does not.
    whole
        Whether the part begins now, so that the turn on the road changes with it.
    """

    where: Underway
    stops: tuple[Stop, ...]
    fetch: str
    whole: bool


def _reordered(scene: Scene, draft: Draft, route: Route) -> Draft | None:
    """Ask for a better order of one route of a draft; None where there is none to be had."""
    part = _open_part(scene, draft, route)
    if part is None or len(part.stops) < FEWEST_STOPS:
        return None
    visits = [_visit(scene.here.problem, stop, draft, part.fetch) for stop in part.stops]
    order = best_order(_question(scene, draft, part, visits))
    if order is None or order == sorted(order):
        return None
    timed = with_tail(scene.roads, part.where, [visits[place] for place in order])
    # Later trips of the vehicle were put off to fit the return as it is.
    if timed is None or timed.route.returns > route.returns:
        return None
    return _rewritten(scene, draft, part, timed)


def _open_part(scene: Scene, draft: Draft, route: Route) -> _Open | None:
    here, at = scene.here, scene.here.disruption.at
    fetched = {
        hand.site
        for hand in draft.handovers
        if hand.stored and hand.taker == route.vehicle and route.id in draft.received
    }
    met = {
        stop.service_starts
        for stop in route.stops
        for hand in draft.handovers
        if stop.site == hand.site
        and stop.service_starts > at
        and route.vehicle in {hand.giver, hand.taker}
    }
    if fetched:
        where = underway(here.problem, here.plan.routes, route.vehicle, at)
        if where is None or len(fetched) > 1 or where.route.id != route.id:
            return None
        return _Open(where=where, stops=route.stops[where.done :], fetch=min(fetched), whole=True)
    if met:
        where = on_trip(here.problem, route, max(met))
        return _Open(where=where, stops=where.ahead, fetch="", whole=False)
    if route.id == here.broken.route.id:
        stops = route.stops[here.broken.done :]
        return _Open(where=here.broken, stops=stops, fetch="", whole=True)
    return None


def _visit(problem: Problem, stop: Stop, draft: Draft, fetch: str) -> Visit:
    lines = [problem.lines[item.key] for item in stop.delivers]
    spent = problem.sites[stop.site].service_s + door_service_s(problem, lines)
    ready = [hand.starts for hand in draft.handovers if hand.site == fetch == stop.site]
    return Visit(
        site=stop.site,
        kind=stop.kind,
        delivers=stop.delivers,
        collects=stop.collects,
        # The giver's service is over when the goods lie ready.
        not_before=max(ready, default=0) + (spent if ready else 0),
        extra_s=max(0, stop.departs - stop.service_starts - spent),
    )


def _question(scene: Scene, draft: Draft, part: _Open, visits: Sequence[Visit]) -> TailQuestion:
    where, van = part.where, part.where.vehicle
    metres, seconds = _ways(scene.roads, where, visits)
    call = [place for place, visit in enumerate(visits) if visit.site == part.fetch]
    goods = draft.received.get(where.route.id, frozenset())
    before = [
        (call[0], place)
        for place, visit in enumerate(visits)
        if call and place != call[0] and any(item.key in goods for item in visit.delivers)
    ]
    return TailQuestion(
        starts=where.free,
        stops=[_open_stop(scene, where, visit) for visit in visits],
        duration_s=seconds,
        millicents=millicents(van.cents_per_km, van.cents_per_h, metres, seconds),
        before=before,
    )


def _ways(roads: Roads, where: Underway, visits: Sequence[Visit]) -> tuple[IntArray, IntArray]:
    """Measure the ways between the open stops, from where the vehicle is, and to its end."""
    names = [visit.site for visit in visits]
    count = len(names)
    metres = np.full((count + 2, count + 2), UNREACHABLE, dtype=np.int64)
    seconds = metres.copy()
    for column, b in enumerate([*names, "", where.route.end_site]):
        for row, a in enumerate([*names, "", ""]):
            if not b or row == count + 1 or row == column:
                continue
            leg = roads.from_here(where, b) if row == count else roads.leg(where.route, a, b)
            if leg is not None:
                metres[row, column], seconds[row, column] = leg.distance_m, leg.duration_s
    return metres, seconds


def _open_stop(scene: Scene, where: Underway, visit: Visit) -> OpenStop:
    problem = scene.here.problem
    lines = [problem.lines[item.key] for item in visit.delivers]
    site = problem.sites[visit.site]
    opens = max(visit.not_before, where.free)
    closes = max((hours.closes for hours in site.hours), default=HORIZON_S)
    for hours in site.hours:
        if hours.closes >= opens:
            opens, closes = max(opens, hours.opens), hours.closes
            break
    for line in lines:
        window = binding_window(problem, line)
        if window is not None:
            opens, closes = max(opens, window.opens), min(closes, window.closes)
    due, rate = _due(scene, where, visit)
    return OpenStop(
        opens=opens,
        closes=max(opens, closes),
        service_s=site.service_s + door_service_s(problem, lines) + visit.extra_s,
        due=due,
        late_millicents_per_s=rate,
    )


def _due(scene: Scene, where: Underway, visit: Visit) -> tuple[Seconds, int]:
    """Give the first moment at which waiting costs, and what a second costs from then on.

    In the failing compartment that is when one product in ten is spoilt; between that and nine in
    ten the rest of the value goes.
    """
    here = scene.here
    due, rate = HORIZON_S, 0.0
    for item in visit.delivers:
        line = here.problem.lines[item.key]
        promise = here.problem.promises[line.promise]
        moment = promise.due(line)
        cents_per_s = promise.cents_per_min_late / SECONDS_PER_MINUTE
        if where.vehicle.id == here.broken.vehicle.id and item.zone in here.zones:
            breach = scene.ahead.of(item.zone).breach
            moment = min(moment, breach.p10)
            cents_per_s += 0.8 * line.value_cents / max(1, breach.p90 - breach.p10)
        due, rate = min(due, moment), rate + cents_per_s
    return due, round(rate * PER_THOUSAND)


def _rewritten(scene: Scene, draft: Draft, part: _Open, timed: Timed) -> Draft | None:
    """Write a new order into a draft; None where goods would be spoilt by it."""
    route = timed.route
    reached = {i.key: stop.service_starts for stop in route.stops for i in stop.delivers}
    fates = tuple(_fate(scene, part.where, one, reached) for one in draft.fates)
    if any(one.outcome is not Outcome.QUARANTINED and one.sound < POSSIBLE for one in fates):
        return None
    turns, extra = dict(draft.turns), dict(draft.extra_m)
    if part.whole:
        turns[route.id], extra[route.id] = timed.turn_s, timed.turn_m
    return replace(
        draft,
        routes={**draft.routes, route.id: route},
        fates=fates,
        turns=turns,
        extra_m=extra,
        handovers=tuple(_fetched(part, route, hand) for hand in draft.handovers),
    )


def _fetched(part: _Open, route: Route, hand: Handover) -> Handover:
    """Let a hand-over end when the goods are fetched."""
    if hand.site != part.fetch or hand.taker != route.vehicle:
        return hand
    calls = [one.departs for one in route.stops if one.site == hand.site]
    return replace(hand, ends=max(calls, default=hand.ends))


def _fate(scene: Scene, where: Underway, one: Fate, reached: dict[LineKey, Seconds]) -> Fate:
    """Put the new arrival into what becomes of a line; in its own vehicle it also leaves then."""
    if one.outcome is not Outcome.DELIVERED or one.key not in reached:
        return one
    moment = reached[one.key]
    if where.vehicle.id != scene.here.broken.vehicle.id:
        return replace(one, arrives=moment)
    zone = scene.here.problem.lines[one.key].zone
    return replace(one, arrives=moment, out_at=moment, sound=scene.ahead.of(zone).sound(moment))
