"""What waits for one receiver about one incident becomes one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from telemetry.calling.alert import decoded, encoded
from telemetry.calling.composing import merged
from telemetry.ports import Call, CallState

CALLS_OF_AN_INCIDENT = 1000


class Outbox(Protocol):
    """The part of ``ports.Store`` that keeps calls."""

    def due_calls(self, now_ms: int, *, limit: int = 100) -> Sequence[Call]:
        """Give calls that wait and may be tried now, oldest first."""
        ...

    def update_call(self, call: Call) -> None:
        """Put down how a try went."""
        ...

    def calls(self, *, incident: str | None = None, limit: int = 100) -> Sequence[Call]:
        """Give calls, newest first."""
        ...


def joining(store: Outbox, call: Call) -> Sequence[Call]:
    """Give the calls that a call takes with it: about its incident, untried, to its receiver."""
    return [
        other
        for other in store.calls(incident=call.incident, limit=CALLS_OF_AN_INCIDENT)
        if other.receiver == call.receiver
        and other.id != call.id
        and other.state is CallState.WAITING
        and other.tries == 0
    ]


def together(call: Call, joined: Sequence[Call]) -> bytes:
    """Give what a call says for itself and those that have joined it."""
    if not joined:
        return call.body
    return encoded(merged([decoded(one.body) for one in (call, *joined)]))
