"""Kill the ingester and PostgreSQL while messages come, and count what is missing.

``python -m tests.benchmarks.ingest_kill_nine --times 7 --messages 20000 [--store postgres]``

While messages are published at QoS 1 through mosquitto the ingester is killed with SIGKILL at
seeded moments and started anew; on PostgreSQL the server besides crashes twice. Afterwards every
message that the broker confirmed must be stored exactly once, and every alarm raised once.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

from telemetry.alarm.words import EventKind
from telemetry.mqtt.publisher import Publisher
from telemetry.readings import Reason
from telemetry.storage.store import open_store
from tests.benchmarks.ingest_child import now_ms
from tests.benchmarks.ingest_fleet import (
    LONGEST_S,
    SENSORS,
    STEP_MS,
    WARM,
    Fleet,
    wait_until,
)
from tests.benchmarks.ingest_process import Child
from tests.brokers import mosquitto, settings_of
from tests.postgres import Cluster, binaries, running_cluster

ALARMED_MS = 1_200_000
"""A room that has been too warm for so long has raised an alarm."""

DAWDLE_S = 0.02
"""From commit to acknowledgement: half of the kills shall come in between."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run has seen."""

    confirmed: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    redelivered: int = 0
    gaps_counted: int = 0
    kills: int = 0
    restarts: int = 0
    alarms: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def kill_ingester(
    folder: Path, *, times: int, messages: int, seed: int, url: str,
    restart: Callable[[], None] | None = None,
) -> Report:  # fmt: skip
    """Kill the ingester so many times, and look at what is stored.

    Parameters
    ----------
    folder
        Where broker and ingester keep their files.
    url
        The store, without any table.
    restart
        Crashes the store's server and starts it again; done twice.
    """
    report, chance, begun = Report(), Random(seed), monotonic()
    fleet = Fleet(base_ms=now_ms() - messages // SENSORS * STEP_MS)
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "broker"))
        publisher = stack.enter_context(Publisher(settings_of(broker, "fleet"), seed=seed))
        words = ("--port", broker.port, "--store", url, "--sensors", SENSORS,
                 "--since", fleet.base_ms, "--dawdle", DAWDLE_S)  # fmt: skip
        child = stack.enter_context(Child(folder, *words))
        child.wait_connected()
        part = messages // (times + 1)
        for number in range(times):
            strike = number * part + chance.randrange(part // 4, part)
            fleet.publish(publisher, range(number * part, strike))
            if restart is not None and number in {1, times - 1}:
                restart()
                report.restarts += 1
            child.kill()
            report.kills += 1
            fleet.publish(publisher, range(strike, (number + 1) * part))
            child = stack.enter_context(Child(folder, *words))
            child.wait_connected()
        fleet.publish(publisher, range(times * part, messages))
        if not publisher.wait_confirmed(LONGEST_S):
            report.wrong.append("the broker did not confirm everything")
        report.confirmed = publisher.confirmed
        _judge(report, url, fleet, messages, child)
    report.seconds = round(monotonic() - begun, 1)
    return report


def _judge(report: Report, url: str, fleet: Fleet, messages: int, child: Child) -> None:
    wanted = {(number % SENSORS, number // SENSORS) for number in range(messages)}
    with closing(open_store(url)) as store:
        wait_until(lambda: sum(fleet.stored(store).values()) >= messages)
        # Whatever is still on its way must not add to it.
        quiet = child.lines[-1]["messages"]
        child.wait_for(lambda line: line is not child.lines[0] and line["waiting"] == 0)
        code = child.stop()
        there = fleet.stored(store)
        raised = Counter(
            (one.event.alarm.point, one.event.alarm.kind)
            for one in store.events(limit=100_000)
            if one.event.kind is EventKind.RAISED
        )
        report.redelivered = store.counts(0, now_ms() + 1).get(Reason.DUPLICATE, 0)
        gaps = store.counts(0, now_ms() + 1).get(Reason.SEQUENCE_GAP, 0)
    report.stored = sum(there.values())
    report.lost = len(wanted - there.keys())
    report.doubled = sum(count - 1 for count in there.values())
    report.gaps_counted = gaps
    report.alarms = sum(raised.values())
    if code != 0:
        report.wrong.append(f"a stop in order ended with {code}, after {quiet} messages")
    if report.lost or report.doubled or there.keys() - wanted:
        report.wrong.append(f"{report.lost} lost, {report.doubled} double")
    if gaps:
        report.wrong.append(f"{gaps} counted as lost, and none was")
    lasted_ms = messages // SENSORS * STEP_MS
    expected = {f"room-{number}" for number in range(WARM)} if lasted_ms > ALARMED_MS else set()
    if {point for point, _ in raised} != expected or max(raised.values(), default=1) > 1:
        report.wrong.append(f"alarms raised: {dict(raised)}")


@contextmanager
def _store(kind: str, folder: Path) -> Iterator[tuple[str, Cluster | None]]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/telemetry.db", None
        return
    programs = binaries()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed")
    with running_cluster(programs) as cluster, cluster.empty_database() as url:
        # The cluster of the tests forgets commits when it crashes; here it must not.
        yield f"{url}&options=-csynchronous_commit%3Don", cluster


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and print what was seen; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="ingest_kill_nine", description=__doc__)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    asked = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coldgrid-ingest-")))
        url, cluster = stack.enter_context(_store(asked.store, folder))
        report = kill_ingester(
            folder, times=asked.times, messages=asked.messages, seed=asked.seed, url=url,
            restart=None if cluster is None else cluster.restart,
        )  # fmt: skip
    sys.stdout.write(json.dumps(asdict(report), indent=2) + "\n")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
