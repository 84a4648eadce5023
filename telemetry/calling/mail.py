"""Messages by mail: plain text in both languages, the receiver's own first.

Headers are built by the library from checked parts: what an alarm or a person's comment holds
cannot begin a header of its own.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from enum import Enum
from socket import gaierror

from telemetry.calling.alert import Alert, decoded
from telemetry.calling.roster import Receiver
from telemetry.calling.sinks import DeliveryFailed
from telemetry.calling.words import Language

LONGEST_SUBJECT = 200
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Security(Enum):
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The operator's mail server.

    Parameters
    ----------
    user, password
        Empty logs nobody in; a password never travels unencrypted, but on this machine.
    sender
        Address that mails come from.
    context
        Whose certificates are trusted; None trusts those of the machine.
    timeout_s
        How long the server may be silent.

    Raises
    ------
    ValueError
        The sender is more than one line.
    """

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = "coldgrid@localhost"
    context: ssl.SSLContext | None = None
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        if not self.sender.isprintable():
            raise ValueError("the sender of mails is no address")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSink:
    """Sends to the mail addresses of a roster.

    Parameters
    ----------
    receivers
        By name.
    clock_ms
        Gives the date of a mail.
    """

    server: MailServer
    receivers: Mapping[str, Receiver]
    clock_ms: Callable[[], int]

    def send(self, receiver: str, call_id: str, body: bytes) -> None:
        """Deliver a message; see ``sinks.Sink``.

        Raises
        ------
        DeliveryFailed
            The server has not taken it.
        """
        known = self.receivers.get(receiver)
        if known is None or known.mail is None:
            raise DeliveryFailed("the roster has no mail address of this receiver")
        mail = self._mail(known.mail, known.language, call_id, decoded(body))
        try:
            self._hand_over(mail)
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(self._reason(error)) from None

    def _mail(self, to: str, language: Language, call_id: str, message: Alert) -> EmailMessage:
        other = Language.ZH if language is Language.EN else Language.EN
        mail = EmailMessage(policy=SMTP_POLICY)
        mail["Subject"] = one_line(message.subject.in_language(language))
        mail["From"] = self.server.sender
        mail["To"] = to
        mail["Date"] = format_datetime(datetime.fromtimestamp(self.clock_ms() // 1000, UTC))
        # The same at every try: a mailbox that gets it twice can tell.
        mail["Message-ID"] = f"<{call_id}@{self.server.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        parts = [message.text.in_language(which) for which in (language, other)]
        mail.set_content("\n\n-- \n\n".join(parts) + "\n", charset="utf-8")
        return mail

    def _hand_over(self, mail: EmailMessage) -> None:
        connection = self._connected()
        try:
            if self.server.user:
                self._log_in(connection)
            connection.send_message(mail)
            # The mail is taken; how the server says good-bye changes nothing about that.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
        finally:
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        context = server.context or ssl.create_default_context()
        if server.security is Security.TLS:
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_s, context=context
            )
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
        if server.security is Security.STARTTLS:
            try:
                connection.starttls(context=context)
            except BaseException:
                connection.close()
                raise
        return connection

    def _log_in(self, connection: smtplib.SMTP) -> None:
        if self.server.security is Security.NONE and self.server.host not in LOOPBACK:
            raise DeliveryFailed("a password is not sent over an unencrypted connection")
        connection.login(self.server.user, self.server.password)

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"no answer from the mail server within {self.server.timeout_s:g} s"
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codes = sorted({code for code, _ in error.recipients.values()})
            return f"the mail server refuses the receiver ({', '.join(map(str, codes))})"
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return f"the mail server does not take user and password ({error.smtp_code})"
        if isinstance(error, smtplib.SMTPResponseException):
            return f"the mail server answers with {error.smtp_code}"
        for kind, words in _REASONS:
            if isinstance(error, kind):
                return words
        return f"the mail server cannot be used ({type(error).__name__})"


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (ConnectionRefusedError, "the mail server refuses the connection"),
    (gaierror, "the mail server's name is unknown"),
    (ssl.SSLCertVerificationError, "the mail server's certificate does not hold"),
    (ssl.SSLError, "no encrypted connection to the mail server comes about"),
    (smtplib.SMTPServerDisconnected, "the mail server broke the connection"),
    (smtplib.SMTPNotSupportedError, "the mail server offers no encryption or no log-in"),
    (ConnectionError, "the mail server broke the connection"),
)
"""The first that fits, in words that name no address."""


def one_line(text: str) -> str:
    """Make one short line of a text: a header ends where its line does."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_SUBJECT]
