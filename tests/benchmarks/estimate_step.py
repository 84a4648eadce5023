"""CPU time of one step of the estimate: ``python -m tests.benchmarks.estimate_step``.

The first table tells of regimes, a sample a minute; the second of recorded traces as they come (the
folder of data is named by COLDGRID_DATA), five minutes apart and in trouble more often than most;
the third of spaces of the virtual fleet, each with two days that are well and then a failure up to
the breach of its goods. Steps that make a forecast cost more than those that need none: their
medians stand apart. Exit status 1 says that the median over a day of a point that is well, with its
doors and defrosts, costs more than it may.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import exp, pi, sin
from pathlib import Path
from statistics import median
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
from telemetry.scoring.fleet_trial import fleet_trials

MOST_US = 50.0
MINUTE_MS = 60_000
DAYS_BEFORE = 3
STEPS = 600
ROUNDS = 3
SPACES = 18
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


@dataclass(slots=True)
class Costs:
    """CPU time of steps in microseconds, by whether they made a forecast."""

    calm_us: list[float] = field(default_factory=list)
    forecast_us: list[float] = field(default_factory=list)

    @property
    def all_us(self) -> list[float]:
        """Give those of all steps."""
        return self.calm_us + self.forecast_us


def microseconds(
    profile: Profile, begin: Thermal, taken: Sequence[Sample], cues: Cues = NO_CUES
) -> Costs:
    """Give the least CPU time of each sample over some rounds.

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
    forecasts = [False] * len(taken)
    for _ in range(ROUNDS):
        state = begin
        gc.collect()
        for place, sample in enumerate(taken):
            begun = process_time_ns()
            state, outlook = observe(profile, state, sample, cues)
            best[place] = min(best[place], (process_time_ns() - begun) / 1000.0)
            forecasts[place] = outlook is not None and outlook.forecast is not None
    costs = Costs()
    for cost_us, has_forecast in zip(best, forecasts, strict=True):
        (costs.forecast_us if has_forecast else costs.calm_us).append(cost_us)
    return costs


def a_row(table: Table, name: str, costs: Costs) -> float:
    """Add a row; gives the median of all its steps."""
    of_all = costs.all_us
    kinds = (f"{median(one):.1f}" if one else "–" for one in (costs.calm_us, costs.forecast_us))
    shares = f"{len(costs.forecast_us):,} of {len(of_all):,}"
    table.add_row(name, f"{median(of_all):.1f}", *kinds, f"{max(of_all):.0f}", shares)
    return median(of_all)


def of_fleet(packs: Mapping[str, Profile]) -> Iterator[tuple[str, Costs]]:
    """Give what spaces of the virtual fleet cost, by zone; each fails, from two days before that.

    Parameters
    ----------
    packs
        Rules by zone.
    """
    trials, zones = fleet_trials(SPACES, packs, seed=SEED)
    for subject, zone in enumerate(zones):
        costs = Costs()
        for trial in trials:
            if trial.subject != subject:
                continue
            state = unknown()
            for sample in trial.first:
                state, _ = observe(trial.profile, state, sample)
            taken = (*trial.second, *trial.episodes[0].samples)
            one = microseconds(trial.profile, state, taken)
            costs.calm_us += one.calm_us
            costs.forecast_us += one.forecast_us
        yield zone, costs


def main() -> int:
    """Print the tables; 1 where a limit is not kept."""
    packs = load_packs()
    columns = ("median µs CPU", "no forecast", "a forecast", "most", "of them forecasts")
    regimes, traces = Table("samples", *columns), Table("trace", *columns)
    fleet = Table("spaces that fail", *columns)
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
        a_row(regimes, name, microseconds(profile, state, taken, cues))
    day = list(islice(samples(living, from_minute=from_minute), 1440))
    median_us = a_row(regimes, "a day with doors and defrosts", microseconds(frozen, begin, day))
    for file, column, zone in TRACES:
        trace = read_trace(DATA / file, column).samples[:MOST_OF_A_TRACE]
        costs = microseconds(packs[zone], unknown(), trace)
        a_row(traces, f"{file.split('/')[0]} {column}", costs)
    for name, costs in of_fleet(packs):
        a_row(fleet, name, costs)
    out = Console()
    for table in (regimes, traces, fleet):
        out.print(table)
    return 0 if median_us <= MOST_US else 1


if __name__ == "__main__":
    sys.exit(main())
