"""``coldgrid plan``: read a day, plan it, write the plan's files and say what is in them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import (
    DEFAULT_SECONDS,
    AsJson,
    Engine,
    EngineName,
    ProblemPath,
    Scheduler,
    Seed,
    Workers,
    positive,
)
from api.cli.outcome import Outcome, complain, complain_about
from api.cli.problem_input import OpenedProblem, cores, name_of, open_problem

if TYPE_CHECKING:
    from api.cli.workers import Workers as StartedWorkers
    from optimizer.domain.limit import Limit
    from optimizer.domain.plan import Plan


def plan(  # noqa: PLR0917 - options are passed by name, by typer
    problem: ProblemPath,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="PLAN.json",
            help="Where the plan goes; the map and the manifests go beside it.",
            show_default="<problem>-plan.json here; with --json alone, nowhere",
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            callback=positive,
            help="Seconds for the whole plan.",
            show_default=f"{DEFAULT_SECONDS:g}",
        ),
    ] = None,
    iterations: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Iterations for every grid and wave instead of seconds: the same seed then gives"
            " the same plan, byte by byte, with any number of workers.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 1,
    workers: Workers = None,
    scheduler: Scheduler = None,
    engine: Engine = EngineName.PORTFOLIO,
    keep_good_rows: Annotated[
        bool,
        typer.Option(
            "--keep-good-rows", help="Leave bad order rows out and name them, instead of stopping."
        ),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Plan a day: writes the plan, its map, its manifests.

    There is one manifest for each vehicle. Exit status 1 says that the checker found violations,
    or that nothing could be served.
    """
    limit = _limit(time_limit, iterations)
    given = open_problem(problem, keep_good_rows=keep_good_rows)
    _name_refused(given)
    target = out or (None if as_json else Path(f"{name_of(problem)}-plan.json"))
    files = None
    if target is not None:
        from api.cli.plan_files import PlanFiles

        files = PlanFiles.beside(target)
        # Before the solver works: nobody wants to learn after 30 s that the folder is read-only.
        files.prepare()
    answer = make_plan(
        given, limit, seed=seed, workers=workers, engine=engine.value, scheduler=scheduler
    )
    if files is not None:
        files.write(given.problem, answer)
    if as_json:
        from api.cli.terminal import print_bytes
        from optimizer.formats.plan_json import dump_plan

        print_bytes(dump_plan(answer))
    else:
        from api.cli.plan_view import show_plan

        show_plan(given.problem, answer, files)
    return outcome_of(answer)


def outcome_of(answer: Plan) -> Outcome:
    """Say whether a plan is an answer: no violation, and something served if anything can be."""
    if answer.check is None or not answer.check.feasible:
        return Outcome.NO
    nothing = bool(answer.unserved) and not answer.routes
    return Outcome.NO if nothing else Outcome.DONE


def _limit(time_limit: float | None, iterations: int | None) -> Limit:
    from optimizer.domain.limit import Limit

    if iterations is None:
        return Limit(seconds=DEFAULT_SECONDS if time_limit is None else time_limit)
    if time_limit is not None:
        raise typer.BadParameter("Give --time-limit or --iterations, and only one of them")
    return Limit(iterations=iterations)


def _name_refused(given: OpenedProblem) -> None:
    if given.refused:
        complain_about(given.refused)
        rows = f"{given.refused_rows} of {given.order_rows} order rows"
        complain(f"{rows} are left out; the others are planned.")


def make_plan(
    given: OpenedProblem,
    limit: Limit,
    *,
    seed: int,
    workers: int | None,
    engine: str,
    scheduler: str | None = None,
) -> Plan:
    """Plan a day, with a line on the terminal that says how far it is.

    Parameters
    ----------
    given
        The day.
    limit
        Seconds or iterations.
    seed
        Seed of every solver.
    workers
        Grids planned side by side, at most; more than one at a time needs processes. None stands
        for all cores, with a scheduler for all that its cluster has.
    engine
        Name of the routing solver.
    scheduler
        Address of a Dask cluster that plans the grids; None for this machine.
    """
    from api.cli.progress_line import ProgressLine
    from optimizer.solve import solve

    asked = workers or (cores() if scheduler is None else None)
    with _workers(given, asked, scheduler) as started, ProgressLine() as line:
        return solve(
            given.problem,
            travel=given.travel,
            limit=replace(limit, halt=started.halt),
            seed=seed,
            executor=started.executor,
            workers=asked or started.side_by_side,
            engine=engine,
            listener=line.hear,
        )


def _workers(
    given: OpenedProblem, workers: int | None, scheduler: str | None
) -> AbstractContextManager[StartedWorkers]:
    from api.cli.workers import workers_at, workers_for
    from optimizer.domain.network import SiteKind

    if scheduler is not None:
        return workers_at(scheduler, workers)
    # Grids are planned side by side: more processes than grids would have nothing to do.
    grids = len(given.problem.sites_of(SiteKind.GRID))
    return workers_for(max(1, min(workers or 1, grids)))
