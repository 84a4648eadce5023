"""Look for questions that break the service: ``python -m tests.benchmarks.openapi_fuzz``.

The suite asks a few of everybody; this asks as many as are wanted, of a new service each round.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from structlog.testing import capture_logs

from tests.fuzzing import findings, stage
from tests.serving import served


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, print what was found, and give 1 if anything was.

    Parameters
    ----------
    arguments
        Words of the command line; None means those of the shell.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="questions per route and way")
    parser.add_argument("--rounds", type=int, default=1, help="each with the next seed")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    asked = parser.parse_args(arguments)
    found = 0
    for seed in range(asked.seed, asked.seed + asked.rounds):
        with (
            tempfile.TemporaryDirectory() as folder,
            served(Path(folder)) as (client, wiring),
            capture_logs(),
        ):
            ready = stage(client, wiring)
            for finding in findings(ready, examples=asked.examples, seed=seed):
                found += 1
                print(finding, flush=True)  # noqa: T201 - a command line
        print(f"seed {seed}: {found} findings so far", flush=True)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
