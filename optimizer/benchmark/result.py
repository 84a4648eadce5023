"""What a measurement is: routes that anybody can price again, and the gap to a reference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkRoute:
    """One route in the node numbers of its file.

    Parameters
    ----------
    echelon
        ``linehaul`` or ``last_mile``.
    nodes
        From where the vehicle starts to where it ends; inside stands its depot where it is loaded
        anew.
    quantities
        What is handed over at the inner nodes, 0 where the vehicle is loaded.
    """

    echelon: str
    nodes: tuple[int, ...]
    quantities: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceResult:
    """The outcome for one instance.

    Parameters
    ----------
    seed
        Of the run; whoever prints results of several seeds needs it.
    cost
        Counted from the routes and the file alone; None where no solution was found.
    reference
        The cost to compare with, under the same rounding; None where none is known.
    seconds, processor_s
        Of the search: by the clock, and of the processor over all threads of its process.
    lower_bound
        What no solution undercuts; None where none was asked for or none is known.
    """

    instance: str
    cost: float | None
    reference: float | None
    seconds: float
    feasible: bool
    routes: tuple[BenchmarkRoute, ...]
    lower_bound: float | None = None
    seed: int = 0
    processor_s: float = 0.0

    @property
    def bound_gap_pct(self) -> float | None:
        """Say how far in per cent of the bound the cost is above it, so at most from the best."""
        if self.cost is None or not self.lower_bound:
            return None
        return 100.0 * (self.cost - self.lower_bound) / self.lower_bound

    @property
    def gap_pct(self) -> float | None:
        """Distance to the reference in per cent; negative where the reference was beaten."""
        if self.cost is None or not self.reference:
            return None
        return 100.0 * (self.cost - self.reference) / self.reference

    def as_json(self) -> dict[str, Any]:
        """Give the result as in ``benchmark --json``; the bound only where there is one."""
        gap, bound_gap = self.gap_pct, self.bound_gap_pct
        bound: dict[str, Any] = {}
        if bound_gap is not None:
            bound = {"lower_bound": self.lower_bound, "bound_gap_pct": round(bound_gap, 4)}
        return {
            "instance": self.instance,
            "cost": self.cost,
            "reference": self.reference,
            "gap_pct": None if gap is None else round(gap, 4),
            "seconds": round(self.seconds, 3),
            "feasible": self.feasible,
            "routes": [
                {
                    "echelon": route.echelon,
                    "nodes": list(route.nodes),
                    "quantities": list(route.quantities),
                }
                for route in self.routes
            ],
            **bound,
        }


def mean_gap_pct(results: Iterable[InstanceResult]) -> float | None:
    """Average the gaps of feasible results; a reference that was beaten counts as 0."""
    gaps = [result.gap_pct for result in results if result.feasible]
    known = [max(0.0, gap) for gap in gaps if gap is not None]
    return sum(known) / len(known) if known else None


def mean_bound_gap_pct(results: Iterable[InstanceResult]) -> float | None:
    """Average how far feasible results are above their lower bounds; None without bounds."""
    gaps = [result.bound_gap_pct for result in results if result.feasible]
    known = [gap for gap in gaps if gap is not None]
    return sum(known) / len(known) if known else None
