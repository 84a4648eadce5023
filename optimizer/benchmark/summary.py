"""Sums up a table of runs: mean, worst and how many equal the best known, by what was asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from optimizer.benchmark.run_row import RunRow

ROUNDING_PCT = 0.005
"""Published costs are rounded: a gap that is smaller is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Runs of one kind with one engine, the same limits and the same code.

    Parameters
    ----------
    commit
        Of the latest run.
    seeds, instances, runs
        How many; a run is one instance with one seed.
    compared
        Runs that are feasible and have a best known cost; gaps are theirs.
    mean_gap_pct, worst_gap_pct
        None where nothing can be compared; a gap below zero counts as 0.
    at_best
        Runs among those compared that are no dearer than the best known, but for its rounding.
    finds
        Instances and gaps of runs that are cheaper than the best known.
    mean_bound_gap_pct
        How far costs are above their lower bounds; None without bounds.
    unsolved
        Instances of runs without a feasible solution.
    processor_share
        Processor seconds of the searches divided by their seconds: 1 on a core of one's own.
    """

    kind: str
    engine: str
    limit_s: float
    bound_limit_s: float
    code: str
    commit: str
    seeds: tuple[int, ...]
    instances: int
    runs: int
    compared: int
    mean_gap_pct: float | None
    worst_gap_pct: float | None
    worst_instance: str
    at_best: int
    finds: tuple[tuple[str, float], ...]
    mean_bound_gap_pct: float | None
    unsolved: tuple[str, ...]
    processor_share: float

    def as_json(self) -> dict[str, Any]:
        """Give the summary as in ``benchmark summary --json``."""
        return {
            "kind": self.kind,
            "engine": self.engine,
            "limit_s": self.limit_s,
            "bound_limit_s": self.bound_limit_s,
            "code": self.code,
            "commit": self.commit,
            "seeds": list(self.seeds),
            "instances": self.instances,
            "runs": self.runs,
            "compared": self.compared,
            "mean_gap_pct": _rounded(self.mean_gap_pct),
            "worst_gap_pct": _rounded(self.worst_gap_pct),
            "worst_instance": self.worst_instance,
            "at_best": self.at_best,
            "finds": [{"instance": name, "gap_pct": gap} for name, gap in self.finds],
            "mean_bound_gap_pct": _rounded(self.mean_bound_gap_pct),
            "unsolved": list(self.unsolved),
            "processor_share": round(self.processor_share, 3),
        }


def summaries(rows: Iterable[RunRow]) -> list[Summary]:
    """Sum up rows by kind, engine, limits and code, in the order in which these first appear."""
    groups: dict[tuple[object, ...], dict[object, RunRow]] = {}
    for row in rows:
        asked = (row.kind, row.engine, row.limit_s, row.bound_limit_s, row.code)
        # Two files put together may hold a run twice: the later one counts.
        groups.setdefault(asked, {})[row.key] = row
    return [_summary(list(group.values())) for group in groups.values()]


def _summary(rows: list[RunRow]) -> Summary:
    gaps = [(row.gap_pct, row) for row in rows if row.feasible and row.gap_pct is not None]
    counted = [max(0.0, gap) for gap, _ in gaps]
    worst, worst_row = max(gaps, key=lambda pair: pair[0], default=(None, None))
    bounds = [row.bound_gap_pct for row in rows if row.feasible and row.bound_gap_pct is not None]
    first = rows[0]
    return Summary(
        kind=first.kind,
        engine=first.engine,
        limit_s=first.limit_s,
        bound_limit_s=first.bound_limit_s,
        code=first.code,
        commit=max(rows, key=lambda row: row.date).commit,
        seeds=tuple(sorted({row.seed for row in rows})),
        instances=len({(row.instance, row.file) for row in rows}),
        runs=len(rows),
        compared=len(gaps),
        mean_gap_pct=_mean(counted),
        worst_gap_pct=None if worst is None else max(0.0, worst),
        worst_instance="" if worst_row is None else worst_row.instance,
        at_best=sum(gap < ROUNDING_PCT for gap, _ in gaps),
        finds=tuple((row.instance, gap) for gap, row in gaps if gap <= -ROUNDING_PCT),
        mean_bound_gap_pct=_mean(bounds),
        unsolved=tuple(row.instance for row in rows if not row.feasible),
        processor_share=sum(row.processor_s for row in rows)
        / (sum(row.seconds for row in rows) or 1.0),
    )


def _mean(numbers: list[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
