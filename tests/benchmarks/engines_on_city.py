"""Compare the engines on the generated city: ``python tests/benchmarks/engines_on_city.py``.

A script and no test: it measures for minutes and depends on the machine.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from optimizer.benchmark.routing import city_comparison  # noqa: E402 - after the path is set
from tests.benchmarks.city_problems import city_problems  # noqa: E402


def main() -> None:
    """Print one row per engine: the summed objective per seed, the median, the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--grids", type=int, default=12)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--engines", nargs="+", default=["pyvrp", "portfolio"])
    given = parser.parse_args()
    data = Path(os.environ.get("COLDGRID_DATA", ROOT.parent / "shared" / "data"))
    rows = city_comparison(
        city_problems(data / "city")[: given.grids],
        limit_s=given.seconds,
        seeds=range(1, given.seeds + 1),
        engines=given.engines,
        workers=given.workers,
    )
    for row in rows:
        sums = " ".join(f"{cents:12,.0f}" for cents in row.objective_cents)
        print(f"{row.engine:10} {sums}  median {row.median_cents:12,.0f}  x {row.ratio:.4f}")  # noqa: T201


if __name__ == "__main__":
    main()
