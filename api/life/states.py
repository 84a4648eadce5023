"""The states of a plan and the only steps between them.

draft -> published -> loading -> running -> closed

No step leads back. Drivers may have read what was published, so a mistake is corrected by a new
version, which takes its place at once; an undo is such a version too. A closed plan is history.
"""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """What the operation does with a plan."""

    DRAFT = "draft"
    PUBLISHED = "published"
    LOADING = "loading"
    RUNNING = "running"
    CLOSED = "closed"


class Step(Enum):
    """What moves a plan on."""

    PUBLISH = "publish"
    LOAD = "load"
    START = "start"
    CLOSE = "close"


FROM_TO: dict[Step, tuple[State, State]] = {
    Step.PUBLISH: (State.DRAFT, State.PUBLISHED),
    Step.LOAD: (State.PUBLISHED, State.LOADING),
    Step.START: (State.LOADING, State.RUNNING),
    Step.CLOSE: (State.RUNNING, State.CLOSED),
}
"""Every legal step: the state that it leaves and the one that it leads to."""

IN_FORCE = frozenset({State.PUBLISHED, State.LOADING, State.RUNNING})
"""States in which drivers act on the plan."""

CHANGEABLE = IN_FORCE | {State.DRAFT}
"""States in which a plan may have another version, other pins or other locks."""


def after(state: State, step: Step) -> State | None:
    """Give the state that a step leads to; None where the step is not legal in this state."""
    source, target = FROM_TO[step]
    return target if state is source else None


def names(states: frozenset[State]) -> str:
    """List states for a message, in the order of a plan's life."""
    return ", ".join(state.value for state in State if state in states)
