"""A body of 100 MB is refused, and others are answered meanwhile."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from select import select

import httpx2
import pytest

from tests.running import LONGEST_S, NO_TLS, Running, running

pytestmark = pytest.mark.slow

PIECE, PIECES = b"0" * 1_000_000, 100
CHUNK = b"%x\r\n%s\r\n" % (len(PIECE), PIECE)
MOST_GROWTH_MB = 30.0
KEPT_MB = 1.5 * 64.0
"""What a request may have by default, and what lies between the pieces: who does not say how long
it is has so much of it kept."""

ROUTES = ("/v1/networks", "/v1/plans", "/v1/scenarios/check")


def highest_mb(service: Running) -> float:
    """Give the most memory that the service ever had."""
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    (line,) = (one for one in status.splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def sent(route: str, *, length: bool) -> Iterator[bytes]:
    """Give a request piece by piece."""
    size = f"Content-Length: {PIECES * len(PIECE)}" if length else "Transfer-Encoding: chunked"
    head = f"POST {route} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{size}"
    yield f"{head}\r\nConnection: close\r\n\r\n".encode()
    for _ in range(PIECES):
        yield PIECE if length else CHUNK


def answer(service: Running, route: str, *, length: bool) -> bytes:
    """Send until there is an answer, and give it."""
    heard = b""
    with socket.create_connection(("127.0.0.1", service.port), LONGEST_S) as line:
        for piece in sent(route, length=length):
            if select([line], [], [], 0)[0]:
                break
            try:
                line.sendall(piece)
            except ConnectionError:
                # The service has answered and hung up; what it said is still to be read.
                break
        # Who sends on after that is hung up on, which may be heard behind the answer.
        with suppress(ConnectionResetError):
            while more := line.recv(65_536):
                heard += more
    return heard


@pytest.mark.parametrize(
    ("length", "kept_mb"), [(True, 0.0), (False, KEPT_MB * len(ROUTES))], ids=["told", "not told"]
)
def test_a_hundred_megabytes_are_refused_and_no_more_is_kept_than_may_be(
    tmp_path: Path, length: bool, kept_mb: float
) -> None:
    with running("serve", "--port", 0, folder=tmp_path) as service:
        assert httpx2.get(f"{service.address}/v1/plans", verify=NO_TLS).status_code == 200
        before, meanwhile = highest_mb(service), 0
        with ThreadPoolExecutor(len(ROUTES)) as senders:
            asked: list[Future[bytes]] = [
                senders.submit(answer, service, route, length=length) for route in ROUTES
            ]
            while not meanwhile or not all(one.done() for one in asked):
                health = httpx2.get(f"{service.address}/healthz", timeout=LONGEST_S, verify=NO_TLS)
                assert health.status_code == 200
                meanwhile += 1
        for one in asked:
            head, _, body = one.result().partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 413 "), head
            assert json.loads(body)["code"] == "CG-7004"
        assert highest_mb(service) - before < kept_mb + MOST_GROWTH_MB
