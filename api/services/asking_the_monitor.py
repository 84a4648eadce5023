"""Asks the monitor to do something and waits a little for what became of it.

The monitor alone writes alarms, in a process of its own. A command is a row in the telemetry
store; its outcome is another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from time import monotonic

from api.problem_details import Refusal
from api.service_errors import ALL_ERRORS
from api.storage.telemetry import TelemetryStore
from telemetry.alarm.words import Command, CommandKind
from telemetry.ports import CommandOutcome, Store

PATIENCE_S = 2.0
"""So long somebody waits before they are told that no monitor seems to run."""
LOOK_EVERY_S = 0.02
MOST_WAITING = 100_000
DEFECT = "CG-7007"
"""What a refusal is called whose code this release does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks of the monitor.

    Parameters
    ----------
    target
        An alarm or a point.
    until
        When a shelving or a state of a point ends.
    """

    kind: CommandKind
    target: str
    by: str
    comment: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command, and what became of it.

    Parameters
    ----------
    outcome
        None while the monitor has not answered.
    """

    number: int
    outcome: CommandOutcome | None


class AskingTheMonitor:
    """Submits commands.

    Parameters
    ----------
    clock
        Gives the current instant.
    patience_s
        How long it waits for an outcome.
    """

    def __init__(
        self,
        telemetry: TelemetryStore,
        *,
        clock: Callable[[], datetime],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._telemetry = telemetry
        self._clock = clock
        self._patience_s = patience_s
        self._closed = Event()

    def ask(self, wish: Wish) -> Asked:
        """Submit a command and wait for its outcome.

        Raises
        ------
        Refusal
            The monitor says no, with its own code.
        StoreUnavailable
            The store does not take the command.
        """
        store = self._telemetry()
        number = store.submit(command_of(wish, self._clock()))
        outcome = self._await(store, number)
        if outcome is not None:
            require_done(outcome)
        return Asked(number=number, outcome=outcome)

    def outcome(self, number: int) -> CommandOutcome | None:
        """Give what became of a command; None while it waits.

        Raises
        ------
        Refusal
            There is no such command.
        """
        store = self._telemetry()
        outcome = store.outcome(number)
        waiting = store.commands(limit=MOST_WAITING) if outcome is None else ()
        if outcome is None and all(one.number != number for one in waiting):
            # It may have been answered between the two questions.
            outcome = store.outcome(number)
            if outcome is None:
                raise Refusal("CG-7001", f"there is no command {number}")
        return outcome

    def close(self) -> None:
        """Wait no more: the service stops."""
        self._closed.set()

    def _await(self, store: Store, number: int) -> CommandOutcome | None:
        until = monotonic() + self._patience_s
        while (outcome := store.outcome(number)) is None and monotonic() < until:
            if self._closed.wait(LOOK_EVERY_S):
                break
        return outcome


def command_of(wish: Wish, now: datetime) -> Command:
    """Write a wish as the store keeps it."""
    return Command(
        kind=wish.kind,
        target=wish.target,
        by=wish.by,
        asked_ms=to_ms(now),
        comment=wish.comment,
        until_ms=None if wish.until is None else to_ms(wish.until),
    )


def require_done(outcome: CommandOutcome) -> None:
    """Let only a command pass that was carried out.

    Raises
    ------
    Refusal
        With the monitor's code and words.
    """
    if outcome.code is not None:
        code = outcome.code if outcome.code in ALL_ERRORS else DEFECT
        raise Refusal(code, outcome.message)


def to_ms(instant: datetime) -> int:
    """Give an instant in milliseconds since 1970."""
    return round(instant.timestamp() * 1000)
