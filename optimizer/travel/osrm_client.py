"""HTTP to an OSRM server: timeouts, and another try after a while where that may help."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from optimizer.domain.errors import TravelUnavailable

LARGEST_ANSWER = 64 * 1024 * 1024
BUSY = frozenset({429, 500, 502, 503, 504})
"""Statuses of a server that may answer a little later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OsrmClient:
    """The way to one server.

    Parameters
    ----------
    address
        ``http`` or ``https``, host and perhaps a path, without a slash at its end.
    timeout_s
        How long a request may be silent.
    attempts
        How often a request is sent before it fails.
    wait_s
        How long to wait before the second try; before each further one twice as long.
    sleeper
        Waits so many seconds.
    """

    address: str
    timeout_s: float = 10.0
    attempts: int = 3
    wait_s: float = 0.5
    sleeper: Callable[[float], None] = time.sleep

    def get(self, path: str) -> tuple[int, bytes]:
        """Give status and body of the answer, whatever the status.

        Raises
        ------
        TravelUnavailable
            The server cannot be reached, or is busy for longer than all tries take.
        """
        why = "it was never asked"
        for attempt in range(self.attempts):
            if attempt:
                self.sleeper(self.wait_s * 2 ** (attempt - 1))
            try:
                status, body = self._once(path)
            except (HTTPException, URLError, OSError) as error:
                reason = getattr(error, "reason", None) or error
                why = str(reason) or type(reason).__name__
                continue
            if status not in BUSY:
                return status, body
            why = f"it answers with status {status}"
        message = (
            f"the OSRM server at {self.address} gives no answer in {self.attempts} tries: {why}"
        )
        raise TravelUnavailable("CG-2021", message)

    def _once(self, path: str) -> tuple[int, bytes]:
        request = Request(self.address + path, headers={"Accept": "application/json"})
        try:
            with _direct().open(request, timeout=self.timeout_s) as answer:
                return answer.status, _bounded(answer.read(LARGEST_ANSWER + 1))
        except HTTPError as refused:
            with refused:
                return refused.code, _bounded(refused.read(LARGEST_ANSWER + 1))


def _direct() -> OpenerDirector:
    """Speak to the server itself: it is the operator's own, and no proxy has a part in it."""
    return build_opener(ProxyHandler({}))


def _bounded(body: bytes) -> bytes:
    if len(body) > LARGEST_ANSWER:
        message = f"the OSRM server's answer is larger than {LARGEST_ANSWER} bytes"
        raise TravelUnavailable("CG-2022", message)
    return body
