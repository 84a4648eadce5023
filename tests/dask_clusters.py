"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own.

The tasks that tests send stand here as well: a worker loads the module that a task comes from.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Halt

ROOT = Path(__file__).resolve().parents[1]
LONGEST_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCluster:
    """Where the scheduler listens, and the processes."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: Sequence[subprocess.Popen[bytes]]


@contextmanager
def local_cluster(folder: Path, *, workers: int) -> Iterator[LocalCluster]:
    """Start a scheduler and workers of one thread each; end them afterwards.

    Workers may still be on their way to the scheduler.
    """
    file = folder / "scheduler.json"
    started = [_start("scheduler", "--port", 0, "--scheduler-file", file, folder=folder)]
    try:
        address = _address(file, started[0])
        words = (address, "--nthreads", 1, "--no-nanny")
        started += [_start("worker", *words, folder=folder) for _ in range(workers)]
        yield LocalCluster(address=address, scheduler=started[0], workers=started[1:])
    finally:
        for process in started:
            process.kill()
            process.wait()


def _start(kind: str, *words: object, folder: Path) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with (folder / f"{kind}.log").open("ab") as log:
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                f"distributed.cli.dask_{kind}",
                *map(str, words),
                "--host",
                "127.0.0.1",
                "--no-dashboard",
            ],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )


def _address(file: Path, scheduler: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until and scheduler.poll() is None:
        try:
            return str(json.loads(file.read_bytes())["address"])
        except (FileNotFoundError, json.JSONDecodeError):
            # It is not there yet, or half written.
            time.sleep(0.05)
    raise AssertionError(f"the scheduler did not say its address: {scheduler.poll()}")


# --- tasks --------------------------------------------------------------------------------------


def break_down(words: str) -> None:
    raise EngineFailed("CG-3001", words)


def until_called_off(halt: Halt, longest_s: float) -> bool:
    until = time.monotonic() + longest_s
    while time.monotonic() < until:
        if halt.asked():
            return True
        time.sleep(0.01)
    return False


def slow_pid() -> int:
    time.sleep(0.2)
    return os.getpid()
