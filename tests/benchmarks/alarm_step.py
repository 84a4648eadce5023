"""CPU time of one step of the alarm machine: ``python -m tests.benchmarks.alarm_step``."""

from __future__ import annotations

import gc
from dataclasses import replace
from time import process_time

from rich.console import Console
from rich.table import Table

from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.alarm.step import due_ms, fresh, step

STEPS = 100_000
ROUNDS = 5


def microseconds(profile: Profile, values: list[float], sensors: int = 1) -> float:
    """Give the best CPU time per step over some rounds, samples a minute apart.

    Parameters
    ----------
    profile
        Rules.
    values
        Temperatures that take turns.
    sensors
        How many take turns.
    """
    samples = [
        Sample(60_000 * number, values[number % len(values)], f"s{number % sensors}")
        for number in range(STEPS)
    ]
    best = float("inf")
    for _ in range(ROUNDS):
        state = fresh("room", always_armed=True)
        gc.collect()
        begun = process_time()
        for sample in samples:
            state, _events = step(profile, state, sample, sample.at_ms)
        best = min(best, process_time() - begun)
    return best / STEPS * 1e6


def microseconds_due(profile: Profile) -> float:
    """Give the CPU time to ask a quiet state for its next deadline."""
    state, _ = step(profile, fresh("room", always_armed=True), Sample(0, -22.0, "s"), 0)
    begun = process_time()
    for _ in range(STEPS):
        due_ms(profile, state)
    return (process_time() - begun) / STEPS * 1e6


def main() -> None:
    """Print the table."""
    packs = load_packs()
    table = Table("samples", "µs CPU per step")
    frozen = packs["frozen"]
    table.add_row("frozen, quiet", f"{microseconds(frozen, [-22.0, -21.5]):.2f}")
    table.add_row("frozen, quiet, two sensors", f"{microseconds(frozen, [-22.0], 2):.2f}")
    table.add_row("controlled with MKT, quiet", f"{microseconds(packs['controlled'], [15.0]):.2f}")
    table.add_row(
        "frozen, alarm stands", f"{microseconds(replace(frozen, re_alarm_s=None), [-10.0]):.2f}"
    )
    swinging = [-17.0] * 10 + [-20.0] * 10
    table.add_row("frozen, in and out", f"{microseconds(frozen, swinging):.2f}")
    table.add_row("due_ms of a quiet state", f"{microseconds_due(frozen):.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
