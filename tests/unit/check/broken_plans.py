"""For every code of the checker its smallest bad plan: the good plan of `cases` with one fault.

A breaker takes the good problem and plan and how badly to break them (1 is the least), and gives
problem, plan and travel back. Routes are found by vehicle and trip, so that routes may be renamed,
reordered and delayed before they are broken.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from optimizer.check.facts import Travel
from optimizer.domain.fleet import Body
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.plan import BoxLoad, Plan, Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, TravelMatrix
from tests.cases import (
    BOXES,
    CHILLED,
    CONTROLLED,
    FROZEN,
    HOUR,
    MINUTE,
    TRAVEL,
    StraightLines,
    drive,
    key,
    part,
    priced,
)

Case = tuple[Problem, Plan, Travel]
Breaker = Callable[[Problem, Plan, int], Case]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadClosed(StraightLines):
    """Straight lines but for one pair of sites."""

    origin: str
    destination: str

    def matrix(self, origins: Any, destinations: Any) -> TravelMatrix:
        whole = StraightLines.matrix(self, origins, destinations)
        for row, a in enumerate(whole.origins):
            for column, b in enumerate(whole.destinations):
                if (a, b) == (self.origin, self.destination):
                    whole.distance_m[row, column] = UNREACHABLE
        return whole


# --- ways to change a plan ----------------------------------------------------------------------


def find(plan: Plan, vehicle: str, trip: int = 1) -> Route:
    return next(r for r in plan.routes if r.vehicle == vehicle and r.trip == trip)


def swap(plan: Plan, old: Route, new: Route) -> Plan:
    return replace(plan, routes=tuple(new if route is old else route for route in plan.routes))


def change(plan: Plan, driven_by: str, **fields: Any) -> Plan:
    route = find(plan, driven_by)
    return swap(plan, route, replace(route, **fields))


def change_stop(plan: Plan, vehicle: str, place: int = 0, **fields: Any) -> Plan:
    route = find(plan, vehicle)
    stops = list(route.stops)
    stops[place] = replace(stops[place], **fields)
    return swap(plan, route, replace(route, stops=tuple(stops)))


def change_item(plan: Plan, vehicle: str, name: str, **fields: Any) -> Plan:
    """Change one line's delivery at the first stop of a route."""
    items = find(plan, vehicle).stops[0].delivers
    changed = [replace(item, **fields) if item.key == key(name) else item for item in items]
    return change_stop(plan, vehicle, delivers=tuple(changed))


def delayed(plan: Plan, vehicle: str, seconds: int, trip: int = 1) -> Plan:
    """Move a whole trip; nothing about its drives changes."""
    route = find(plan, vehicle, trip)
    stops = [
        replace(
            stop,
            arrives=stop.arrives + seconds,
            service_starts=stop.service_starts + seconds,
            departs=stop.departs + seconds,
        )
        for stop in route.stops
    ]
    return swap(
        plan,
        route,
        replace(
            route,
            departs=route.departs + seconds,
            returns=route.returns + seconds,
            stops=tuple(stops),
            breaks=tuple(
                replace(one, starts=one.starts + seconds, ends=one.ends + seconds)
                for one in route.breaks
            ),
        ),
    )


def of_changed_problem(plan: Plan, problem: Problem) -> Case:
    """Let the plan answer a changed problem, and charge what that problem charges."""
    return problem, priced(problem, replace(plan, problem_digest=problem.digest)), TRAVEL


def charged(problem: Problem, plan: Plan) -> Case:
    return problem, priced(problem, plan), TRAVEL


def with_site(problem: Problem, name: str, **fields: Any) -> Problem:
    sites = dict(problem.sites)
    return replace(problem, sites=sites | {name: replace(sites[name], **fields)})


def with_vehicle(problem: Problem, name: str, **fields: Any) -> Problem:
    vehicles = dict(problem.vehicles)
    return replace(problem, vehicles=vehicles | {name: replace(vehicles[name], **fields)})


def with_line(problem: Problem, name: str, **fields: Any) -> Problem:
    lines = dict(problem.lines)
    return replace(problem, lines=lines | {key(name): replace(lines[key(name)], **fields)})


def unserved(*names: str) -> tuple[Unserved, ...]:
    return tuple(Unserved(key=key(n), reason=UnservedReason.FLEET, detail="") for n in names)


# --- breakers -----------------------------------------------------------------------------------


def unknown_vehicle(problem: Problem, plan: Plan, size: int) -> Case:
    return problem, change(plan, "V3", vehicle=f"X{size}"), TRAVEL


def unknown_site(problem: Problem, plan: Plan, size: int) -> Case:
    return problem, change(plan, "V3", end_site=f"X{size}"), TRAVEL


def unknown_line(problem: Problem, plan: Plan, size: int) -> Case:
    return problem, replace(plan, unserved=plan.unserved + unserved(f"X{size}/1")), TRAVEL


def unknown_wave(problem: Problem, plan: Plan, size: int) -> Case:
    return problem, change(plan, "V3", wave=f"X{size}"), TRAVEL


