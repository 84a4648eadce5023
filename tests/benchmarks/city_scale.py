"""How time and memory of a plan grow with the city: Shanghai cut to whole grids.

``python -m tests.benchmarks.city_scale``, on a quiet machine; needs the real data
(``COLDGRID_DATA``). Every cut is converted, then planned by ``coldgrid plan`` in a process of its
own, one wave in three zones. ``--time-limit`` is for the largest cut, the others have their share
by points: what grows then is memory, and the time that is not under the limit. With
``--iterations`` every grid has the same work instead, and time grows as work does. Seconds are
fitted as a power of the points, memory as a straight line; what a larger city would need is that
carried on: a guess.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import linear_regression
from tempfile import TemporaryDirectory

from tests.benchmarks.process_memory import PeakMemory

SCRIPT = Path(sys.executable).with_name("coldgrid")
MB = 1 << 20
LARGER = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One cut, planned; seconds are of the whole command, memory of all its processes together."""

    points: int
    grids: int
    lines: int
    wall_s: float
    processor_s: float
    resident_mb: float
    own_mb: float
    objective: float
    unserved: int
    violations: int
    status: int


def main() -> int:
    """Measure and print; the exit status is 1 where a plan breaks a rule."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--points", default="1000,2500,5000,9214")
    asked.add_argument("--time-limit", type=float, default=540.0)
    asked.add_argument("--iterations", type=int)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    source = Path(os.environ["COLDGRID_DATA"]) / "shanghai" / "sites_and_spots.csv"
    wanted = sorted(int(number) for number in given.points.split(","))
    found = []
    with TemporaryDirectory() as place:
        for cut in _cuts(source, wanted, Path(place)):
            limit = ["--time-limit", f"{given.time_limit * cut.points / wanted[-1]:.1f}"]
            if given.iterations is not None:
                limit = ["--iterations", str(given.iterations)]
            words = [*limit, "--seed", str(given.seed), "--workers", str(given.workers)]
            found.append(_planned(cut, words))
            _say(found[-1])
    if len(found) > 1:
        _say_growth(found)
    return int(any(each.status for each in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A converted part of the city."""

    folder: Path
    points: int
    grids: int
    lines: int


def _cuts(source: Path, wanted: Sequence[int], place: Path) -> list[Cut]:
    """Convert as many sites, by id, as come nearest to each number of points."""
    whole = _converted(source, place / "whole", None)
    per_grid: dict[str, int] = {}
    with (whole.folder / "sites.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            if row["kind"] == "grid":
                per_grid[row["id"]] = 0
            elif row["kind"] == "pickup":
                per_grid[row["grid"]] += 1
    sums = list(accumulate(per_grid[grid] for grid in sorted(per_grid)))
    cuts = []
    for points in wanted:
        number = 1 + min(range(len(sums)), key=lambda at: abs(sums[at] - points))
        folder = place / f"first-{number}"
        cuts.append(whole if number == len(sums) else _converted(source, folder, number))
    return cuts


def _converted(source: Path, folder: Path, sites: int | None) -> Cut:
    words = [] if sites is None else ["--sites", str(sites)]
    done = subprocess.run(
        [SCRIPT, "convert", "shanghai", source, folder, *words, "--json"],
        capture_output=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return Cut(folder=folder, points=told["spots"], grids=told["sites"], lines=told["lines"])


def _planned(cut: Cut, words: Sequence[str]) -> Planned:
    out = cut.folder.with_suffix(".json")
    begun = time.monotonic()
    process = subprocess.Popen(
        [SCRIPT, "plan", cut.folder, "--out", out, *words], stdout=subprocess.DEVNULL
    )
    with PeakMemory(process.pid) as memory:
        _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    plan = json.loads(out.read_bytes())
    return Planned(
        points=cut.points,
        grids=cut.grids,
        lines=cut.lines,
        wall_s=wall,
        processor_s=used.ru_utime + used.ru_stime,
        resident_mb=memory.resident / MB,
        own_mb=memory.proportional / MB,
        objective=plan["objective_cents"] / 100,
        unserved=len(plan["unserved"]),
        violations=len(plan["check"]["violations"]),
        status=process.returncode,
    )


def _say(planned: Planned) -> None:
    sys.stdout.write(
        f"{planned.points:,} points, {planned.grids} grids, {planned.lines:,} lines:"
        f" {planned.wall_s:.1f} s, processor {planned.processor_s:.1f} s,"
        f" memory {planned.resident_mb:.0f} MB (shared pages once: {planned.own_mb:.0f}),"
        f" objective {planned.objective:,.2f}, {planned.unserved} lines unserved,"
        f" {planned.violations} violations, status {planned.status}\n"
    )
    sys.stdout.flush()


def _say_growth(found: Sequence[Planned]) -> None:
    sizes = [each.points for each in found]
    for name, unit, values in (
        ("wall", "s", [each.wall_s for each in found]),
        ("processor", "s", [each.processor_s for each in found]),
    ):
        power, factor = fitted(sizes, values)
        sys.stdout.write(
            f"{name} grows as points^{power:.2f};"
            f" {LARGER:,} points would need {factor * LARGER**power:,.0f} {unit}\n"
        )
    # Libraries are most of it, whatever the city; a power would hide what a point takes.
    each, base = linear_regression(sizes, [planned.resident_mb for planned in found])
    sys.stdout.write(
        f"memory is {base:.0f} MB and {1000 * each:.1f} kB a point;"
        f" {LARGER:,} points would need {base + each * LARGER:,.0f} MB\n"
    )


def fitted(sizes: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """Fit ``value = factor · size^power`` by least squares of the logarithms."""
    xs, ys = [math.log(size) for size in sizes], [math.log(value) for value in values]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - x_mean) ** 2 for x in xs)
    power = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)) / spread
    return power, math.exp(y_mean - power * x_mean)


if __name__ == "__main__":
    sys.exit(main())
