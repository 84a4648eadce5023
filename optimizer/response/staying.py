"""Ways out without a shelter: carry on, carry on with the threatened goods first, quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Delivery, Route
from optimizer.response.draft import Draft, delivered, quarantined
from optimizer.response.outlook import Outlooks
from optimizer.response.roads import Roads
from optimizer.response.situation import Situation
from optimizer.response.tail import Timed, Visit, visits_without, with_tail
from optimizer.response.value import money
from optimizer.response.words import Fate, Kind, Outcome

MOST_MOVES = 150
"""Orders of the stops ahead that are tried; each costs well under a millisecond."""


def carry_on(here: Situation, roads: Roads, ahead: Outlooks) -> list[Draft]:
    """Deliver what is sound on arrival, as planned or with the threatened goods first."""
    drafts = [_as_planned(here, roads, ahead), _threatened_first(here, roads, ahead)]
    return [draft for draft in drafts if draft is not None and _delivers(draft)]


def quarantine(here: Situation, roads: Roads) -> list[Draft]:
    """Give up the goods of the zone and go on with the others: what is left when nothing helps.

    The first draft leaves out the stops that have nothing else; the second keeps the times of the
    running plan, whatever the hours of the sites.
    """
    fates = tuple(quarantined(here, item) for item, _ in here.affected)
    gone = frozenset(one.key for one in fates)
    timed = with_tail(roads, here.broken, visits_without(here.broken, gone))
    drafts = [] if timed is None else [_draft(Kind.QUARANTINE, timed, fates)]
    return [*drafts, _draft(Kind.QUARANTINE, Timed(route=_emptied(here, gone)), fates)]


def _delivers(draft: Draft) -> bool:
    return any(one.outcome is Outcome.DELIVERED for one in draft.fates)


def _draft(kind: Kind, timed: Timed, fates: tuple[Fate, ...], place: str = "") -> Draft:
    route = timed.route
    return Draft(
        kind=kind,
        place=place,
        routes={route.id: route},
        fates=fates,
        turns={route.id: timed.turn_s},
        extra_m={route.id: timed.turn_m},
    )


def _emptied(here: Situation, gone: frozenset[LineKey]) -> Route:
    """Take lines out of the stops ahead and leave every time as it is."""
    broken = here.broken
    stops = tuple(
        replace(stop, delivers=tuple(i for i in stop.delivers if i.key not in gone))
        for stop in broken.ahead
    )
    return replace(broken.route, stops=(*broken.visited, *stops))


def _as_planned(here: Situation, roads: Roads, ahead: Outlooks) -> Draft | None:
    fates = tuple(delivered(here, ahead, item, stop.service_starts) for item, stop in here.affected)
    gone = frozenset(one.key for one in fates if one.outcome is Outcome.QUARANTINED)
    if not gone:
        return Draft(kind=Kind.CARRY_ON, place="", routes={}, fates=fates)
    timed = with_tail(roads, here.broken, visits_without(here.broken, gone))
    if timed is None:
        return None
    return _draft(Kind.CARRY_ON, timed, _fates(here, ahead, timed.route))


def _fates(here: Situation, ahead: Outlooks, route: Route) -> tuple[Fate, ...]:
    """Say what becomes of the lines by the times of a route; what it lacks is quarantined."""
    reached = {item.key: stop.service_starts for stop in route.stops for item in stop.delivers}
    return tuple(
        delivered(here, ahead, item, reached[item.key])
        if item.key in reached
        else quarantined(here, item)
        for item, _ in here.affected
    )


def _threatened_first(here: Situation, roads: Roads, ahead: Outlooks) -> Draft | None:
    """Look for a better order: threatened stops first by the nearest way, then one move at a time.

    A line that is likely spoilt when its stop comes is left out, and the way is timed once more.
    """
    threatened = {item.key for item, _ in here.affected}
    planned = visits_without(here.broken, frozenset())
    hot = [one for one in planned if any(item.key in threatened for item in one.delivers)]
    cold = [one for one in planned if one not in hot]
    order = [*_nearest_first(here, roads, hot), *cold]
    best = _judged(here, roads, ahead, order)
    tries = 0
    improved = True
    while improved and tries < MOST_MOVES:
        improved = False
        for order_next in _moves(order, len(hot)):
            tries += 1
            found = _judged(here, roads, ahead, order_next)
            if found is not None and (best is None or found[0] > best[0]):
                best, order, improved = found, order_next, True
                break
            if tries >= MOST_MOVES:
                break
    return None if best is None else best[1]


def _moves(order: list[Visit], hot: int) -> list[list[Visit]]:
    """Give the orders in which one of the first stops stands somewhere else among them."""
    most = min(len(order), hot + 2)
    moved = []
    for start in range(most):
        for end in range(most):
            if abs(start - end) >= 1 and start != end + 1:
                rest = [*order[:start], *order[start + 1 :]]
                moved.append([*rest[:end], order[start], *rest[end:]])
    return moved


def _nearest_first(here: Situation, roads: Roads, visits: Sequence[Visit]) -> list[Visit]:
    left, order = list(visits), []
    place: str | None = None
    while left:
        legs = [
            roads.from_here(here.broken, one.site)
            if place is None
            else roads.leg(here.broken.route, place, one.site)
            for one in left
        ]
        far = [leg.duration_s if leg is not None else 10**9 for leg in legs]
        order.append(left.pop(far.index(min(far))))
        place = order[-1].site
    return order


def _judged(
    here: Situation, roads: Roads, ahead: Outlooks, order: Sequence[Visit]
) -> tuple[int, Draft] | None:
    timed = with_tail(roads, here.broken, order)
    if timed is None:
        return None
    fates = _fates(here, ahead, timed.route)
    gone = frozenset(one.key for one in fates if one.outcome is Outcome.QUARANTINED)
    if gone:
        kept = [_without(visit, gone) for visit in order]
        timed = with_tail(roads, here.broken, [one for one in kept if one is not None])
        if timed is None:
            return None
        fates = _fates(here, ahead, timed.route)
    draft = _draft(Kind.CARRY_ON, timed, fates, place="threatened first")
    return money(here, draft).worth, draft


def _without(visit: Visit, gone: frozenset[LineKey]) -> Visit | None:
    """Take lines out of a visit; None where nothing else happens there."""
    left: tuple[Delivery, ...] = tuple(i for i in visit.delivers if i.key not in gone)
    emptied = replace(visit, delivers=left)
    return emptied if emptied.needed or not visit.delivers else None
