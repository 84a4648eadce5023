"""The monitor's clock jumps forward with the machine's, and never back with it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from api.monitoring import SET_BACK_MS, SteadyClock

HOUR_MS = 3_600_000


class Machine:
    """A machine whose clock somebody sets."""

    def __init__(self) -> None:
        self.wall_ms = 1_784_000_000_000
        self.steady_ms = 5_000

    def pass_by(self, ms: int) -> None:
        self.wall_ms += ms
        self.steady_ms += ms

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall_ms, lambda: self.steady_ms)


def test_a_clock_that_is_set_back_runs_on_until_it_has_caught_up() -> None:
    machine = Machine()
    clock = machine.clock()
    begun = clock()
    machine.wall_ms -= 2 * HOUR_MS
    with capture_logs() as lines:
        machine.pass_by(60_000)
        assert clock() == begun + 60_000
        machine.pass_by(60_000)
        assert clock() == begun + 120_000
    assert [line["ms"] for line in lines] == [2 * HOUR_MS], "it is said once"
    machine.wall_ms += 2 * HOUR_MS
    machine.pass_by(1000)
    assert clock() == machine.wall_ms == begun + 121_000


def test_a_clock_that_is_set_forward_is_believed() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_ms += 2 * HOUR_MS
    assert clock() == machine.wall_ms


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(-3 * HOUR_MS, 3 * HOUR_MS))))
def test_time_never_goes_back(steps: list[tuple[int, int]]) -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock()
    for passed_ms, set_ms in steps:
        machine.pass_by(passed_ms)
        machine.wall_ms += set_ms
        now = clock()
        assert now >= before + passed_ms - SET_BACK_MS
        before = now
