"""How fast the service takes on and tells: ``python -m tests.benchmarks.serving``.

A real server over a fresh SQLite file. First requests of 200 orders are sent while a job runs;
then many clients follow one job. Exit status 1 says that the 95th percentile of single requests
is above 100 ms, or that a client missed something.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx2
import numpy as np

from tests.large_city import city
from tests.running import NO_TLS, Running, running

ORDERS = 200
WAIT_S = 120.0
LONGEST_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one client was sent, and when."""

    ids: Sequence[str]
    at: Sequence[float]
    last: dict[str, Any]


def accepted_s(client: httpx2.Client, body: bytes) -> float:
    """Ask for a plan and give the seconds until it was taken on."""
    began = perf_counter()
    answer = client.post("/v1/plans", content=body, headers={"Content-Type": "application/json"})
    took = perf_counter() - began
    assert answer.status_code == httpx2.codes.ACCEPTED, answer.text
    return took


def begin(address: str, *, orders: int = ORDERS, **how: Any) -> str:
    """Ask for a plan, wait until its job runs, and give the job's address."""
    answer = httpx2.post(
        f"{address}/v1/plans", json={"problem": city(orders=orders), **how}, verify=NO_TLS
    )
    job = address + str(answer.headers["location"])
    with httpx2.stream("GET", f"{job}/events", timeout=WAIT_S, verify=NO_TLS) as events:
        # The first line of the first event says that the job is at work.
        next(events.iter_lines())
    return job


def measure_requests(address: str, requests: int, at_a_time: int) -> np.ndarray:
    """Give the seconds of many requests, so many at a time, while a job runs."""
    bodies = [
        json.dumps({"problem": city(orders=ORDERS, seed=seed), "time_limit_s": 60}).encode()
        for seed in range(requests)
    ]
    # One client, for making one costs more than a request.
    with (
        httpx2.Client(base_url=address, verify=NO_TLS) as client,
        ThreadPoolExecutor(at_a_time) as threads,
    ):
        return np.array(list(threads.map(lambda body: accepted_s(client, body), bodies)))


async def follow(
    client: httpx2.AsyncClient, url: str, begun: Callable[[], None] | None = None
) -> Heard:
    """Follow a job to its end; ``begun`` is called with the first event."""
    ids: list[str] = []
    at: list[float] = []
    last: dict[str, Any] = {}
    async with client.stream("GET", url) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                if begun is not None and not ids:
                    begun()
                ids.append(line)
                at.append(perf_counter())
            elif line.startswith("data: "):
                last = json.loads(line[6:])
    return Heard(ids=ids, at=at, last=last)


async def follow_many(url: str, clients: int) -> list[Heard]:
    """Follow a job with many connections."""
    limits = httpx2.Limits(max_connections=clients)
    async with httpx2.AsyncClient(timeout=WAIT_S, limits=limits) as client:
        return list(await asyncio.gather(*(follow(client, url) for _ in range(clients))))


def processor_s(service: Running) -> float:
    """Give the processor seconds that the service itself has used, without its jobs."""
    fields = Path(f"/proc/{service.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def report_requests(service: Running, requests: int) -> bool:
    """Print how long requests take; say whether they keep the limit."""
    job = begin(service.address, time_limit_s=600)
    good = True
    for at_a_time in (1, 4):
        before = processor_s(service)
        took = 1000 * measure_requests(service.address, requests, at_a_time)
        used = 1000 * (processor_s(service) - before) / requests
        p95 = float(np.percentile(took, 95))
        say(
            f"{requests} requests of {ORDERS} orders, {at_a_time} at a time:"
            f" median {np.median(took):.0f} ms, p95 {p95:.0f} ms, longest {took.max():.0f} ms,"
            f" {used:.0f} ms of the service's processor each"
        )
        good &= p95 <= LONGEST_MS or at_a_time > 1
    assert httpx2.get(job, verify=NO_TLS).json()["state"] == "running"
    return good


def report_followers(service: Running, clients: int) -> bool:
    """Print how events spread; say whether every client heard everything."""
    job = begin(service.address, time_limit_s=15)
    before, began = processor_s(service), perf_counter()
    heard = asyncio.run(follow_many(f"{job}/events", clients))
    lasted, used = perf_counter() - began, processor_s(service) - before
    whole = all(one.ids == heard[0].ids and one.last["state"] == "succeeded" for one in heard)
    times = np.array([one.at for one in heard]) if whole else np.zeros((1, 1))
    spread = 1000 * float(np.max(times - times.min(axis=0)))
    say(
        f"{clients} clients, {len(heard[0].ids)} events each in {lasted:.1f} s:"
        f" {'all heard all' if whole else 'some missed some'}, {spread:.0f} ms from the first"
        f" client to the last, {used:.2f} s of the service's processor"
    )
    return whole


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--clients", type=int, default=50)
    given = parser.parse_args(words)
    waiting = str(4 * given.requests + 10)
    good = True
    for report, number in ((report_requests, given.requests), (report_followers, given.clients)):
        with (
            tempfile.TemporaryDirectory() as folder,
            running(
                "serve",
                "--port",
                0,
                folder=Path(folder),
                COLDGRID_RUNNING_JOBS="1",
                COLDGRID_WAITING_JOBS=waiting,
            ) as service,
        ):
            good &= report(service, number)
            service.end()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
