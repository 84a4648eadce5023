"""Messages over HTTP: signed, with a key that makes the second of two harmless.

Headers of the ``POST``:

- ``Idempotency-Key``: the id of the call, the same at every try.
- ``X-Coldgrid-Signature``: ``t=SECONDS,v1=HEX``, where ``HEX`` is the HMAC-SHA256 under the shared
  secret of ``SECONDS``, a full stop and the body. Whoever checks it also checks that ``SECONDS`` is
  of the last few minutes.

Any status from 200 to 299 confirms. A redirect does not: it would carry a message, and its
signature, to an address that the operator has not named.
"""

from __future__ import annotations

import hashlib
import hmac
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from socket import gaierror
from urllib.error import HTTPError, URLError
from urllib.request import (
    BaseHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from telemetry.calling.roster import Receiver, Webhook
from telemetry.calling.sinks import DeliveryFailed
from telemetry.calling.targets import REFUSED, CheckedHttp, CheckedHttps, Network, TargetRefused

SIGNATURE = "X-Coldgrid-Signature"
KEY = "Idempotency-Key"
REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSink:
    """Sends to the webhooks of a roster.

    Parameters
    ----------
    receivers
        By name.
    clock_ms
        Gives the time that is signed.
    timeout_s
        How long a receiver may be silent.
    secret
        Signs for webhooks that have none of their own; empty signs nothing there.
    proxy
        Address of a proxy that every message goes through; empty goes directly. A proxy looks
        names up itself: which networks it reaches is its own to decide.
    allowed
        Networks that may be called though they are not public; see ``targets``.
    context
        Whose certificates are trusted; None trusts those of the machine.
    """

    receivers: Mapping[str, Receiver]
    clock_ms: Callable[[], int]
    timeout_s: float = 10.0
    secret: str = field(default="", repr=False)
    proxy: str = field(default="", repr=False)
    allowed: Sequence[Network] = ()
    context: ssl.SSLContext | None = None

    def send(self, receiver: str, call_id: str, body: bytes) -> None:
        """Deliver a message; see ``sinks.Sink``.

        Raises
        ------
        DeliveryFailed
            It was not confirmed.
        """
        known = self.receivers.get(receiver)
        if known is None or known.webhook is None:
            raise DeliveryFailed("the roster has no webhook of this receiver")
        request = self._request(known.webhook, call_id, body)
        # The cause would carry the address, which may hold a secret, into logs.
        try:
            self._opener().open(request, timeout=self.timeout_s).close()
        except HTTPError as refused:
            refused.close()
            raise DeliveryFailed(_status(refused.code)) from None
        except (URLError, OSError, HTTPException) as error:
            raise DeliveryFailed(self._reason(error)) from None

    def _request(self, webhook: Webhook, call_id: str, body: bytes) -> Request:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "coldgrid",
            KEY: call_id,
        }
        secret = webhook.secret or self.secret
        if secret:
            headers[SIGNATURE] = signature(secret, self.clock_ms() // 1000, body)
        return Request(webhook.url, data=body, headers=headers, method="POST")

    def _opener(self) -> OpenerDirector:
        """Speak HTTP and HTTPS and nothing else: no files, no redirects, no cookies."""
        opener = OpenerDirector()
        handlers: tuple[BaseHandler, ...]
        if self.proxy:
            by_proxy = ProxyHandler({"http": self.proxy, "https": self.proxy})
            handlers = (by_proxy, HTTPHandler(), HTTPSHandler(context=self.context))
        else:
            handlers = (CheckedHttp(self.allowed), CheckedHttps(self.allowed, self.context))
        for handler in (*handlers, HTTPErrorProcessor(), HTTPDefaultErrorHandler()):
            opener.add_handler(handler)
        return opener

    def _reason(self, error: Exception) -> str:
        cause = getattr(error, "reason", None)
        inner = cause if isinstance(cause, Exception) else error
        if isinstance(inner, TimeoutError):
            return f"no answer within {self.timeout_s:g} s"
        for kind, words in _REASONS:
            if isinstance(inner, kind):
                return words
        return f"the connection failed ({type(inner).__name__})"


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (TargetRefused, REFUSED),
    (ConnectionRefusedError, "the connection is refused"),
    (gaierror, "the host's name is unknown"),
    (ssl.SSLCertVerificationError, "the host's certificate does not hold"),
    (ssl.SSLError, "no encrypted connection comes about"),
    (ConnectionError, "the connection broke"),
    (HTTPException, "the answer is no HTTP"),
)
"""The first that fits, in words that name no address."""


def signature(secret: str, at_s: int, body: bytes) -> str:
    """Sign a message.

    Parameters
    ----------
    secret
        Shared with the receiver.
    at_s
        When it is sent, in seconds since 1970.
    body
        The bytes as they are sent.
    """
    signed = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256)
    return f"t={at_s},v1={signed.hexdigest()}"


def _status(code: int) -> str:
    hint = ": name the address that it redirects to" if code in REDIRECTS else ""
    return f"it answers with status {code}{hint}"
