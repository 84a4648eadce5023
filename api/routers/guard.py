"""The guard: decides before any handler, and notes what was done or refused.

One request: a request id; who asks (``security.gate``); may they (``security.access``); the
handler; the audit log; security headers. Plain ASGI, so that streams pass piece by piece and end
when their reader leaves.

The audit row is written before the answer goes out. If it cannot be, the answer is CG-7414: the
sender learns that the change was made and that nobody noted it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.faults import answer_to, problem_response
from api.problem_details import Refusal, detail_of
from api.routers.body_cap import STRANGERS_BYTES, capped
from api.routers.route_table import Found, RouteTable
from api.security.gate import NOBODY, Asked, Gate, Visitor, admit
from api.security.rate_limit import RateLimit
from api.security.refusals import RefusalWithHeaders
from api.security.response_headers import ALWAYS
from api.services.audit_log import AuditLog
from api.storage.audit import AuditNote
from api.wiring import Wiring

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
POLICY_VIOLATION = 1008
"""Close code of a websocket; there are none in this service."""
REFUSED = frozenset({401, 403, 429})
FAULTY = 400
STRANGERS_A_MINUTE = 60
"""So many refusals of one unknown address are noted in a minute; more would fill the disk."""

log = structlog.get_logger(__name__)


def install_guard(app: FastAPI, wiring: Wiring, routers: Iterable[APIRouter]) -> None:
    """Put the guard before an app.

    Parameters
    ----------
    app
        The whole service.
    wiring
        Its parts.
    routers
        All that the app includes, in their order.
    """
    app.add_middleware(Guard, wiring=wiring, front=app, routers=tuple(routers))


@dataclass(slots=True, kw_only=True)
class Visit:
    """What is known so far of one request."""

    request_id: str
    asked: Asked
    found: Found
    visitor: Visitor = NOBODY
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """Say what the request is about."""
        return " ".join(f"{name}={value}" for name, value in self.found.parameters.items())


class Guard:
    """Stands before an ASGI app.

    Parameters
    ----------
    app
        What comes behind.
    front
        The whole, whose routes are looked up.
    """

    def __init__(
        self, app: ASGIApp, *, wiring: Wiring, front: FastAPI, routers: tuple[APIRouter, ...]
    ) -> None:
        self._app = app
        self._gate: Gate = wiring.gate
        self._audit = AuditLog(wiring.database)
        self._clock = wiring.clock
        self._most = wiring.settings.upload_bytes
        self._routes = RouteTable(front, routers)
        self._strangers = RateLimit(STRANGERS_A_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass the app's start and stop on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            visit = self._visit(scope)
            with structlog.contextvars.bound_contextvars(request_id=visit.request_id):
                await self._serve(visit, scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})

    async def _serve(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(self, visit, scope, send)
        try:
            await self._decide(visit, scope)
            most = min(self._most, STRANGERS_BYTES) if visit.asked.is_public else self._most
            await self._app(scope, capped(scope, receive, most), answer.send)
        except Exception as error:
            if answer.started:
                raise
            response = await answer_to(Request(scope), error)
            await response(scope, receive, answer.send)

    def _visit(self, scope: Scope) -> Visit:
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
        offered = headers.get("x-request-id", "")
        found = self._routes.find(scope["method"], scope["path"])
        visit = Visit(
            request_id=offered if REQUEST_ID.fullmatch(offered) else secrets.token_hex(16),
            asked=Asked(
                method=scope["method"],
                operation=found.operation,
                headers=headers,
                client=scope["client"][0] if scope.get("client") else None,
            ),
            found=found,
        )
        state = scope.setdefault("state", {})
        state["request_id"] = visit.request_id
        state["operation"] = visit.asked.operation
        state["audit_detail"] = visit.detail
        state["operation"] = found.operation
        return visit

    async def _decide(self, visit: Visit, scope: Scope) -> None:
        asked = visit.asked
        if not asked.is_public:
            visit.visitor = await run_in_threadpool(self._gate.identify, asked)
        scope["state"]["visitor"] = visit.visitor
        scope["state"]["principal"] = visit.visitor.principal
        if visit.found.methods:
            allow = ", ".join(sorted(visit.found.methods))
            raise RefusalWithHeaders("CG-7002", f"this path knows {allow}", {"Allow": allow})
        admit(asked, visit.visitor)
        # PostgreSQL keeps no NUL, and no id has any control character.
        if any(sign < b" "[0] for sign in scope["path"].encode() + _query(scope)):
            raise Refusal("CG-7003", "path or query have control characters in them")

    async def note(self, visit: Visit, status: int) -> bool:
        """Write a change or a refusal into the audit log; False where that failed.

        Parameters
        ----------
        visit
            The request.
        status
            How it is about to be answered.
        """
        if not (visit.asked.changes or status in REFUSED):
            return True
        now = self._clock()
        who = visit.visitor.principal
        if visit.visitor is NOBODY and status >= FAULTY:
            if self._strangers.wait_s(str(visit.asked.client), now) > 0:
                log.warning("refusal not noted: too many", address=visit.asked.client)
                return True
            visit.detail["address"] = visit.asked.client
        if visit.visitor.key is not None:
            visit.detail["key"] = visit.visitor.key
        row = AuditNote(
            at=now,
            actor=who.name,
            role="none" if visit.visitor is NOBODY else who.role.value,
            action=visit.found.operation or f"{visit.asked.method} without route",
            subject=visit.subject,
            status=status,
            request_id=visit.request_id,
            detail=visit.detail,
        )
        return await run_in_threadpool(self._audit.write, row)


class _Answer:
    """Sends an answer on, with what every answer bears."""

    def __init__(self, guard: Guard, visit: Visit, scope: Scope, send: Send) -> None:
        self._guard = guard
        self._visit = visit
        self._scope = scope
        self._send = send
        self._dropped = False
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            if not await self._guard.note(self._visit, message["status"]):
                await self._not_noted()
                return
            self._complete(message)
        if not self._dropped:
            await self._send(message)

    async def _not_noted(self) -> None:
        self._dropped = True
        document = detail_of("CG-7414", "the audit log cannot be written", self._scope["path"])
        response = problem_response(document)
        start: Message = {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": list(response.raw_headers),
        }
        self._complete(start)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": response.body})

    def _complete(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        headers["x-request-id"] = self._visit.request_id


def _query(scope: Scope) -> bytes:
    return unquote_to_bytes(scope["query_string"])
