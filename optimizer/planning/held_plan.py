"""What stays of a plan when the rest is planned anew, and what of it cannot stay together.

No solver is needed to say so: whoever edits plans asks here before a job begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from optimizer.planning.beginnings import beginnings_of
from optimizer.planning.closure import HeldRefused, closure


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What stays of a plan.

    Parameters
    ----------
    plan
        The plan as it stands; the problem may have lines that it lacks, and lack some of its own.
    frozen
        Ids of routes that stay to the second: left, inside the frozen horizon, or locked.
    pins
        Lines and collects that one vehicle and no other may carry.
    earliest
        No new route departs before this moment; 0 for a plan of tomorrow.
    out
        Lines and collects that a dispatcher has taken out and that stay out.
    settled
        Per van the sites with which its first trip that is open begins, in this order. What the
        plan as it stands has that trip hand over and take back there stays with it; the rest of
        the trip is planned anew. A stop that cannot be driven in its place is asked like any
        other, of the same van.
    """

    plan: Plan
    frozen: frozenset[str] = frozenset()
    pins: Mapping[LineKey, VehicleId] = field(default_factory=dict)
    earliest: Seconds = 0
    out: frozenset[LineKey] = frozenset()
    settled: Mapping[VehicleId, tuple[SiteId, ...]] = field(default_factory=dict)


def ensure_possible(problem: Problem, held: Held) -> frozenset[str]:
    """Refuse what cannot stay or contradicts what does; give the ids of all routes that stay."""
    frozen = closure(problem, held.plan, held.frozen)
    kept = [route for route in held.plan.routes if route.id in frozen]
    _refuse_loaded(problem, held.out, kept)
    _refuse_pins(problem, held.pins, kept)
    ensure_settled(problem, held, frozen)
    return frozen


def ensure_settled(problem: Problem, held: Held, frozen: frozenset[str]) -> None:
    """Refuse beginnings that the plan does not have, or that contradict pins and routes that stay.

    Raises
    ------
    HeldRefused
        Names the vehicle and the stop or line.
    """
    begun = {
        key: van
        for van, stops in beginnings_of(held.plan, frozen, held.settled).items()
        for stop in stops
        for key in stop
    }
    _refuse_pins(problem, begun, [route for route in held.plan.routes if route.id in frozen])
    for key, van in begun.items():
        if held.pins.get(key, van) != van:
            raise HeldRefused(
                "CG-4020",
                f"vehicle {van}: it cannot begin with {key}, which is pinned to {held.pins[key]}",
            )


def _refuse_loaded(problem: Problem, out: frozenset[LineKey], kept: Iterable[Route]) -> None:
    """Refuse to forget lines and collects that ride on routes that stay."""
    asked = problem.lines.keys() | problem.collects.keys()
    loaded = {
        item.key: route.id
        for route in kept
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
        if item.key not in asked or item.key in out
    }
    if loaded:
        named = ", ".join(f"{key} on {route}" for key, route in sorted(loaded.items()))
        raise HeldRefused("CG-4016", f"cancelled or left out, but on a route that stays: {named}")


def _refuse_pins(
    problem: Problem, pins: Mapping[LineKey, VehicleId], kept: Iterable[Route]
) -> None:
    """Refuse pins to vehicles that deliver nothing, and pins of goods that go elsewhere."""
    for key, name in pins.items():
        van = problem.vehicles.get(name)
        if van is None or van.echelon is not Echelon.LAST_MILE:
            raise HeldRefused("CG-4018", f"line {key}: pinned to {name}, which is no van")
    for route in kept:
        for stop in route.stops:
            items = (*stop.delivers, *stop.collects)
            for key in (item.key for item in items if item.key in pins):
                home = problem.vehicles[pins[key]].home
                on_van = route.echelon is Echelon.LAST_MILE
                if (on_van and route.vehicle != pins[key]) or (not on_van and stop.site != home):
                    raise HeldRefused(
                        "CG-4017",
                        f"line {key}: pinned to {pins[key]} of {home}, but it rides on"
                        f" {route.id} to {stop.site}, which stays",
                    )
