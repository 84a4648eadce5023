"""``coldgrid score``: how good the warnings are, on traces and failures injected into them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import MOST_SEED, AsJson
from api.cli.outcome import Outcome
from api.cli.replay import COLDEST_C, WARMEST_C, ZONES

if TYPE_CHECKING:
    from telemetry.scoring import Subject

AUTO, OWN = "auto", "zone"
MOST_INJECTIONS = 100_000
MOST_IN_A_FLEET = 2000
LONGEST_LAG_MIN = 48 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A trace to score.

    Parameters
    ----------
    limit
        ``auto``, ``zone``, or where the band ends above, °C.
    """

    path: Path
    column: str
    zone: str
    limit: str | float


def score(  # noqa: PLR0917 - options are passed by name, by typer
    traces: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TRACE.csv:COLUMN:ZONE[:LIMIT]",
            help=f"Recorded temperatures. LIMIT is where the band ends above, °C; {OWN!r} keeps"
            f" the zone's; {AUTO!r}, as without it, moves an edge that the trace goes beyond"
            " anyway.",
            show_default=False,
        ),
    ] = None,
    time_column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Column of instants.", show_default="the first one"),
    ] = None,
    tz: Annotated[str, typer.Option(metavar="IANA", help="Zone of times without offset.")] = "UTC",
    injections: Annotated[
        int,
        typer.Option(
            min=1, max=MOST_INJECTIONS, metavar="N", help="Failures, spread over the traces."
        ),
    ] = 500,
    product_lag: Annotated[
        int,
        typer.Option(
            min=0,
            max=LONGEST_LAG_MIN,
            metavar="MIN",
            help="How slowly goods follow the air of a trace; 0 protects the air.",
        ),
    ] = 0,
    fleet: Annotated[
        int,
        typer.Option(
            min=0,
            max=MOST_IN_A_FLEET,
            metavar="N",
            help="Let so many units of a virtual fleet fail besides.",
        ),
    ] = 0,
    seed: Annotated[
        int, typer.Option(min=0, max=MOST_SEED, metavar="N", help="Seed of every failure.")
    ] = 1,
    as_json: AsJson = False,
) -> int:
    """Score the warnings on recorded traces and failures injected into them.

    The first half of each trace is learned from. The second half is watched as it is, for false
    alarms, and then again from the instant of each failure on. A fixed threshold and a straight
    line are judged beside the estimate, on the same data.
    """
    if not traces and not fleet:
        raise typer.BadParameter("there is neither a trace nor --fleet", param_hint="TRACE")
    wanted = [_wanted(text) for text in traces or ()]
    subjects = [
        _subject(name, one, time_column, tz)
        for name, one in zip(_names(wanted), wanted, strict=True)
    ]
    from api.cli.progress_line import ProgressLine
    from api.cli.score_view import score_document, show_score
    from telemetry.scoring import score as judge

    with ProgressLine("learning, watching, failing"):
        report = judge(
            subjects,
            injections=injections,
            seed=seed,
            lag_s=60 * product_lag,
            fleet=fleet,
        )
    if as_json:
        from api.cli.terminal import print_json

        print_json(score_document(report))
    else:
        show_score(report)
    return Outcome.DONE


def _wanted(text: str) -> Wanted:
    """Read ``TRACE.csv:COLUMN:ZONE[:LIMIT]`` from its end: a path may hold colons of its own."""
    words = text.split(":")
    limit: str | float = AUTO
    if words[-1] not in ZONES and len(words) > 3:  # noqa: PLR2004 - a limit is the fourth word
        limit = _limit(text, words.pop())
    *path, column, zone = ("", "", *words) if len(words) < 3 else words  # noqa: PLR2004
    if not (any(path) and column and zone in ZONES):
        raise _refused(text, f"it is not TRACE.csv:COLUMN:{'|'.join(ZONES)}[:LIMIT]")
    return Wanted(path=Path(":".join(path)), column=column, zone=zone, limit=limit)


def _limit(text: str, word: str) -> str | float:
    if word in {AUTO, OWN}:
        return word
    try:
        limit_c = float(word)
    except ValueError:
        limit_c = math.nan
    if not COLDEST_C <= limit_c <= WARMEST_C:
        cause = f"{word!r} is neither {AUTO} nor {OWN} nor a temperature"
        raise _refused(text, f"{cause} from {COLDEST_C:g} to {WARMEST_C:g}")
    return limit_c


def _names(wanted: Sequence[Wanted]) -> list[str]:
    """Name each by file and column; by its folder and number where that says too little."""
    names = [f"{one.path.stem}:{one.column}" for one in wanted]
    if len(set(names)) < len(names):
        names = [f"{one.path.parent.name}/{one.path.stem}:{one.column}" for one in wanted]
    if len(set(names)) < len(names):
        names = [f"{place}:{name}" for place, name in enumerate(names, start=1)]
    return names


def _refused(text: str, cause: str) -> Exception:
    from optimizer.domain.errors import Fault, InputRefused
    from telemetry.error_table import TELEMETRY_ERRORS

    action = TELEMETRY_ERRORS["CG-8510"].action.rstrip(".")
    return InputRefused([Fault(code="CG-8510", place=text, cause=cause, action=action)])


def _subject(name: str, wanted: Wanted, time_column: str | None, tz: str) -> Subject:
    from api.cli.replay_view import complain_of_skipped
    from telemetry.alarm.packs import load_packs
    from telemetry.replay import Adjustment, adjusted, read_trace
    from telemetry.scoring import Subject

    profile = load_packs()[wanted.zone]
    if isinstance(wanted.limit, float):
        profile = adjusted(profile, Adjustment(warn_c=wanted.limit))
    read = read_trace(wanted.path, wanted.column, time_column=time_column, tz=tz)
    complain_of_skipped(wanted.path, read)
    return Subject(name=name, samples=read.samples, profile=profile, fits=wanted.limit == AUTO)
