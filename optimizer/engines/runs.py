"""Runs of a trip: the jobs of one node that follow each other, and share a service.

Insertion times nearly the same trip again and again, with one job at another place. All runs but
one are then as before, so what a run adds up to is kept with the problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from optimizer.engines.engine import RoutingProblem


def runs_of(problem: RoutingProblem, jobs: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Give the runs of a trip in their order.

    Parameters
    ----------
    problem
        Whose jobs they are.
    jobs
        Of one trip, in order.
    """
    nodes = problem.known.ask("nodes", None, lambda: tuple(job.node for job in problem.jobs))
    for _, run in groupby(jobs, key=nodes.__getitem__):
        yield tuple(run)
