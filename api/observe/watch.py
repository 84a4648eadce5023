"""Every request passes here: it is counted, timed and written down in one line of the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observe.figures import UNROUTED, Figures

log = structlog.get_logger("coldgrid.requests")

GONE = 499
"""The status of a request whose sender did not wait for an answer."""

FAILED = 500
EVENT_STREAM = b"text/event-stream"


class RequestWatch:
    """The outermost of our layers around the app.

    Parameters
    ----------
    app
        What answers.
    figures
        Where requests are counted.
    timer
        Gives seconds that only ever go forward.
    """

    def __init__(
        self, app: ASGIApp, *, figures: Figures, timer: Callable[[], float] = perf_counter
    ) -> None:
        self._app = app
        self._figures = figures
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = self._timer()
        answer = _Answer(self._figures, send)
        broken = False
        try:
            await self._app(scope, receive, answer.send)
        except Exception:
            # It becomes an answer further out; here it is counted as what that will be.
            broken = True
            raise
        finally:
            answer.end()
            status = answer.status or (FAILED if broken else GONE)
            self._note(scope, status, self._timer() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # Set by the guard, also for requests that it then refuses.
        state = scope.get("state", {})
        operation = state.get("operation") or UNROUTED
        self._figures.answered(operation, status, seconds)
        log.info(
            "request",
            request_id=state.get("request_id"),
            method=scope["method"],
            route=getattr(scope.get("route"), "path", None),
            path=scope["path"],
            operation=operation,
            status=status,
            duration_ms=round(seconds * 1000, 1),
            principal=getattr(state.get("principal"), "name", None),
        )


class _Answer:
    """What is seen of an answer while it passes."""

    def __init__(self, figures: Figures, send: Send) -> None:
        self._figures = figures
        self._send = send
        self._streams = False
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer."""
        if message["type"] == "http.response.start":
            self._begin(message)
        await self._send(message)

    def end(self) -> None:
        """Note that nothing more will pass."""
        if self._streams:
            self._figures.streams.dec()

    def _begin(self, message: Mapping[str, Any]) -> None:
        self.status = message["status"]
        headers = {name.lower(): value for name, value in message.get("headers", ())}
        if headers.get(b"content-type", b"").startswith(EVENT_STREAM):
            self._streams = True
            self._figures.streams.inc()
