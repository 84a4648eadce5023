"""No request is read further than it may be long, whatever route it is for.

The framework reads a JSON body whole before any handler sees it, also that of a stranger who logs
in. What strangers may send is therefore short.
"""

from __future__ import annotations

from fastapi import HTTPException
from starlette.types import Message, Receive, Scope

from api.problem_details import Refusal

STRANGERS_BYTES = 16 * 1024
"""The longest body of a request for which nobody need be known: a name and a password."""

TOO_LARGE = 413


def capped(scope: Scope, receive: Receive, most: int) -> Receive:
    """Give what reads a request, up to so many bytes.

    Parameters
    ----------
    scope
        The request.
    receive
        What reads it without end.
    most
        Bytes that its body may have.

    Raises
    ------
    Refusal
        It says itself that it is longer.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > most:
            raise Refusal("CG-7004", _too_long(most))
    length = 0

    async def read() -> Message:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        if length > most:
            # The one kind of exception that the framework lets through while it reads a body.
            raise HTTPException(TOO_LARGE, _too_long(most))
        return message

    return read


def _too_long(most: int) -> str:
    return f"the body is longer than {most} bytes"
