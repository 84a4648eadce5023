"""Kill the broker while messages wait in it: ``python -m tests.benchmarks.ingest_broker_kill``.

The ingester is away, messages pile up in mosquitto, and mosquitto is killed with SIGKILL. What it
had not written down is lost: no more than came in one autosave interval. When the sensors go on,
the ingester finds every lost message as a gap of a sequence and counts it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic

from telemetry.mqtt.broker import free_port
from telemetry.mqtt.mosquitto import AUTOSAVE_S, MosquittoOptions
from telemetry.mqtt.publisher import Publisher
from telemetry.readings import Reason
from telemetry.storage.store import open_store
from tests.benchmarks.ingest_child import now_ms
from tests.benchmarks.ingest_fleet import LONGEST_S, SENSORS, STEP_MS, Fleet, pace, wait_until
from tests.benchmarks.ingest_process import Child
from tests.brokers import kill, mosquitto, settings_of

SLACK_S = 2.0
"""The broker looks at its clock once a second, and writing takes it some time."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run has seen."""

    confirmed: int = 0
    stored: int = 0
    lost: int = 0
    in_one_interval: int = 0
    gaps_counted: int = 0
    wrong: list[str] = field(default_factory=list)


def run(folder: Path, *, seconds: float, rate: int, autosave_s: int) -> Report:
    """Kill a broker that holds messages, and look at what comes of them.

    Parameters
    ----------
    folder
        Where broker and ingester keep their files.
    seconds, rate
        How long messages pile up, and how many come a second.
    autosave_s
        How often the broker writes down what it holds.
    """
    port, url = free_port(), f"sqlite:///{folder}/telemetry.db"
    options = MosquittoOptions(autosave_s=autosave_s)
    rounds = round(seconds * rate) // SENSORS + 2
    fleet = Fleet(base_ms=now_ms() - rounds * STEP_MS)
    words = ("--port", port, "--store", url, "--sensors", SENSORS)
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "broker", port=port, options=options))
        publisher = stack.enter_context(Publisher(settings_of(broker, "fleet"), seed=1))
        child = stack.enter_context(Child(folder, *words))
        child.wait_connected()
        fleet.publish(publisher, range(SENSORS))
        publisher.wait_confirmed(LONGEST_S)
        child.wait_for(lambda line: line["readings"] == SENSORS)
        child.stop()
        # Its session has to be on disk: the broker forgets whom it had not written down.
        pace(publisher, lambda _: None, autosave_s + SLACK_S, rate)
        at = pace(publisher, lambda number: fleet.publish_one(publisher, SENSORS + number),
                  seconds, rate)  # fmt: skip
        publisher.wait_confirmed(LONGEST_S)
        killed_at = monotonic()
        kill(broker)
        stack.enter_context(mosquitto(folder / "broker", port=port, options=options))
        report = _after(folder, words, fleet, publisher, SENSORS + len(at))
    report.in_one_interval = sum(one >= killed_at - autosave_s - SLACK_S for one in at)
    if report.lost > report.in_one_interval:
        report.wrong.append("more is lost than came in one autosave interval")
    return report


def _after(
    folder: Path, words: Sequence[object], fleet: Fleet, publisher: Publisher, sent: int
) -> Report:
    """Let every sensor speak once more, and count."""
    with Child(folder, *words) as child:
        child.wait_connected()
        return _counted(child, str(words[3]), fleet, publisher, sent)


def _counted(child: Child, url: str, fleet: Fleet, publisher: Publisher, sent: int) -> Report:
    newest = -(-sent // SENSORS)
    last = range(newest * SENSORS, (newest + 1) * SENSORS)
    fleet.publish(publisher, last)
    publisher.wait_confirmed(LONGEST_S)
    with closing(open_store(url)) as store:
        wait_until(lambda: all(fleet.stored(store)[s, newest] for s in range(SENSORS)))
        there = fleet.stored(store)
        counted = store.counts(0, now_ms() + 1).get(Reason.SEQUENCE_GAP, 0)
    child.stop()
    report = Report(
        confirmed=publisher.confirmed,
        stored=len(there),
        lost=publisher.confirmed - len(there),
        gaps_counted=counted,
    )
    # Some sensors were not asked to speak in the last round before the kill: a gap as well.
    unsent = last[0] - sent
    if counted != report.lost + unsent:
        report.wrong.append(f"{counted} counted, {report.lost} lost and {unsent} never sent")
    if max(there.values()) > 1:
        report.wrong.append("something is stored twice")
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and print what was seen; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="ingest_broker_kill", description=__doc__)
    parser.add_argument("--seconds", type=float, default=17.0)
    parser.add_argument("--rate", type=int, default=500)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="coldgrid-ingest-") as folder:
        report = run(Path(folder), seconds=asked.seconds, rate=asked.rate, autosave_s=AUTOSAVE_S)
    sys.stdout.write(json.dumps(asdict(report), indent=2) + "\n")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
