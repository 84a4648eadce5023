"""Two echelons: satellites, truck tours and the routes of city vehicles, searched together.

Where city vehicles are tight the search goes over their splits (``splits``). Else it looks for
the satellites to open (``sites``), ranks the tours of trucks over the best sets
(``configurations``) and searches within those (``configured``). Routes met on the way are
recombined by a linear program and CP-SAT every now and then (``selection``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.engines.budget import Budget
from optimizer.planning.two_echelon.configured import ConfiguredSearch
from optimizer.planning.two_echelon.first_level import Configuration
from optimizer.planning.two_echelon.ground import Ground
from optimizer.planning.two_echelon.instance import TwoEchelonInstance, VanRoute
from optimizer.planning.two_echelon.selection import select
from optimizer.planning.two_echelon.sites import SitesSearch
from optimizer.planning.two_echelon.splits import SplitsSearch, is_tight

MOST_SATELLITES = 12
"""Tours over all sets of more satellites are too many to list."""

FIRST_SELECTION, SELECTION_EVERY = 0.35, 0.12
"""Share of the limit before routes are recombined, and between two times."""

EFFORT, EFFORT_PER_CANDIDATE = 0.04, 2e-5
"""Deterministic time of CP-SAT for one configuration, per second and per candidate of the limit."""

SETS, CONFIGURATIONS = 10, 3
"""Sets of satellites whose tours are ranked, and configurations that are recombined at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoEchelonSolution:
    """Routes of both levels.

    Parameters
    ----------
    trucks
        Satellites of each truck in order, counted from 0, and what it brings to each.
    vans
        A satellite and the customers of a city vehicle in order, both counted from 0.
    """

    cost: float
    trucks: list[tuple[tuple[int, ...], tuple[int, ...]]]
    vans: list[VanRoute]


def solve_two_echelon(
    instance: TwoEchelonInstance, *, limit: Limit, seed: int
) -> TwoEchelonSolution | None:
    """Find a good solution within the limit; None where none was found.

    Under an iteration limit, which counts candidates, the same seed gives the same solution.

    Raises
    ------
    EngineFailed
        There are more satellites than this search is for.
    """
    if instance.satellites > MOST_SATELLITES:
        raise EngineFailed(
            "CG-3001",
            f"{instance.satellites} satellites: tours over all sets of more than"
            f" {MOST_SATELLITES} are too many to list",
        )
    if not instance.is_carried:
        return None
    ground = Ground(instance, budget=Budget(limit), seed=seed)
    if is_tight(instance):
        _search_splits(ground)
    else:
        _search_configurations(ground)
    if ground.best is None:
        return None
    trucks = ground.level.best(ground.best.loads)
    assert trucks is not None
    return TwoEchelonSolution(
        cost=ground.best.cost,
        trucks=ground.level.deliveries(ground.best.loads, trucks[1]),
        vans=ground.best.routes,
    )


def _search_splits(ground: Ground) -> None:
    splits = SplitsSearch(ground)
    splits.scout()

    def near() -> list[Configuration]:
        return [configuration for _, configuration in ground.level.known]

    _alternate(ground, splits.step, near)


def _search_configurations(ground: Ground) -> None:
    sites = SitesSearch(ground)
    sites.run()
    configured = ConfiguredSearch(ground)
    if not configured.rank(sites.ranked()[:SETS]):
        return
    _alternate(ground, configured.step, lambda: configured.best(CONFIGURATIONS))


def _alternate(
    ground: Ground, step: Callable[[], None], near: Callable[[], list[Configuration]]
) -> None:
    """Search, and recombine routes every now and then."""
    limit = ground.budget.limit
    effort = (
        EFFORT * limit.seconds
        if limit.seconds is not None
        else EFFORT_PER_CANDIDATE * (limit.iterations or 0)
    )
    following = FIRST_SELECTION
    while not ground.is_over():
        step()
        if ground.budget.used < following:
            continue
        for configuration in _to_recombine(ground, near()):
            if not ground.is_over():
                select(ground, configuration, effort)
        following = ground.budget.used + SELECTION_EVERY


def _to_recombine(ground: Ground, near: list[Configuration]) -> list[Configuration]:
    """Give the configuration of the best solution first, then others."""
    if ground.best is None:
        return []
    trucks = ground.level.best(ground.best.loads)
    first = [] if trucks is None else [trucks[1]]
    return [*first, *(each for each in near if each not in first)][: CONFIGURATIONS + 1]
