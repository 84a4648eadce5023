"""Search where city vehicles are tight: how many start at each satellite decides most.

A local search that is left to itself uses too many vehicles then, so every split of the vehicles
over the satellites is a search of its own. Splits are looked at shortly; then those with the best
solutions, and their neighbours with one vehicle moved, get most of the time. Units have a price at
each satellite, drawn anew each time, so that all ways to load the trucks come up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb

from optimizer.planning.two_echelon.chain import both_levels, chain
from optimizer.planning.two_echelon.ground import Design, Ground
from optimizer.planning.two_echelon.instance import TwoEchelonInstance, VanRoute

MOST_SPLITS = 150
LOOK, CHAIN = 25, 120
"""Candidates of a short look at a split, and of a chain on one of the better ones."""

LOOKED_AT = 0.3
"""Share of the limit after which no new split is looked at in turn."""

TO_A_NEIGHBOUR, FROM_THE_BEST, FROM_NOTHING, AT_ROOM_PRICES = 0.3, 0.6, 0.2, 0.2
"""How often a chain takes a neighbour, a split's best, nothing, and the prices of a program."""

THRESHOLDS = (0.002, 0.005, 0.01, 0.02)
"""Share by which a candidate may be dearer than a chain's best at first."""


@dataclass(slots=True)
class _Split:
    """What a split has led to."""

    cost: float
    best: list[VanRoute] | None
    last: list[VanRoute]


def is_tight(instance: TwoEchelonInstance) -> bool:
    """Say whether there is at most one vehicle to spare, and few enough splits of them."""
    fewest, sites = instance.fewest_vans, instance.satellites
    splits = comb(fewest + sites, sites - 1)
    return instance.vans.number <= fewest + 1 and splits <= MOST_SPLITS


class SplitsSearch:
    """The search; ``scout`` once, then ``step`` until the limit is used up."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._splits: dict[Design, _Split] = {}

    def scout(self) -> None:
        """Look at all splits, the even ones first."""
        splits = sorted(_all_splits(self._ground.instance), key=lambda s: (max(s) - min(s), s))
        for split in splits:
            if self._splits and self._ground.budget.used > LOOKED_AT:
                return
            self._chain(split, None, LOOK, THRESHOLDS[2])

    def step(self) -> None:
        """Go on from one of the better splits or from a neighbour of it."""
        ground, random = self._ground, self._ground.random
        self._take_over_the_best()
        ranked = sorted(self._splits, key=lambda split: (self._splits[split].cost, split))
        spread = max(1.0, 4 * (1 - ground.budget.used))
        split = ranked[min(len(ranked) - 1, int(random.expovariate(1 / spread)))]
        if random.random() < TO_A_NEIGHBOUR:
            split = self._neighbour(split) or split
        known = self._splits.get(split)
        start = None
        if known is not None:
            if known.best is not None and random.random() < FROM_THE_BEST:
                start = known.best
            elif random.random() > FROM_NOTHING:
                start = known.last
        self._chain(split, start, CHAIN, random.choice(THRESHOLDS))

    def _take_over_the_best(self) -> None:
        best = self._ground.best
        if best is None:
            return
        used = [0] * self._ground.instance.satellites
        for site, _ in best.routes:
            used[site] += 1
        known = self._splits.get(tuple(used))
        if known is None or best.cost < known.cost:
            self._splits[tuple(used)] = _Split(best.cost, best.routes, best.routes)

    def _neighbour(self, split: Design) -> Design | None:
        """Move one vehicle to another satellite."""
        random, vans = self._ground.random, self._ground.instance.vans
        source, target = random.randrange(len(split)), random.randrange(len(split))
        if source == target or not split[source] or split[target] >= vans.per_site:
            return None
        moved = list(split)
        moved[source] -= 1
        moved[target] += 1
        return tuple(moved)

    def _prices(self) -> list[float]:
        random = self._ground.random
        if self._ground.room_prices is not None and random.random() < AT_ROOM_PRICES:
            return self._ground.room_prices
        return self._ground.drawn_prices((0.0, 0.0, 0.5, 1.0, 1.0, 1.5))

    def _chain(
        self, split: Design, start: list[VanRoute] | None, length: int, threshold: float
    ) -> None:
        """Accept candidates by the cost of both levels, a little dearer ones at first."""
        ground = self._ground
        found = chain(
            ground,
            ground.search(split, self._prices()),
            start,
            length=length,
            value=both_levels(ground),
            allowed=lambda done: threshold * (1 - done),
        )
        known = self._splits.get(split)
        if known is None or found.cost < known.cost:
            self._splits[split] = _Split(found.cost, found.best, found.last)
        else:
            known.last = found.last


def _all_splits(instance: TwoEchelonInstance) -> Iterator[Design]:
    """Give all ways to start as many vehicles as are needed, or one more."""
    vans, fewest = instance.vans, instance.fewest_vans
    for number in range(fewest, min(vans.number, fewest + 1) + 1):
        for split in _splits(number, instance.satellites):
            if max(split) <= vans.per_site:
                yield split


def _splits(number: int, sites: int) -> Iterator[Design]:
    if sites == 1:
        yield (number,)
        return
    for here in range(number + 1):
        for rest in _splits(number - here, sites - 1):
            yield (here, *rest)
