"""A monitor with a store under it, as the ingester drives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from telemetry.alarm.rules import Profile
from telemetry.alarm.words import Alarm, AlarmEvent, Command, EventKind, Excursion
from telemetry.monitor import Monitor
from telemetry.ports import Call, CommandOutcome, Store
from telemetry.readings import Mark, Measurement, Reading
from telemetry.registry import Registry
from tests.telemetry_cases import MINUTE, PROFILES, T0, a_registry, measured

STEP_MS = 20_000


class Watching:
    """Takes measurements and lets time pass, one transaction for each; ``restart`` is a crash."""

    def __init__(
        self,
        store: Store,
        registry: Registry | None = None,
        *,
        profiles: Mapping[str, Profile] = PROFILES,
        started_ms: int = T0 - 10 * MINUTE,
    ) -> None:
        self.store = store
        self.registry = registry or a_registry()
        self.profiles = profiles
        self.called: list[AlarmEvent] = []
        self.duplicates = 0
        self.monitor = self._new(started_ms)

    def _new(self, now_ms: int) -> Monitor:
        monitor = Monitor(self.registry, self.profiles, caller=self._called, started_ms=now_ms)
        monitor.restore(self.store, now_ms)
        self._ticked_ms = now_ms
        return monitor

    def _called(self, events: Sequence[AlarmEvent]) -> Sequence[Call]:
        self.called += events
        return ()

    def restart(self, now_ms: int) -> None:
        """Lose everything that is not stored."""
        self.monitor = self._new(now_ms)

    def take(self, measurements: Iterable[Measurement], now_ms: int) -> list[Reading]:
        """Take a batch that arrives at an instant."""
        if now_ms - self._ticked_ms > STEP_MS:
            self.tick(now_ms)
        readings = [self.monitor.admit(one, now_ms) for one in measurements]
        for reading in readings:
            self.monitor.handle(reading)
        self.write(readings, now_ms)
        return readings

    def write(self, readings: Sequence[Reading], now_ms: int) -> None:
        """Write a batch, and what follows from it."""
        with self.store.write() as ledger:
            ledger.add_readings([one for one in readings if not one.marks & Mark.LATE])
            self.duplicates += self.monitor.settle(ledger, now_ms)
        self.monitor.settled()

    def tick(self, now_ms: int) -> None:
        """Let time pass as the ingester does, step by step."""
        for at_ms in range(self._ticked_ms + STEP_MS, now_ms, STEP_MS):
            self.monitor.tick(at_ms)
        self.monitor.tick(now_ms)
        self._ticked_ms = now_ms
        self.write((), now_ms)

    def command(self, command: Command, now_ms: int) -> CommandOutcome:
        outcome = self.monitor.command(command, now_ms)
        self.write((), now_ms)
        return outcome

    def run(self, values: Iterable[float], *, from_ms: int = T0, sensor: str = "s1") -> int:
        """Take one value a minute, each as it comes, with a tick; gives the last instant."""
        at_ms = from_ms
        for place, value in enumerate(values):
            at_ms = from_ms + place * MINUTE
            self.tick(at_ms)
            self.take([measured(value, at_ms, sensor)], at_ms)
        return at_ms

    # --- what is stored -------------------------------------------------------------------------

    @property
    def events(self) -> list[tuple[EventKind, int]]:
        return [(one.event.kind, one.event.at_ms) for one in self.store.events(limit=10_000)]

    @property
    def alarms(self) -> Sequence[Alarm]:
        return self.store.alarms(open_only=False)

    @property
    def excursions(self) -> Sequence[Excursion]:
        return self.store.excursions(points=None, from_ms=0, to_ms=2**60)
