"""From the operator's settings to the sinks of a roster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from telemetry.calling.mail import LOOPBACK, MailServer, MailSink, Security
from telemetry.calling.roster import MAIL, WEBHOOK, Roster
from telemetry.calling.roster_values import mail
from telemetry.calling.sinks import Sink
from telemetry.calling.targets import Network
from telemetry.calling.webhook import WebhookSink

PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
SENDER = "coldgrid@localhost"


def mail_server_at(
    address: str, *, user: str = "", password: str = "", sender: str = ""
) -> MailServer:
    """Give the mail server of an address.

    Parameters
    ----------
    address
        ``smtps://HOST:PORT`` speaks TLS from the beginning, ``smtp://HOST:PORT`` asks for it by
        STARTTLS; a relay on this machine is spoken to in the clear.
    user, password
        Empty logs nobody in.
    sender
        Address that mails come from.

    Raises
    ------
    ValueError
        The address or the sender is none.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("this is no smtp:// or smtps:// address of a host")
    security = Security.TLS if parts.scheme == "smtps" else Security.STARTTLS
    if security is Security.STARTTLS and parts.hostname in LOOPBACK:
        security = Security.NONE
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[security],
        security=security,
        user=user,
        password=password,
        sender=(mail(sender) if sender else None) or SENDER,
    )


def sinks_for(
    roster: Roster,
    clock_ms: Callable[[], int],
    *,
    server: MailServer | None = None,
    webhook_secret: str = "",
    webhook_networks: Sequence[Network] = (),
) -> dict[str, Sink]:
    """Give the sinks that reach the receivers of a roster, by the names that calls give them.

    Parameters
    ----------
    roster
        Whose addresses they know.
    clock_ms
        Gives the current time.
    server
        The mail server; without one, mails fail with that reason until there is one.
    webhook_secret
        Signs for webhooks that have no secret of their own.
    webhook_networks
        Networks that webhooks may lead to though they are not public.
    """
    receivers = roster.receivers
    sinks: dict[str, Sink] = {
        WEBHOOK: WebhookSink(
            receivers=receivers,
            clock_ms=clock_ms,
            secret=webhook_secret,
            allowed=webhook_networks,
        )
    }
    if server is not None:
        sinks[MAIL] = MailSink(server=server, receivers=receivers, clock_ms=clock_ms)
    return sinks
