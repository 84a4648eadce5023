"""How a broker is reached, and the paho client that follows from it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from telemetry.errors import BrokerUnavailable
from telemetry.mqtt.lean_client import LeanClient, Taker

WEEK_S = 7 * 86_400


class Version(Enum):
    """Which MQTT is spoken; 3.1.1 costs us a fraction of the processor time of 5."""

    V311 = "3.1.1"
    V5 = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """What proves the broker to us, and us to the broker; PEM files.

    Parameters
    ----------
    ca
        Who must have signed the broker's certificate; None trusts whom the system trusts.
    certificate, key
        Our own certificate and its key, where the broker asks for one.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSettings:
    """Where the broker is and who we are to it.

    Parameters
    ----------
    client_id
        Fixed: the broker keeps the session, with all that came meanwhile, under this name. Two
        processes must never use the same one.
    session_expiry_s
        How long the broker keeps a session that nobody takes up; longer than the longest outage.
        MQTT 3.1.1 cannot say it: there the broker's own setting holds.
    keep_alive_s
        Silence after which either side looks whether the other is still there.
    connect_s
        How long an attempt to connect may take.
    """

    host: str
    port: int = 1883
    client_id: str = "coldgrid"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: TlsFiles | None = None
    version: Version = Version.V311
    session_expiry_s: int = WEEK_S
    keep_alive_s: int = 30
    connect_s: float = 5.0

    @property
    def address(self) -> str:
        """Name host and port."""
        return f"{self.host}:{self.port}"


def new_client(settings: BrokerSettings, *, lasting: bool, take: Taker | None = None) -> Client:
    """Make a client that is not connected yet.

    Parameters
    ----------
    settings
        Where the broker is and who we are to it.
    lasting
        Whether the broker keeps its session while it is away.
    take
        Is given messages, where there is a shorter way to it than ``on_message``.

    Raises
    ------
    BrokerUnavailable
        The files for TLS cannot be used.
    """
    is_5 = settings.version is Version.V5
    how: dict[str, Any] = {
        "callback_api_version": CallbackAPIVersion.VERSION2,
        "client_id": settings.client_id,
        # MQTT 5 says it with every connection.
        "clean_session": None if is_5 else not lasting,
        "protocol": MQTTv5 if is_5 else MQTTv311,
        "manual_ack": True,
        # When and whether to try again is decided by us.
        "reconnect_on_failure": False,
    }
    client = Client(**how) if is_5 or take is None else LeanClient(take=take, **how)
    client.connect_timeout = settings.connect_s
    if settings.user is not None:
        client.username_pw_set(settings.user, settings.password)
    if settings.tls is not None:
        _use_tls(client, settings.tls)
    return client


def connect(client: Client, settings: BrokerSettings, *, lasting: bool, most_unread: int) -> None:
    """Open the connection and ask to be let in; the answer comes later.

    Parameters
    ----------
    client, settings, lasting
        As ``new_client`` gave and took them.
    most_unread
        How many messages the broker may send before one is acknowledged (MQTT 5 alone).

    Raises
    ------
    OSError
        Nobody is there, or not with a certificate that we trust.
    """
    if settings.version is not Version.V5:
        client.connect(settings.host, settings.port, settings.keep_alive_s)
        return
    # The library annotates this class in part.
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = most_unread
    if lasting:
        properties.SessionExpiryInterval = settings.session_expiry_s
    client.connect(
        settings.host,
        settings.port,
        settings.keep_alive_s,
        clean_start=not lasting,
        properties=properties,
    )


def _use_tls(client: Client, files: TlsFiles) -> None:
    try:
        client.tls_set(
            ca_certs=None if files.ca is None else str(files.ca),
            certfile=None if files.certificate is None else str(files.certificate),
            keyfile=None if files.key is None else str(files.key),
        )
    except (OSError, ValueError) as error:
        named = ", ".join(str(path) for path in (files.ca, files.certificate, files.key) if path)
        # The library names no file when one is missing or holds something else.
        cause = error.reason if isinstance(error, ssl.SSLError) else str(error)
        raise BrokerUnavailable("CG-8305", f"TLS files of the broker ({named}): {cause}") from error
