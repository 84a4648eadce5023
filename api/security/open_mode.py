"""Open mode: as long as there is no user, this machine's own people act as admin.

"This machine" is a client address on loopback, a Host header that names loopback (a foreign page
whose name was bent to 127.0.0.1 has another), no Origin from elsewhere and no sign of a proxy,
behind which everybody would seem to come from loopback.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from api.problem_details import Refusal

PROXY_HEADERS = (
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
)  # fmt: skip


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine's loopback."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """Give the host of a Host header, without port and brackets; empty where there is none."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def may_listen(host: str, users_exist: bool) -> bool:
    """Say whether the service may listen on this host: without users on loopback only."""
    return users_exist or is_loopback(host)


def require_may_listen(host: str, users_exist: bool) -> None:
    """Refuse to listen where everybody would be an admin.

    Raises
    ------
    Refusal
        There are no users and the host is not loopback (CG-7413).
    """
    if not may_listen(host, users_exist):
        raise Refusal("CG-7413", f"host {host}: not without users")


def require_local(client: str | None, headers: Mapping[str, str]) -> None:
    """Let only requests from this machine itself pass.

    Parameters
    ----------
    client
        Address of the peer, from the socket.
    headers
        Of the request, names in lower case.

    Raises
    ------
    Refusal
        Something about the request is not local (CG-7408).
    """
    origin = headers.get("origin")
    if client is None or not is_loopback(client):
        why = f"it came from {client or 'an unknown address'}"
    elif not is_loopback(host_of(headers.get("host", ""))):
        why = f"its Host header is {headers.get('host', 'empty')}"
    elif origin is not None and not is_loopback(_host_of_origin(origin)):
        why = f"a page of {origin} made it"
    elif headers.get("sec-fetch-site") == "cross-site":
        why = "a page from elsewhere made it"
    elif proxy := next((name for name in PROXY_HEADERS if name in headers), None):
        why = f"a proxy passed it on ({proxy})"
    else:
        return
    raise Refusal("CG-7408", f"the request is not from this machine: {why}")


def _host_of_origin(origin: str) -> str:
    _, separator, rest = origin.partition("://")
    return host_of(rest) if separator else ""
