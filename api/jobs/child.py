"""The process that calls a solver for one job: ``python -m api.jobs.child``.

It reads an assignment, a problem and perhaps a plan from standard input, and writes progress and
one answer to standard output. When standard input ends, the service has gone: then this process
ends at once with everything that it has started, also when the service was killed.
"""

from __future__ import annotations

import os
import sys

from api.loading import loading

NICENESS = 5
"""Solvers leave the processor to whoever answers people."""


def main() -> None:
    """Serve one job from standard input to standard output."""
    os.nice(NICENESS)
    with loading():
        from api.jobs.desk import work  # noqa: PLC0415
    # A library that prints must not speak into the frames: what it prints goes to the log.
    reports = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Unbuffered: at the end of the process nobody may hold a lock on standard input.
    work(os.fdopen(os.dup(0), "rb", buffering=0), reports)
    reports.close()
    sys.stderr.flush()
    # The waiting thread, and threads of solvers, have nothing to say any more.
    os._exit(0)


if __name__ == "__main__":
    main()
