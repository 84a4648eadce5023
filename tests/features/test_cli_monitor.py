"""``coldgrid monitor`` on a real broker: what is published is stored, judged and told to people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.alarm.words import AlarmKind
from telemetry.mqtt.broker import RunningBroker
from telemetry.ports import Store
from telemetry.storage.store import open_store
from tests.brokers import mosquitto
from tests.features.command_line import coldgrid, coldgrid_script

POINTS = """id,kind,asset,name,zone
G1/frozen,room,G1,North frozen room,frozen
"""
SENSORS = """sensor,point,interval_s
s1,G1/frozen,60
"""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    folder = tmp_path / "broker"
    folder.mkdir()
    with mosquitto(folder) as running:
        yield running


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "points.csv").write_text(POINTS, encoding="utf-8")
    (folder / "sensors.csv").write_text(SENSORS, encoding="utf-8")
    return folder


def _words(broker: RunningBroker, registry: Path, tmp_path: Path) -> list[str]:
    address = f"mqtt://{broker.address}"
    store = f"sqlite:///{tmp_path / 'telemetry.db'}"
    return ["monitor", "--broker", address, "--registry", str(registry), "--telemetry", store]


def _stored(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'telemetry.db'}")


def test_a_fleet_that_fails_is_stored_and_alarmed(broker: RunningBroker, tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    fleet = ("simulate", "--sensors", 6, "--fail", "unit_off@10:W1/frozen")
    made = coldgrid(*fleet, "--registry", folder, "--seconds", 0, cwd=tmp_path)
    assert made.code == 0, made.err
    words = _words(broker, folder, tmp_path)
    # The first run makes the session that keeps what is published next.
    assert coldgrid_script(*words, "--exit-after", 1, cwd=tmp_path).code == 0
    told = coldgrid_script(
        *fleet, "--broker", f"mqtt://{broker.address}", "--speed", 0, "--seconds", 36_000,
        cwd=tmp_path,
    )  # fmt: skip
    assert told.code == 0, told.err
    done = coldgrid_script(*words, "--exit-after", 6, cwd=tmp_path)
    assert done.code == 0, done.err
    assert "coldgrid watches" in done.out
    assert "stored 0 readings" not in done.out
    store = _stored(tmp_path)
    raised = {(alarm.point, alarm.kind) for alarm in store.alarms(open_only=False)}
    store.close()
    assert ("W1/frozen", AlarmKind.HIGH) in raised


def test_without_a_broker_or_a_registry_it_says_what_to_set(tmp_path: Path) -> None:
    done = coldgrid("monitor", cwd=tmp_path)
    assert done.code == 2
    assert [line[:27] for line in done.complaints()] == ["CG-7610 COLDGRID_REGISTRY: "]
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "points.csv").write_text(POINTS, encoding="utf-8")
    (folder / "sensors.csv").write_text(SENSORS, encoding="utf-8")
    done = coldgrid("monitor", "--registry", folder, cwd=tmp_path)
    assert done.code == 2
    assert [line[:25] for line in done.complaints()] == ["CG-7610 COLDGRID_BROKER: "]


def test_a_broker_that_is_not_there_is_named(registry: Path, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'telemetry.db'}"
    done = coldgrid_script(
        "monitor", "--broker", "mqtt://127.0.0.1:1", "--registry", registry,
        "--telemetry", store, "--exit-after", 1, cwd=tmp_path,
    )  # fmt: skip
    assert "127.0.0.1:1" in done.out + done.err


def test_a_faulty_registry_names_every_fault(
    broker: RunningBroker, registry: Path, tmp_path: Path
) -> None:
    (registry / "sensors.csv").write_text(SENSORS + "s2,G9/none,60\ns3,G1/frozen,soon\n")
    done = coldgrid(*_words(broker, registry, tmp_path), cwd=tmp_path)
    assert done.code == 2
    assert len(done.complaints()) == 2
    assert all(line.startswith("CG-80") for line in done.complaints())


def test_a_second_monitor_of_a_name_is_refused(
    broker: RunningBroker, registry: Path, tmp_path: Path
) -> None:
    store = _stored(tmp_path)
    with store.lease("coldgrid-monitor"):
        done = coldgrid(*_words(broker, registry, tmp_path), cwd=tmp_path)
    store.close()
    assert done.code == 2
    assert done.complaints()[0].startswith("CG-8202 ")


def test_a_trial_without_a_roster_reaches_nobody(
    broker: RunningBroker, registry: Path, tmp_path: Path
) -> None:
    done = coldgrid(*_words(broker, registry, tmp_path), "--trial", cwd=tmp_path)
    assert done.code == 1
    assert "nobody to call" in done.out


def test_a_trial_says_who_got_it_and_who_did_not(
    broker: RunningBroker, registry: Path, tmp_path: Path
) -> None:
    (registry / "roster.yaml").write_text(
        json.dumps(
            {
                "schema": "coldgrid/roster/1",
                "time_zone": "Asia/Shanghai",
                "webhooks": {"desk": {"url": "http://127.0.0.1:1/calls"}},
                "receivers": {"desk": {"webhook": "desk"}, "li": {"mail": "li@example.org"}},
                "teams": [],
                "otherwise": ["desk", "li"],
            }
        ),
        encoding="utf-8",
    )
    done = coldgrid(*_words(broker, registry, tmp_path), "--trial", cwd=tmp_path)
    assert done.code == 1, done.err
    assert "desk by webhook did not get it: " in done.out
    assert "li by mail did not get it: no mail is set up" in done.out
