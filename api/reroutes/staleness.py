"""Whether a proposal still fits the road: what a driver has reached since must not change.

A proposal holds fast what was visited when it was computed. Vans drive on while people think. As
long as the stops reached since are the same in the proposal, it can still be accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from optimizer.domain.plan import Plan
from optimizer.response.why_not import Reason, stop_begun


def moved_past(before: Plan, after: Plan, visited: Mapping[str, int]) -> Iterator[Reason]:
    """Give a reason for every visited stop that a new version does not keep to the second.

    Parameters
    ----------
    before, after
        The version that counts, and the one that shall.
    visited
        How many stops of each route of ``before`` are behind its vehicle.
    """
    new = {route.id: route for route in after.routes}
    for route in before.routes:
        done = visited.get(route.id, 0)
        kept = new[route.id].stops[:done] if route.id in new else ()
        for place, stop in enumerate(route.stops[:done]):
            if place >= len(kept) or kept[place] != stop:
                yield stop_begun(route.vehicle, stop.site)
                break


def changes_locked(before: Plan, after: Plan, locks: frozenset[str], vehicle: str | None) -> bool:
    """Say whether a proposal changes a locked route of another vehicle than the broken one.

    Parameters
    ----------
    before, after
        The version that counts, and the one that shall.
    locks
        Ids of locked routes.
    vehicle
        The broken one: whoever locked its route could not know that.
    """
    new = {route.id: route for route in after.routes}
    return any(
        route.id in locks and route.vehicle != vehicle and new.get(route.id) != route
        for route in before.routes
    )
