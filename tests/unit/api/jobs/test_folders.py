"""Folders of jobs: they go with their service, at the latest when the next one starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from api.jobs.folders import PREFIX, JobFolder, sweep

MAKE_ONE_AND_DIE = """
import os, signal, tempfile
from api.jobs.folders import JobFolder
tempfile.tempdir = {place!r}
(JobFolder().path / "halt").touch()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a temporary folder of our own: other services on this machine have theirs."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_goes_when_it_is_closed(place: Path) -> None:
    folder = JobFolder()
    assert folder.path.parent == place
    (folder.path / "halt").touch()
    folder.close()
    folder.close()
    assert list(place.iterdir()) == []


def test_what_is_left_of_a_killed_service_is_swept_up(place: Path) -> None:
    program = MAKE_ONE_AND_DIE.format(place=str(place))
    died = subprocess.run([sys.executable, "-c", program], check=False)
    assert died.returncode < 0
    [left] = place.iterdir()
    living = JobFolder()
    assert sweep() == [left]
    assert list(place.iterdir()) == [living.path]
    living.close()


def test_nothing_else_is_touched(place: Path) -> None:
    (place / "other").mkdir()
    (place / f"{PREFIX}file").touch()
    (place / f"{PREFIX}link").symlink_to(place / "other")
    (place / f"{PREFIX}nowhere").symlink_to(place / "nowhere")
    assert sweep() == []
    assert len(list(place.iterdir())) == 4
