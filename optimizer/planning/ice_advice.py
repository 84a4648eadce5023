"""Where the boxes of a day run close to their limits: more ice, or an earlier drop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.domain.fleet import Box, Cooling
from optimizer.domain.plan import Advice, AdviceCode, Route, Unserved
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import SECONDS_PER_HOUR, Seconds
from optimizer.planning.ice import RESERVE_S, ice_needed_kg


def ice_advice(
    problem: Problem, routes: Sequence[Route], unserved: Sequence[Unserved]
) -> Iterator[Advice]:
    """Name drops that the ice of a route only just reaches, and boxes that hold too little."""
    for route in routes:
        yield from _close_drops(problem, route)
    yield from _small_boxes(problem, unserved)


def _close_drops(problem: Problem, route: Route) -> Iterator[Advice]:
    """Name the last drop of a zone where even full boxes leave less than the reserve."""
    box = problem.body(problem.vehicles[route.vehicle]).box
    for load in route.boxes if box is not None else ():
        if box is None or load.zone not in box.melt_c or not load.count:
            continue
        stops = [s for s in route.stops if any(item.zone is load.zone for item in s.delivers)]
        ride = stops[-1].service_starts - route.departs if stops else 0
        hold = _hold_s(box, load.zone, problem.ambient_c, load.ice_kg / load.count)
        if hold is None or not stops or hold - ride >= RESERVE_S:
            continue
        needed = ice_needed_kg(box, load.zone, problem.ambient_c, ride + RESERVE_S)
        yield Advice(
            code=AdviceCode.EARLIER_DROP,
            where=f"{route.id}/{stops[-1].site}/{load.zone.value}",
            detail=(
                f"full boxes hold until {_clock(problem, route.departs + hold)} and this drop is at"
                f" {_clock(problem, stops[-1].service_starts)}; serve it earlier on the trip, or"
                f" use boxes that take {needed:.1f} kg of ice instead of {box.ice_kg:g} kg"
            ),
        )


def _small_boxes(problem: Problem, unserved: Sequence[Unserved]) -> Iterator[Advice]:
    """Name vehicle types whose full boxes hold cold goods for less time than these may ride."""
    left = {problem.lines[item.key].zone for item in unserved if item.key in problem.lines}
    types = {
        vehicle.type for vehicle in problem.vehicles.values() if vehicle.cooling is Cooling.BOXES
    }
    for kind in sorted(types):
        box = problem.bodies[kind].box
        for zone, limit in problem.time_on_board_s.items() if box is not None else ():
            if box is None or zone not in left or zone not in box.melt_c:
                continue
            hold = _hold_s(box, zone, problem.ambient_c, box.ice_kg)
            if hold is not None and hold < limit:
                needed = ice_needed_kg(box, zone, problem.ambient_c, limit)
                yield Advice(
                    code=AdviceCode.MORE_ICE,
                    where=f"{kind}/{zone.value}",
                    detail=(
                        f"{zone.value} goods are left out; a full box of {kind} holds"
                        f" {hold / SECONDS_PER_HOUR:.1f} h at {problem.ambient_c:g} °C with"
                        f" {box.ice_kg:g} kg of ice, and {needed:.1f} kg would hold"
                        f" {limit / SECONDS_PER_HOUR:g} h"
                    ),
                )


def _hold_s(box: Box, zone: Zone, ambient_c: float, ice_kg: float) -> Seconds | None:
    """Give how long so much ice lasts in one box; None where nothing melts it."""
    per_second = ice_needed_kg(box, zone, ambient_c, 1.0)
    return int(ice_kg / per_second) if per_second > 0.0 else None


def _clock(problem: Problem, moment: Seconds) -> str:
    return problem.horizon.instant(moment).strftime("%H:%M")
