"""Telemetry stores for tests, and what is put into them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from telemetry.alarm.words import (
    Alarm,
    AlarmEvent,
    AlarmKind,
    Command,
    CommandKind,
    EventKind,
    Excursion,
    Severity,
)
from telemetry.ports import Call
from telemetry.readings import Aside, Channel, Reading, Reason
from telemetry.storage.retention import Retention
from telemetry.storage.store import SqlStore, open_store
from tests.database_files import fresh_telemetry
from tests.postgres import Cluster

SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS = 1000, 60_000, 3_600_000, 86_400_000
NOON_MS = 1_784_030_400_000
"""2026-07-14 12:00 UTC."""


@contextmanager
def sqlite_store(folder: Path, retention: Retention | None = None) -> Iterator[SqlStore]:
    """Give the store of a folder, an empty one at first."""
    file = folder / "telemetry.db"
    url = f"sqlite:///{file}" if file.exists() else fresh_telemetry(file)
    with closing(open_store(url, retention)) as store:
        yield store


@contextmanager
def postgres_store(cluster: Cluster, retention: Retention | None = None) -> Iterator[SqlStore]:
    """Give an empty store on a server."""
    with cluster.empty_database() as url, closing(open_store(url, retention)) as store:
        yield store


def reading(  # noqa: PLR0917 - the order of a reading
    sensor: str = "truck-1/air",
    at_ms: int = NOON_MS,
    value: float = -20.0,
    sequence: int = 1,
    channel: Channel = Channel.TEMPERATURE,
    arrived_ms: int | None = None,
) -> Reading:
    arrived = at_ms + 300 if arrived_ms is None else arrived_ms
    return Reading(sensor, channel, at_ms, sequence, value, arrived)


def aside(number: int, reason: Reason = Reason.MALFORMED, payload: bytes = b"\xff{") -> Aside:
    return Aside(reason, f"number {number}", f"fleet/{number}", payload, NOON_MS + number)


def alarm(alarm_id: str = "a1", **changes: object) -> Alarm:
    """Give an open alarm; ``changes`` are its fields."""
    fields: dict[str, object] = {
        "id": alarm_id,
        "point": "truck-1/frozen",
        "kind": AlarmKind.HIGH,
        "severity": Severity.CRITICAL,
        "rule": "frozen/1:high",
        "began_ms": NOON_MS - 30 * MINUTE_MS,
        "raised_ms": NOON_MS,
        "value_c": -11.5,
        "peak_c": -11.0,
        "limit_c": -15.0,
        "incident": alarm_id,
    }
    return Alarm(**{**fields, **changes})  # type: ignore[arg-type] # the fields of an alarm


def event(
    of: Alarm | None = None, kind: EventKind = EventKind.RAISED, at_ms: int = NOON_MS
) -> AlarmEvent:
    return AlarmEvent(kind=kind, alarm=alarm() if of is None else of, at_ms=at_ms)


def excursion(
    from_ms: int, to_ms: int | None, point: str = "truck-1/frozen", peak_c: float = -10.0
) -> Excursion:
    return Excursion(
        point=point,
        from_ms=from_ms,
        to_ms=to_ms,
        kind="high",
        peak_c=peak_c,
        mean_c=peak_c,
        low_c=peak_c,
        deviation_c=0.0,
        samples=3,
        minutes=30.0,
        unknown_minutes=0.0,
    )


def command(target: str = "a1", by: str = "Wen") -> Command:
    return Command(kind=CommandKind.ACKNOWLEDGE, target=target, by=by, asked_ms=NOON_MS)


def call(call_id: str = "c1", next_try_ms: int = NOON_MS, created_ms: int = NOON_MS) -> Call:
    return Call(
        id=call_id,
        sink="webhook",
        receiver="shift@example.org",
        incident="a1",
        body=b'{"text": "\xe6\xb8\xa9"}',
        created_ms=created_ms,
        next_try_ms=next_try_ms,
    )
