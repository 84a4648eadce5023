"""Refusals that say something in their headers too."""

from __future__ import annotations

import math
from collections.abc import Mapping

from api.problem_details import Refusal


class RefusalWithHeaders(Refusal):
    """A refusal whose answer bears headers of its own.

    Parameters
    ----------
    headers
        Go onto the wire beside the problem detail.
    """

    def __init__(self, code: str, message: str, headers: Mapping[str, str]) -> None:
        super().__init__(code, message)
        self.headers = dict(headers)


def unknown_caller(code: str, message: str) -> RefusalWithHeaders:
    """Word a 401: who asks is not known.

    Parameters
    ----------
    code
        CG-7401 nothing was sent, CG-7402 the key is no good, CG-7403 the session is over.
    message
        What happened this time.
    """
    challenge = 'Bearer realm="coldgrid"'
    if code != "CG-7401":
        challenge += ', error="invalid_token"'
    return RefusalWithHeaders(code, message, {"WWW-Authenticate": challenge})


def throttled(message: str, *, seconds: float) -> RefusalWithHeaders:
    """Word a 429: ask again after some seconds."""
    wait = max(1, math.ceil(seconds))
    return RefusalWithHeaders("CG-7013", message, {"Retry-After": str(wait)})
