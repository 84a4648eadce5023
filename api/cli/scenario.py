"""``coldgrid scenario``: what if; run scenario files, show results, find the load limit."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from api.cli.options import MOST_SEED, AsJson, ProblemPath, Seed, Workers
from api.cli.outcome import Outcome, cannot_write, complain_about
from api.cli.problem_input import cores

if TYPE_CHECKING:
    from scenarios.results import ScenarioResult
    from scenarios.run import Asked

scenario = typer.Typer(help="Ask what if: run scenario files.", no_args_is_help=True)


class LanguageName(StrEnum):
    """Languages of a report."""

    EN = "en"
    ZH = "zh"


PageLanguage: TypeAlias = Annotated[LanguageName, typer.Option(help="Of the page.")]
Files: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…",
        help="Scenario files, or names that `coldgrid scenario list` shows.",
        show_default=False,
    ),
]
BaseOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--base", metavar="PROBLEM", help="Base problem instead of the file's."),
]
Iterations: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Of the planner, for every plan.", show_default="as the file says"
    ),
]


def _seeds(text: str | None) -> tuple[int, ...] | None:
    """Read ``1,2,3`` or ``1-5``."""
    if text is None:
        return None
    try:
        first, dash, last = text.partition("-")
        found = (
            tuple(range(int(first), int(last) + 1))
            if dash
            else tuple(int(part) for part in text.split(","))
        )
    except ValueError:
        found = ()
    if not found or len(set(found)) < len(found) or not all(0 <= x <= MOST_SEED for x in found):
        raise typer.BadParameter(f"{text!r} is no list of seeds such as 1,2,3 or 1-5")
    return found


@scenario.command("run")
def run(  # noqa: PLR0917 - options are passed by name, by typer
    files: Files,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for <name>.json and <name>.html; made if missing."
        ),
    ] = None,
    base: BaseOption = None,
    iterations: Iterations = None,
    seeds: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="1,2,3 or 1-5 instead of the seeds of the file."),
    ] = None,
    language: PageLanguage = LanguageName.EN,
    workers: Workers = None,
    as_json: AsJson = False,
) -> int:
    """Plan and play the baseline and every variant, and compare.

    Exit status 1 says that a variant misses a target of its file. With --json a single file gives
    its result, several give an object of results by name. With --out each file's result and its
    page are written as soon as they are complete: what is stopped later loses nothing of them.
    """
    from api.cli.scenario_files import opened

    asked = [one.changed(seeds=_seeds(seeds), iterations=iterations) for one in opened(files, base)]
    if out is not None:
        try:
            # Before anything is planned: nobody wants to learn later that the place is read-only.
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(error) from error
    results = _results(asked, workers or cores(), out, language)
    _show(results, out, as_json=as_json)
    return Outcome.NO if any(one.falls_short for one in results) else Outcome.DONE


def _results(
    asked: list[Asked], workers: int, out: Path | None, language: LanguageName
) -> list[ScenarioResult]:
    from api.cli.scenario_files import write_result
    from api.cli.scenario_view import ScenarioLine
    from api.cli.workers import workers_for
    from scenarios.run import run as run_all

    def take(result: ScenarioResult) -> None:
        if out is not None:
            write_result(result, out, language.value)

    with workers_for(workers) as started, ScenarioLine() as line:
        return run_all(
            asked, executor=started.executor, listener=line.hear, taker=take, halt=started.halt
        )


def _show(results: list[ScenarioResult], out: Path | None, *, as_json: bool) -> None:
    if as_json:
        from api.cli.terminal import print_bytes
        from scenarios.results import result_bytes, results_document

        only = len(results) == 1
        print_bytes(
            result_bytes(results[0])
            if only
            else results_document({one.scenario: one for one in results})
        )
    else:
        from api.cli.scenario_view import show_results

        show_results(results, out)


@scenario.command("report")
def report(
    result: Annotated[
        Path,
        typer.Argument(
            metavar="RESULT.json", help="What a run wrote to --out.", show_default=False
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="PAGE.html", help="Page to write.", show_default="beside the result"),
    ] = None,
    language: PageLanguage = LanguageName.EN,
) -> int:
    """Make the page of a result anew, without planning anything."""
    from api.cli.scenario_files import open_result, write_page

    file = out if out is not None else result.with_suffix(".html")
    write_page(open_result(result), file, language.value)
    print(f"written: {file}")
    return Outcome.DONE


@scenario.command("list")
def list_catalogue(as_json: AsJson = False) -> int:
    """List the scenarios that come with coldgrid."""
    from api.cli.scenario_view import show_catalogue
    from api.cli.terminal import print_json
    from scenarios.catalogue import catalogue

    every = catalogue()
    if as_json:
        print_json(
            [
                {
                    "name": one.name,
                    "title": {"en": one.title.en, "zh": one.title.zh},
                    "variants": [variant.name for variant in one.variants[1:]],
                }
                for one in every.values()
            ]
        )
    else:
        show_catalogue(every)
    return Outcome.DONE


@scenario.command("check")
def check(files: Files, base: BaseOption = None) -> int:
    """Read scenario files and apply every override to its base, without planning anything."""
    from api.cli.scenario_files import opened
    from scenarios.applying import faults_on

    faults = [fault for one in opened(files, base) for fault in faults_on(one.scenario, one.base)]
    complain_about(faults)
    if faults:
        return Outcome.REFUSED
    names = ", ".join(files)
    print(f"{names}: no fault found")
    return Outcome.DONE


@scenario.command("load")
def load(  # noqa: PLR0917 - options are passed by name, by typer
    problem: ProblemPath,
    base: BaseOption = None,
    iterations: Annotated[
        int, typer.Option(min=1, metavar="N", help="Of the planner, for every trial.")
    ] = 10,
    seed: Seed = 1,
    on_time: Annotated[
        float, typer.Option(min=0.0, max=1.0, metavar="SHARE", help="Share that must be in time.")
    ] = 0.95,
    workers: Workers = None,
    as_json: AsJson = False,
) -> int:
    """Find the largest factor of demand that a problem, or each variant of a scenario, can bear.

    PROBLEM is a problem or a scenario file. The largest factor brings the share in time and leaves
    nothing out because something is full. Exit status 1 says that today's demand is too much.
    """
    from api.cli.scenario_files import load_questions
    from api.cli.scenario_view import show_limits
    from api.cli.terminal import print_json
    from api.cli.workers import workers_for
    from scenarios.load_check import load_limit

    questions = load_questions(problem, base, iterations=iterations, seed=seed, on_time=on_time)
    with workers_for(min(workers or cores(), len(questions))) as started:
        halting = [replace(one, halt=started.halt) for one in questions.values()]
        limits = started.executor.map(load_limit, halting)
        found = dict(zip(questions, limits, strict=True))
    if as_json:
        from msgspec import to_builtins

        print_json(to_builtins(found))
    else:
        show_limits(found, on_time)
    return Outcome.DONE if next(iter(found.values())).factor >= 1.0 else Outcome.NO


@scenario.command("drill")
def drill(
    events: Annotated[
        Path,
        typer.Argument(metavar="EVENTS.yaml", help="What fails, and who answers how fast."),
    ],
    base: BaseOption = None,
    plan: Annotated[
        Path | None,
        typer.Option(metavar="PLAN.json", help="Of the base.", show_default="planned anew"),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(metavar="ROSTER.yaml", help="Who is called, as the monitor has it."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Play known troubles on a planned day: times of detection, acknowledgement and recovery.

    Exit status 1 says that a trouble was not heard, or that goods were lost.
    """
    from api.cli.scenario_drill import held, show_drill
    from api.cli.terminal import print_json

    result = held(events, base=base, plan=plan, roster=roster)
    if as_json:
        from msgspec import to_builtins

        print_json(to_builtins(result))
    else:
        show_drill(result)
    unheard = any(one.acknowledged_min is None or one.lost_kg for one in result.troubles)
    return Outcome.NO if unheard else Outcome.DONE
