"""What no sensor would say, among what sensors say: ``python -m tests.benchmarks.poisoned_flood``.

Seeded nonsense of many kinds, nine messages to each good one, through a real broker into a real
ingester. Every good reading must be stored once, every piece of nonsense counted, and memory must
not grow with the nonsense.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from telemetry.storage.store import open_store
from tests.benchmarks.ingest_child import now_ms, topic_of
from tests.benchmarks.ingest_process import Child
from tests.benchmarks.ingest_publisher import RawPublisher
from tests.benchmarks.soak import rows
from tests.brokers import mosquitto

SENSORS, ROUND = 50, 500
POISON_EACH = 9
MOST_GROWTH_MB = 40.0

KINDS: tuple[Callable[[random.Random], bytes], ...] = (
    lambda chance: chance.randbytes(chance.randint(1, 300)),
    lambda chance: b"",
    lambda chance: b"{" * chance.randint(1, 20_000),
    lambda chance: b"[" * 5_000 + b"]" * 5_000,
    lambda chance: b'{"temperature": NaN}',
    lambda chance: b'{"temperature": 1e999}',
    lambda chance: b'{"temperature": "\xff\xfe"}',
    lambda chance: '{"temperature": 2.5, "ts": "零"}'.encode("gbk"),
    lambda chance: b'{"temperature": 2.5, "ts": -%d}' % chance.randint(1, 10**30),
    lambda chance: b'{"temperature": %d}' % 10**400,
    lambda chance: b'{"temperature": {"temperature": {"temperature": 1}}}',
    lambda chance: b'{"humidity": true, "temperature": null}',
    lambda chance: b"\x00" * chance.randint(1, 100_000),
)


def flood(folder: Path, rounds: int, seed: int) -> dict[str, float]:
    """Send it; give what was sent, stored and counted, and by how many MB the ingester grew."""
    chance = random.Random(seed)
    file = folder / "telemetry.db"
    with closing(open_store(f"sqlite:///{file}")), mosquitto(folder / "broker") as broker:
        words = ("--port", broker.port, "--sensors", SENSORS, "--store", f"sqlite:///{file}")
        with Child(folder, *words) as child:
            child.wait_connected()
            publisher = RawPublisher(broker.port)
            publisher.publish(list(_round(chance, 0)))
            child.wait_for(lambda line: line["readings"] == ROUND)
            before = _highest_mb(child.pid)
            for number in range(1, rounds):
                publisher.publish(list(_round(chance, number)))
                wanted = (number + 1) * ROUND
                child.wait_for(partial(_has, wanted))
            grown_mb = _highest_mb(child.pid) - before
            publisher.finish()
            child.stop()
    with closing(open_store(f"sqlite:///{file}")) as store:
        counted = sum(store.counts(0, now_ms() + 3_600_000).values())
    return {
        "good": rounds * ROUND,
        "stored": rows(file),
        "poison": rounds * ROUND * POISON_EACH,
        "counted": counted,
        "grown_mb": round(grown_mb, 1),
    }


def is_good(found: dict[str, float]) -> bool:
    """Say whether all that was good is there, all nonsense was counted and none of it kept on."""
    return (
        found["stored"] == found["good"]
        and found["counted"] >= found["poison"]
        and found["grown_mb"] < MOST_GROWTH_MB
    )


def _round(chance: random.Random, number: int) -> Iterator[tuple[bytes, bytes]]:
    begun = now_ms() - 3_600_000 + number * ROUND
    for one in range(ROUND):
        for _ in range(POISON_EACH):
            yield topic_of(chance.randrange(SENSORS)).encode(), chance.choice(KINDS)(chance)
        # The last of a round is good: once it is stored all before it was dealt with.
        yield topic_of(one % SENSORS).encode(), b'{"temperature": 2.5, "ts": %d}' % (begun + one)


def _has(wanted: int, line: dict[str, Any]) -> bool:
    return bool(line["readings"] >= wanted)


def _highest_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (one for one in status.splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> int:
    """Flood and print; 1 where something was lost."""
    parser = argparse.ArgumentParser(description="Flood an ingester with nonsense.")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = flood(Path(folder), args.rounds, args.seed)
    sys.stdout.write(" ".join(f"{name} {value:,}" for name, value in found.items()) + "\n")
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
