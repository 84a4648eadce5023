"""What can go wrong, as one tree and one table.

ColdgridError
├── InputRefused        faults in a user's input, all of them at once
├── ForeignPlan         a plan that answers another problem
├── TravelUnavailable   distances cannot be had
├── HeldRefused         what shall stay of a plan contradicts the problem (``optimizer.replan``)
├── EditRefused         an edit by hand that has no meaning (``optimizer.revise``)
├── RerouteRefused      a break that contradicts problem or plan (``optimizer.reroute``)
├── ExecutorUnavailable where grids are planned cannot be reached, or was lost
└── EngineFailed        a routing solver broke, which is a defect and not a result

Every message a person can meet has a code in ``error_table.ERRORS`` with its cause and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEntry:
    """One row of the table: what the code means and what a person does about it."""

    title: str
    cause: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One thing wrong with an input.

    Parameters
    ----------
    code
        A key of ``error_table.ERRORS``.
    place
        File and row (``orders.csv row 17``), sheet and row, or JSON pointer.
    cause, action
        What is wrong with what stands there, and what to write instead.
    """

    code: str
    place: str
    cause: str
    action: str

    def __str__(self) -> str:
        return f"{self.code} {self.place}: {self.cause}. {self.action}."


class ColdgridError(Exception):
    """Anything coldgrid refuses or fails at, with a code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle code and message: an error of a planning process reaches who started it."""
        return type(self), (self.code, str(self))


class InputRefused(ColdgridError):
    """Faults in a user's input: all that could be found in one reading."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        ordered = tuple(faults)
        first = str(ordered[0]) if ordered else "no fault given"
        more = f" (and {len(ordered) - 1} more)" if len(ordered) > 1 else ""
        super().__init__(ordered[0].code if ordered else "CG-1000", first + more)
        self.faults = ordered

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the faults, from which the rest follows."""
        return type(self), (self.faults,)


class ForeignPlan(ColdgridError):
    """A plan that answers another problem than the one at hand."""


class TravelUnavailable(ColdgridError):
    """Distances or times cannot be had."""


class ExecutorUnavailable(ColdgridError):
    """Where grids are planned side by side cannot be reached, or was lost."""


class EngineFailed(ColdgridError):
    """A routing solver broke or gave an answer that is none."""
