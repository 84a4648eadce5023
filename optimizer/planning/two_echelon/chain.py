"""A chain of candidates, each made from the one that was accepted last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt

from optimizer.engines.depots import DepotsPlan, DepotsSearch
from optimizer.planning.two_echelon.ground import Ground
from optimizer.planning.two_echelon.instance import VanRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What a chain has led to.

    Parameters
    ----------
    cost
        Of the best plan that keeps the rules of the second level; infinite where none did.
    best
        Its routes; None where none did.
    last
        Routes of the plan that was accepted last.
    mean_loads
        What candidates took from each satellite.
    """

    cost: float
    best: list[VanRoute] | None
    last: list[VanRoute]
    mean_loads: npt.NDArray[np.float64]


def chain(
    ground: Ground,
    search: DepotsSearch,
    start: list[VanRoute] | None,
    *,
    length: int,
    value: Callable[[DepotsPlan], float],
    allowed: Callable[[float], float],
    against: float = inf,
) -> Chain:
    """Go from candidate to candidate.

    Parameters
    ----------
    ground
        Where routes and solutions are kept, and candidates booked.
    search
        Makes the candidates.
    start
        Routes to begin with; None begins from nothing.
    length
        Most candidates.
    value
        What a plan is taken to cost.
    allowed
        Share by which a candidate may be dearer than the best, by the share of the chain done.
    against
        A cost that counts as best before the chain has a better one.
    """
    current = ground.started(search, start)
    # The start itself is no find of this chain, but it is where it stands.
    cost, best, found, kept = value(current), against, None, 0
    loads = np.zeros(ground.instance.satellites)
    done = 0
    for done in range(1, length + 1):
        candidate = ground.candidate(search, current)
        price = value(candidate)
        ground.meet(search, candidate, price)
        loads += candidate.loads
        whole = ground.keeps_rules(candidate)
        kept += whole
        if whole and price < best:
            best, found = price, search.routes(candidate)
        if price <= cost or price < best * (1 + allowed(done / length)):
            current, cost = candidate, price
        if ground.is_over() and ground.best is not None:
            break
    ground.penalty.learn(kept, done)
    return Chain(
        cost=inf if found is None else best,
        best=found,
        last=search.routes(current),
        mean_loads=loads / max(1, done),
    )


def both_levels(ground: Ground) -> Callable[[DepotsPlan], float]:
    """Price plans with the cheapest trucks known for their loads."""

    def value(plan: DepotsPlan) -> float:
        trucks = ground.level.bound(plan.loads)
        return inf if trucks is None else ground.second_level(plan) + trucks[0]

    return value
