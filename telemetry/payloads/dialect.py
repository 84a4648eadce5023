"""The role of a decoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from telemetry.errors import MessageRejected
from telemetry.readings import Measurement, Message


class Decoded(Struct, frozen=True, gc=False):
    """What became of a message.

    Parameters
    ----------
    measurements
        What was understood.
    rejected
        Parts that were not, beside others that were; a message without any good part raises.
    lost
        How many messages of this sender never came, by its own count.
    memory
        What the dialect has to know after a restart: key and payload to store; None is nothing.
    """

    measurements: Sequence[Measurement]
    rejected: Sequence[MessageRejected] = ()
    lost: int = 0
    memory: tuple[str, bytes] | None = None


class Dialect(Protocol):
    """Decodes the messages of one kind of sender."""

    @property
    def name(self) -> str:
        """Name it as the topic table does."""
        ...

    def decode(self, message: Message) -> Decoded:
        """Understand a message.

        Raises
        ------
        MessageRejected
            No part of it can be understood.
        """
        ...

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Take up what was remembered before a restart."""
        ...
