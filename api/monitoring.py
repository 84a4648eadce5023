"""The composition root of the monitor: settings in, a process that watches out.

The monitor is a process of its own, beside the service: it alone reads the broker and writes
alarms, and the service goes on planning where it fails. The two meet in the telemetry store.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import monotonic_ns, time_ns

import structlog

from api.services.reaching_the_broker import broker_of
from api.settings import Settings, revealed
from optimizer.domain.errors import Fault, InputRefused
from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile
from telemetry.alarm.rules_file import read_rules
from telemetry.calling.digest import Caller, caller_on
from telemetry.calling.outbox import Dispatcher
from telemetry.calling.roster import Roster
from telemetry.calling.roster_file import load_roster
from telemetry.calling.set_up import mail_server_at, sinks_for
from telemetry.calling.sinks import Sink
from telemetry.calling.targets import networks_of
from telemetry.errors import StoreUnavailable
from telemetry.ingest import Ingest
from telemetry.monitor import Monitor
from telemetry.mqtt.consumer import Consumer
from telemetry.mqtt.settings import BrokerSettings
from telemetry.payloads.topics import TopicTable
from telemetry.ports import Store
from telemetry.registry import Registry
from telemetry.registry_files import RegistryFiles, read_registry
from telemetry.storage.retention import Retention
from telemetry.storage.store import open_store

PATIENCE_MS = 1500
SET_BACK_MS = 1000
"""Smaller steps back are what keeping the time takes."""

HOUSE_S = 3600.0
"""How often what is old is looked for."""

ClockMs = Callable[[], int]

log = structlog.get_logger(__name__)


def wall_ms() -> int:
    """Give the instant by the machine's clock."""
    return time_ns() // 1_000_000


def steady_ms() -> int:
    """Give milliseconds of a clock that nobody sets."""
    return monotonic_ns() // 1_000_000


class SteadyClock:
    """The machine's clock as the monitor sees it: set forward it jumps, set back it runs on.

    Was it set back, then every sensor that names no time would be older than what it said before,
    and nobody would be called for as long as that. So time goes on from where it was until the
    machine's clock has caught up.

    Parameters
    ----------
    wall, steady
        The machine's clock and one that nobody sets, in milliseconds.
    """

    def __init__(self, wall: ClockMs = wall_ms, steady: ClockMs = steady_ms) -> None:
        self._wall = wall
        self._steady = steady
        self._ahead_ms = wall() - steady()
        self._is_behind = False

    def __call__(self) -> int:
        """Give the current instant."""
        wall, steady = self._wall(), self._steady()
        run_on = steady + self._ahead_ms
        if wall >= run_on - SET_BACK_MS:
            self._ahead_ms, self._is_behind = wall - steady, False
            return wall
        if not self._is_behind:
            self._is_behind = True
            log.warning("clock set back: time runs on until it has caught up", ms=run_on - wall)
        return run_on


now_ms = SteadyClock()
"""Gives the current instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a registry folder says, understood.

    Parameters
    ----------
    roster
        Who is called; None where the folder names nobody.
    warnings
        What a person should look at.
    """

    registry: Registry
    profiles: Mapping[str, Profile]
    topics: TopicTable
    roster: Roster | None
    warnings: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """The parts of a running monitor.

    Parameters
    ----------
    dispatcher
        Delivers calls; None where nobody is to be called.
    """

    watched: Watched
    store: Store
    ingest: Ingest
    consumer: Consumer
    dispatcher: Dispatcher | None
    housekeeper: Housekeeper

    def run(self) -> None:
        """Watch until ``consumer.stop`` is called.

        Raises
        ------
        BrokerUnavailable
            The broker refuses us.
        """
        if self.dispatcher is not None:
            self.dispatcher.start()
        self.housekeeper.start()
        try:
            self.consumer.run()
        finally:
            self.housekeeper.stop()
            if self.dispatcher is not None:
                self.dispatcher.stop()


