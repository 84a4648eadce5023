"""The HTTP server's address, and its end while somebody still waits for an answer."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from threading import Event

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from api.cli import http_server
from api.cli.http_server import OrderlyServer, address_of, bound_socket, server_config
from api.problem_details import Refusal
from api.settings import Settings

LONGEST_S = 30


class SlowApp:
    """Answers once it is let go, and notes what happens to it."""

    def __init__(self) -> None:
        self.begun = Event()
        self.let_go = Event()
        self.stopped = Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self.stopped.set()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.begun.set()
        await asyncio.to_thread(self.let_go.wait, LONGEST_S)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


class Served:
    """A server in a thread, and a client that waits for its answer."""

    def __init__(self, pool: ThreadPoolExecutor, seconds: float) -> None:
        self.app = SlowApp()
        self.taken = bound_socket("127.0.0.1", 0)
        self.farewell = Event()
        ready = Event()
        config = server_config(self.app, Settings(shutdown_seconds=seconds))
        self.server = OrderlyServer(config, ready=ready.set, farewell=self.farewell.set)
        self.end = pool.submit(self.server.run, [self.taken])
        assert ready.wait(LONGEST_S)
        address = address_of(self.taken, "127.0.0.1")
        self.answer: Future[httpx2.Response] = pool.submit(httpx2.get, address, timeout=LONGEST_S)
        assert self.app.begun.wait(LONGEST_S)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield pool


def test_who_waits_is_answered_before_the_end(pool: ThreadPoolExecutor) -> None:
    served = Served(pool, LONGEST_S)
    served.server.handle_exit(signal.SIGTERM, None)
    assert served.farewell.wait(LONGEST_S)
    assert not served.app.stopped.is_set()
    served.app.let_go.set()
    assert served.answer.result(LONGEST_S).text == "done"
    served.end.result(LONGEST_S)
    assert served.app.stopped.is_set()


def test_nobody_is_waited_for_longer_than_was_set(pool: ThreadPoolExecutor) -> None:
    served = Served(pool, 0.1)
    served.server.handle_exit(signal.SIGTERM, None)
    answer = served.answer.result(LONGEST_S)
    served.app.let_go.set()
    assert answer.status_code == 500
    served.end.result(LONGEST_S)
    assert served.app.stopped.is_set()


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("localhost", "http://localhost:"),
        ("0.0.0.0", "http://127.0.0.1:"),
    ],
)
def test_the_address_is_one_to_type(host: str, shown: str) -> None:
    with closing(bound_socket(host, 0)) as taken:
        assert taken.family is socket.AF_INET
        port = taken.getsockname()[1]
        assert address_of(taken, host) == f"{shown}{port}"


def test_an_address_of_ip_6_has_brackets() -> None:
    with closing(bound_socket("127.0.0.1", 0)) as taken:
        assert address_of(taken, "::1").startswith("http://[::1]:")
        assert address_of(taken, "::").startswith("http://[::1]:")


def test_a_taken_port_is_refused() -> None:
    with closing(bound_socket("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refusal, match=f"127.0.0.1 port {port}: Address already in use"):
            bound_socket("127.0.0.1", port)


def test_small_answers_wait_for_no_packet_of_the_client() -> None:
    async def option_of_a_connection() -> int:
        accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Taken(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                taken = transport.get_extra_info("socket")
                accepted.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                transport.close()

        with closing(bound_socket("127.0.0.1", 0)) as listening:
            loop = asyncio.get_running_loop()
            server = await loop.create_server(Taken, sock=listening)
            _, writer = await asyncio.open_connection(*listening.getsockname())
            found = await asyncio.wait_for(accepted, LONGEST_S)
            writer.close()
            server.close()
            return found

    assert asyncio.run(option_of_a_connection()) != 0


def test_who_sends_half_a_request_gives_the_connection_back(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "HEAD_S", 0.5)
    monkeypatch.setattr(http_server, "BODY_PAUSE_S", 0.5)
    served = Served(pool, LONGEST_S)
    served.app.let_go.set()
    address = served.taken.getsockname()
    with ExitStack() as stack:
        halves = [
            stack.enter_context(socket.create_connection(address, LONGEST_S)) for _ in range(200)
        ]
        for number, half in enumerate(halves):
            half.sendall((b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\n")[number % 3])
        body = stack.enter_context(socket.create_connection(address, LONGEST_S))
        body.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        assert served.answer.result(LONGEST_S).text == "done", "others are answered meanwhile"
        assert all(half.recv(1) == b"" for half in halves)
        assert body.makefile("rb").read().startswith(b"HTTP/1.1 200"), "then it is closed"
    served.server.handle_exit(signal.SIGTERM, None)
    served.end.result(LONGEST_S)


def test_a_head_that_comes_byte_by_byte_has_no_more_time(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "HEAD_S", 0.5)
    served = Served(pool, LONGEST_S)
    served.app.let_go.set()
    with socket.create_connection(served.taken.getsockname(), LONGEST_S) as slow:
        slow.settimeout(0.1)
        for _ in range(LONGEST_S * 10):
            try:
                slow.send(b"G")
                if slow.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("it was never closed")
    served.server.handle_exit(signal.SIGTERM, None)
    served.end.result(LONGEST_S)
