"""Streams of a real server: many clients, a stop in the middle, bodies without an end."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import httpx2
import pytest

from tests.benchmarks.serving import Heard, begin, follow
from tests.running import NO_TLS, Running, running

pytestmark = pytest.mark.slow

CLIENTS = 20
MOST_BYTES = 200_000


def test_all_who_follow_a_job_hear_all_of_it_and_a_stop_ends_the_streams(tmp_path: Path) -> None:
    words = ("serve", "--port", 0)
    with running(*words, folder=tmp_path, COLDGRID_UPLOAD_BYTES=str(MOST_BYTES)) as service:
        _a_body_without_an_end_is_refused_in_the_middle(service)
        job = begin(service.address, orders=40, time_limit_s=60)
        heard = asyncio.run(stopped_when_all_listen(job))
        assert len(heard) == CLIENTS
        assert heard[0].last["state"] == "stopped"
        assert len(heard[0].ids) >= 2
        assert all(one.ids == heard[0].ids and one.last == heard[0].last for one in heard)
        job = begin(service.address, orders=40, time_limit_s=60)
        assert "state" not in asyncio.run(stopped_meanwhile(service, f"{job}/events"))
    with running(*words, folder=tmp_path) as service:
        again = httpx2.get(
            f"{service.address}/v1/jobs/{job.rpartition('/')[2]}", verify=NO_TLS
        ).json()
        assert again["state"] in {"queued", "running"}
        # The job is begun anew when the service is back.
        assert again["attempt"] in {1, 2}
        assert service.end() == 0


async def stopped_when_all_listen(job: str) -> list[Heard]:
    """Follow a job with many clients, and stop it when each of them has heard something."""
    waiting, all_listen = CLIENTS, asyncio.Event()

    def begun() -> None:
        nonlocal waiting
        waiting -= 1
        if not waiting:
            all_listen.set()

    limits = httpx2.Limits(max_connections=CLIENTS + 1)
    async with httpx2.AsyncClient(timeout=60, limits=limits) as client:
        following = [
            asyncio.create_task(follow(client, f"{job}/events", begun)) for _ in range(CLIENTS)
        ]
        await asyncio.wait_for(all_listen.wait(), timeout=60)
        await client.delete(job)
        return list(await asyncio.gather(*following))


async def stopped_meanwhile(service: Running, url: str) -> dict[str, object]:
    """Follow a job and stop the service; the stream must end, and so must the service."""
    async with httpx2.AsyncClient(timeout=60) as client:
        following = asyncio.create_task(follow(client, url))
        async with client.stream("GET", url) as answer:
            # The first event shows that streams are open.
            assert [line async for line in first_lines(answer)]
            assert await asyncio.to_thread(service.end) == 0
        return (await following).last


async def first_lines(answer: httpx2.Response):  # type: ignore[no-untyped-def]  # noqa: ANN201
    async for line in answer.aiter_lines():
        yield line
        if line.startswith("data: "):
            return


def _a_body_without_an_end_is_refused_in_the_middle(service: Running) -> None:
    head = (
        "POST /v1/plans HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"4e20\r\n" + b" " * 20_000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as line:
        line.sendall(head.encode())
        # More than may be, and no end: the answer must come without one.
        for _ in range(MOST_BYTES // 20_000 + 1):
            line.sendall(chunk)
        answer = line.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    body = answer.partition(b"\r\n\r\n")[2]
    if body:
        assert json.loads(body)["code"] == "CG-7004"
