"""``coldgrid benchmark``: published instances against best costs, and engine against engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from api.cli.options import (
    DEFAULT_SECONDS,
    MOST_SEED,
    MOST_WORKERS,
    AsJson,
    Engine,
    EngineName,
    ProblemPath,
    positive,
)
from api.cli.outcome import Outcome
from api.cli.problem_input import open_problem

if TYPE_CHECKING:
    from optimizer.benchmark.result import InstanceResult
    from optimizer.benchmark.results_file import ResultsFile
    from optimizer.benchmark.routing import ComparisonRow
    from optimizer.benchmark.run_row import Settings
    from optimizer.benchmark.runs import Record

MOST_SEEDS = 100
USUAL_BOUND_S = 10.0
"""A lower bound is given no more than this unless told: nobody waits twice as long for it."""

PYVRP_ALONE = EngineName.PYVRP.value
TITLES = {"routing": "Routing", "two-echelon": "Two echelons"}

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


OneSeed: TypeAlias = Annotated[
    int | None,
    typer.Option(min=0, max=MOST_SEED, metavar="N", help="Seed of every solver.", show_default="1"),
]
ManySeeds: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="A-B",
        help="Several seeds instead, such as 1-3 or 1,4,7: every instance with each of them.",
        show_default=False,
    ),
]
Results: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.csv",
        help="Append every finished run as a row at once, and make no run again that stands there.",
        show_default=False,
    ),
]


@benchmark.command("routing")
def routing(  # noqa: PLR0917 - options are passed by name, by typer
    paths: Instances,
    time_limit: Seconds = DEFAULT_SECONDS,
    seed: OneSeed = None,
    seeds: ManySeeds = None,
    workers: SideBySide = 1,
    engine: Engine = EngineName.PORTFOLIO,
    results: Results = None,
    as_json: AsJson = False,
) -> int:
    """Solve single-echelon instances (VRPLIB: CVRP, VRPTW, MDVRPTW, HFVRP).

    Exit status 1 says that an instance was not solved.
    """
    from optimizer.benchmark.routing import run
    from optimizer.benchmark.run_row import Settings

    settings = Settings(
        kind="routing", engine=engine.value, limit_s=time_limit, bound_limit_s=0.0, workers=workers
    )
    asked = _seeds(seed, seeds)
    return _report(
        lambda record: run(
            paths,
            limit_s=time_limit,
            seeds=asked,
            engine=engine.value,
            workers=workers,
            record=record,
        ),
        settings,
        results,
        several=seeds is not None,
        as_json=as_json,
    )


@benchmark.command("two-echelon")
def two_echelon(  # noqa: PLR0917 - options are passed by name, by typer
    paths: Instances,
    time_limit: Seconds = DEFAULT_SECONDS,
    seed: OneSeed = None,
    seeds: ManySeeds = None,
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
    results: Results = None,
    as_json: AsJson = False,
) -> int:
    """Solve two-echelon instances (2E-VRP), each with a proved lower bound on its cost.

    Exit status 1 says that an instance was not solved.
    """
    from optimizer.benchmark.run_row import Settings
    from optimizer.benchmark.two_echelon import run

    bound_s = min(time_limit, USUAL_BOUND_S) if bound_time_limit is None else bound_time_limit
    settings = Settings(
        kind="two-echelon",
        engine=EngineName.PORTFOLIO.value,
        limit_s=time_limit,
        bound_limit_s=bound_s,
        workers=workers,
    )
    asked = _seeds(seed, seeds)
    return _report(
        lambda record: run(
            paths, limit_s=time_limit, seeds=asked, workers=workers, bound_s=bound_s, record=record
        ),
        settings,
        results,
        several=seeds is not None,
        as_json=as_json,
    )


@benchmark.command("summary")
def summary(
    results: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv", help="What --results has written.", show_default=False),
    ],
    as_json: AsJson = False,
) -> int:
    """Sum up a file of results: mean, worst, how many equal the best known.

    Runs with other limits, engines or code are summed up apart. Exit status 1 says that a run found
    no solution.
    """
    from optimizer.benchmark.results_file import read_results
    from optimizer.benchmark.summary import summaries

    found = summaries(read_results(results))
    if as_json:
        from api.cli.terminal import print_json

        print_json({"summaries": [each.as_json() for each in found]})
    else:
        from api.cli.benchmark_view import show_summaries

        show_summaries(found)
    return Outcome.NO if any(each.unsolved for each in found) else Outcome.DONE


@benchmark.command("engines")
def engines(  # noqa: PLR0917 - options are passed by name, by typer
    problem: ProblemPath,
    time_limit: Seconds = 5.0,
    seeds: Annotated[
        int, typer.Option(min=1, max=MOST_SEEDS, metavar="N", help="Seeds 1 to N for each.")
    ] = 5,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Only so many grids, drawn at random.", show_default="all"
        ),
    ] = None,
    sample_seed: Annotated[
        int, typer.Option(min=0, max=MOST_SEED, metavar="N", help="Of that draw.")
    ] = 1,
    engine: Annotated[
        list[EngineName] | None,
        typer.Option(
            help="Compare with PyVRP alone; several times for several.", show_default="all"
        ),
    ] = None,
    workers: SideBySide = 1,
    as_json: AsJson = False,
) -> int:
    """Compare the solvers on the last mile of a problem, with equal seconds on one core each."""
    from api.cli.progress_line import ProgressLine
    from optimizer.benchmark.last_mile_problems import last_mile_problems
    from optimizer.benchmark.routing import city_comparison
    from optimizer.benchmark.sample import sampled

    given = open_problem(problem)
    day = given.problem if sample is None else sampled(given.problem, sample, seed=sample_seed)
    names = [name.value for name in EngineName if name in (engine or EngineName)]
    with ProgressLine("comparing the engines"):
        asked = last_mile_problems(day, given.travel, seed=1)
        rows = city_comparison(
            asked,
            limit_s=time_limit,
            seeds=range(1, seeds + 1),
            engines=[PYVRP_ALONE, *(name for name in names if name != PYVRP_ALONE)],
            workers=workers,
        )
    if as_json:
        _print_comparison(given.problem.id, rows, problems=len(asked))
    else:
        from api.cli.benchmark_view import show_comparison

        show_comparison(rows, problems=len(asked), seconds=time_limit)
    return Outcome.DONE


def _print_comparison(problem: str, rows: Sequence[ComparisonRow], *, problems: int) -> None:
    from api.cli.terminal import print_json

    engines = [
        {
            "engine": row.engine,
            "objective_cents": row.objective_cents,
            "median_cents": row.median_cents,
            "ratio": row.ratio,
        }
        for row in rows
    ]
    print_json({"problem": problem, "routing_problems": problems, "engines": engines})


def _seeds(seed: int | None, seeds: str | None) -> Sequence[int]:
    """Read ``1-3`` and ``1,4,7-9``; one seed is 1 unless it is given."""
    if seeds is None:
        return [1 if seed is None else seed]
    if seed is not None:
        raise typer.BadParameter("Give --seed or --seeds, and only one of them")
    asked: dict[int, None] = {}
    for part in seeds.split(","):
        first, dash, last = part.strip().partition("-")
        ends = (first, last if dash else first)
        if not all(end.isascii() and end.isdigit() and int(end) <= MOST_SEED for end in ends):
            raise typer.BadParameter(f"--seeds {seeds!r} is neither like 1-3 nor like 1,4,7")
        low, high = map(int, ends)
        if not low <= high < low + MOST_SEEDS:
            raise typer.BadParameter(f"--seeds {part.strip()!r} is not 1 to {MOST_SEEDS} seeds")
        asked |= dict.fromkeys(range(low, high + 1))
    return list(asked)


def _report(
    measure: Callable[[Record], Sequence[InstanceResult]],
    settings: Settings,
    file: Path | None,
    *,
    several: bool,
    as_json: bool,
) -> Outcome:
    from api.cli.progress_line import ProgressLine
    from optimizer.benchmark.runs import NO_RECORD

    with ExitStack() as stack:
        kept = None if file is None else stack.enter_context(_open(file, settings))
        with ProgressLine("measuring"):
            results = measure(NO_RECORD if kept is None else kept)
        if as_json:
            _print_json(results, kept, several=several)
        else:
            _show(settings.kind, results, kept, several=several)
    solved = [each.feasible for each in results]
    solved += [] if kept is None else [row.feasible for row in kept.met]
    return Outcome.DONE if all(solved) else Outcome.NO


def _open(file: Path, settings: Settings) -> AbstractContextManager[ResultsFile]:
    from optimizer.benchmark.conditions import conditions_here
    from optimizer.benchmark.results_file import writing_results

    return writing_results(file, settings, conditions_here())


def _print_json(
    results: Sequence[InstanceResult], kept: ResultsFile | None, *, several: bool
) -> None:
    from api.cli.terminal import print_json
    from optimizer.benchmark.result import mean_bound_gap_pct, mean_gap_pct

    document: dict[str, object] = {
        "instances": [
            {**result.as_json(), **({"seed": result.seed} if several else {})} for result in results
        ],
        "mean_gap_pct": mean_gap_pct(results),
    }
    above = mean_bound_gap_pct(results)
    if above is not None:
        document["mean_bound_gap_pct"] = above
    if kept is not None:
        document["done_before"] = len(kept.met)
    print_json(document)


def _show(
    kind: str, results: Sequence[InstanceResult], kept: ResultsFile | None, *, several: bool
) -> None:
    from api.cli.benchmark_view import show_done_before, show_results, show_summaries
    from optimizer.benchmark.summary import summaries

    if results:
        show_results(TITLES[kind], results, seeds=several)
    if kept is not None:
        show_done_before(len(kept.met))
        show_summaries(summaries(kept.rows))
