"""The benchmark of the same name in short: a killed service keeps what it has answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.kill_nine import run

pytestmark = pytest.mark.slow


def test_a_killed_service_keeps_every_answer_once_and_leaves_no_process(tmp_path: Path) -> None:
    report = run(tmp_path, times=1, seed=1)
    assert report.wrong == []
    assert report.kills == 1
    assert min(report.answered.values()) > 0, report.as_json()
    assert report.jobs["succeeded"] >= 1
