"""Sensors, people and plan jobs at once, for seconds; ``make soak`` takes its time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.soak import Bounds, run

pytestmark = pytest.mark.slow

NO_TIME_TO_SETTLE = Bounds(p95_ms=5_000.0, growth_percent=50.0)
"""Beside other tests nothing is fast, and what has just begun still grows."""


def test_all_at_once_loses_nothing_and_every_answer_is_right(tmp_path: Path) -> None:
    assert run(
        tmp_path, minutes=0.1, sessions=12, rate=100, sensors=40, seed=4, bounds=NO_TIME_TO_SETTLE
    )
