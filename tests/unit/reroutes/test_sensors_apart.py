"""Which of two sensors is doubted: who leaves a fellow that lives."""

from __future__ import annotations

from collections.abc import Callable

from api.reroutes.sensors_apart import APART_C, straying
from telemetry.alarm.state import Sample

MINUTES = 120


def _cycles(minute: int) -> float:
    return -20.0 + (minute % 12) / 12


def _warms(minute: int) -> float:
    return _cycles(minute) + max(0, minute - 60) / 10


def _hangs(minute: int) -> float:
    return -19.6


def _strays(*sensors: Callable[[int], float], off_c: float = 0.0) -> str | None:
    air = [
        Sample(60_000 * minute + place, value(minute) + place * off_c, "AB"[place])
        for minute in range(MINUTES)
        for place, value in enumerate(sensors)
    ]
    return straying(air, 60_000 * MINUTES)


def test_who_leaves_a_fellow_that_cycles_on_is_doubted() -> None:
    assert _strays(_cycles, _warms) == "B"
    assert _strays(_warms, _cycles) == "A"


def test_air_that_warms_moves_both() -> None:
    assert _strays(_warms, _warms, off_c=2 * APART_C) is None


def test_a_sensor_that_hangs_tells_nothing_against_the_other() -> None:
    assert _strays(_hangs, _warms) is None


def test_two_that_have_always_differed_are_both_believed() -> None:
    assert _strays(_cycles, _cycles, off_c=3 * APART_C) is None


def test_one_alone_has_no_fellow() -> None:
    assert _strays(_warms) is None
