"""By how much expected times are off on a real day: ``python -m tests.benchmarks.eta DAY.csv``.

The day is planned, then driven on paper several times: drives scatter by a fifth, services by
three tenths, vans leave five minutes late on average, phones report two minutes late on average.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from optimizer.convert import convert_bogota
from optimizer.domain.fleet import Echelon
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.problem_reading import read_problem
from optimizer.solve import solve
from optimizer.travel.great_circle import GreatCircle
from tests.driven_day import Miss, all_misses


def planned(day_csv: Path, iterations: int, seed: int) -> tuple[Problem, Plan]:
    """Convert and plan a day of the distributor in Bogotá."""
    with tempfile.TemporaryDirectory() as folder:
        convert_bogota(day_csv, Path(folder))
        problem = read_problem(Path(folder)).problem
    with ThreadPoolExecutor(max_workers=1) as here:
        plan = solve(
            problem,
            travel=GreatCircle(circuity=problem.travel.circuity),
            limit=Limit(iterations=iterations),
            seed=seed,
            executor=here,
        )
    return problem, plan


def lines_of(misses: Sequence[Miss]) -> list[str]:
    """Write one line per moment of asking: median, ninth decile, share inside the span."""
    lines = []
    for asked in dict.fromkeys(miss.asked for miss in misses):
        minutes = [miss.minutes for miss in misses if miss.asked == asked]
        inside = float(np.mean([miss.inside for miss in misses if miss.asked == asked]))
        half, nine = np.percentile(minutes, [50, 90])
        lines.append(
            f"{asked:14} n {len(minutes):6}  p50 {half:5.1f} min  p90 {nine:5.1f} min  "
            f"inside span {inside:.2f}"
        )
    return lines


def main() -> None:
    """Plan, drive and compare."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("day", type=Path)
    words.add_argument("--iterations", type=int, default=20)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--times", type=int, default=3)
    asked = words.parse_args()
    problem, plan = planned(asked.day, asked.iterations, asked.seed)
    routes = [route for route in plan.routes if route.echelon is Echelon.LAST_MILE]
    stops = sum(len(route.stops) for route in routes)
    found = all_misses(problem, plan, seed=asked.seed, times=asked.times)
    head = f"{asked.day.name}: {len(routes)} last-mile routes, {stops} stops, {asked.times} days"
    sys.stdout.write("\n".join([head, *lines_of(found)]) + "\n")


if __name__ == "__main__":
    main()
