"""What watches during ``coldgrid demo``: a broker, a virtual fleet and a monitor, as processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemetry.mqtt.child_process import ChildProcess

TELEMETRY = "telemetry.db"
REGISTRY = "registry"
LEFT_BEHIND = (TELEMETRY, f"{TELEMETRY}-wal", f"{TELEMETRY}-shm", "monitor.log", "fleet.log")
HISTORY_S = 4 * 3600
BROKEN = "V1/frozen"
FAILURE = f"unit_off@175:{BROKEN}"
"""While the van was loaded: the alarm, and ways out, stand when somebody looks."""

LONGEST_S, POLL_S = 30.0, 0.05
CONNECTED = ": connected"
"""What the monitor's log says when it hears the broker."""

COLDGRID = "import sys; from api.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWatch:
    """Where the demonstration's telemetry lies.

    Parameters
    ----------
    folder
        Of everything that it writes.
    """

    folder: Path

    @property
    def store(self) -> str:
        """The address of the telemetry store."""
        return f"sqlite:///{self.folder / TELEMETRY}"

    @property
    def registry(self) -> Path:
        """The folder that says which sensor sits where."""
        return self.folder / REGISTRY

    def clear(self) -> None:
        """Remove what an earlier demonstration left."""
        import shutil

        for name in LEFT_BEHIND:
            (self.folder / name).unlink(missing_ok=True)
        for name in (REGISTRY, "broker"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def write_registry(self, problem: Path) -> None:
        """Give every vehicle and warehouse of a problem its sensors."""
        from api.cli.simulate import write_registry
        from api.cli.simulate_fleet import spec_of

        spec = spec_of(sensors=None, fleet=None, problem=problem, seed=None, fail=())
        write_registry(self.registry, spec)

    @contextmanager
    def running(self, problem: Path) -> Iterator[str]:
        """Run everything; gives what people should know about the broker.

        Raises
        ------
        BrokerUnavailable
            There is no broker to start.
        """
        from telemetry.mqtt.broker import start_broker

        broker_folder = self.folder / "broker"
        broker_folder.mkdir(parents=True, exist_ok=True)
        with start_broker(broker_folder.resolve()) as broker:
            address = f"mqtt://{broker.address}"
            children = [self._start("monitor", _monitor_words(self, address))]
            try:
                _wait_until_connected(children[0])
                children.append(self._start("fleet", _fleet_words(problem, address)))
                yield f"{broker.kind} at {broker.address}" + (
                    f" ({broker.remark})" if broker.remark else ""
                )
            finally:
                for child in reversed(children):
                    child.stop()

    def _start(self, name: str, words: Sequence[str]) -> ChildProcess:
        from telemetry.mqtt.child_process import ChildProcess

        program = [sys.executable, "-c", COLDGRID, *words]
        return ChildProcess.start(program, self.folder.resolve(), log=f"{name}.log")


def _wait_until_connected(monitor: ChildProcess) -> None:
    """Wait until the monitor hears the broker: what the fleet says before is said to nobody.

    Raises
    ------
    BrokerUnavailable
        The monitor has ended, or says nothing for too long.
    """
    from threading import Event

    from telemetry.errors import BrokerUnavailable

    pause = Event()
    for _ in range(round(LONGEST_S / POLL_S)):
        said = monitor.log.read_text("utf-8", "replace")
        if CONNECTED in said:
            return
        if monitor.shell.poll() is not None:
            break
        pause.wait(POLL_S)
    cause = f"the demonstration's monitor does not start: {monitor.log}"
    raise BrokerUnavailable("CG-8301", cause)


def _monitor_words(watch: DemoWatch, address: str) -> list[str]:
    folder = watch.folder.resolve()
    store = f"sqlite:///{folder / TELEMETRY}"
    registry = str(folder / REGISTRY)
    return ["monitor", "--broker", address, "--registry", registry, "--telemetry", store]


def _fleet_words(problem: Path, address: str) -> list[str]:
    place = ["--broker", address, "--problem", str(problem.resolve())]
    return ["simulate", *place, "--history", str(HISTORY_S), "--fail", FAILURE]
