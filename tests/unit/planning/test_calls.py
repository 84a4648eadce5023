"""Which wave carries a line, on the eve and while the day runs."""

from __future__ import annotations

from optimizer.domain.problem import Wave
from optimizer.planning.calls import calls_of, keep
from optimizer.travel.great_circle import GreatCircle
from tests.builders import HOUR, SIX, central, grid, hours, line, point, problem, truck, van

WAVES = (Wave(id="first", departs=SIX), Wave(id="second", departs=SIX + 3 * HOUR))
DAY = problem(
    sites=[central(), grid(), point("P1", hours=(hours(10.5, 20),))],
    vehicles=[truck(), van()],
    lines=[line("O1", "P1"), line("O2", "P1", window=hours(15, 16))],
    waves=WAVES,
)
TRAVEL = GreatCircle(circuity=1.3)


def waves_of(earliest: int = 0) -> dict[str, str]:
    calls = calls_of(DAY, TRAVEL, {"G1": list(DAY.lines.values())}, earliest)
    return {key.order: wave for (_, wave), keys in calls.items() for key in keys}


def test_a_line_takes_the_wave_that_waits_least() -> None:
    assert waves_of() == {"O1": "first", "O2": "second"}


def test_a_wave_that_has_left_leaves_at_the_earliest_moment() -> None:
    """At eleven the first wave still reaches the open point before the second one does."""
    assert waves_of(earliest=SIX + HOUR) == {"O1": "first", "O2": "second"}


def test_a_call_without_lines_goes() -> None:
    calls = calls_of(DAY, TRAVEL, {"G1": list(DAY.lines.values())})
    gone = {key for key in DAY.lines if key.order == "O2"}
    assert list(keep(calls, gone)) == [("G1", "first")]
