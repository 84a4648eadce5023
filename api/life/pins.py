"""Pins and locks as a dispatcher gives them: judged against the problem and the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from api.life.freeze import Freeze
from optimizer.domain.errors import Fault
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.planning.closure import HeldRefused
from optimizer.planning.held_plan import Held, ensure_settled

UNKNOWN, CONTRADICTS, UNSETTLED = "CG-7205", "CG-7210", "CG-7211"


def pin_faults(
    problem: Problem, plan: Plan, frozen: Freeze, pins: Mapping[str, str], locks: Iterable[str]
) -> tuple[Fault, ...]:
    """Name everything that is wrong with pins and locks.

    Parameters
    ----------
    problem, plan
        What the pins are for.
    frozen
        What stays of the plan for other reasons than these locks.
    pins
        Vehicle per line or collect, as ``order/line``.
    locks
        Ids of routes.
    """
    routes = {route.id: route for route in plan.routes}
    locked = list(locks)
    unknown = [
        _fault(f"/locks/{at}", UNKNOWN, f"the plan has no route {name}")
        for at, name in enumerate(locked)
        if name not in routes
    ]
    staying = [routes[name] for name in {*frozen.routes, *locked} if name in routes]
    return (*_pin_faults(problem, pins, _vans(staying)), *unknown)


def _pin_faults(
    problem: Problem, pins: Mapping[str, str], rides: Mapping[LineKey, Route]
) -> Iterator[Fault]:
    lines = _named(problem)
    for name, vehicle in pins.items():
        place = "/pins/" + name.replace("~", "~0").replace("/", "~1")
        van = problem.vehicles.get(vehicle)
        route = rides.get(lines[name]) if name in lines else None
        if name not in lines:
            yield _fault(place, UNKNOWN, f"the problem has no line or collect {name}")
        elif van is None or van.echelon is not Echelon.LAST_MILE:
            yield _fault(place, UNKNOWN, f"{vehicle} is no last-mile vehicle of the problem")
        elif route is not None and route.vehicle != vehicle:
            cause = f"{name} rides on {route.id} of {route.vehicle}, which stays as it is"
            yield _fault(place, CONTRADICTS, cause)


def settled_faults(
    problem: Problem,
    plan: Plan,
    stays: frozenset[str],
    settled: Mapping[str, Sequence[str]],
    pins: Mapping[str, str],
) -> Iterator[Fault]:
    """Name every beginning that cannot be settled.

    Parameters
    ----------
    problem, plan
        What the beginnings are for.
    stays
        Ids of all routes that stay.
    settled
        Per vehicle the sites of its first stops.
    pins
        Vehicle per line or collect, as ``order/line``.
    """
    known = keyed(problem, pins)
    for vehicle, sites in settled.items():
        place = "/settled/" + vehicle.replace("~", "~0").replace("/", "~1")
        van = problem.vehicles.get(vehicle)
        if van is None or van.echelon is not Echelon.LAST_MILE:
            yield _fault(place, UNKNOWN, f"{vehicle} is no last-mile vehicle of the problem")
            continue
        held = Held(plan=plan, frozen=stays, pins=known, settled={vehicle: tuple(sites)})
        try:
            ensure_settled(problem, held, stays)
        except HeldRefused as refused:
            yield _fault(place, UNSETTLED, str(refused))


def _named(problem: Problem) -> dict[str, LineKey]:
    """Give everything that a van brings or takes, as requests name it."""
    return {str(key): key for key in (*problem.lines, *problem.collects)}


def _vans(routes: Iterable[Route]) -> dict[LineKey, Route]:
    return {
        item.key: route
        for route in routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    }


def _fault(place: str, code: str, cause: str) -> Fault:
    actions = {
        UNKNOWN: "Take ids from the plan and its problem",
        CONTRADICTS: "Leave the pin out, or name the vehicle that carries the line",
        UNSETTLED: "Name stops of the vehicle's first open trip, or move them there first",
    }
    return Fault(code=code, place=place, cause=cause, action=actions[code])


def keyed(problem: Problem, pins: Mapping[str, str]) -> dict[LineKey, VehicleId]:
    """Turn ``order/line`` into keys; pins of what was cancelled since are left out."""
    lines = _named(problem)
    return {lines[name]: vehicle for name, vehicle in pins.items() if name in lines}


def moved_pins(old: Plan, new: Plan) -> dict[str, VehicleId]:
    """Pin every line and collect to the vehicle that edits by hand have put it on.

    Parameters
    ----------
    old, new
        The plan before and after the edits; lines that stayed on their vehicle are not pinned.
    """
    before, after = _vans(old.routes), _vans(new.routes)
    return {
        str(key): route.vehicle
        for key, route in after.items()
        if key not in before or before[key].vehicle != route.vehicle
    }
