"""``coldgrid coverage``: where no emergency transfer station is within reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, ProblemPath
from api.cli.outcome import Outcome
from api.cli.problem_input import open_problem

MOST_RADIUS_KM = 100.0
METRES_PER_KM = 1000


def coverage(
    problem: ProblemPath,
    plan: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PLAN.json]",
            help="A plan of this problem, for its legs and hours.",
            show_default=False,
        ),
    ] = None,
    radius_km: Annotated[
        float,
        typer.Option(
            metavar="KM", min=0.1, max=MOST_RADIUS_KM, help="How far a station may be by road."
        ),
    ] = 5.0,
    as_json: AsJson = False,
) -> int:
    """List pickup points and stretches of road without an emergency transfer station.

    Exit status 0 says that there are none, 1 that some are listed.
    """
    from optimizer.check import ensure_same_problem
    from optimizer.coverage import coverage as measured
    from optimizer.formats.plan_reading import read_plan

    given = open_problem(problem)
    answer = None if plan is None else read_plan(plan)
    if answer is not None:
        ensure_same_problem(given.problem, answer)
    found = measured(
        given.problem, answer, travel=given.travel, radius_m=round(METRES_PER_KM * radius_km)
    )
    if as_json:
        from api.cli.terminal import print_json
        from optimizer.coverage.document import coverage_document

        version = None if answer is None else answer.version
        print_json(coverage_document(given.problem.horizon, given.problem.id, found, version))
    else:
        from api.cli.coverage_view import show_coverage

        show_coverage(given.problem, found)
    return Outcome.DONE if found.is_whole else Outcome.NO
