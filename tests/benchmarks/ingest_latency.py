"""How long from a reading to its alarm: ``python -m tests.benchmarks.ingest_latency --rate 4000``.

While ten thousand sensors send at a steady rate, rooms become too warm one after the other, under
rules without a delay. Measured is the time from publishing to the event of the alarm being there
for who waits for it: in the ingester's own process, and in another one, to which SQLite cannot
tell it. On a shared machine ``stolen_pct`` says how much of its processors others had meanwhile.
Exit status 1 says that the 99th percentile of the former is above 50 ms.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import numpy as np

from telemetry.storage.store import open_store
from tests.benchmarks.ingest_child import now_ms, topic_of
from tests.benchmarks.ingest_listener import LONGEST_S, Listener
from tests.benchmarks.ingest_process import ROOT, Child
from tests.benchmarks.ingest_publisher import RawPublisher
from tests.brokers import mosquitto

MOST_MS = 50.0
BETWEEN_S = 0.05
WARM_UP_S = 3.0
WELL, TOO_WARM = 3.0, 9.0
STOLEN = 7


def run(folder: Path, *, rate: int, alarms: int, sensors: int) -> dict[str, Any]:
    """Let so many rooms become too warm under load, and give how long each alarm took."""
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "broker"))
        url = f"sqlite:///{folder}/telemetry.db"
        words = ["--port", broker.port, "--store", url, "--sensors", sensors + alarms]
        child = stack.enter_context(Child(folder, *words, "--delay", 0, "--listen"))
        child.wait_connected()
        seconds = alarms * BETWEEN_S + WARM_UP_S + 1
        words = ["--port", broker.port, "--rate", rate, "--seconds", seconds, "--sensors", sensors]
        load = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.ingest_publisher", *map(str, words)],
            cwd=ROOT, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        listener = Listener(stack.enter_context(closing(open_store(url))))
        publisher, pause = RawPublisher(broker.port, "rooms"), Event()
        rooms = range(sensors, sensors + alarms)
        # A room that becomes too warm was well before, and its sensor is no stranger.
        publisher.publish([_reading(number, WELL) for number in rooms])
        pause.wait(WARM_UP_S)
        sent_at: dict[str, float] = {}
        begun = _processor_ticks()
        for number in rooms:
            sent_at[f"room-{number}"] = monotonic()
            publisher.publish([_reading(number, TOO_WARM)])
            pause.wait(BETWEEN_S)
        publisher.finish()
        load.wait(LONGEST_S)
        pause.wait(1.0)
        listener.stop()
        child.stop()
    inside = child.lines[-1]["raised_at"]
    return {
        "rate": rate,
        "stolen_pct": round(100.0 * _stolen_share(begun, _processor_ticks()), 1),
        "missing": alarms - len(inside),
        "committed": _figures(sent_at, inside),
        "seen_by_another_process": _figures(sent_at, listener.seen_at),
    }


def _processor_ticks() -> list[int]:
    """Give the times of all processors, in the kernel's ticks; the eighth is what others took."""
    return list(map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:]))


def _stolen_share(begun: Sequence[int], ended: Sequence[int]) -> float:
    spent = [end - begin for begin, end in zip(begun, ended, strict=True)]
    return spent[STOLEN] / max(1, sum(spent))


def _reading(number: int, value_c: float) -> tuple[bytes, bytes]:
    body = f'{{"temperature": {value_c}, "ts": {now_ms()}}}'
    return topic_of(number).encode(), body.encode()


def _figures(sent_at: Mapping[str, float], seen_at: Mapping[str, float]) -> dict[str, float]:
    took_ms = [1000 * (at - sent_at[room]) for room, at in seen_at.items()] or [0.0]
    p50, p99 = np.percentile(took_ms, [50, 99])
    return {"p50_ms": round(p50, 1), "p99_ms": round(p99, 1), "most_ms": round(max(took_ms), 1)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where it takes too long or an alarm is missing."""
    parser = argparse.ArgumentParser(prog="ingest_latency", description=__doc__)
    parser.add_argument("--rate", type=int, default=4000)
    parser.add_argument("--alarms", type=int, default=300)
    parser.add_argument("--sensors", type=int, default=10_000)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="coldgrid-ingest-") as folder:
        figures = run(Path(folder), rate=asked.rate, alarms=asked.alarms, sensors=asked.sensors)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 1 if figures["missing"] or figures["committed"]["p99_ms"] > MOST_MS else 0


if __name__ == "__main__":
    sys.exit(main())
