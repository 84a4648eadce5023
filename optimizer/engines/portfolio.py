"""Both engines within one limit: the incumbent goes from one to the other, the better is kept."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.engines.engine import RoutingAnswer, RoutingProblem
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.pyvrp_engine import PyVrp


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The engine named ``portfolio``."""

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        return "portfolio"

    def solve(
        self,
        problem: RoutingProblem,
        *,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None = None,
    ) -> RoutingAnswer:
        """Find good routes within the limit.

        Raises
        ------
        EngineFailed
            A job that must be done found no place.
        """
        try:
            return PyVrp().solve(problem, limit=limit.share(0.8), seed=seed, start=start)
        except EngineFailed:
            first = OrToolsRouting().solve(problem, limit=limit.share(0.1), seed=seed)
        return PyVrp().solve(problem, limit=limit.share(0.1), seed=seed, start=first)
