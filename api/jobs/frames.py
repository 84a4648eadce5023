"""How the service and a child process speak: frames of a kind, a length and as many bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import IO, Any

HEADER = struct.Struct(">cQ")

HALT_FILE = "halt"
"""The file in a job's folder that asks its solver to finish."""


class Kind(Enum):
    """What a frame holds."""

    ASSIGNMENT = b"a"
    PROBLEM = b"q"
    BASE = b"b"
    PROGRESS = b"p"
    FIGURES = b"r"
    PLAN = b"d"
    FAILED = b"f"


class BrokenFrame(Exception):
    """The stream ended inside a frame, or holds something else than frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message."""

    kind: Kind
    body: bytes

    def document(self) -> dict[str, Any]:
        """Read the body as a JSON object."""
        found: dict[str, Any] = json.loads(self.body)
        return found


def write_frame(stream: IO[bytes], kind: Kind, body: bytes) -> None:
    """Send one message."""
    stream.write(HEADER.pack(kind.value, len(body)))
    stream.write(body)
    stream.flush()


def write_document(stream: IO[bytes], kind: Kind, document: Mapping[str, Any]) -> None:
    """Send one message whose body is a JSON object."""
    write_frame(stream, kind, json.dumps(document, ensure_ascii=False).encode())


def read_frame(stream: IO[bytes]) -> Frame | None:
    """Receive one message; None where the other side has gone.

    Raises
    ------
    BrokenFrame
        The other side went in the middle of a message.
    """
    head = _read(stream, HEADER.size)
    if not head:
        return None
    if len(head) < HEADER.size:
        raise BrokenFrame("the stream ended inside a header")
    letter, length = HEADER.unpack(head)
    try:
        kind = Kind(letter)
    except ValueError as error:
        raise BrokenFrame(f"no frame begins with {letter!r}") from error
    body = _read(stream, length)
    if len(body) < length:
        raise BrokenFrame(f"the stream ended after {len(body)} of {length} bytes")
    return Frame(kind=kind, body=body)


def _read(stream: IO[bytes], length: int) -> bytes:
    """Read so many bytes, fewer only at the end: a pipe gives what it has."""
    parts = []
    while length and (part := stream.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
