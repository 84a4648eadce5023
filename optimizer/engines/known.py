"""What has been worked out of one routing problem already.

Repair, insertion and the dissolving of routes ask for the same trips and routes again and again.
The arithmetic of ``schedule`` and ``trip_times`` is pure, so an answer that is kept is the answer.
It is kept with its problem and goes with it: two problems never share one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

MOST_KEPT = 20_000
"""So many answers of one kind are kept, about 1 kB each; then it begins anew."""


UNKNOWN: Any = object()
"""Stands for no answer yet; None is one."""


@dataclass(slots=True, eq=False)
class Known:
    """Answers by what was asked; kinds of questions are kept apart by the function that answers."""

    answers: dict[str, dict[Hashable, Any]] = field(default_factory=dict)

    def ask(self, kind: str, question: Hashable, answer: Callable[[], T]) -> T:
        """Give the answer that is kept, or work it out and keep it.

        Parameters
        ----------
        kind
            What is asked; all answers of one kind have one type.
        question
            All that the answer depends on besides the problem.
        answer
            Works it out; has no effect but its result, which nobody changes.
        """
        kept = self.answers.get(kind)
        if kept is None:
            kept = self.answers[kind] = {}
        known = kept.get(question, UNKNOWN)
        if known is not UNKNOWN:
            found: T = known
            return found
        found = answer()
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[question] = found
        return found

    def __reduce__(self) -> tuple[type[Known], tuple[()]]:
        """Travel to another process empty."""
        return Known, ()
