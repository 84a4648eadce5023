"""Broker, monitor and service as they run together, over a clock that can be put forward.

Published temperatures become an alarm, the alarm a case, and an accepted proposal becomes a new
plan, a message to pickup points and a command to a device. Everything speaks over real sockets;
only the clock is the test's, for a van is on the road at seven in the morning.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic
from typing import Any

import httpx2
from pydantic import SecretStr

from api.app import create_app
from api.cli.http_server import OrderlyServer, address_of, bound_socket, server_config
from api.monitoring import monitoring
from api.settings import Settings
from api.wiring import Wiring, wire
from telemetry.mqtt.broker import RunningBroker
from telemetry.mqtt.publisher import Publisher
from telemetry.registry_files import write_registry
from tests.brokers import mosquitto, settings_of
from tests.devices import Device, listening
from tests.published import publish
from tests.receivers import WebReceiver, web_receiver
from tests.running import NO_TLS
from tests.serving import MORNING
from tests.stored_plan import PLAN
from tests.watched_service import PLACEMENTS, POINTS, VAN

LONGEST_S = 60.0
POLL_S = 0.02
TOPIC = "coldgrid/sensors/s-van"
SECRET = "a secret of two houses"

LOADED_H = 10.6
"""Before V1 leaves, in hours from the horizon start."""

ON_THE_ROAD_H = 11 + 25 / 60
"""V1 has left its first stop behind."""

WELL_C, WARM_C = -21.0, -17.0
"""The air of a compartment that is well, and of one that fails: above -18 °C, and below -15 °C, so
that the rule with the longer delay is the first to speak."""

WELL_MIN = 20


class AheadClock:
    """A clock that runs as clocks do, from a moment of the plan's day."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._begun = monotonic()

    def __call__(self) -> datetime:
        """Give the instant."""
        return self._start + timedelta(seconds=monotonic() - self._begun)

    def put_forward(self, to: datetime) -> None:
        """Go on from a later moment."""
        self._start += to - self()

    def ms(self) -> int:
        """Give the instant in milliseconds."""
        return round(self().timestamp() * 1000)


@dataclass(slots=True)
class Heard:
    """What came over the stream of cases."""

    events: list[dict[str, Any]] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)
    is_open: bool = False

    def wait_for(self, happened: str, vehicle: str) -> dict[str, Any]:
        """Wait until something happens to a case of a vehicle; give the case."""

        def found() -> dict[str, Any] | None:
            for one in self.events:
                if one["happened"] == happened and one["reroute"]["vehicle"] == vehicle:
                    return dict(one["reroute"])
            return None

        with self.changed:
            case = self.changed.wait_for(found, LONGEST_S)
        assert case, f"no case of {vehicle} was {happened}: {self.events}"
        return case


