"""Executors start workers, and leave none behind however they end."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.features.command_line import SMALL_CITY, coldgrid

ROOT = Path(__file__).resolve().parents[2]

KILLED = """
import os, signal
from optimizer.executors.processes import processes
if __name__ == "__main__":
    with processes(1) as executor:
        print(executor.submit(os.getpid).result(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_go_with_a_process_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "killed.py"
    program.write_text(KILLED, encoding="utf-8")
    # A worker has inherited the pipe of the output: it ends when the last of them does.
    done = subprocess.run(
        [sys.executable, program], cwd=ROOT, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert int(done.stdout) > 0


def test_without_dask_a_cluster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = coldgrid("plan", SMALL_CITY, "--scheduler", "tcp://127.0.0.1:9", "--json")
    assert (done.code, done.out) == (2, "")
    (line,) = done.complaints()
    assert line.startswith("CG-3002 tcp://127.0.0.1:9 is a Dask cluster")
    assert "coldgrid[dask]" in line
