"""Receivers of calls on this machine: a web server, a mail server, and an outbox in memory."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from telemetry.ports import Call, CallState

LOCAL = "127.0.0.1"


@dataclass(slots=True)
class Clock:
    """A clock that goes when it is told to."""

    now_ms: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now_ms

    def pass_s(self, seconds: float) -> None:
        self.now_ms += round(1000 * seconds)


class MemoryOutbox:
    """Keeps calls as a store does."""

    def __init__(self, *calls: Call) -> None:
        self._lock = Lock()
        self._calls: dict[str, Call] = {}
        self.add(*calls)

    def add(self, *calls: Call) -> None:
        with self._lock:
            for call in calls:
                self._calls.setdefault(call.id, call)

    def due_calls(self, now_ms: int, *, limit: int = 100) -> Sequence[Call]:
        with self._lock:
            every = sorted(self._calls.values(), key=lambda call: (call.created_ms, call.id))
        waiting = [call for call in every if call.state is CallState.WAITING]
        return [call for call in waiting if call.next_try_ms <= now_ms][:limit]

    def update_call(self, call: Call) -> None:
        with self._lock:
            self._calls[call.id] = call

    def calls(self, *, incident: str | None = None, limit: int = 100) -> Sequence[Call]:
        with self._lock:
            every = sorted(self._calls.values(), key=lambda call: (-call.created_ms, call.id))
        return [call for call in every if incident in (None, call.incident)][:limit]

    def __getitem__(self, call_id: str) -> Call:
        return self._calls[call_id]


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class WebReceiver:
    """What the server was sent, and how it answers.

    The statuses in `fails` are answered first, one each. While `held` is clear no answer is given.
    """

    port: int = 0
    fails: list[int] = field(default_factory=list)
    location: str = ""
    got: list[Request] = field(default_factory=list)
    held: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://{LOCAL}:{self.port}/hook?token=s3cret"

    def keys(self) -> list[str]:
        return [request.headers["Idempotency-Key"] for request in self.got]


@contextmanager
def web_receiver(**knows: Any) -> Iterator[WebReceiver]:
    """Run a web server; on a free port unless one is given."""
    receiver = WebReceiver(**knows)
    receiver.held.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Request(self.path, dict(self.headers.items()), body))
            if not receiver.held.wait(10):
                return
            status = receiver.fails.pop(0) if receiver.fails else 204
            try:
                self.send_response(status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()
            except ConnectionError:
                self.close_connection = True  # whoever asked has stopped waiting

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((LOCAL, receiver.port), Handler)
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.held.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def deaf_receiver() -> Iterator[WebReceiver]:
    """Listen on a port without ever answering."""
    with socket.socket() as listening:
        listening.bind((LOCAL, 0))
        listening.listen()
        yield WebReceiver(port=listening.getsockname()[1])


def free_port() -> int:
    """Give a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True, kw_only=True)
class Mailbox:
    """The mails that a server has taken, and how it answers.

    The answers in `refuses` are given to receivers first, one each.
    """

    port: int = 0
    refuses: list[str] = field(default_factory=list)
    got: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    breaks_at_quit: bool = False

    async def handle_RCPT(  # noqa: N802 - the library finds it by this name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.refuses:
            return self.refuses.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(envelope.content)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 OK"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.breaks_at_quit:
            server.transport.abort()
        return "221 bye"


@contextmanager
def mail_receiver(
    *, context: ssl.SSLContext | None = None, password: str = "", **knows: Any
) -> Iterator[Mailbox]:
    """Run a mail server; with a context it asks for STARTTLS and for a log-in."""
    mailbox = Mailbox(**knows)
    mailbox.port = mailbox.port or free_port()
    controller = Controller(
        mailbox,
        hostname=LOCAL,
        port=mailbox.port,
        tls_context=context,
        require_starttls=context is not None,
        auth_required=bool(password) and context is not None,
        auth_require_tls=context is not None,
        authenticator=_authenticator(password),
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def _authenticator(password: str) -> Callable[..., AuthResult]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == password.encode()
        return AuthResult(success=right, handled=False)

    return check


def a_certificate(folder: Path) -> Path:
    """Make a certificate of 127.0.0.1 with its key, in one file, signed by itself."""
    target = folder / "local.pem"
    made = subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", "-", "-out", "-",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    target.write_bytes(made.stdout)
    return target