def line_missing(problem: Problem, plan: Plan, _: int) -> Case:
    listed = tuple(one for one in plan.unserved if one.key != key("O7/1"))
    return charged(problem, replace(plan, unserved=listed))


def line_twice(problem: Problem, plan: Plan, size: int) -> Case:
    return charged(problem, replace(plan, unserved=plan.unserved + unserved(*["O1/1"] * size)))


def wrong_site(problem: Problem, plan: Plan, _: int) -> Case:
    first, second = find(plan, "V1").stops
    kept, moved = first.delivers[:-1], first.delivers[-1]
    plan = change_stop(plan, "V1", 0, delivers=kept)
    return charged(problem, change_stop(plan, "V1", 1, delivers=(*second.delivers, moved)))


def wrong_zone(problem: Problem, plan: Plan, _: int) -> Case:
    return problem, change_item(plan, "V3", "O5/1", zone=CONTROLLED), TRAVEL


def quantity(problem: Problem, plan: Plan, size: int) -> Case:
    return problem, change_item(plan, "V3", "O3/1", mass_g=60_000 - size), TRAVEL


def linehaul_quantity(problem: Problem, plan: Plan, size: int) -> Case:
    return problem, change_item(plan, "T2", "O5/1", mass_g=10_000 - size), TRAVEL


def wrong_start(problem: Problem, plan: Plan, _: int) -> Case:
    return problem, change_stop(plan, "V3", kind=SiteKind.STATION), TRAVEL


def wrong_grid(problem: Problem, plan: Plan, _: int) -> Case:
    return of_changed_problem(plan, with_site(problem, "P3", grid="G1"))


def radius(problem: Problem, plan: Plan, size: int) -> Case:
    return charged(replace(problem, radius_m=2500 - size), plan)


def grid_capacity(problem: Problem, plan: Plan, size: int) -> Case:
    return of_changed_problem(plan, with_site(problem, "G1", capacity_ml={CHILLED: 210_000 - size}))


def zone_capacity(problem: Problem, plan: Plan, _: int) -> Case:
    smaller = {FROZEN: 2_000_000, CHILLED: 250_000, CONTROLLED: 3_000_000}
    return problem, change(plan, "V3", compartments=smaller), TRAVEL


def payload(problem: Problem, plan: Plan, size: int) -> Case:
    return of_changed_problem(plan, with_vehicle(problem, "V3", payload_g=100_000 - size))


def bulkhead(problem: Problem, plan: Plan, size: int) -> Case:
    between = {FROZEN: 2_000_000 - size, CHILLED: 3_000_000, CONTROLLED: 1_000_000}
    return problem, change(plan, "V3", compartments=between), TRAVEL


def carrier(problem: Problem, plan: Plan, _: int) -> Case:
    return of_changed_problem(plan, with_vehicle(problem, "V3", live_temperature=False))


def unreachable(problem: Problem, plan: Plan, _: int) -> Case:
    return problem, plan, RoadClosed(origin="P3", destination="G2")


def travel_time(problem: Problem, plan: Plan, size: int) -> Case:
    returns = find(plan, "V3").returns
    return charged(problem, change(plan, "V3", returns=returns - size))


def sequence(problem: Problem, plan: Plan, size: int) -> Case:
    arrives = find(plan, "V3").stops[0].arrives
    return charged(problem, change_stop(plan, "V3", service_starts=arrives - size))


def hours(problem: Problem, plan: Plan, size: int) -> Case:
    opens = find(plan, "V3").stops[0].service_starts + size
    later = (TimeWindow(opens=opens, closes=20 * HOUR),)
    return of_changed_problem(plan, with_site(problem, "P3", hours=later))


def window(problem: Problem, plan: Plan, size: int) -> Case:
    opens = find(plan, "V1").stops[1].service_starts + size
    return of_changed_problem(
        plan, with_line(problem, "O2/2", window=TimeWindow(opens=opens, closes=9 * HOUR))
    )


def shift(problem: Problem, plan: Plan, size: int) -> Case:
    returns = find(plan, "V3").returns
    earlier = TimeWindow(opens=0, closes=returns - size)
    return of_changed_problem(plan, with_vehicle(problem, "V3", shift=earlier))


def wave(problem: Problem, plan: Plan, size: int) -> Case:
    early = problem.wave("W1").departs - size - find(plan, "V3").departs
    return charged(problem, delayed(plan, "V3", early))


def docks(problem: Problem, plan: Plan, size: int) -> Case:
    loaded = find(plan, "T1").departs + problem.sites["C"].service_s
    return charged(problem, delayed(plan, "T2", loaded - size - find(plan, "T2").departs))


def vehicle_overlap(problem: Problem, plan: Plan, size: int) -> Case:
    second = find(plan, "V1", 2)
    early = drive(
        problem,
        vehicle="V1",
        wave="W1",
        trip=2,
        departs=find(plan, "V1").returns - size,
        visits=[("P2", [part(problem, "O6/1")])],
    )
    return charged(problem, swap(plan, second, early))


