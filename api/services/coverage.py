"""Coverage of a stored plan by emergency transfer stations."""

from __future__ import annotations

from typing import Any

from api.services.plan_book import PlanBook
from optimizer.coverage import coverage
from optimizer.coverage.document import coverage_document
from optimizer.domain.units import Metres


def coverage_of(
    book: PlanBook, plan: str, version: int | None, *, radius_m: Metres
) -> dict[str, Any]:
    """Measure a version of a plan, by default the one that counts.

    Parameters
    ----------
    book
        Opens plans.
    plan, version
        Which one.
    radius_m
        How far a station may be by road.

    Raises
    ------
    Refusal
        There is no such plan or version.
    """
    opened = book.open(plan, version)
    problem = opened.problem
    travel = book.travel(problem)
    found = coverage(problem, opened.plan, travel=travel, radius_m=radius_m)
    return coverage_document(problem.horizon, problem.id, found, opened.note.version)
