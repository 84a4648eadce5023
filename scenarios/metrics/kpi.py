"""What a key figure of a simulated day is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from scenarios.day.words import DayRecord

Better: TypeAlias = Literal["more", "less"]
Count: TypeAlias = Callable[[Problem, Plan, DayRecord], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A key figure.

    Parameters
    ----------
    name, unit
        As reports show them; a share lies between 0 and 1.
    better
        Which way is good.
    count
        A pure function of problem, plan and record; its docstring holds the formula.
    """

    name: str
    unit: str
    better: Better
    count: Count
