"""What handlers ask for: the wiring, and who is asking."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.security.principal import Principal
from api.wiring import Wiring


def wiring_of(request: Request) -> Wiring:
    """Give the parts of the service that answers."""
    wiring: Wiring = request.app.state.wiring
    return wiring


def caller_of(request: Request) -> Principal:
    """Give the one who asks; ``guard`` has let them through."""
    principal: Principal = request.state.principal
    return principal


Parts = Annotated[Wiring, Depends(wiring_of)]
Caller = Annotated[Principal, Depends(caller_of)]
