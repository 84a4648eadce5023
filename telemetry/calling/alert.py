"""What a message says: ``coldgrid/alert/1``, the JSON that webhooks get and mails are made of.

A message is about one incident and lists the news of its alarms, oldest first. ``alert_schema`` is
the description for whoever writes a receiver; ``composing`` writes messages.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from telemetry.alarm.words import EventKind
from telemetry.calling.words import Language

ALERT_SCHEMA = "coldgrid/alert/1"


class Texts(Struct, frozen=True):
    """The same in English and Chinese."""

    en: str
    zh: str

    def in_language(self, language: Language) -> str:
        """Give the text of one language."""
        return self.en if language is Language.EN else self.zh


class News(Struct, frozen=True, kw_only=True):
    """One thing that happened to one alarm.

    Parameters
    ----------
    event
        ``raised``, ``worsened``, ``escalated``, ``re_alarmed``, ``cleared`` or ``closed``.
    at, began_at, raised_at
        Local times with their offset; ``began_at`` is the first sample outside.
    point, asset, place
        The registry's ids, and the place in words.
    severity
        ``info``, ``warning`` or ``critical``.
    grade
        1 food safety, 2 damage or delay, 3 service.
    value, peak, limit
        All three in ``unit``.
    late
        Whether it was found in readings that came late, when the air was back in its band.
    link
        Path of the alarm below the service's address, or the whole address.
    """

    event: str
    at: str
    at_ms: int
    alarm: str
    point: str
    asset: str
    place: Texts
    kind: str
    kind_words: Texts
    severity: str
    grade: int
    value: float
    peak: float
    limit: float
    unit: str
    rule: str
    began_at: str
    raised_at: str
    late: bool
    what_to_do: Texts
    link: str
    by: str | None = None
    comment: str | None = None


class Alert(Struct, frozen=True, kw_only=True):
    """A message.

    Parameters
    ----------
    schema
        ``coldgrid/alert/1``.
    incident
        The same for all messages about one cause.
    test
        Whether it only proves delivery.
    severity
        The worst of its news.
    subject, text
        For people, in both languages.
    left_out
        Alarms of the incident beyond those that are listed.
    """

    schema: str
    incident: str
    test: bool
    severity: str
    subject: Texts
    text: Texts
    news: tuple[News, ...] = ()
    left_out: int = 0


OVER = frozenset({EventKind.CLEARED.value, EventKind.CLOSED.value})
"""News after which nothing is left to do."""

_DECODER = msgspec.json.Decoder(Alert)


def encoded(message: Alert) -> bytes:
    """Write a message as JSON."""
    return msgspec.json.encode(message)


def decoded(body: bytes) -> Alert:
    """Read what ``encoded`` wrote."""
    return _DECODER.decode(body)


def alert_schema() -> dict[str, Any]:
    """Describe the messages as JSON Schema."""
    return msgspec.json.schema(Alert)
