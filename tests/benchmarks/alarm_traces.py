"""Alarms of recorded traces beside naive ones: ``python -m tests.benchmarks.alarm_traces``.

Naive is an alarm for every stay outside the band: no delay, no deadband. Rows of the incumbent's
own log (limits that it had at various times, no choice of ours) stand at the end. The folder of
data is named by COLDGRID_DATA.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from time import process_time

from rich.console import Console
from rich.table import Table

from telemetry.alarm.foresight import FORESEEN
from telemetry.alarm.packs import load_packs
from telemetry.alarm.words import Severity
from telemetry.replay import Adjustment, Replayed, adjusted, read_trace, replay

DATA = Path(os.environ.get("COLDGRID_DATA", "../shared/data")) / "temperature"
STORE = "frialsa_cold_store/readings.csv"
LOG = "frialsa_cold_store/incumbent_alarm_log.csv"
TRACES: tuple[tuple[str, str, str, float | None], ...] = (
    ("lbnl_store/measurements.csv", "Tfre", "frozen", None),
    ("ruuvi_fridge/freezer.csv", "temperature", "frozen", None),
    (STORE, "freezer_1", "frozen", None),
    (STORE, "freezer_2", "frozen", None),
    (STORE, "freezer_1", "frozen", -22.0),
    (STORE, "freezer_2", "frozen", -22.0),
    ("lbnl_store/measurements.csv", "Tref", "chilled", None),
    ("ruuvi_fridge/fridge.csv", "temperature", "chilled", None),
    ("ruuvi_fridge/fruits.csv", "temperature", "chilled", None),
    (STORE, "cooling_1", "chilled", None),
    (STORE, "cooling_1", "chilled", 8.0),
    (STORE, "platform_1", "chilled", None),
)


def kinds_of(judged: Replayed) -> str:
    """Count alarms by kind and severity, in words."""
    counts = Counter(f"{one.alarm.kind.value} {one.alarm.severity.word}" for one in judged.alarms)
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def by_urgency(judged: Replayed) -> tuple[int, int, int]:
    """Count what calls people, by limits and because it was foreseen, and notices."""
    calling = [one.alarm for one in judged.alarms if one.alarm.severity > Severity.INFO]
    foreseen = sum(alarm.kind in FORESEEN for alarm in calling)
    return len(calling) - foreseen, foreseen, len(judged.alarms) - len(calling)


def incumbent() -> Counter[tuple[str, str, str]]:
    """Count what the store's own system wrote into its log."""
    with (DATA / LOG).open(encoding="utf-8", newline="") as file:
        return Counter(
            (row["sensor_name"], row["alarm_type"].strip(), row["limit"])
            for row in csv.DictReader(file)
            if row["alarm_type"].strip() != "recovery"
        )


def main() -> None:
    """Print both tables."""
    counted = ("naive", "by rules", "foreseen", "notices", "of which", "CPU s")
    table = Table("trace", "zone", "samples", *counted)
    for file, column, zone, warn_c in TRACES:
        begun = process_time()
        trace = read_trace(DATA / file, column)
        # As the command does: the trace is the goods.
        profile = replace(adjusted(load_packs()[zone], Adjustment(warn_c=warn_c)), product_lag_s=0)
        judged = replay(trace.samples, profile, point=column)
        table.add_row(
            f"{file.split('/')[0]} {Path(file).stem} {column}",
            zone if warn_c is None else f"{zone}, warn {warn_c:g}",
            f"{len(trace.samples):,}",
            str(len(judged.excursions)),
            *map(str, by_urgency(judged)),
            kinds_of(judged),
            f"{process_time() - begun:.2f}",
        )
    out = Console(width=140)
    out.print(table)
    log = Table("incumbent's log: sensor", "alarm", "limit", "raised")
    for (sensor, alarm, limit), count in sorted(incumbent().items()):
        log.add_row(sensor, alarm, limit, str(count))
    out.print(log)


if __name__ == "__main__":
    main()
