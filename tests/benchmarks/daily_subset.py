"""The fixed subset that is measured from day to day, into one file of results.

``python -m tests.benchmarks.daily_subset docs/results.csv``, on a quiet machine: some 15 minutes a
seed on one core; needs the real data (``COLDGRID_DATA``). Runs that stand in the file are not made
again. The instances stand in ``daily_subset.txt``; they were drawn once by ``--draw``, with a seed
that was chosen before anything was measured, and are never drawn anew.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(sys.executable).with_name("coldgrid")
NAMES = Path(__file__).with_suffix(".txt")
DRAW_SEED = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Instances that are measured alike.

    Parameters
    ----------
    kind
        Of ``coldgrid benchmark``.
    folder, patterns
        Where the files lie.
    number
        How many are drawn.
    seconds
        For each.
    """

    name: str
    kind: str
    folder: str
    patterns: tuple[str, ...]
    number: int
    seconds: int


GROUPS = (
    Group(
        name="sets-2-3",
        kind="two-echelon",
        folder="two_echelon/instances",
        patterns=("Set2*.dat", "Set3*.dat"),
        number=12,
        seconds=10,
    ),
    Group(
        name="sets-5-6",
        kind="two-echelon",
        folder="two_echelon/instances",
        patterns=("Set5*.dat", "Set6*.dat"),
        number=8,
        seconds=60,
    ),
    Group(
        name="multi-trip",
        kind="routing",
        folder="multi_trip",
        patterns=("*.vrp",),
        number=10,
        seconds=30,
    ),
)


def main() -> int:
    """Measure what is missing in the file, then sum it up."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("results", type=Path, nargs="?")
    asked.add_argument("--seeds", default="1")
    asked.add_argument("--draw", action="store_true", help="print a draw and measure nothing")
    given = asked.parse_args()
    data = Path(os.environ["COLDGRID_DATA"])
    if given.draw:
        sys.stdout.writelines(drawn(data))
        return 0
    if given.results is None:
        asked.error("name a file of results")
    chosen = [line.split() for line in NAMES.read_text(encoding="utf-8").splitlines()]
    worst = 0
    for group in GROUPS:
        files = [data / group.folder / words[1] for words in chosen if words[0] == group.name]
        words = ["--time-limit", str(group.seconds), "--seeds", given.seeds]
        words += ["--bound-time-limit", "0"] if group.kind == "two-echelon" else []
        command = [SCRIPT, "benchmark", group.kind, *files, *words, "--results", given.results]
        worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst


def drawn(data: Path) -> Iterator[str]:
    """Draw the instances of every group, as the lines of the file of names."""
    for group in GROUPS:
        folder = data / group.folder
        names = sorted(file.name for pattern in group.patterns for file in folder.glob(pattern))
        for name in sorted(random.Random(DRAW_SEED).sample(names, group.number)):
            yield f"{group.name} {name}\n"


if __name__ == "__main__":
    sys.exit(main())
