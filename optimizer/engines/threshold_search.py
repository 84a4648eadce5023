"""Iterated local search that accepts what is a little worse, ever less of it as the limit runs out.

A candidate is kept as the next start when its cost is at most ``threshold`` above the best, and
that share falls to nothing over the limit: the search wanders first and descends in the end,
however long the limit is. Late acceptance, PyVRP's own rule, needs a history whose length fits the
number of candidates to come, which a short search does not know.

Threshold accepting: Dueck and Scheuer (1990), Journal of Computational Physics 90(1).
"""

from __future__ import annotations

from typing import Protocol, TypeVar

SolutionT = TypeVar("SolutionT")
Seen_contra = TypeVar("Seen_contra", contravariant=True)


class Landscape(Protocol[SolutionT]):
    """Solutions, what they cost at the penalties of the moment, and the way from one to another."""

    def candidate(self, current: SolutionT, /) -> SolutionT:
        """Change a solution a little and improve it; penalties are learned from what is found."""
        ...

    def cost(self, solution: SolutionT, /) -> int:
        """Give the cost; a huge number where the solution breaks a rule."""
        ...

    def penalised_cost(self, solution: SolutionT, /) -> int:
        """Give the cost with what broken rules cost."""
        ...


class Rule(Protocol):
    """Says when a search is over, and how far it has come."""

    @property
    def progress(self) -> float:
        """The share of the limit that is used up."""
        ...

    def __call__(self, best_cost: int, /) -> bool:
        """Say whether the search is over."""
        ...


class Watch(Protocol[Seen_contra]):
    """Looks on."""

    def on_candidate(self, current: Seen_contra, /) -> None:
        """See where the search goes on from."""
        ...

    def on_best(self, best: Seen_contra, /) -> None:
        """See a new best solution."""
        ...


def search(
    first: SolutionT,
    landscape: Landscape[SolutionT],
    rule: Rule,
    watch: Watch[SolutionT],
    *,
    threshold: float,
) -> SolutionT:
    """Search until the rule says so, and give the best solution found.

    Parameters
    ----------
    first
        Where it starts; it may break rules.
    landscape
        Where candidates come from and what they cost.
    rule
        When it is over.
    watch
        Who looks on.
    threshold
        Share of the best cost by which a candidate may be dearer at the beginning.
    """
    best = current = first
    while not rule(landscape.cost(best)):
        candidate = landscape.candidate(current)
        if landscape.cost(candidate) < landscape.cost(best):
            best = candidate
            watch.on_best(best)
        price = landscape.penalised_cost(candidate)
        allowed = landscape.penalised_cost(best) * (1 + threshold * (1 - rule.progress))
        if price < allowed or price <= landscape.penalised_cost(current):
            current = candidate
        watch.on_candidate(current)
    return best
