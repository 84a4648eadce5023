"""A disk that is full and then is not: ``python -m tests.benchmarks.disk_full``.

No file of the program may grow beyond a size (RLIMIT_FSIZE, its soft part, so no rights are
needed): every write of the database fails as on a full disk. Then the limit is lifted while the
program runs, as when somebody clears the disk. The ingester must then store every reading once;
the service must meanwhile refuse with 503 or 507, go on reading, and take writes again afterwards.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx2

from telemetry.storage.store import open_store
from tests.benchmarks.ingest_child import now_ms, topic_of
from tests.benchmarks.ingest_process import Child
from tests.benchmarks.ingest_publisher import RawPublisher
from tests.benchmarks.soak import rows
from tests.brokers import mosquitto
from tests.large_city import city
from tests.running import NO_TLS, running

SENSORS, MESSAGES = 50, 2000
REFUSED = frozenset({503, 507})
LONGEST_S = 60.0


def fill(pid: int, *files: Path) -> None:
    """Let no file of a process grow beyond what the largest of these has."""
    size = max(file.stat().st_size for file in files if file.exists())
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def clear(pid: int) -> None:
    """Give a process its disk back."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def ingester(folder: Path) -> dict[str, int]:
    """Fill the disk under an ingester; give readings sent, stored while it was full, and stored."""
    file = folder / "telemetry.db"
    with closing(open_store(f"sqlite:///{file}")), mosquitto(folder / "broker") as broker:
        words = ("--port", broker.port, "--sensors", SENSORS, "--store", f"sqlite:///{file}")
        with Child(folder, *words) as child:
            child.wait_connected()
            publisher = RawPublisher(broker.port)
            _send(publisher)
            child.wait_for(lambda line: line["readings"] == MESSAGES)
            fill(child.pid, file)
            _send(publisher)
            full = _wait(lambda: "full" in child.log.read_text() or "I/O" in child.log.read_text())
            held = rows(file)
            clear(child.pid)
            child.wait_for(lambda line: line["readings"] >= 2 * MESSAGES)
            publisher.finish()
            child.stop()
    return {"sent": publisher.sent, "said": int(full), "while_full": held, "stored": rows(file)}


def service(folder: Path) -> dict[str, Any]:
    """Fill the disk under a service; give its answers to writes and reads, while full and after."""
    file = folder / "coldgrid.db"
    with (
        running("serve", "--port", 0, "--database", f"sqlite:///{file}", folder=folder) as serving,
        httpx2.Client(base_url=serving.address, verify=NO_TLS, timeout=LONGEST_S) as client,
    ):
        body = {"problem": city(), "iterations": 1}
        before = client.post("/v1/plans", json=body)
        job = f"/v1/jobs/{before.json()['id']}"
        _wait(lambda: client.get(job).json()["state"] == "succeeded")
        fill(serving.process.pid, file)
        # The write-ahead log has room within the limit at first.
        answers = [client.post("/v1/plans", json=body).status_code for _ in range(40)]
        read = client.get(job).status_code
        clear(serving.process.pid)
        after = client.post("/v1/plans", json=body)
        ended = _wait(
            lambda: client.get(f"/v1/jobs/{after.json()['id']}").json()["state"] == "succeeded"
        )
        asked = sum(one == httpx2.codes.ACCEPTED for one in answers) + 2
        found = len(client.get("/v1/jobs", params={"limit": 1000}).json()["items"])
    return {
        "while_full": sorted(set(answers)), "read_while_full": read, "after": after.status_code,
        "ended": ended, "accepted": asked, "kept": found,
    }  # fmt: skip


def _send(publisher: RawPublisher) -> None:
    publisher.publish(
        [
            (topic_of(one % SENSORS).encode(), b'{"temperature": 2.5, "ts": %d}' % (now_ms() + one))
            for one in range(MESSAGES)
        ]
    )


def _wait(condition: Callable[[], bool]) -> bool:
    ends_at = monotonic() + LONGEST_S
    while not condition():
        if monotonic() > ends_at:
            return False
        sleep(0.05)
    return True


def is_good(taken: dict[str, int], served: dict[str, Any]) -> bool:
    """Say whether nothing was lost and everything was said."""
    return (
        taken["said"] == 1
        and taken["stored"] == taken["sent"] > taken["while_full"]
        and bool(REFUSED & set(served["while_full"]))
        and set(served["while_full"]) <= REFUSED | {202}
        and (served["read_while_full"], served["after"], served["ended"]) == (200, 202, True)
        and served["accepted"] == served["kept"]
    )


def main() -> int:
    """Fill, clear, print; 1 where anything was lost or not said."""
    with tempfile.TemporaryDirectory(prefix="coldgrid-full-") as folder:
        places = [Path(folder) / name for name in ("ingester", "service")]
        for place in places:
            place.mkdir()
        taken, served = ingester(places[0]), service(places[1])
    sys.stdout.write(json.dumps({"ingester": taken, "service": served}, indent=2) + "\n")
    return int(not is_good(taken, served))


if __name__ == "__main__":
    sys.exit(main())
