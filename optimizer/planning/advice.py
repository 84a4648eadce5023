"""Warnings that go with a plan: nothing is broken, and somebody should look into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.domain.fleet import Echelon
from optimizer.domain.plan import Advice, AdviceCode, Route, Unserved
from optimizer.domain.problem import Problem
from optimizer.planning.ice_advice import ice_advice
from optimizer.planning.stock import is_express

BACKUP = "backup"
FEWEST_BACKUP_CARRIERS = 2
"""Two or three carriers are under contract, so that a day without the own fleet can be driven."""


def advice_on(
    problem: Problem, routes: Sequence[Route], unserved: Sequence[Unserved]
) -> tuple[Advice, ...]:
    """Collect what a person should look into."""
    return (
        *_carriers(problem),
        *_express(problem, routes),
        *ice_advice(problem, routes, unserved),
    )


def _carriers(problem: Problem) -> Iterator[Advice]:
    """Warn where fewer than two carriers could stand in for the own fleet."""
    vans = [van for van in problem.vehicles.values() if van.echelon is Echelon.LAST_MILE]
    names = sorted({van.carrier or van.type for van in vans if van.owner == BACKUP})
    if vans and len(names) < FEWEST_BACKUP_CARRIERS:
        known = f"{names[0]} is the only backup carrier" if names else "no backup carrier"
        yield Advice(
            code=AdviceCode.FEW_BACKUP_CARRIERS,
            where="vehicles",
            detail=(
                f"{known}; sign at least {FEWEST_BACKUP_CARRIERS}, so that a failed fleet can be"
                " replaced"
            ),
        )


def _express(problem: Problem, routes: Sequence[Route]) -> Iterator[Advice]:
    """Name express lines that had to come with a truck."""
    trucked = dict.fromkeys(
        item.key
        for route in routes
        if route.echelon is Echelon.LINEHAUL
        for stop in route.stops
        for item in stop.delivers
    )
    for key in trucked:
        line = problem.lines.get(key)
        if line is not None and is_express(problem, line):
            yield Advice(
                code=AdviceCode.NO_STOCK_FOR_EXPRESS,
                where=str(key),
                detail=(
                    f"{line.article or 'the article'} does not lie at the grid warehouse in full,"
                    " so this express line comes with a truck and waits for a wave"
                ),
            )
