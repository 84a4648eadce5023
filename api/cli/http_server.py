"""The HTTP server as the commands run it: on a socket of its own, and stopped in order."""

from __future__ import annotations

import asyncio
import math
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.problem_details import Refusal
from api.settings import Settings

WAITING_CONNECTIONS = 256
KEPT_S = 75
"""How long a connection is kept between requests: longer than proxies keep theirs, which are a
minute at the most, for who sends on a connection that is just being closed gets no answer."""

HEAD_S = 30.0
"""How long the head of a request may take."""

BODY_PAUSE_S = 60.0
"""How long a sender may pause within a body."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class PatientProtocol(H11Protocol):
    """Waits for a request, but not for ever: who sends half of one gives the connection back.

    Without this a few hundred connections that never finish their first line take all that the
    process may have open.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait_for_more()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for the rest."""
        super().data_received(data)
        self._wait_for_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait_for_more(self) -> None:
        state = self.conn.their_state
        if state is h11.IDLE and self._deadline is not None:
            # The head as a whole has its time, however often a byte of it comes.
            return
        self._wait_no_more()
        seconds = {h11.IDLE: HEAD_S, h11.SEND_BODY: BODY_PAUSE_S}.get(state)
        if seconds is not None:
            self._deadline = self.loop.call_later(seconds, self._give_up)

    def _wait_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.close()


class OrderlyServer(uvicorn.Server):
    """Stops on SIGINT and SIGTERM once what runs is answered; a second SIGINT waits for nothing.

    Parameters
    ----------
    config
        As uvicorn takes it.
    ready
        Called when requests are answered.
    farewell
        Called when the stop begins: streams, which never end by themselves, are ended here.
    """

    def __init__(
        self, config: uvicorn.Config, *, ready: Callable[[], None], farewell: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._farewell = farewell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was asked, then end."""
        self._farewell()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals for as long as the server runs; a stop that went well is no failure."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def bound_socket(host: str, port: int) -> socket.socket:
    """Take an address, without answering on it yet.

    Parameters
    ----------
    host
        Name or address of this machine.
    port
        Port; 0 takes any that is free.

    Raises
    ------
    Refusal
        The address cannot be had (CG-7604).
    """
    try:
        family, address = _resolved(host, port)
        # Named TCP, or asyncio leaves small packets waiting for each other: 40 ms per answer.
        taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise _refusal(host, port, error) from error
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(WAITING_CONNECTIONS)
    except OSError as error:
        taken.close()
        raise _refusal(host, port, error) from error
    return taken


def address_of(taken: socket.socket, host: str) -> str:
    """Give the address to type into a browser."""
    port = taken.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def server_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Give uvicorn's settings; the log and its lines about requests are ours."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEPT_S,
        timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds),
    )


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # What says localhost mostly means 127.0.0.1, wherever its ::1 stands in the answer.
    family, *_, address = min(found, key=lambda each: each[0] is not socket.AF_INET)
    return family, address


def _refusal(host: str, port: int, error: OSError) -> Refusal:
    return Refusal("CG-7604", f"{host} port {port}: {error.strerror or error}")
