"""A process that serves shares few arenas between its threads."""

from __future__ import annotations

import subprocess
import sys

import pytest

ARENAS_OF_MANY_THREADS = """
import platform, sys, threading
from api.loading import share_arenas
known = share_arenas()
assert known == (platform.libc_ver()[0] == "glibc"), known
if not known:
    sys.exit(77)
# Large enough to come from the C library, and held so that every thread meets the others there.
barrier, kept = threading.Barrier(24), []
def take():
    barrier.wait()
    kept.append([bytearray(4096) for _ in range(500)])
    barrier.wait()
threads = [threading.Thread(target=take) for _ in range(24)]
for thread in threads: thread.start()
for thread in threads: thread.join()
import ctypes
ctypes.CDLL(None).malloc_stats()
"""


def test_threads_share_two_arenas() -> None:
    words = [sys.executable, "-c", ARENAS_OF_MANY_THREADS]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this C library has no arenas")
    assert done.returncode == 0, done.stderr
    arenas = [line for line in done.stderr.splitlines() if line.startswith("Arena ")]
    assert len(arenas) <= 2, done.stderr
