"""Where webhooks may lead: addresses of the public internet, and networks that the operator names.

Every address of a host's name is looked at, and a connection goes to one of those that were looked
at: a name that leads elsewhere a moment later gains nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from ssl import SSLContext
from typing import Any, TypeAlias
from urllib.request import HTTPHandler, HTTPSHandler, Request

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

NAT64 = IPv6Network("64:ff9b::/96")
REFUSED = (
    "its address is in a private range, and COLDGRID_WEBHOOK_NETWORKS does not name that network"
)


class TargetRefused(OSError):
    """A host has an address that webhooks may not go to."""


def networks_of(text: str) -> tuple[Network, ...]:
    """Read networks with commas between them.

    Raises
    ------
    ValueError
        One of them is none, e.g. has bits set behind its prefix.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def may_be_called(text: str, allowed: Sequence[Network]) -> bool:
    """Say whether webhooks may go to an address.

    Parameters
    ----------
    text
        An IPv4 or IPv6 address, possibly with a zone.
    allowed
        Networks that may be called though they are not public.
    """
    address = _inner(ip_address(text))
    if any(address in network for network in allowed):
        return True
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _inner(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address only wraps."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


class _Checked(HTTPConnection):
    """Connects to addresses that were looked at."""

    allowed: Sequence[Network] = ()

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(where[0]) for *_, where in found))
        if not all(may_be_called(address, self.allowed) for address in addresses):
            raise TargetRefused(REFUSED)
        self.sock = self._first_that_answers(addresses)

    def _first_that_answers(self, addresses: Sequence[str]) -> socket.socket:
        for address in addresses[:-1]:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError:  # The next one may answer; the last one's error is raised.
                continue
        return socket.create_connection((addresses[-1], self.port), self.timeout)


class _CheckedTls(HTTPSConnection, _Checked):
    """As above: HTTPSConnection wraps what the next class in line connects."""


class CheckedHttp(HTTPHandler):
    """Opens ``http`` addresses that may be called."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        super().__init__()
        self._allowed = allowed

    def http_open(self, req: Request) -> HTTPResponse:
        """Open."""

        def connection(host: str, **options: Any) -> HTTPConnection:  # noqa: ANN401 - urllib's
            made = _Checked(host, **options)
            made.allowed = self._allowed
            return made

        return self.do_open(connection, req)


class CheckedHttps(HTTPSHandler):
    """Opens ``https`` addresses that may be called."""

    def __init__(self, allowed: Sequence[Network], context: SSLContext | None) -> None:
        super().__init__(context=context)
        self._allowed = allowed
        self._trusted = context

    def https_open(self, req: Request) -> HTTPResponse:
        """Open."""

        def connection(host: str, **options: Any) -> HTTPConnection:  # noqa: ANN401 - urllib's
            made = _CheckedTls(host, context=self._trusted, **options)
            made.allowed = self._allowed
            return made

        return self.do_open(connection, req)
