"""The benchmarks of the same name in short: what was confirmed is stored once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.ingest_broker_kill import run
from tests.benchmarks.ingest_kill_nine import kill_ingester
from tests.brokers import mosquitto

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def has_mosquitto(tmp_path: Path) -> None:
    mosquitto(tmp_path / "probe").stop()


def test_a_killed_ingester_loses_no_reading_and_stores_none_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/telemetry.db"
    report = kill_ingester(tmp_path, times=2, messages=6500, seed=3, url=url)
    assert report.wrong == []
    assert report.kills == 2
    assert report.stored == report.confirmed == 6500
    assert report.alarms == 5


def test_what_a_killed_broker_loses_is_bounded_and_counted(tmp_path: Path) -> None:
    report = run(tmp_path, seconds=2.7, rate=400, autosave_s=1)
    assert report.wrong == []
    assert report.lost > 0
