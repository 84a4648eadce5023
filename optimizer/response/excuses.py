"""What the checker finds in a diversion that is the diversion itself, and nothing else.

The checker knows plans from site to site that a warehouse loads and points unload. A diversion
turns on the road, calls at a station and moves goods between vans. A finding is excused if, and
only if, it is exactly that: the turn to the second, the call that was put in, lines that are not
brought today, goods that a van took over with room for them at the time.
"""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Delivery, Route, Violation
from optimizer.domain.temperature import Zone
from optimizer.response.draft import Draft
from optimizer.response.situation import Situation

EXCUSABLE = frozenset(
    {
        "linehaul_quantity", "payload", "synchronisation", "time_on_board", "together",
        "travel_time", "wrong_start", "zone_capacity",
    }
)  # fmt: skip
"""Codes that a disruption itself may bring; each only where ``stems`` says so."""


def stems(here: Situation, draft: Draft, one: Violation) -> bool:
    """Say whether a finding is the diversion itself and nothing else."""
    name = one.where.split("/")[0]
    if one.code == "wrong_start":
        return any(one.where == f"{route}/{site}" for route, site in draft.calls)
    if one.code == "travel_time":
        return _turned(here, draft, one)
    if one.code == "linehaul_quantity":
        grid = here.broken.route.start_site
        stays = [fate.key for fate in draft.fates if fate.arrives is None]
        return any(one.where.startswith(f"{grid}/{key}/") for key in stays)
    if one.code == "together":
        return any(fate.key.order == one.where for fate in draft.fates)
    return name in draft.received and _taken_over(here, draft, one.code, draft.routes[name])


def _taken_over(here: Situation, draft: Draft, code: str, route: Route) -> bool:
    """Say whether a finding is that goods came on board under way, and all is well with that."""
    if code in {"zone_capacity", "payload"}:
        return fits(here, draft, route)
    if code == "time_on_board":
        return _short_enough(here, draft, route)
    return code == "synchronisation" and route.departs <= here.disruption.at


def _turned(here: Situation, draft: Draft, one: Violation) -> bool:
    """Say whether a drive differs by the turn on the road that the draft expects there."""
    for name, route in draft.routes.items():
        running = {known.id: known for known in here.plan.routes}.get(name)
        if running is None:
            continue
        done = sum(stop.service_starts <= here.disruption.at for stop in running.stops)
        reached = route.stops[done].site if done < len(route.stops) else route.end_site
        turn = draft.turns.get(name, 0)
        if one.where == f"{name}/{reached}" and turn and one.amount == abs(turn):
            return True
    return False


def fits(here: Situation, draft: Draft, route: Route) -> bool:
    """Follow the load of a van that takes goods over on its way: never over its room or weight."""
    received = draft.received.get(route.id, frozenset())
    given = {item.key for stop in route.stops for item in stop.delivers} - received
    load: dict[Zone, int] = {}
    mass = 0

    def add(items: Iterable[Delivery], sign: int, only: frozenset[LineKey] | None = None) -> None:
        nonlocal mass
        for item in items:
            if only is None or item.key in only:
                load[item.zone] = load.get(item.zone, 0) + sign * item.volume_ml
                mass += sign * item.mass_g

    every = [item for stop in route.stops for item in stop.delivers]
    add(every, 1, frozenset(given))
    limit = here.problem.vehicles[route.vehicle].payload_g
    met = {hand.site for hand in draft.handovers}
    waiting = True
    for stop in route.stops:
        if waiting and stop.site in met and stop.service_starts >= here.disruption.at:
            add(every, 1, received)
            waiting = False
        if mass > limit or any(ml > route.compartments.get(z, 0) for z, ml in load.items()):
            return False
        add(stop.delivers, -1)
        add(stop.collects, 1)
    return not waiting and mass <= limit


def _short_enough(here: Situation, draft: Draft, route: Route) -> bool:
    """Say whether goods are on the road no longer than allowed, the first vehicle's time included.

    Hours in the cold room of a station do not count.
    """
    rested = {key: max(0, hand.ends - hand.starts) for hand in draft.handovers for key in hand.keys}
    received = draft.received[route.id]
    for stop in route.stops:
        for item in stop.delivers:
            limit = here.problem.time_on_board_s.get(item.zone)
            since = here.broken.route.departs if item.key in received else route.departs
            ride = stop.service_starts - since - rested.get(item.key, 0)
            if limit is not None and ride > limit:
                return False
    return True
