"""The chain of the audit log: the digest of each note covers that of the note before it.

Who changes, takes out, adds or swaps a note breaks the chain behind it. Whoever owns the database
can write the whole chain anew, or cut off its end: a head that was kept elsewhere shows that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

BEGIN = "0" * 64
"""What stands before the first note."""

FIELDS = ("at", "actor", "role", "action", "subject", "status", "request_id", "detail")
"""What a digest covers of a note, in this order; digests that are stored rest on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A note as it is stored.

    Parameters
    ----------
    number
        Its place in the log.
    digest
        As it is stored, 64 hexadecimal digits.
    values
        By the names of ``FIELDS``.
    """

    number: int
    digest: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What a walk along the chain found.

    Parameters
    ----------
    notes
        How many were read.
    head
        The last digest that holds.
    broken_at
        Number of the first note that does not follow from those before it; None where all do.
    has_kept_head
        Whether the head that was kept elsewhere stands in the chain; None where none was given.
    """

    notes: int
    head: str
    broken_at: int | None = None
    has_kept_head: bool | None = None

    @property
    def is_whole(self) -> bool:
        """Say whether nothing was tampered with, as far as the chain can tell."""
        return self.broken_at is None and self.has_kept_head is not False


def digest_of(before: str, values: Mapping[str, Any]) -> str:
    """Give the digest of a note.

    Parameters
    ----------
    before
        Digest of the note before it, or ``BEGIN``.
    values
        By the names of ``FIELDS``; ``at`` with an offset, ``detail`` as JSON can say it.
    """
    row = [_plain(values[name]) for name in FIELDS]
    text = json.dumps([before, *row], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def walk(links: Iterable[Link], kept_head: str | None = None) -> ChainReport:
    """Recompute the chain from its begin, up to the first note that does not follow.

    Parameters
    ----------
    links
        All notes, the oldest first.
    kept_head
        A digest that was the head once.
    """
    head, notes, seen = BEGIN, 0, kept_head == BEGIN
    for link, wanted in _with_digests(links):
        if link.digest != wanted:
            found = None if kept_head is None else seen
            return ChainReport(notes=notes, head=head, broken_at=link.number, has_kept_head=found)
        head, notes = wanted, notes + 1
        seen = seen or wanted == kept_head
    return ChainReport(notes=notes, head=head, has_kept_head=None if kept_head is None else seen)


def _with_digests(links: Iterable[Link]) -> Iterator[tuple[Link, str]]:
    before = BEGIN
    for link in links:
        before = digest_of(before, link.values)
        yield link, before


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return dict(value) if isinstance(value, Mapping) else value
