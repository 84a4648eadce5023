"""Runs of a measurement: which are asked, which still have to be made, and what is told of each.

A run is one instance with one seed. Whoever keeps a record of runs says which ones it has, and
hears of every other as soon as it is finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from typing import Protocol

from optimizer.benchmark.result import InstanceResult
from optimizer.executors.processes import processes

DIGEST_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One instance with one seed.

    Parameters
    ----------
    instance
        The name that the instance bears.
    digest
        Of the bytes of its file: two instances may bear one name.
    """

    path: Path
    instance: str
    digest: str
    seed: int


class Record(Protocol):
    """Who keeps what was measured."""

    def has(self, run: Run) -> bool:
        """Say whether the run was finished before, under the same conditions."""
        ...

    def add(self, run: Run, result: InstanceResult) -> None:
        """Keep a run that was finished just now."""
        ...


class NoRecord:
    """Nothing is known and nothing is kept: every run is made."""

    def has(self, run: Run) -> bool:
        """Say no."""
        return False

    def add(self, run: Run, result: InstanceResult) -> None:
        """Let it pass."""


NO_RECORD: Record = NoRecord()


class Stopwatch:
    """Measures from when it is made: seconds by the clock and of the processor."""

    def __init__(self) -> None:
        self._begun = perf_counter()
        self._processor_begun = process_time()
        self.seconds = 0.0
        self.processor_s = 0.0

    def stop(self) -> None:
        """Keep what has passed, with all threads of this process."""
        self.seconds = perf_counter() - self._begun
        self.processor_s = process_time() - self._processor_begun


def runs_of(named: Iterable[tuple[Path, str]], seeds: Sequence[int]) -> list[Run]:
    """List every instance with every seed: all instances with the first seed, then the next.

    Parameters
    ----------
    named
        Files that could be read, with the names of their instances.
    seeds
        Each for every instance.
    """
    known = [
        (path, name, sha256(path.read_bytes()).hexdigest()[:DIGEST_LENGTH]) for path, name in named
    ]
    return [
        Run(path=path, instance=name, digest=digest, seed=seed)
        for seed in seeds
        for path, name, digest in known
    ]


def make_runs(
    runs: Sequence[Run],
    measure: Callable[[Run], InstanceResult],
    *,
    workers: int,
    record: Record,
) -> list[InstanceResult]:
    """Make the runs that the record does not have, and give their results in order.

    Parameters
    ----------
    runs
        Those asked for.
    measure
        Goes to other processes by pickle where there are several workers.
    workers
        Runs made side by side.
    record
        Hears of each run when it is finished, in the order in which they finish.
    """
    wanted = [run for run in runs if not record.has(run)]
    if workers <= 1 or len(wanted) <= 1:
        return [_kept(run, measure(run), record) for run in wanted]
    found: dict[Run, InstanceResult] = {}
    with processes(min(workers, len(wanted))) as executor:
        futures: dict[Future[InstanceResult], Run] = {
            executor.submit(measure, run): run for run in wanted
        }
        try:
            for future in as_completed(futures):
                found[futures[future]] = _kept(futures[future], future.result(), record)
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise
    return [found[run] for run in wanted]


def _kept(run: Run, result: InstanceResult, record: Record) -> InstanceResult:
    record.add(run, result)
    return result
