"""Pages of alarms: each alarm once, in one order, however many were raised at one instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from api.services import alarms
from api.services.alarms import AlarmQuestion, Alarms
from api.services.asking_the_monitor import AskingTheMonitor
from api.storage.telemetry import TelemetryStore
from telemetry.alarm.words import AlarmEvent, EventKind
from telemetry.storage.store import open_store
from tests.telemetry_cases import T0, a_registry, an_alarm


def clock() -> datetime:
    return datetime(2026, 7, 14, tzinfo=UTC)


@pytest.fixture
def telemetry(tmp_path: Path) -> Iterator[TelemetryStore]:
    with closing(TelemetryStore(lambda: open_store(f"sqlite:///{tmp_path}/t.db"))) as held:
        yield held


def raised_at(telemetry: TelemetryStore, instants: list[int]) -> list[str]:
    """Raise alarms at instants; give their ids, the newest first."""
    found = [
        replace(an_alarm(), id=f"high-{number:04}", raised_ms=T0 + instant)
        for number, instant in enumerate(instants)
    ]
    with telemetry().write() as ledger:
        ledger.add_events(
            [AlarmEvent(kind=EventKind.RAISED, alarm=one, at_ms=one.raised_ms) for one in found]
        )
    return [one.id for one in sorted(found, key=lambda one: (-one.raised_ms, one.id))]


def pages(telemetry: TelemetryStore, question: AlarmQuestion) -> list[str]:
    asking = AskingTheMonitor(telemetry, clock=clock)
    service = Alarms(telemetry, a_registry(), asking, clock=clock)
    found: list[str] = []
    while page := service.find(question):
        found += [placed.alarm.id for placed in page]
        last = page[-1].alarm
        question = changed(question, after=(last.raised_ms, last.id))
    return found


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    instants=st.lists(st.integers(0, 4), max_size=30),
    chunk=st.integers(1, 8),
    limit=st.integers(1, 7),
)
def test_every_alarm_comes_once_and_in_order(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    instants: list[int],
    chunk: int,
    limit: int,
) -> None:
    monkeypatch.setattr(alarms, "CHUNK", chunk)
    place = tmp_path_factory.mktemp("alarms") / "t.db"
    with closing(TelemetryStore(lambda: open_store(f"sqlite:///{place}"))) as telemetry:
        wanted = raised_at(telemetry, instants)
        assert pages(telemetry, AlarmQuestion(limit=limit)) == wanted


def test_since_and_until_bound_the_pages_too(telemetry: TelemetryStore) -> None:
    raised_at(telemetry, [0, 1000, 2000, 3000])
    since, until = (datetime.fromtimestamp((T0 + ms) / 1000, UTC) for ms in (1000, 3000))
    found = pages(telemetry, AlarmQuestion(since=since, until=until, limit=1))
    assert found == ["high-0002", "high-0001"]
