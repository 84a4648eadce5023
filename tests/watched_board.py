"""A service on a real port that watches a small house, for browsers: its clock runs, its monitor
judges, and its readings come from the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import create_app
from api.cli.http_server import OrderlyServer, bound_socket, server_config
from api.settings import Settings
from api.wiring import Wiring, wire
from optimizer.domain.temperature import Zone
from telemetry.alarm.packs import load_packs
from telemetry.ingest import MONITOR
from telemetry.monitor import Monitor
from telemetry.ports import Store
from telemetry.readings import Channel, Measurement
from telemetry.registry import Placement, Point, Registry
from telemetry.registry_files import write_registry
from telemetry.storage.retention import Retention
from telemetry.storage.store import open_store
from tests.serving import settings_in
from tests.telemetry_cases import a_compartment, a_room, a_sensor

LOOK_S = 0.02
USUAL = {Zone.FROZEN: -21.0, Zone.CHILLED: 2.0, Zone.CONTROLLED: 15.0}
HISTORY_MIN = 480
STEP_MIN = 4
TICKS = 4
"""Looks of the monitor a minute."""

ROOMS = (
    ("C/frozen-1", "1 号冷冻间", Zone.FROZEN), ("C/frozen-2", "2 号冷冻间", Zone.FROZEN),
    ("C/chilled-1", "1 号冷藏间", Zone.CHILLED), ("C/chilled-2", "2 号冷藏间", Zone.CHILLED),
    ("C/chilled-3", "3 号冷藏间", Zone.CHILLED), ("C/steady-1", "1 号恒温间", Zone.CONTROLLED),
)  # fmt: skip
VANS = ("湘A7K310", "湘A1M776", "湘A5H629", "湘A9C088", "湘A3F180", "湘A8D203")
NAMES = {Zone.FROZEN: "冷冻舱", Zone.CHILLED: "冷藏舱"}


def house(vans: Sequence[str] = VANS) -> tuple[tuple[Point, ...], tuple[Placement, ...]]:
    """Give six rooms, two compartments of each van that are watched, and a sensor for each."""
    points = [a_room(name, name=label, zone=zone, asset="中心仓") for name, label, zone in ROOMS]
    points += [
        a_compartment(
            f"{van}/{zone.value}", name=f"{van} {NAMES[zone]}", zone=zone, asset=van,
            always_armed=True, grade=1 if zone is Zone.FROZEN else 2,
        )
        for van in vans
        for zone in NAMES
    ]  # fmt: skip
    sensors = [a_sensor(f"s-{point.id}", point.id) for point in points]
    return tuple(points), tuple(sensors)


class RunningClock:
    """The time of day, behind by as much as a test has not made up for yet."""

    def __init__(self) -> None:
        self.behind = timedelta(minutes=HISTORY_MIN)

    def __call__(self) -> datetime:
        """Give the instant."""
        return datetime.now(UTC) - self.behind

    def advance(self, minutes: float) -> None:
        self.behind -= timedelta(minutes=minutes)


class MonitorOfHouse:
    """The real monitor over the shipped rules; it takes readings of all sensors in one step."""

    def __init__(self, store: Store, registry: Registry, clock: RunningClock) -> None:
        self._store = store
        self._clock = clock
        self._registry = registry
        self._monitor = Monitor(registry, load_packs(), started_ms=self._now_ms())
        self._lock = Lock()
        self._stop = Event()
        self._thread = Thread(target=self._work, daemon=True)
        self._newest: dict[str, float] = {}
        self._heard: set[str] = set()
        self.answers = True
        self.works = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def measure(self, values: Mapping[str, float]) -> None:
        """Take a reading of each point at this moment."""
        self._newest = {**self._newest, **values}
        with self._lock:
            now_ms = self._now_ms()
            readings = []
            for point, value in values.items():
                measurement = Measurement(f"s-{point}", Channel.TEMPERATURE, value, now_ms)
                reading = self._monitor.admit(measurement, now_ms)
                self._monitor.handle(reading)
                readings.append(reading)
            self._settle((), readings)

    def pass_minutes(self, minutes: int, values: Mapping[str, float]) -> None:
        """Let time pass: some points have these temperatures, others stay as they were."""
        silent = self._newest.keys() - self._heard
        for _ in range(minutes):
            self._clock.advance(1)
            known = {point: self._newest[point] for point in self._newest if point not in silent}
            self.measure(known | dict(values))

    def live(self, courses: Mapping[str, Callable[[float], float | None]]) -> None:
        """Live through eight hours, up to now.

        Parameters
        ----------
        courses
            The temperature of a point at a minute of them; None is silence. Other points are well.
        """
        zones = {point.id: point.zone for point in self._registry if point.zone is not None}
        for minute in range(0, HISTORY_MIN + 1, STEP_MIN):
            values: dict[str, float] = {}
            for place, (point, zone) in enumerate(zones.items()):
                wave = 0.3 * ((minute // STEP_MIN + place) % 5 - 2)
                course = courses.get(point, lambda _, zone=zone, wave=wave: USUAL[zone] + wave)
                value = course(minute)
                if value is not None:
                    values[point] = value
            self.measure(values)
            self._heard = set(values)
            for _ in range(TICKS * STEP_MIN if minute < HISTORY_MIN else 0):
                self._clock.advance(1 / TICKS)
                # A long pause between two looks would count as a start of the monitor.
                with self._lock:
                    self._monitor.tick(self._now_ms())

    def _work(self) -> None:
        while not self._stop.wait(LOOK_S):
            with self._lock:
                commands = self._store.commands() if self.answers else ()
                if commands:
                    self._settle(commands, ())

    def _settle(self, commands: Any, readings: Any) -> None:
        now_ms = self._now_ms()
        self._monitor.tick(now_ms)
        outcomes = [self._monitor.command(one, now_ms) for one in commands]
        with self._store.write() as ledger:
            ledger.add_readings(readings)
            self._monitor.settle(ledger, now_ms)
            for outcome in outcomes:
                ledger.answer(outcome)
            if self.works:
                ledger.remember(MONITOR, str(now_ms).encode())
        self._monitor.settled()

    def _now_ms(self) -> int:
        return round(self._clock().timestamp() * 1000)


def _dated(app: ASGIApp, clock: Callable[[], datetime]) -> ASGIApp:
    """Let answers bear the time of the test, as they bear that of the machine otherwise."""

    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["date"] = format_datetime(clock(), usegmt=True)
            await send(message)

        await app(scope, receive, send_dated)

    return dated


@contextmanager
def serving(wiring: Wiring, port: int = 0) -> Iterator[str]:
    """Serve on a port of loopback; gives the address."""
    ready = Event()
    with closing(bound_socket("127.0.0.1", port)) as taken:
        config = server_config(_dated(create_app(wiring), wiring.clock), wiring.settings)
        config.date_header = False
        server = OrderlyServer(config, ready=ready.set, farewell=wiring.close_streams)
        thread = Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        assert ready.wait(20)
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is watched, with its monitor; services come and go.

    Parameters
    ----------
    settings
        Of every service over it.
    """

    settings: Settings
    clock: RunningClock
    monitor: MonitorOfHouse

    def wired(self) -> Wiring:
        """Put a service together."""
        return wire(self.settings, clock=self.clock)


@contextmanager
def watched_house(folder: Path, vans: Sequence[str] = VANS, **changes: Any) -> Iterator[House]:
    """Watch the house, without a service."""
    clock = RunningClock()
    points, placements = house(vans)
    write_registry(folder / "registry", points, placements)
    settings = settings_in(
        folder, registry=folder / "registry", stream_seconds=600, shutdown_seconds=2, **changes
    )
    with closing(open_store(settings.telemetry, Retention(raw_days=90, kept_days=730))) as store:
        monitor = MonitorOfHouse(store, Registry(points, placements), clock)
        monitor.start()
        try:
            yield House(settings=settings, clock=clock, monitor=monitor)
        finally:
            monitor.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedBoard:
    """A running service and what belongs to it."""

    address: str
    wiring: Wiring
    clock: RunningClock
    monitor: MonitorOfHouse


@contextmanager
def watched_board(folder: Path, **changes: Any) -> Iterator[WatchedBoard]:
    """Run a service over the house, with its monitor."""
    with watched_house(folder, **changes) as house:
        wiring = house.wired()
        with serving(wiring) as address:
            yield WatchedBoard(
                address=address, wiring=wiring, clock=house.clock, monitor=house.monitor
            )
