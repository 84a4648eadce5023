"""How the workers of a cluster hear that somebody wants the plan now.

They share no file system with whoever plans, so every plan has a name, and its workers are told the
name when it is called off. A task asks its own process, which costs nothing.
"""

from __future__ import annotations

from optimizer.domain.limit import Halt

_CALLED_OFF: set[str] = set()
"""Names of plans that were called off, in the process of a worker."""


def call_off(name: str) -> None:
    """Note that a plan was called off; runs in a worker."""
    _CALLED_OFF.add(name)


def forget(name: str) -> None:
    """Forget a plan that has ended; runs in a worker."""
    _CALLED_OFF.discard(name)


class CalledOff:
    """The halt of a task: asks its own process.

    Parameters
    ----------
    name
        Of the plan.
    asked_before
        Whether it was called off before the task was sent.
    """

    def __init__(self, name: str, *, asked_before: bool) -> None:
        self._name = name
        self._asked_before = asked_before

    def asked(self) -> bool:
        """Say whether the plan was called off."""
        return self._asked_before or self._name in _CALLED_OFF


class ClusterHalt:
    """The halt of a plan, in the process that makes it; goes to workers as their own ``CalledOff``.

    Parameters
    ----------
    name
        Of the plan; no other bears it.
    asker
        Who may call it off; None for nobody.
    """

    def __init__(self, name: str, asker: Halt | None) -> None:
        self.name = name
        self._asker = asker
        self._ended = False

    def __reduce__(self) -> tuple[object, tuple[str, bool]]:
        return _called_off, (self.name, self.asked())

    def asked(self) -> bool:
        """Say whether the solve shall finish."""
        return self._ended or (self._asker is not None and self._asker.asked())

    def end(self) -> None:
        """Call the plan off: whoever waited for it has gone."""
        self._ended = True


def _called_off(name: str, asked_before: bool) -> CalledOff:
    return CalledOff(name, asked_before=asked_before)
