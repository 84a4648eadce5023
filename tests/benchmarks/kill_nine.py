"""Kill the service again and again under load: ``python -m tests.benchmarks.kill_nine --times 20``.

Clients ask for plans, edit one by hand, bring late orders for another and report from the road;
each repeats what was not answered. The service is killed with SIGKILL at seeded moments and started
anew. At the end every answer that a client got must still be true, once, and no process be left.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from typing import Any

from tests.benchmarks.kill_nine_clients import Driver, Editor, LateOrders, Planner, Post, Tally
from tests.benchmarks.kill_nine_findings import findings
from tests.postgres import binaries, running_cluster
from tests.running import Running, all_gone, kill_all, left_of, new_mark, start

LONGEST_BURST = 12
"""The service lives for at most so many answers between two kills."""

AFTERTHOUGHT_S = 0.4
"""Up to so much later than an answer the kill comes: in the middle of whatever goes on then."""

LONGEST_S = 120


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run has seen."""

    kills: int = 0
    restarts_s: list[float] = field(default_factory=list)
    answered: dict[str, int] = field(default_factory=dict)
    repeated: int = 0
    jobs: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Give the figures for people and scripts."""
        return {
            "kills": self.kills,
            "restart_longest_s": round(max(self.restarts_s, default=0.0), 2),
            "answered": self.answered,
            "requests_repeated": self.repeated,
            "jobs": self.jobs,
            "wrong": self.wrong,
        }


def run(folder: Path, *, times: int, seed: int, database: str | None = None) -> Report:
    """Kill a service on a fresh database so many times, and look at what is left.

    Parameters
    ----------
    folder
        Where its database and its log go.
    times, seed
        How many kills, and what chooses their moments.
    database
        Another database than a file in the folder.
    """
    url = database or f"sqlite:///{folder}/coldgrid.db"
    return _Siege(folder, url, Random(seed)).run(times)


class _Siege:
    def __init__(self, folder: Path, url: str, chance: Random) -> None:
        self._folder = folder
        self._url = url
        self._chance = chance
        self._mark = new_mark()
        self._report = Report()
        self._service = self._start(0)

    def run(self, times: int) -> Report:
        tally = Tally()
        post = Post(self._service.address, tally)
        try:
            clients = _clients(post, tally)
            for client in clients:
                client.start()
            for _ in range(times):
                tally.wait_for(self._chance.randint(1, LONGEST_BURST), LONGEST_S)
                self._kill_and_restart()
            for client in clients:
                client.finish(LONGEST_S)
            self._report.jobs = post.ended_jobs(LONGEST_S)
            self._stop()
        finally:
            kill_all(self._mark)
            self._close()
        self._report.answered, self._report.repeated = tally.counts(), tally.repeated
        self._report.wrong += [*tally.complaints, *findings(self._url, tally)]
        return self._report

    def _start(self, port: int) -> Running:
        return start(
            "serve", "--port", port, "--database", self._url, folder=self._folder, mark=self._mark,
            COLDGRID_RUNNING_JOBS="2", COLDGRID_LOG_FORMAT="json",
        )  # fmt: skip

    def _kill_and_restart(self) -> None:
        Event().wait(self._chance.uniform(0.0, AFTERTHOUGHT_S))
        with_children = self._chance.random() < 0.5
        if with_children:
            for number in left_of(self._mark):
                try:
                    os.kill(number, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        code = self._service.end(signal.SIGKILL)
        self._report.kills += 1
        if code != -signal.SIGKILL:
            self._report.wrong.append(f"the service had ended by itself with {code}")
        if not all_gone(self._mark):
            self._report.wrong.append(f"processes outlived the service: {left_of(self._mark)}")
        port = self._service.port
        self._close()
        begun = monotonic()
        self._service = self._start(port)
        self._report.restarts_s.append(monotonic() - begun)

    def _stop(self) -> None:
        code = self._service.end()
        if code != 0:
            self._report.wrong.append(f"a stop in order ended with {code}")
        if not all_gone(self._mark):
            self._report.wrong.append(f"processes are left: {left_of(self._mark)}")

    def _close(self) -> None:
        assert self._service.process.stdout is not None
        self._service.process.stdout.close()
        self._service.process.wait(LONGEST_S)


def _clients(post: Post, tally: Tally) -> list[Planner | Editor | LateOrders | Driver]:
    """Make the plans that clients work on, and the clients."""
    edited, late, driven = (post.new_plan(name) for name in ("edited", "late", "driven"))
    post.publish(driven)
    return [
        Planner(post, tally),
        Editor(post, tally, edited),
        LateOrders(post, tally, late),
        Driver(post, tally, driven),
    ]


@contextmanager
def _postgres() -> Iterator[str]:
    programs = binaries()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed")
    with running_cluster(programs) as cluster, cluster.empty_database() as url:
        yield url


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and print what was seen; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="kill_nine", description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="not on SQLite")
    asked = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coldgrid-kill-")))
        url = stack.enter_context(_postgres()) if asked.postgres else None
        report = run(folder, times=asked.times, seed=asked.seed, database=url)
    sys.stdout.write(json.dumps(report.as_json(), indent=2) + "\n")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
