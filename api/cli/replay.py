"""``coldgrid replay``: what the alarm rules make of a recorded trace."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.outcome import Outcome

MINUTE_S = 60
ZONES = ("frozen", "chilled", "controlled")
COLDEST_C, WARMEST_C = -100.0, 100.0
LONGEST_DELAY_S = 30 * 86_400
LONGEST_LAG_MIN = 48 * 60


def replay(  # noqa: PLR0917 - options are passed by name, by typer
    trace: Annotated[
        Path,
        typer.Argument(metavar="TRACE.csv", help="Recorded temperatures.", show_default=False),
    ],
    column: Annotated[
        str, typer.Option(metavar="NAME", help="Column of temperatures, °C.", show_default=False)
    ],
    zone: Annotated[
        str,
        typer.Option(metavar="|".join(ZONES), help="Zone whose rules judge.", show_default=False),
    ],
    time_column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Column of instants.", show_default="the first one"),
    ] = None,
    tz: Annotated[str, typer.Option(metavar="IANA", help="Zone of times without offset.")] = "UTC",
    warn: Annotated[
        float | None,
        typer.Option(
            metavar="C", help="Warning limit above; the band ends there.", show_default=False
        ),
    ] = None,
    low: Annotated[
        float | None,
        typer.Option(
            metavar="C", help="Warning limit below; the band begins there.", show_default=False
        ),
    ] = None,
    on_delay: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=LONGEST_DELAY_S,
            metavar="S",
            help="Seconds outside before a limit alarms.",
            show_default=False,
        ),
    ] = None,
    deadband: Annotated[
        float | None,
        typer.Option(
            metavar="C", help="How far inside before an alarm may clear.", show_default=False
        ),
    ] = None,
    product_lag: Annotated[
        int,
        typer.Option(
            min=0,
            max=LONGEST_LAG_MIN,
            metavar="MIN",
            help="Minutes by which goods follow the air (time constant); with 0 the trace is taken"
            " for the goods themselves.",
        ),
    ] = 0,
    as_json: AsJson = False,
) -> int:
    """Judge a recorded trace by the alarm rules of a zone, and say what was coming.

    Rows that cannot be read are named on the error stream and left out.
    """
    from telemetry.alarm.packs import load_packs
    from telemetry.replay import Adjustment, adjusted, read_trace
    from telemetry.replay import replay as judge

    if zone not in ZONES:
        raise typer.BadParameter(f"{zone!r} is none of {', '.join(ZONES)}", param_hint="--zone")
    wanted = Adjustment(
        warn_c=_temperature(warn, "--warn"),
        low_c=_temperature(low, "--low"),
        on_delay_s=on_delay,
        deadband_c=_deadband(deadband),
    )
    profile = replace(adjusted(load_packs()[zone], wanted), product_lag_s=MINUTE_S * product_lag)
    read = read_trace(trace, column, time_column=time_column, tz=tz)
    from api.cli.replay_view import complain_of_skipped, replay_document, show_replay

    complain_of_skipped(trace, read)
    judged = judge(read.samples, profile, point=column)
    if as_json:
        from api.cli.terminal import print_json

        print_json(replay_document(judged, read.zone))
    else:
        show_replay(judged, read)
    return Outcome.DONE


def _temperature(value_c: float | None, option: str) -> float | None:
    if value_c is not None and not COLDEST_C <= value_c <= WARMEST_C:
        raise typer.BadParameter(
            f"{value_c:g} is no temperature from {COLDEST_C:g} to {WARMEST_C:g}",
            param_hint=option,
        )
    return value_c


def _deadband(value_c: float | None) -> float | None:
    if value_c is not None and not 0 <= value_c < math.inf:
        raise typer.BadParameter(f"{value_c:g} is no width from 0 on", param_hint="--deadband")
    return value_c
