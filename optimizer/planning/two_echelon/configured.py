"""Search within truck configurations: the second level, with the room of the trucks priced.

In each configuration candidates pay for units that its trucks cannot bring, and a unit has a price
at each satellite that rises while too much leaves there (a subgradient step on the room that
lacks). Configurations with the best solutions get most of the time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

import numpy as np
import numpy.typing as npt

from optimizer.engines.depots import DepotsPlan
from optimizer.planning.two_echelon.chain import Chain, chain
from optimizer.planning.two_echelon.configurations import ranked
from optimizer.planning.two_echelon.first_level import Configuration, shortfall
from optimizer.planning.two_echelon.ground import Ground
from optimizer.planning.two_echelon.instance import VanRoute
from optimizer.planning.two_echelon.tours import Sites, members

MOST = 14
"""Configurations that are searched."""

SHORTEST = 60
"""Candidates of a chain at least; else one for each customer."""

THRESHOLD = 0.004
"""Share by which a candidate may be dearer at first; it falls to nothing over the limit."""

LACKING = 4.0
"""A unit that trucks cannot bring costs this many of the dearest radial price."""

STEP = 0.25
"""First step of a price, in mean radial prices, and how much lacking room makes a whole step."""
WHOLE_STEP = 0.02


@dataclass(slots=True)
class _Arm:
    """A configuration and what the search in it has led to."""

    configuration: Configuration
    cost: float
    rooms: npt.NDArray[np.int64]
    prices: npt.NDArray[np.float64]
    found: float = inf
    best: list[VanRoute] | None = None
    last: list[VanRoute] | None = None
    chains: int = 0
    reached: Sites = field(default=0)


class ConfiguredSearch:
    """The search: ``rank`` once, then ``step`` until the limit is used up."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._arms: list[_Arm] = []
        self._radial = ground.instance.radial_prices()

    def rank(self, sets: list[Sites]) -> bool:
        """Choose configurations over sets of open satellites; False where there is none."""
        for _, configuration, prices in ranked(self._ground, sets)[:MOST]:
            reached = 0
            for sites in configuration:
                reached |= sites
            self._arms.append(
                _Arm(
                    configuration=configuration,
                    cost=self._ground.level.cost(configuration),
                    rooms=self._ground.level.rooms(configuration),
                    prices=np.array(prices),
                    reached=reached,
                )
            )
        return bool(self._arms)

    def best(self, most: int) -> list[Configuration]:
        """Give the configurations with the best solutions."""
        ranking = sorted(self._arms, key=lambda arm: (arm.found, arm.configuration))
        return [arm.configuration for arm in ranking[:most]]

    def step(self) -> None:
        """Go on in one of the better configurations."""
        arm = self._drawn()
        found = self._chain(arm)
        if found.cost < arm.found:
            arm.found, arm.best = found.cost, found.best
        arm.last, arm.chains = found.last, arm.chains + 1
        self._learn(arm, found.mean_loads)
        back = 0.1 + 0.3 * self._ground.budget.used
        if arm.best is not None and self._ground.random.random() < back:
            arm.last = arm.best

    def _drawn(self) -> _Arm:
        new = [arm for arm in self._arms if not arm.chains]
        if new:
            return new[0]
        ranking = sorted(self._arms, key=lambda arm: (arm.found, arm.configuration))
        spread = max(0.4, 2.5 * (1 - self._ground.budget.used))
        drawn = int(self._ground.random.expovariate(1 / spread))
        return ranking[min(len(ranking) - 1, drawn)]

    def _chain(self, arm: _Arm) -> Chain:
        ground = self._ground
        design = ground.open_design(arm.reached)
        start = arm.last
        if start is None and ground.best is not None:
            start = ground.moved(ground.best.routes, design)
        lacking = LACKING * float(self._radial.max())

        def value(plan: DepotsPlan) -> float:
            short, _ = shortfall(ground.level, arm.rooms, plan.loads)
            return ground.second_level(plan) + arm.cost + lacking * short

        return chain(
            ground,
            ground.search(design, np.round(arm.prices, 3).tolist()),
            start,
            length=max(SHORTEST, len(ground.instance.demands)),
            value=value,
            allowed=lambda _: THRESHOLD * max(0.0, 1 - ground.budget.used),
            against=arm.found,
        )

    def _learn(self, arm: _Arm, loads: npt.NDArray[np.float64]) -> None:
        """Raise prices where candidates take too much on the mean; else give what all have back."""
        ground = self._ground
        short, sites = shortfall(ground.level, arm.rooms, loads)
        inside = members(sites & arm.reached)
        if short > 0 and inside:
            whole = WHOLE_STEP * ground.instance.trucks.capacity
            step = STEP * float(self._radial.mean()) / (1 + arm.chains / 10)
            arm.prices[inside] += step * min(1.0, short / whole)
        else:
            arm.prices -= arm.prices[members(arm.reached)].min()
        arm.prices = np.maximum(0.0, arm.prices * (1 + ground.random.gauss(0.0, 0.03)))
