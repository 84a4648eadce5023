"""All at once and for long: ``python -m tests.benchmarks.soak --minutes 30``.

mosquitto, ``coldgrid monitor`` and ``coldgrid serve`` with its job workers, as processes. Sensors
publish at a steady rate; dispatchers and boards hold streams open and read with human pauses; a
plan is asked for now and then. Exit status 1 says that a reading was lost, memory grew, a plan job
did not finish, an answer was wrong, or reads were slow. Latencies mean something only on a machine
that does nothing else: the share of processor time that others took is printed beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from telemetry.mqtt.child_process import ChildProcess
from telemetry.registry import Placement
from telemetry.registry_files import write_registry
from telemetry.storage.tables import READINGS
from tests.benchmarks.ingest_child import registry_of, sensor_name
from tests.benchmarks.ingest_process import ROOT
from tests.benchmarks.kill_nine_clients import Post, Tally
from tests.benchmarks.soak_clients import Seen, Sessions
from tests.brokers import mosquitto
from tests.features.command_line import SCRIPT
from tests.large_city import city
from tests.running import Running, running

ORDERS = 200
LOOK_S = 1.0

WARM_UP_S = 5.0
LONGEST_S = 60.0
TICKS_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is good.

    Parameters
    ----------
    p95_ms
        Of all reads.
    growth_percent
        What the memory of a process may grow over the last third of the time.
    """

    p95_ms: float = 300.0
    growth_percent: float = 3.0


