"""What the measurement of scale counts with: a fitted power, memory of a family of processes."""

import os
import subprocess
import sys

import pytest

from tests.benchmarks.city_scale import fitted
from tests.benchmarks.process_memory import PeakMemory, descendants

HOLDS = "import sys; held = bytearray(64 << 20); print(len(held), flush=True); sys.stdin.read()"


def test_a_power_is_found_again() -> None:
    sizes = [1000.0, 2500.0, 9000.0]
    power, factor = fitted(sizes, [3.0 * size**1.4 for size in sizes])
    assert (power, factor) == pytest.approx((1.4, 3.0))


def test_memory_of_a_child_counts() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert child.pid in descendants(os.getpid())
        memory = PeakMemory(child.pid)
        memory.look()
        child.communicate()
    assert 64 << 20 < memory.resident < 128 << 20
    assert memory.proportional <= memory.resident
