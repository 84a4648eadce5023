"""A service that watches one room and one compartment, with a monitor beside it in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from fastapi.testclient import TestClient

from api.wiring import Wiring
from telemetry.monitor import Monitor
from telemetry.ports import Store
from telemetry.readings import Channel, Measurement
from telemetry.registry import Placement, Point, Registry
from telemetry.registry_files import write_registry
from tests.serving import StandingClock, served
from tests.telemetry_cases import PROFILES, a_compartment, a_gateway, a_room, a_sensor

ROOM, VAN = "G1/freezer", "V1/frozen"
POINTS: tuple[Point, ...] = (
    a_room(ROOM, name="Freezer of G1"),
    a_compartment(VAN, name="V1 frozen"),
    a_compartment("V2/frozen", name="V2 frozen", grade=2),
    a_gateway("GW1"),
)
PLACEMENTS: tuple[Placement, ...] = (
    a_sensor("s-room", ROOM, offset_c=0.5),
    a_sensor("s-van", VAN),
    a_sensor("s-van-2", "V2/frozen"),
)
LOOK_S = 0.005


class MonitorBeside:
    """Answers commands as the real one does; readings come from the test."""

    def __init__(self, store: Store, registry: Registry, clock: StandingClock) -> None:
        self._store = store
        self._clock = clock
        self._monitor = Monitor(registry, PROFILES, started_ms=self._now_ms())
        self._lock = Lock()
        self._stop = Event()
        self._thread = Thread(target=self._work, daemon=True)
        self.answers = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def measure(self, sensor: str, value: float, channel: Channel = Channel.TEMPERATURE) -> None:
        """Take a reading of this moment."""
        with self._lock:
            now_ms = self._now_ms()
            measurement = Measurement(sensor, channel, value, now_ms)
            reading = self._monitor.admit(measurement, now_ms)
            self._monitor.handle(reading)
            self._monitor.tick(now_ms)
            with self._store.write() as ledger:
                ledger.add_readings([reading])
                self._monitor.settle(ledger, now_ms)
            self._monitor.settled()

    def warm_up(self, sensor: str, *, minutes: int = 25, value: float = -10.0) -> None:
        """Measure what is too warm, minute by minute, until it has alarmed."""
        for _ in range(minutes):
            self.measure(sensor, value)
            self._clock.advance(minutes=1)

    def tick(self) -> None:
        """Let the monitor see the time."""
        with self._lock:
            self._settle(())

    def answer(self) -> None:
        """Answer now what waits."""
        with self._lock:
            self._settle(self._store.commands())

    def _work(self) -> None:
        while not self._stop.wait(LOOK_S):
            with self._lock:
                commands = self._store.commands() if self.answers else ()
                if commands:
                    self._settle(commands)

    def _settle(self, commands: Any) -> None:
        now_ms = self._now_ms()
        self._monitor.tick(now_ms)
        outcomes = [self._monitor.command(one, now_ms) for one in commands]
        with self._store.write() as ledger:
            self._monitor.settle(ledger, now_ms)
            for outcome in outcomes:
                ledger.answer(outcome)
        self._monitor.settled()

    def _now_ms(self) -> int:
        return round(self._clock().timestamp() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedService:
    """A running service, its clock, its store and the monitor beside it."""

    client: TestClient
    wiring: Wiring
    clock: StandingClock
    monitor: MonitorBeside

    @property
    def store(self) -> Store:
        return self.wiring.watching.store()

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def an_alarm(self, sensor: str = "s-room") -> dict[str, Any]:
        """Let a place become too warm; give its alarm."""
        self.monitor.warm_up(sensor)
        found = [one for one in self.get("/v1/alarms")["items"] if one["kind"] == "high"]
        return dict(found[0])


@contextmanager
def watched(
    folder: Path,
    *,
    clock: StandingClock | None = None,
    points: tuple[Point, ...] = POINTS,
    placements: tuple[Placement, ...] = PLACEMENTS,
    **changes: Any,
) -> Iterator[WatchedService]:
    """Run a service over a registry, and a monitor on its telemetry store."""
    clock = clock or StandingClock()
    write_registry(folder / "registry", points, placements)
    with served(folder, clock=clock, registry=folder / "registry", **changes) as (client, wiring):
        monitor = MonitorBeside(wiring.watching.store(), wiring.watching.registry, clock)
        monitor.start()
        try:
            yield WatchedService(client=client, wiring=wiring, clock=clock, monitor=monitor)
        finally:
            monitor.stop()
