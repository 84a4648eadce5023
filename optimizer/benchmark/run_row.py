"""A finished run as one row of a table that people and other programs read.

Every cell is text; an empty one says that something is not known or was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any

from optimizer.benchmark.result import InstanceResult
from optimizer.benchmark.runs import Run

TRUE, FALSE = "yes", "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a run depends on besides its instance, its seed and its limits.

    Parameters
    ----------
    commit
        Of the checkout that ran, ``+`` behind it where files differed from it; empty where
        coldgrid does not run from a checkout.
    code
        Digest of the source that decides what a measurement finds: the same code is the same
        version, whatever else was committed.
    coldgrid, python, ortools, pyvrp
        Releases.
    processors
        That this process may use.
    """

    commit: str
    code: str
    coldgrid: str
    python: str
    ortools: str
    pyvrp: str
    processors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was asked of every run.

    Parameters
    ----------
    kind
        ``routing`` or ``two-echelon``.
    engine
        Name of the routing solver; two echelons have the portfolio alone.
    limit_s
        Seconds for the search of a run, on one core.
    bound_limit_s
        Most seconds for its lower bound; 0 where none was asked for.
    workers
        Runs made side by side.
    """

    kind: str
    engine: str
    limit_s: float
    bound_limit_s: float
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One row; the fields are its columns, in this order.

    Parameters
    ----------
    date
        When the run was finished, RFC 3339 in UTC.
    file
        Digest of the instance's file.
    seconds, processor_s
        Of the search alone, by the clock and of the processor: where the second is much smaller,
        others were at work beside it.
    best_known
        The cost to compare with, under the same rounding.
    feasible
        By arithmetic of its own; a run that is not has no gap.
    """

    date: str
    commit: str
    code: str
    coldgrid: str
    python: str
    ortools: str
    pyvrp: str
    processors: int
    workers: int
    kind: str
    engine: str
    instance: str
    file: str
    seed: int
    limit_s: float
    bound_limit_s: float
    seconds: float
    processor_s: float
    cost: float | None
    best_known: float | None
    gap_pct: float | None
    lower_bound: float | None
    bound_gap_pct: float | None
    feasible: bool

    @property
    def key(self) -> tuple[object, ...]:
        """Say which run this is: one with the same key need not be made again."""
        return (
            (self.kind, self.engine, self.instance, self.file, self.seed),
            (self.limit_s, self.bound_limit_s),
            (self.code, self.coldgrid, self.ortools, self.pyvrp),
        )


COLUMNS = tuple(field.name for field in fields(RunRow))


def key_of(run: Run, settings: Settings, conditions: Conditions) -> tuple[object, ...]:
    """Give the key that the row of a run will have."""
    return (
        (settings.kind, settings.engine, run.instance, run.digest, run.seed),
        (settings.limit_s, settings.bound_limit_s),
        (conditions.code, conditions.coldgrid, conditions.ortools, conditions.pyvrp),
    )


def row_of(
    run: Run, result: InstanceResult, settings: Settings, conditions: Conditions, *, date: str
) -> RunRow:
    """Write a finished run as a row."""
    gap, bound_gap = result.gap_pct, result.bound_gap_pct
    return RunRow(
        date=date,
        commit=conditions.commit,
        code=conditions.code,
        coldgrid=conditions.coldgrid,
        python=conditions.python,
        ortools=conditions.ortools,
        pyvrp=conditions.pyvrp,
        processors=conditions.processors,
        workers=settings.workers,
        kind=settings.kind,
        engine=settings.engine,
        instance=run.instance,
        file=run.digest,
        seed=run.seed,
        limit_s=settings.limit_s,
        bound_limit_s=settings.bound_limit_s,
        seconds=round(result.seconds, 3),
        processor_s=round(result.processor_s, 3),
        cost=result.cost,
        best_known=result.reference,
        gap_pct=round(gap, 4) if gap is not None and result.feasible else None,
        lower_bound=result.lower_bound,
        bound_gap_pct=round(bound_gap, 4) if bound_gap is not None and result.feasible else None,
        feasible=result.feasible,
    )


def cells_of(row: RunRow) -> list[str]:
    """Write a row as the cells of its columns; numbers read back as the same numbers."""
    return [_cell(getattr(row, name)) for name in COLUMNS]


def row_from(cells: Mapping[str, str]) -> RunRow:
    """Read a row back.

    Raises
    ------
    ValueError
        A cell is not what its column holds; says which.
    """
    values: dict[str, Any] = {}
    for field in fields(RunRow):
        text = cells[field.name]
        try:
            values[field.name] = _READERS[str(field.type)](text)
        except ValueError as error:
            raise ValueError(f"{text!r} is no {field.name}") from error
    return RunRow(**values)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return "" if value is None else str(value)


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _number_or_none(text: str) -> float | None:
    return _number(text) if text else None


def _truth(text: str) -> bool:
    if text not in {TRUE, FALSE}:
        raise ValueError(text)
    return text == TRUE


_READERS: dict[str, Callable[[str], object]] = {
    "str": str,
    "int": int,
    "float": _number,
    "float | None": _number_or_none,
    "bool": _truth,
}
