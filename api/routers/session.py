"""Logging in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.routers.dependencies import Caller, Parts
from api.schemas.accounts import LogIn, PasswordChange, SessionOut
from api.security.gate import COOKIE, Visitor, cookie_of
from api.security.open_mode import host_of, is_loopback
from api.security.tokens import csrf_of
from api.services.log_ins import Opened

router = APIRouter(tags=["session"])

PATH = "/v1/session"


def visitor_of(request: Request) -> Visitor:
    """Give who asks, with the session that they came with."""
    visitor: Visitor = request.state.visitor
    return visitor


Guest = Annotated[Visitor, Depends(visitor_of)]


@router.post(PATH, operation_id="log_in", summary="Log in")
def log_in(body: LogIn, parts: Parts, request: Request, response: Response) -> SessionOut:
    """Open a session: the answer sets the cookie and gives the CSRF token.

    Every other session of this browser ends. After 5 wrong passwords the account is locked for
    15 minutes; the answer does not say so.
    """
    opened = parts.log_ins.log_in(
        body.name,
        body.password.get_secret_value(),
        address=request.client.host if request.client else None,
        old_cookie=cookie_of(request.headers),
    )
    request.state.audit_detail["user"] = opened.principal.name
    _set_cookie(request, response, opened)
    return SessionOut.of(opened.principal, opened.csrf_token)


@router.get(PATH, operation_id="read_session", summary="Who am I?")
def read_session(caller: Caller, visitor: Guest, request: Request) -> SessionOut:
    """Say who asks, and give a page its CSRF token anew."""
    cookie = cookie_of(request.headers) if visitor.session is not None else None
    return SessionOut.of(caller, None if cookie is None else csrf_of(cookie))


@router.delete(PATH, operation_id="log_out", summary="Log out", status_code=204)
def log_out(parts: Parts, visitor: Guest, request: Request) -> Response:
    """End the session that the request came with; a key has none, and is told nothing else."""
    parts.log_ins.log_out(visitor)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, secure=_is_secure(request), httponly=True, samesite="strict")
    return response


@router.put(f"{PATH}/password", operation_id="change_password", summary="Change one's password")
def change_password(
    body: PasswordChange, parts: Parts, visitor: Guest, request: Request, response: Response
) -> SessionOut:
    """Take another password: every session of the user ends, and this browser gets a new one."""
    opened = parts.log_ins.change_password(
        visitor, body.old.get_secret_value(), body.new.get_secret_value()
    )
    _set_cookie(request, response, opened)
    return SessionOut.of(opened.principal, opened.csrf_token)


def _set_cookie(request: Request, response: Response, opened: Opened) -> None:
    # No Max-Age: the browser forgets it when it closes; how long it counts is our own decision.
    response.set_cookie(
        COOKIE,
        opened.cookie,
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
        path="/",
    )


def _is_secure(request: Request) -> bool:
    """Say whether the cookie is for HTTPS alone.

    Behind a proxy that ends TLS our own scheme is http, so the page's is asked: browsers send
    Origin with every POST. What neither shows to be plain http is taken for HTTPS.
    """
    if request.url.scheme == "https":
        return True
    plain_page = request.headers.get("origin", "").startswith("http://")
    return not plain_page and not is_loopback(host_of(request.headers.get("host", "")))