def max_trips(problem: Problem, plan: Plan, _: int) -> Case:
    return of_changed_problem(plan, with_vehicle(problem, "V1", max_trips=1))


def synchronisation(problem: Problem, plan: Plan, size: int) -> Case:
    ready = find(plan, "T1").stops[0].departs + problem.sites["G1"].sorting_s
    return charged(problem, delayed(plan, "T1", find(plan, "V1").departs + size - ready))


def time_on_board(problem: Problem, plan: Plan, size: int) -> Case:
    route = find(plan, "V1")
    ride = route.stops[1].service_starts - route.departs
    return replace(problem, time_on_board_s={CONTROLLED: max(ride - size, 900)}), plan, TRAVEL


def box_hold_time(problem: Problem, plan: Plan, size: int) -> Case:
    route = find(plan, "B1")
    ride = route.stops[0].service_starts - route.departs
    leak_w = 0.5 * 1.0 * (problem.ambient_c + 21.0)
    little = BoxLoad(zone=FROZEN, count=1, ice_kg=(ride - size) * leak_w / 334_000)
    crushed = replace(BOXES, ice_step_kg=0.0)
    bodies = dict(problem.bodies) | {"box van": Body(box=crushed)}
    return replace(problem, bodies=bodies), change(plan, "B1", boxes=(little,)), TRAVEL


def temperature(problem: Problem, plan: Plan, size: int) -> Case:
    return of_changed_problem(plan, with_line(problem, "O3/1", loading_c=4.0 + size / 10))


def distance(problem: Problem, plan: Plan, size: int) -> Case:
    return problem, change(plan, "V3", distance_m=find(plan, "V3").distance_m + size), TRAVEL


def cost(problem: Problem, plan: Plan, size: int) -> Case:
    stated = replace(plan.cost, lateness=plan.cost.lateness + size)
    return problem, replace(plan, cost=stated), TRAVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The one finding that the smallest fault yields; routes keep the ids of the good plan."""

    breaker: Breaker
    where: str
    amount: float = 1.0


BROKEN: dict[str, Expected] = {
    "unknown_vehicle": Expected(breaker=unknown_vehicle, where="V3-1/X1"),
    "unknown_site": Expected(breaker=unknown_site, where="V3-1/X1"),
    "unknown_line": Expected(breaker=unknown_line, where="unserved/X1/1"),
    "unknown_wave": Expected(breaker=unknown_wave, where="V3-1/X1"),
    "line_missing": Expected(breaker=line_missing, where="O7/1"),
    "line_twice": Expected(breaker=line_twice, where="O1/1"),
    "wrong_site": Expected(breaker=wrong_site, where="V1-1/P2/O1/2"),
    "wrong_zone": Expected(breaker=wrong_zone, where="V3-1/P3/O5/1"),
    "quantity": Expected(breaker=quantity, where="V3-1/P3/O3/1/mass"),
    "linehaul_quantity": Expected(breaker=linehaul_quantity, where="G2/milk/mass"),
    "wrong_start": Expected(breaker=wrong_start, where="V3-1/P3"),
    "wrong_grid": Expected(breaker=wrong_grid, where="V3-1/P3"),
    "radius": Expected(breaker=radius, where="V1-1/P2"),
    "grid_capacity": Expected(breaker=grid_capacity, where="G1/chilled"),
    "zone_capacity": Expected(breaker=zone_capacity, where="V3-1/chilled", amount=50_000),
    "payload": Expected(breaker=payload, where="V3-1"),
    "bulkhead": Expected(breaker=bulkhead, where="V3-1"),
    "carrier": Expected(breaker=carrier, where="V3-1", amount=2),
    "unreachable": Expected(breaker=unreachable, where="V3-1/G2"),
    "travel_time": Expected(breaker=travel_time, where="V3-1/G2"),
    "sequence": Expected(breaker=sequence, where="V3-1/P3"),
    "hours": Expected(breaker=hours, where="V3-1/P3"),
    "window": Expected(breaker=window, where="V1-1/P2/O2/2"),
    "shift": Expected(breaker=shift, where="V3-1"),
    "wave": Expected(breaker=wave, where="V3-1"),
    "docks": Expected(breaker=docks, where="C"),
    "vehicle_overlap": Expected(breaker=vehicle_overlap, where="V1-2"),
    "max_trips": Expected(breaker=max_trips, where="V1"),
    "synchronisation": Expected(breaker=synchronisation, where="V1-1"),
    "time_on_board": Expected(breaker=time_on_board, where="V1-1/P2/controlled"),
    "box_hold_time": Expected(breaker=box_hold_time, where="B1-1/P4/frozen"),
    "temperature": Expected(breaker=temperature, where="V3-1/P3/chilled", amount=0.1),
    "distance": Expected(breaker=distance, where="V3-1/distance_m"),
    "cost": Expected(breaker=cost, where="cost_breakdown/lateness"),
}


LONGEST_DELAY = 10 * MINUTE
"""The good plan stays good when a truck or van of it starts this much later."""
