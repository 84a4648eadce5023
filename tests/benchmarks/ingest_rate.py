"""How many messages a second one ingester takes, with broker and sensors on the same machine.

``python -m tests.benchmarks.ingest_rate --rate 8000 --seconds 60 --sensors 10000``

The rules are on, the store commits to the disk, and every point has been watched for days: what is
remembered of it is as much as it will ever be. Exit status 1 says that messages are missing, that
they piled up, that a message costs more processor time than it may, or that memory grew.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.benchmarks.ingest_process import ROOT, Child
from tests.brokers import mosquitto

MOST_US = 60.0
MOST_GROWTH = 1.02
"""What the memory may be at the end, as a share of what it was in the middle."""


def run(
    folder: Path, *, rate: int, seconds: float, sensors: int, mqtt: str, lived: bool = True
) -> dict[str, Any]:
    """Publish at a rate for some time, and give what it costs the ingester."""
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "broker"))
        url = f"sqlite:///{folder}/telemetry.db"
        words = ["--port", broker.port, "--sensors", sensors]
        own = ["--store", url, "--mqtt", mqtt, *(["--lived"] if lived else [])]
        child = stack.enter_context(Child(folder, *words, *own))
        child.wait_connected()
        before = child.lines[-1]
        words += ["--rate", rate, "--seconds", seconds]
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.ingest_publisher", *map(str, words)],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        published = json.loads(done.stdout)
        behind = published["confirmed"] - child.wait_for(lambda line: True)["messages"]
        child.wait_for(lambda line: line["messages"] >= published["confirmed"])
        lines = list(child.lines)
        child.stop()
    last = lines[-1]
    sizes = [line["rss_kb"] for line in lines if line["messages"]]
    return {
        "published": published,
        "stored": last["readings"],
        "cpu_us_per_message": round(
            1e6 * (last["cpu_s"] - before["cpu_s"]) / max(last["messages"], 1), 1
        ),
        "rss_kb": {"start": sizes[0], "quarter": sizes[len(sizes) // 4],
                   "middle": sizes[len(sizes) // 2], "end": sizes[-1]},
        "behind_at_the_end": behind,
        "seconds_to_catch_up": len(lines) and sum(
            line["messages"] < published["confirmed"] for line in lines
        ) - round(seconds),
        "reasons": last["reasons"],
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where a limit is not kept."""
    parser = argparse.ArgumentParser(prog="ingest_rate", description=__doc__)
    parser.add_argument("--rate", type=int, default=8000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--sensors", type=int, default=10_000)
    parser.add_argument("--mqtt", default="3.1.1")
    parser.add_argument("--fresh", action="store_true", help="nothing is known of any point yet")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="coldgrid-ingest-") as folder:
        figures = run(
            Path(folder), rate=asked.rate, seconds=asked.seconds, sensors=asked.sensors,
            mqtt=asked.mqtt, lived=not asked.fresh,
        )  # fmt: skip
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    memory, published = figures["rss_kb"], figures["published"]
    good = (
        figures["stored"] == published["confirmed"] == published["sent"]
        and published["rate"] >= 0.99 * asked.rate
        # What came within the last second may still be on its way.
        and figures["behind_at_the_end"] <= 2 * asked.rate
        and figures["cpu_us_per_message"] <= MOST_US
        and memory["end"] <= MOST_GROWTH * memory["middle"]
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