@dataclass(slots=True, kw_only=True)
class Chain:
    """All of it, running."""

    address: str
    wiring: Wiring
    clock: AheadClock
    broker: RunningBroker
    points: WebReceiver
    device: Device
    heard: Heard
    first_warm_s: float = 0.0

    def get(self, path: str, **query: Any) -> Any:
        answer = httpx2.get(self.address + path, params=query, timeout=LONGEST_S, verify=NO_TLS)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        return httpx2.post(self.address + path, json=body, timeout=LONGEST_S, verify=NO_TLS)

    def is_armed(self) -> bool:
        return bool(self.get(f"/v1/points/{VAN}")["watch"] == "armed")

    def warm_up(self) -> None:
        """Ask once about another van, as on any day before this break, and reject it."""
        broken = {"kind": "compartment", "vehicle": "V3", "zone": "frozen"}
        made = self.post("/v1/reroutes", {"plan": PLAN, "disruption": broken})
        assert made.status_code == 201, made.text
        done = self.post(f"/v1/reroutes/{made.json()['id']}/reject", {"reason": "a false alarm"})
        assert done.status_code == 200, done.text

    def let_fail(self) -> None:
        """Publish an hour of the compartment, minute by minute: it is well, then it fails.

        The samples bear the times at which they were taken, and end with the present moment.
        """
        start = MORNING + timedelta(hours=LOADED_H)
        minutes = int((self.clock() - start).total_seconds() // 60)
        with Publisher(settings_of(self.broker, "sensor-gateway")) as publisher:
            for minute in range(minutes + 1):
                at = start + timedelta(minutes=minute)
                fails = minute >= WELL_MIN
                if fails and not self.first_warm_s:
                    self.first_warm_s = monotonic()
                value_c = WARM_C if fails else WELL_C
                body = {"temperature": value_c, "ts": round(at.timestamp() * 1000)}
                publisher.publish(TOPIC, json.dumps(body).encode())
            assert publisher.wait_confirmed(LONGEST_S)

    def first_diversion(self, reroute: str) -> int:
        """Give the number of the best proposal that does not drive on: who decides may take it."""
        ranking = self.get(f"/v1/reroutes/{reroute}")["ranking"]
        return 1 + next(n for n, one in enumerate(ranking) if one["kind"] != "carry_on")

    def since_s(self) -> float:
        """Say how long it is since the first sample above the limit was published."""
        return monotonic() - self.first_warm_s


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition."""
    pause = Event()
    for _ in range(round(LONGEST_S / POLL_S)):
        if holds():
            return
        pause.wait(POLL_S)
    raise AssertionError(what)


@contextmanager
def chain(folder: Path, *, warm: bool = True) -> Iterator[Chain]:
    """Run everything, with the small city's plan on the road and V1 loaded.

    With ``warm`` the process that computes ways out has computed some before.
    """
    write_registry(folder / "registry", POINTS, PLACEMENTS)
    clock = AheadClock(MORNING + timedelta(hours=LOADED_H))
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "broker"))
        points = stack.enter_context(web_receiver())
        device = stack.enter_context(listening(broker, "coldgrid/commands/V1", name="device-V1"))
        settings = _settings(folder, broker, points)
        stack.enter_context(_monitor(settings, clock))
        wiring = wire(settings, clock=clock)
        stack.callback(wiring.database.close)
        publish(wiring.database)
        address = stack.enter_context(_service(wiring))
        heard = stack.enter_context(_following(f"{address}/v1/reroutes/stream"))
        running = Chain(
            address=address, wiring=wiring, clock=clock, broker=broker, points=points,
            device=device, heard=heard,
        )  # fmt: skip
        wait_until(running.is_armed, "the compartment is not watched")
        clock.put_forward(MORNING + timedelta(hours=ON_THE_ROAD_H))
        if warm:
            running.warm_up()
        yield running


def _settings(folder: Path, broker: RunningBroker, points: WebReceiver) -> Settings:
    return Settings(
        database=f"sqlite:///{folder}/coldgrid.db",
        telemetry=f"sqlite:///{folder}/telemetry.db",
        registry=folder / "registry",
        broker=f"mqtt://{broker.address}",
        eta_webhook=SecretStr(points.url),
        webhook_secret=SecretStr(SECRET),
        webhook_networks="127.0.0.0/8",
        device_rights="per-device",
    )


@contextmanager
def _monitor(settings: Settings, clock: AheadClock) -> Iterator[None]:
    with monitoring(settings, clock.ms) as parts:
        thread = Thread(target=parts.run, name="monitor")
        thread.start()
        try:
            yield
        finally:
            parts.consumer.stop()
            thread.join()


@contextmanager
def _service(wiring: Wiring) -> Iterator[str]:
    ready = Event()
    with closing(bound_socket("127.0.0.1", 0)) as taken:
        server = OrderlyServer(
            server_config(create_app(wiring), wiring.settings),
            ready=ready.set,
            farewell=wiring.close_streams,
        )
        thread = Thread(target=server.run, kwargs={"sockets": [taken]}, name="service")
        thread.start()
        try:
            assert ready.wait(LONGEST_S), "the service does not answer"
            yield address_of(taken, "127.0.0.1")
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _following(url: str) -> Iterator[Heard]:
    heard = Heard()
    thread = Thread(target=_follow, args=(url, heard), name="follower", daemon=True)
    thread.start()
    wait_until(lambda: heard.is_open, "the stream does not begin")
    yield heard


def _follow(url: str, heard: Heard) -> None:
    """Keep what comes until the service ends the stream."""
    try:
        with httpx2.stream("GET", url, timeout=LONGEST_S, verify=NO_TLS) as answer:
            name = ""
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    with heard.changed:
                        heard.is_open = True
                        if name == "reroute":
                            heard.events.append(json.loads(line.removeprefix("data: ")))
                        heard.changed.notify_all()
    except httpx2.TransportError:
        return
