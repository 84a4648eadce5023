"""The role of what delivers a message, and how it says that it could not."""

from __future__ import annotations

from typing import Protocol

from optimizer.domain.errors import ColdgridError


class DeliveryFailed(ColdgridError):
    """A receiver has not confirmed a message.

    The message names no address: it is kept with the call and shown to people.
    """

    def __init__(self, reason: str) -> None:
        super().__init__("CG-8420", reason)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the reason."""
        return type(self), (str(self),)


class Sink(Protocol):
    """Delivers messages one way; it may be called from several threads at once."""

    def send(self, receiver: str, call_id: str, body: bytes) -> None:
        """Deliver a message, and return when the receiver has confirmed it.

        Parameters
        ----------
        receiver
            Name of a receiver of the roster.
        call_id
            The same for the same message, so that a receiver can drop the second of two.
        body
            A ``coldgrid/alert/1``.

        Raises
        ------
        DeliveryFailed
            It was not confirmed; whether it arrived is not known.
        """
        ...