class Housekeeper:
    """Drops what is older than its retention, now and then, in a thread of its own."""

    def __init__(
        self, store: Store, registry: Registry, clock_ms: ClockMs, *, period_s: float = HOUSE_S
    ) -> None:
        self._store = store
        self._registry = registry
        self._clock_ms = clock_ms
        self._period_s = period_s
        self._stopping = Event()
        self._thread = Thread(target=self._work, name="coldgrid-house")

    def start(self) -> None:
        """Begin; the first look comes at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the look that is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._store.keep_house(self._clock_ms(), self._registry)
            except StoreUnavailable as error:
                log.warning("old readings stay for now", code=error.code, detail=str(error))
            self._stopping.wait(self._period_s)


@contextmanager
def monitoring(settings: Settings, clock_ms: ClockMs = now_ms) -> Iterator[Monitoring]:
    """Build a monitor that has taken up the work where it was left.

    Raises
    ------
    InputRefused
        A setting is missing, or the registry has faults.
    StoreUnavailable
        The store does not answer, or another monitor of this name works on it.
    """
    watched = understood(settings, clock_ms)
    broker = broker_settings(settings)
    retention = Retention(raw_days=settings.raw_days, kept_days=settings.kept_days)
    with (
        closing(open_store(settings.telemetry, retention)) as store,
        store.lease(settings.broker_client),
    ):
        monitor = Monitor(
            watched.registry,
            watched.profiles,
            caller=_caller(watched, store, clock_ms),
            started_ms=clock_ms(),
            patience_ms=PATIENCE_MS,
        )
        ingest = Ingest(store, monitor, watched.topics, clock_ms)
        ingest.restore()
        # What has been built lives as long as the process: nobody need look for garbage in it.
        gc.collect()
        gc.freeze()
        yield Monitoring(
            watched=watched,
            store=store,
            ingest=ingest,
            consumer=Consumer(broker, watched.topics.subscriptions, ingest, clock_ms=clock_ms),
            dispatcher=_dispatcher(settings, watched, store, clock_ms),
            housekeeper=Housekeeper(store, watched.registry, clock_ms),
        )


def understood(settings: Settings, clock_ms: ClockMs) -> Watched:
    """Read all that the registry folder holds.

    Raises
    ------
    InputRefused
        No folder is set, or something in it is wrong.
    """
    folder = settings.registry
    if folder is None:
        raise InputRefused([_missing("registry", "no folder says which sensor sits where")])
    packs = load_packs()
    files = read_registry(folder, now_ms=clock_ms(), profiles=packs)
    own = _own_profiles(folder, files)
    rows = files.topics
    has_roster = files.roster is not None
    return Watched(
        registry=files.registry,
        profiles={**packs, **own},
        topics=TopicTable() if rows is None else TopicTable.from_rows(_listed(rows)),
        roster=load_roster(folder / "roster.yaml", os.environ) if has_roster else None,
        warnings=files.warnings,
    )


def sinks_of(settings: Settings, roster: Roster, clock_ms: ClockMs) -> dict[str, Sink]:
    """Give the ways in which people are called."""
    server = None
    if settings.mail_server:
        server = mail_server_at(
            settings.mail_server,
            user=settings.mail_user,
            password=revealed(settings.mail_password),
            sender=settings.mail_from,
        )
    secret = revealed(settings.webhook_secret)
    return sinks_for(
        roster,
        clock_ms,
        server=server,
        webhook_secret=secret,
        webhook_networks=networks_of(settings.webhook_networks),
    )


def broker_settings(settings: Settings) -> BrokerSettings:
    """Say where the broker is and who we are to it.

    Raises
    ------
    InputRefused
        No broker is set.
    """
    broker = broker_of(settings)
    if broker is None:
        raise InputRefused([_missing("broker", "no broker is named")])
    return broker


def _own_profiles(folder: Path, files: RegistryFiles) -> dict[str, Profile]:
    if files.profiles is None:
        return {}
    text = (folder / "profiles.yaml").read_text(encoding="utf-8")
    return read_rules(text, "profiles.yaml")


def _listed(rows: object) -> list[object]:
    # What is no list is refused by the table itself, in its own words.
    return list(rows) if isinstance(rows, list) else [rows]


def _caller(watched: Watched, store: Store, clock_ms: ClockMs) -> Caller | None:
    if watched.roster is None:
        return None
    return caller_on(store, watched.roster, watched.registry.points, clock_ms)


def _dispatcher(
    settings: Settings, watched: Watched, store: Store, clock_ms: ClockMs
) -> Dispatcher | None:
    if watched.roster is None:
        return None
    return Dispatcher(store, sinks_of(settings, watched.roster, clock_ms), clock_ms)


def _missing(setting: str, cause: str) -> Fault:
    return Fault(
        code="CG-7610",
        place=f"COLDGRID_{setting.upper()}",
        cause=cause,
        action=f"Set it, or give --{setting} to the command",
    )