@dataclass(slots=True, kw_only=True)
class Looks:
    """Memory and processor time of processes, looked at once a second.

    Parameters
    ----------
    pids
        The processes by name.
    memory_mb
        Resident memory by name, in MB.
    cpu_s
        Processor time from the first look to the last, by name.
    """

    pids: Mapping[str, int]
    memory_mb: dict[str, list[float]] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)
    steal_percent: float = 0.0

    def growth_percent(self, name: str) -> float:
        """Give what a straight line through the last third grows by, of what it begins with."""
        third = np.array(self.memory_mb[name][-(len(self.memory_mb[name]) // 3) :])
        if third.size < 2:
            raise ValueError(f"{name}: {third.size} looks are too few for a slope; run longer")
        slope, start = np.polyfit(np.arange(third.size), third, 1)
        return float(100 * slope * third.size / start)


@contextmanager
def looking(pids: Mapping[str, int]) -> Iterator[Looks]:
    """Look at processes for as long as they work."""
    looks = Looks(pids=pids, memory_mb={name: [] for name in pids})
    before = {name: _cpu_s(pid) for name, pid in pids.items()}
    machine = _machine()
    over = threading.Event()

    def work() -> None:
        while not over.wait(LOOK_S):
            for name, pid in pids.items():
                looks.memory_mb[name].append(_resident_mb(pid))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield looks
    finally:
        over.set()
        thread.join()
    looks.cpu_s = {name: _cpu_s(pid) - before[name] for name, pid in pids.items()}
    spent = _machine() - machine
    looks.steal_percent = float(100 * spent[7] / spent.sum())


def run(
    folder: Path,
    *,
    minutes: float,
    sessions: int,
    rate: int,
    sensors: int,
    seed: int,
    bounds: Bounds = Bounds(),
) -> bool:
    """Let everything work, print what was seen; say whether it was good."""
    _registry(folder / "registry", sensors)
    store = f"sqlite:///{folder}/telemetry.db"
    points = [f"room-{number}" for number in range(sensors)]
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "broker"))
        monitor = _monitor(folder, store, broker.address)
        stack.callback(monitor.stop)
        service = stack.enter_context(_service(folder, store))
        plan = Post(service.address, Tally()).new_plan("soak")
        assert broker.pid is not None
        pids = {"broker": broker.pid, "monitor": monitor.pid, "service": service.process.pid}
        publisher = _publisher(broker.port, rate, minutes * 60 + WARM_UP_S, sensors)
        stack.callback(publisher.kill)
        with looking(pids) as looks:
            people = Sessions(service.address, plan, points, seed)
            seen = asyncio.run(people.run(sessions, minutes * 60, city(orders=ORDERS, seed=seed)))
        said, _ = publisher.communicate(timeout=2 * LONGEST_S)
        published = json.loads(said)
        stored = _stored(folder / "telemetry.db", published["confirmed"])
        service.end()
    return _judged(seen, looks, published, stored, bounds)


def _judged(
    seen: Seen, looks: Looks, published: Mapping[str, Any], stored: int, bounds: Bounds
) -> bool:
    """Print the figures; say whether they are good."""
    every = [one for several in seen.took_ms.values() for one in several]
    for name, took in [*sorted(seen.took_ms.items()), ("all reads", every)]:
        p50, p95, p99 = np.percentile(took, (50, 95, 99))
        _say(f"{name:10} {len(took):7,} reads  p50 {p50:5.0f}  p95 {p95:5.0f}  p99 {p99:5.0f} ms")
    flat = True
    for name, sizes in looks.memory_mb.items():
        growth = looks.growth_percent(name)
        flat &= growth <= bounds.growth_percent
        _say(
            f"{name:10} {sizes[0]:.0f} MB at first, {sizes[-1]:.0f} MB at the end, last third"
            f" {growth:+.1f} %; {looks.cpu_s[name]:.1f} s of processor time in {len(sizes)} s"
        )
    lost = published["sent"] - stored
    _say(f"readings   sent {published['sent']:,} at {published['rate']:,}/s, lost {lost:,}")
    ended = [state for state in seen.jobs.values() if state == "succeeded"]
    _say(f"plan jobs  {len(ended)} of {len(seen.jobs)} succeeded")
    _say(f"steal      {looks.steal_percent:.1f} %; events streamed {seen.streamed:,}")
    for wrong, count in seen.wrong.items():
        _say(f"wrong      {wrong} ({count} times)")
    fast = float(np.percentile(every, 95)) <= bounds.p95_ms
    return fast and flat and lost == 0 and len(ended) == len(seen.jobs) > 0 and not seen.wrong


def _registry(folder: Path, sensors: int) -> None:
    rooms = registry_of(sensors)
    places = [
        Placement(sensor=sensor_name(number), point=f"room-{number}") for number in range(sensors)
    ]
    write_registry(folder, rooms.points.values(), places)


def _monitor(folder: Path, store: str, broker: str) -> ChildProcess:
    words = ["monitor", "--broker", f"mqtt://{broker}", "--registry", str(folder / "registry")]
    child = ChildProcess.start(
        [str(SCRIPT), *words, "--telemetry", store], folder, log="monitor.log"
    )
    ends_at = time.monotonic() + LONGEST_S
    while ": connected" not in child.log.read_text():
        if time.monotonic() > ends_at or child.shell.poll() is not None:
            raise SystemExit(f"the monitor does not hear the broker: {child.log.read_text()}")
        time.sleep(0.1)
    return child


def _service(folder: Path, store: str) -> AbstractContextManager[Running]:
    return running(
        "serve", "--port", 0, folder=folder, COLDGRID_TELEMETRY=store,
        COLDGRID_REGISTRY=str(folder / "registry"), COLDGRID_RUNNING_JOBS="1",
    )  # fmt: skip


def _publisher(port: int, rate: int, seconds: float, sensors: int) -> subprocess.Popen[str]:
    words = ["--port", port, "--rate", rate, "--seconds", seconds, "--sensors", sensors]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.ingest_publisher", *map(str, words)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _stored(file: Path, wanted: int) -> int:
    """Count the rows of readings, once all that is wanted is there or time is up."""
    ends_at = time.monotonic() + LONGEST_S
    while (found := rows(file)) < wanted and time.monotonic() < ends_at:
        time.sleep(LOOK_S)
    return found


def rows(file: Path) -> int:
    """Count the rows of readings in a store that lies in a file."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        names = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return sum(
            int(store.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for (name,) in names
            if name.startswith(READINGS)
        )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_S


def _resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


def _machine() -> np.ndarray:
    line = Path("/proc/stat").read_text().splitlines()[0]
    return np.array([int(word) for word in line.split()[1:9]])


def main(words: Sequence[str] | None = None) -> int:
    """Soak and print; 1 where anything was not as it has to be."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--rate", type=int, default=4000, help="readings a second")
    parser.add_argument("--sensors", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="coldgrid-soak-") as folder:
        good = run(
            Path(folder), minutes=asked.minutes, sessions=asked.sessions, rate=asked.rate,
            sensors=asked.sensors, seed=asked.seed,
        )  # fmt: skip
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
