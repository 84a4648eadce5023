"""Takes some grids out of a city, with all that belongs to them."""

from __future__ import annotations

import random
from dataclasses import replace

from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.network import SiteKind
from optimizer.domain.problem import Problem


def sampled(problem: Problem, number: int, *, seed: int) -> Problem:
    """Draw grids, and keep their points, lines and vehicles, and the central warehouses.

    Parameters
    ----------
    problem
        A day in which every pickup point that orders has its grid given.
    number
        Of grids, from 1.
    seed
        Of the draw, which depends on the ids of the grids besides and on nothing else.

    Raises
    ------
    InputRefused
        There are fewer grids, or points without a given grid (CG-5005).
    """
    grids = sorted(site.id for site in problem.sites_of(SiteKind.GRID))
    if number > len(grids):
        raise _refused(f"it has {len(grids)} grids, fewer than {number}")
    ordering = {line.site for line in problem.lines.values()}
    free = [site.id for site in map(problem.sites.__getitem__, ordering) if site.grid is None]
    if free:
        raise _refused(f"the grid of {len(free)} points is not given, so whose they are is open")
    taken = set(random.Random(seed).sample(grids, number))
    sites = {
        key: site
        for key, site in problem.sites.items()
        if site.kind is SiteKind.CENTRAL or key in taken or site.grid in taken
    }
    return replace(
        problem,
        sites=sites,
        vehicles={key: van for key, van in problem.vehicles.items() if van.home in sites},
        lines={key: line for key, line in problem.lines.items() if line.site in sites},
        stock=tuple(stock for stock in problem.stock if stock.site in sites),
        collects={key: one for key, one in problem.collects.items() if one.site in sites},
        usual_vehicle={key: van for key, van in problem.usual_vehicle.items() if key in sites},
        cut_offs=(),
    )


def _refused(cause: str) -> InputRefused:
    action = "ask for no more grids than there are, or leave --sample out"
    return InputRefused([Fault(code="CG-5005", place="--sample", cause=cause, action=action)])
