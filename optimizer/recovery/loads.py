"""The load of a van that takes goods over on its way, and what of that the checker cannot know."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from optimizer.domain.fleet import Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Delivery, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Grams, Seconds
from optimizer.recovery.option import Excuse


def fits(route: Route, van: Vehicle, new: Collection[LineKey], called: int) -> bool:
    """Follow a load: room and weight are kept at every moment.

    Parameters
    ----------
    route, van
        The route and its vehicle.
    new, called
        Lines that come on board on the way, and the number of the stop before which they do.
    """
    load: dict[Zone, int] = {}
    mass: Grams = 0

    def add(items: Collection[Delivery], sign: int) -> None:
        nonlocal mass
        for item in items:
            load[item.zone] = load.get(item.zone, 0) + sign * item.volume_ml
            mass += sign * item.mass_g

    every = [item for stop in route.stops for item in stop.delivers]
    add([item for item in every if item.key not in new], 1)
    for number, stop in enumerate(route.stops):
        if number == called:
            add([item for item in every if item.key in new], 1)
        if mass > van.payload_g or _over(route, load):
            return False
        add(stop.delivers, -1)
        add(stop.collects, 1)
    return mass <= van.payload_g and not _over(route, load)


def _over(route: Route, load: dict[Zone, int]) -> bool:
    return any(ml > route.compartments.get(zone, 0) for zone, ml in load.items())


def taken_on_the_way(
    problem: Problem, route: Route, new: Collection[LineKey], since: Seconds, on_board: Seconds
) -> Iterator[Excuse]:
    """Excuse what the checker thinks of goods that it takes to be on board from the start.

    Room and weight are to be followed by ``fits`` before.

    Parameters
    ----------
    problem, route, new
        The problem, the route, and the lines that come on board on the way.
    since
        When these left their cold room.
    on_board
        When they came on board.
    """
    yield Excuse(code="zone_capacity", where=route.id)
    yield Excuse(code="payload", where=route.id)
    for stop in route.stops:
        for item in stop.delivers:
            if item.key not in new:
                continue
            line = problem.lines[item.key]
            limit = problem.time_on_board_s.get(item.zone)
            alone = all(i.key in new or i.zone is not item.zone for i in stop.delivers)
            if limit is not None and alone and stop.service_starts - since <= limit:
                where = f"{route.id}/{stop.site}/{item.zone.value}"
                yield Excuse(code="time_on_board", where=where)
            if on_board >= (line.ordered_s or 0):
                yield Excuse(code="before_order", where=f"{route.id}/{stop.site}/{item.key}")
