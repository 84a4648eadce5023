"""``coldgrid check``: judge a plan by the independent checker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, ProblemPath
from api.cli.outcome import Outcome
from api.cli.problem_input import open_problem


def check(
    problem: ProblemPath,
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN.json", help="A plan of this problem.", show_default=False),
    ],
    as_json: AsJson = False,
) -> int:
    """Judge a plan by what its problem says today.

    Weather, prices, vehicle bodies and travel may have changed since; network, fleet, orders and
    waves may not. Exit status 1 says that rules are broken.
    """
    from optimizer.check import check as judge
    from optimizer.check import ensure_same_problem, kpis
    from optimizer.formats.plan_reading import read_plan

    given = open_problem(problem)
    answer = read_plan(plan)
    ensure_same_problem(given.problem, answer)
    report = judge(given.problem, answer, given.travel)
    figures = kpis(given.problem, answer)
    if as_json:
        from api.cli.terminal import print_json
        from optimizer.formats.plan_json import check_document

        print_json(check_document(report) | {"kpis": figures})
    else:
        from api.cli.check_view import show_check

        show_check(report, figures)
    return Outcome.DONE if report.feasible else Outcome.NO
