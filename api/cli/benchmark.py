"""``coldgrid benchmark``: published instances against best costs, and engine against engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from api.cli.options import (
    DEFAULT_SECONDS,
    MOST_WORKERS,
    AsJson,
    Engine,
    EngineName,
    ProblemPath,
    Seed,
    positive,
)
from api.cli.outcome import Outcome
from api.cli.problem_input import open_problem

if TYPE_CHECKING:
    from optimizer.benchmark.result import InstanceResult

MOST_SEEDS = 100
USUAL_BOUND_S = 10.0
"""A lower bound is given no more than this unless told: nobody waits twice as long for it."""

benchmark = typer.Typer(
    help="Measure against published best costs, and engine against engine.", no_args_is_help=True
)

Instances: TypeAlias = Annotated[
    list[Path],
    typer.Argument(metavar="PATH…", help="Instance files, or folders of them.", show_default=False),
]
Seconds: TypeAlias = Annotated[
    float, typer.Option("--time-limit", metavar="S", callback=positive, help="Seconds for each.")
]
SideBySide: TypeAlias = Annotated[
    int,
    typer.Option(
        "--workers",
        min=1,
        max=MOST_WORKERS,
        metavar="N",
        help="Instances measured side by side, each on one core.",
    ),
]


@benchmark.command("routing")
def routing(  # noqa: PLR0917 - options are passed by name, by typer
    paths: Instances,
    time_limit: Seconds = DEFAULT_SECONDS,
    seed: Seed = 1,
    workers: SideBySide = 1,
    engine: Engine = EngineName.PORTFOLIO,
    as_json: AsJson = False,
) -> int:
    """Solve single-echelon instances (VRPLIB: CVRP, VRPTW, MDVRPTW, HFVRP).

    Exit status 1 says that an instance was not solved.
    """
    from optimizer.benchmark.routing import run

    return _report(
        "Routing",
        lambda: run(paths, limit_s=time_limit, seed=seed, engine=engine.value, workers=workers),
        as_json=as_json,
    )


@benchmark.command("two-echelon")
def two_echelon(  # noqa: PLR0917 - options are passed by name, by typer
    paths: Instances,
    time_limit: Seconds = DEFAULT_SECONDS,
    seed: Seed = 1,
    workers: SideBySide = 1,
    bound_time_limit: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            metavar="S",
            help="Most seconds for each lower bound, after the search; 0 for none."
            " As the search's by default, and no more than 10.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Solve two-echelon instances (2E-VRP), each with a proved lower bound on its cost.

    Exit status 1 says that an instance was not solved.
    """
    from optimizer.benchmark.two_echelon import run

    bound_s = min(time_limit, USUAL_BOUND_S) if bound_time_limit is None else bound_time_limit
    return _report(
        "Two echelons",
        lambda: run(paths, limit_s=time_limit, seed=seed, workers=workers, bound_s=bound_s),
        as_json=as_json,
    )


@benchmark.command("engines")
def engines(
    problem: ProblemPath,
    time_limit: Seconds = 5.0,
    seeds: Annotated[
        int, typer.Option(min=1, max=MOST_SEEDS, metavar="N", help="Seeds 1 to N for each.")
    ] = 5,
    workers: SideBySide = 1,
    as_json: AsJson = False,
) -> int:
    """Compare the solvers on the last mile of a problem, with equal seconds on one core each."""
    from api.cli.progress_line import ProgressLine
    from optimizer.benchmark.last_mile_problems import last_mile_problems
    from optimizer.benchmark.routing import city_comparison

    given = open_problem(problem)
    with ProgressLine("comparing the engines"):
        asked = last_mile_problems(given.problem, given.travel, seed=1)
        rows = city_comparison(
            asked, limit_s=time_limit, seeds=range(1, seeds + 1), workers=workers
        )
    if as_json:
        from api.cli.terminal import print_json

        print_json(
            {
                "problem": given.problem.id,
                "routing_problems": len(asked),
                "engines": [
                    {
                        "engine": row.engine,
                        "objective_cents": row.objective_cents,
                        "median_cents": row.median_cents,
                        "ratio": row.ratio,
                    }
                    for row in rows
                ],
            }
        )
    else:
        from api.cli.benchmark_view import show_comparison

        show_comparison(rows, problems=len(asked), seconds=time_limit)
    return Outcome.DONE


def _report(
    title: str, measure: Callable[[], Sequence[InstanceResult]], *, as_json: bool
) -> Outcome:
    from api.cli.progress_line import ProgressLine
    from optimizer.benchmark.result import mean_bound_gap_pct, mean_gap_pct

    with ProgressLine("measuring"):
        results = measure()
    if as_json:
        from api.cli.terminal import print_json

        document: dict[str, object] = {
            "instances": [result.as_json() for result in results],
            "mean_gap_pct": mean_gap_pct(results),
        }
        above = mean_bound_gap_pct(results)
        if above is not None:
            document["mean_bound_gap_pct"] = above
        print_json(document)
    else:
        from api.cli.benchmark_view import show_results

        show_results(title, results)
    return Outcome.DONE if all(result.feasible for result in results) else Outcome.NO
