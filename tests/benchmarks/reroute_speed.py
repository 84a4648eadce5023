"""How long from a break to ranked proposals: ``python -m tests.benchmarks.reroute_speed``.

Days with 30 open stops and 10 stations, drawn from seeds; a break at a random moment of the first
third of a tour. With ``--problem`` and ``--plan`` the breaks are drawn on that plan instead. With
``--closed-road`` no compartment fails, but an area of some hundred metres is closed that a drive
ahead leads through. The process is warm: one break goes before, and so the running plan has been
checked. Figures are seconds by the clock, and CPU seconds of the process, which other work disturbs
less.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import cos, pi, radians, sin
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from optimizer.domain.fleet import Echelon
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.plan_reading import read_plan
from optimizer.formats.problem_reading import read_problem
from optimizer.recovery.events import ClosedRoad
from optimizer.recovery.recover import recover
from optimizer.reroute import Disruption, RerouteRefused, respond
from optimizer.travel.open_provider import open_provider
from optimizer.travel.provider import TravelProvider
from tests.broken_days import ROADS, random_day

STATIONS = 10
CORNERS = 6
RADIUS_M = (150.0, 600.0)
METRES_PER_DEGREE = 111_195.0

Event = Disruption | ClosedRoad
Case = tuple[Problem, Plan, TravelProvider, Event]
Draw = Callable[[Problem, Plan, Random], Event]


@dataclass(slots=True)
class Figures:
    """What was measured."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    best: Counter[str] = field(default_factory=Counter)

    def row(self) -> dict[str, object]:
        """Give median, nineteen in twenty and the longest of either clock."""
        return {
            "breaks": len(self.wall_s),
            "wall_s": _shares(self.wall_s),
            "cpu_s": _shares(self.cpu_s),
            "best": dict(self.best),
        }


def _shares(seconds: list[float]) -> dict[str, float]:
    ranked = sorted(seconds)
    shares = {"p50": 0.5, "p95": 0.95, "most": 1.0}
    return {name: round(ranked[int(q * (len(ranked) - 1))], 3) for name, q in shares.items()}


def main() -> None:
    """Print one JSON document."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--breaks", type=int, default=40)
    words.add_argument("--stops", type=int, default=15, help="Stops of each of two tours.")
    words.add_argument("--problem", type=Path)
    words.add_argument("--plan", type=Path)
    words.add_argument("--closed-road", action="store_true", help="Close an area of roads instead.")
    given = words.parse_args()
    draw = _closed if given.closed_road else _break
    if given.problem is not None:
        cases = _of_plan(given.problem, given.plan, given.breaks, draw)
    else:
        cases = _random(given.breaks, given.stops, draw)
    figures = Figures()
    for number, (problem, plan, travel, told) in enumerate(cases):
        if number == 0 or given.problem is None:
            _answer(problem, plan, travel, told)
        wall, cpu = perf_counter(), process_time()
        kind = _answer(problem, plan, travel, told)
        if kind:
            figures.wall_s.append(perf_counter() - wall)
            figures.cpu_s.append(process_time() - cpu)
            figures.best[kind] += 1
    sys.stdout.write(json.dumps(figures.row(), indent=1) + "\n")


def _answer(problem: Problem, plan: Plan, travel: TravelProvider, event: Event) -> str:
    try:
        if isinstance(event, ClosedRoad):
            found = recover(problem, plan, event, travel=travel)
        else:
            found = respond(problem, plan, event, travel=travel)
    except RerouteRefused:
        return ""
    best = found.proposals[0]
    return f"{best.kind.value} {best.place}" if isinstance(event, ClosedRoad) else best.kind.value


def _random(breaks: int, stops: int, draw: Draw) -> Iterator[Case]:
    for seed in range(breaks):
        problem, plan = random_day(seed, stops=stops, stations=STATIONS, heaviest_kg=12)
        yield problem, plan, ROADS, draw(problem, plan, Random(seed))


def _of_plan(path: Path, planned: Path, breaks: int, draw: Draw) -> Iterator[Case]:
    problem, plan = read_problem(path).problem, read_plan(planned)
    folder = path if path.is_dir() else path.parent
    travel = open_provider(problem.travel, folder, sites=problem.sites)
    for seed in range(breaks):
        yield problem, plan, travel, draw(problem, plan, Random(seed))


def _break(problem: Problem, plan: Plan, draw: Random) -> Disruption:
    routes = [route for route in plan.routes if route.echelon is Echelon.LAST_MILE]
    route = draw.choice(routes)
    zone = draw.choice(list(Zone))
    return Disruption(
        vehicle=route.vehicle,
        zone=zone,
        at=route.departs + int(draw.uniform(0.0, 0.3) * (route.returns - route.departs)),
        product_c=problem.policies[zone].loading_c + draw.uniform(0.0, 1.5),
    )


def _closed(problem: Problem, plan: Plan, draw: Random) -> ClosedRoad:
    """Close a ragged area around the middle of a drive ahead."""
    routes = [route for route in plan.routes if route.echelon is Echelon.LAST_MILE]
    route = draw.choice(routes)
    at = route.departs + int(draw.uniform(0.0, 0.3) * (route.returns - route.departs))
    ahead = [stop.site for stop in route.stops if stop.service_starts > at]
    sites = [problem.sites[name] for name in [*ahead, route.end_site]]
    a, b = draw.choice(list(pairwise(sites)))
    lat, lon = (a.lat + b.lat) / 2, (a.lon + b.lon) / 2
    ring = []
    for corner in range(CORNERS):
        angle, metres = 2 * pi * corner / CORNERS, draw.uniform(*RADIUS_M)
        north, east = metres * sin(angle), metres * cos(angle)
        ring.append(
            (
                lat + north / METRES_PER_DEGREE,
                lon + east / (METRES_PER_DEGREE * cos(radians(lat))),
            )
        )
    return ClosedRoad(polygon=tuple(ring), at=at)


if __name__ == "__main__":
    main()
