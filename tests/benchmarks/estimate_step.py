"""CPU time of one step of the estimate: ``python -m tests.benchmarks.estimate_step``.

The first table tells of regimes, a sample a minute; the second of recorded traces as they come (the
folder of data is named by COLDGRID_DATA), five minutes apart and in trouble more often than most.
Exit status 1 says that the median over a day of a point that is well, with its doors and defrosts,
costs more than it may.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import exp, pi, sin
from pathlib import Path
from statistics import mean, median
from time import process_time_ns

import numpy as np
from rich.console import Console
from rich.table import Table

from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.estimate.estimator import Thermal, observe, unknown
from telemetry.estimate.words import NO_CUES, Cues
from telemetry.replay import read_trace

MOST_US = 50.0
MINUTE_MS = 60_000
DAYS_BEFORE = 3
STEPS = 600
ROUNDS = 3
SEED = 7

SETPOINT_C, SWING_C, CYCLE_MIN = -21.5, 0.8, 24.0
DEFROST_EVERY_MIN, DEFROST_MIN, DEFROST_C = 360, 25, 6.0
DOORS_MIN, DOOR_MIN, DOOR_C = (480, 735), 8, 3.0
OUTSIDE_C, TAU_MIN = 25.0, 1500.0

DATA = Path(os.environ.get("COLDGRID_DATA", "../shared/data")) / "temperature"
STORE = "frialsa_cold_store/readings.csv"
TRACES = (
    ("lbnl_store/measurements.csv", "Tfre", "frozen"),
    ("ruuvi_fridge/freezer.csv", "temperature", "frozen"),
    (STORE, "freezer_1", "frozen"),
    (STORE, "platform_1", "chilled"),
)
MOST_OF_A_TRACE = 5_000

Way = Callable[[int], float]


def steady(minute: int) -> float:
    """Give a freezer that cools in cycles and defrosts four times a day."""
    value_c = SETPOINT_C + SWING_C * sin(2 * pi * minute / CYCLE_MIN)
    into_min = minute % DEFROST_EVERY_MIN
    if into_min < DEFROST_MIN:
        value_c += DEFROST_C * sin(pi * into_min / DEFROST_MIN)
    return value_c


def warming(minute: int) -> float:
    """Give the same without its unit."""
    return OUTSIDE_C + (SETPOINT_C - OUTSIDE_C) * exp(-minute / TAU_MIN)


def defrosting(minute: int) -> float:
    """Give a freezer that does nothing but defrost."""
    return SETPOINT_C + DEFROST_C * sin(pi * (minute % DEFROST_MIN) / DEFROST_MIN)


def chilled(minute: int) -> float:
    """Give a chilled room that cools in cycles, defrosts, and has two edges."""
    return 2.0 + 0.4 * (steady(minute) - SETPOINT_C)


def samples(way: Way, *, from_minute: int, a_minute: int = 1) -> Iterator[Sample]:
    """Give noisy samples in their order.

    Parameters
    ----------
    way
        What the air does, by the minute.
    from_minute
        Where the time of the samples begins; the way begins at 0.
    a_minute
        How many samples a minute has.
    """
    noise = np.random.default_rng(SEED)
    number = 0
    while True:
        at_ms = (from_minute * a_minute + number) * MINUTE_MS // a_minute
        value_c = way(number // a_minute) + 0.1 * float(noise.standard_normal())
        yield Sample(at_ms, round(value_c, 2), "s")
        number += 1


def living(minute: int) -> float:
    """Give a day of a freezer that is well: the same, and a door in the morning and at noon."""
    into_min = minute % 1440
    opened = any(0 <= into_min - begun_min < DOOR_MIN for begun_min in DOORS_MIN)
    return steady(minute) + DOOR_C * opened


def learned(profile: Profile, way: Way) -> Thermal:
    """Give a state that has seen nothing but a usual way for some days."""
    state = unknown()
    for sample in islice(samples(way, from_minute=0), DAYS_BEFORE * 1440):
        state, _ = observe(profile, state, sample)
    return state


def microseconds(
    profile: Profile, begin: Thermal, taken: Sequence[Sample], cues: Cues = NO_CUES
) -> tuple[list[float], int]:
    """Give the least CPU time of each sample over some rounds, and how many had an outlook.

    Parameters
    ----------
    profile
        Rules.
    begin
        The state before.
    taken
        Samples in their order.
    cues
        What goes with all of them.
    """
    best = [float("inf")] * len(taken)
    told = 0
    for _ in range(ROUNDS):
        state, told = begin, 0
        gc.collect()
        for place, sample in enumerate(taken):
            begun = process_time_ns()
            state, outlook = observe(profile, state, sample, cues)
            best[place] = min(best[place], (process_time_ns() - begun) / 1000.0)
            told += outlook is not None
    return best, told


def a_row(table: Table, name: str, cost_us: Sequence[float], told: int) -> float:
    """Add a row; gives its median."""
    middle_us = median(cost_us)
    figures = (f"{middle_us:.1f}", f"{mean(cost_us):.1f}", f"{max(cost_us):.0f}")
    table.add_row(name, *figures, f"{told:,} of {len(cost_us):,}")
    return middle_us


def main() -> int:
    """Print the tables; 1 where a limit is not kept."""
    packs = load_packs()
    columns = ("median µs CPU", "mean", "most", "of them outlooks")
    regimes, traces = Table("samples", *columns), Table("trace", *columns)
    frozen = packs["frozen"]
    begin = learned(frozen, steady)
    from_minute = DAYS_BEFORE * 1440
    rows: list[tuple[str, Profile, Thermal, Way, Cues, int]] = [
        ("steady", frozen, begin, steady, NO_CUES, 1),
        ("warming", frozen, begin, warming, NO_CUES, 1),
        ("defrosts", frozen, begin, defrosting, NO_CUES, 1),
        ("defrosts that the unit tells of", frozen, begin, defrosting, Cues(defrosting=True), 1),
        ("nothing known yet", frozen, unknown(), steady, NO_CUES, 1),
        ("two edges", packs["chilled"], learned(packs["chilled"], chilled), chilled, NO_CUES, 1),
        ("steady, every second", frozen, begin, steady, NO_CUES, 60),
        ("warming, every second", frozen, begin, warming, NO_CUES, 60),
    ]
    for name, profile, state, way, cues, a_minute in rows:
        of_way = samples(way, from_minute=from_minute, a_minute=a_minute)
        taken = list(islice(of_way, STEPS * a_minute))
        a_row(regimes, name, *microseconds(profile, state, taken, cues))
    day = list(islice(samples(living, from_minute=from_minute), 1440))
    median_us = a_row(regimes, "a day with doors and defrosts", *microseconds(frozen, begin, day))
    for file, column, zone in TRACES:
        trace = read_trace(DATA / file, column).samples[:MOST_OF_A_TRACE]
        cost_us, told = microseconds(packs[zone], unknown(), trace)
        a_row(traces, f"{file.split('/')[0]} {column}", cost_us, told)
    out = Console()
    out.print(regimes)
    out.print(traces)
    return 0 if median_us <= MOST_US else 1


if __name__ == "__main__":
    sys.exit(main())
