"""``coldgrid reroute``: a compartment fails on the road; checked ways out, best first."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson, ProblemPath, Seed
from api.cli.outcome import Outcome
from api.cli.problem_input import open_problem

if TYPE_CHECKING:
    from optimizer.domain.problem import Problem

MOST_PROPOSALS = 20


class ZoneName(StrEnum):
    """The temperature zones."""

    FROZEN = "frozen"
    CHILLED = "chilled"
    CONTROLLED = "controlled"


def reroute(  # noqa: PLR0917 - options of a command
    problem: ProblemPath,
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN.json", help="The running plan.", show_default=False),
    ],
    vehicle: Annotated[
        str, typer.Option(metavar="V", help="The vehicle that breaks.", show_default=False)
    ] = "",
    zone: Annotated[
        ZoneName | None, typer.Option(help="The compartment.", show_default=False)
    ] = None,
    at: Annotated[
        str,
        typer.Option(
            metavar="RFC3339",
            help="When, with offset: 2026-06-16T09:30:00+08:00.",
            show_default=False,
        ),
    ] = "",
    product: Annotated[
        float | None,
        typer.Option(metavar="C", help="Product temperature now.", show_default="as planned"),
    ] = None,
    ambient: Annotated[
        float | None,
        typer.Option(metavar="C", help="Outside air.", show_default="the problem's"),
    ] = None,
    cooling: Annotated[
        float, typer.Option(metavar="W", min=0.0, help="Watts that still cool the compartment.")
    ] = 0.0,
    event: Annotated[
        Path | None,
        typer.Option(
            metavar="EVENT.json",
            help="Anything else that happened, in place of a vehicle, zone and time.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=MOST_PROPOSALS, metavar="N", help="Most proposals.")
    ] = 3,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> int:
    """Find ways out when a compartment fails on the road, or anything else happens.

    Each is a whole plan that the independent checker has judged. Exit status 0 says that some
    proposal loses nothing; 1 that each of them loses goods, or may lose them.
    """
    from optimizer.check import ensure_same_problem
    from optimizer.domain.temperature import Zone
    from optimizer.formats.plan_reading import read_plan
    from optimizer.reroute import Disruption, respond

    given = open_problem(problem)
    running = read_plan(plan)
    ensure_same_problem(given.problem, running)
    if event is not None:
        from api.cli.recover import answer_event

        _refuse_both(vehicle, zone, at)
        return answer_event(given, running, event, limit=limit, seed=seed, as_json=as_json)
    if not vehicle or zone is None or not at:
        raise typer.BadParameter("give --vehicle, --zone and --at, or --event")
    disruption = Disruption(
        vehicle=vehicle,
        zone=Zone(zone.value),
        at=_seconds(given.problem, at),
        product_c=product,
        ambient_c=ambient,
        cooling_w=cooling,
    )
    response = respond(
        given.problem, running, disruption, travel=given.travel, limit=limit, seed=seed
    )
    if as_json:
        from api.cli.terminal import print_json
        from optimizer.response.document import reroute_document

        horizon = given.problem.horizon
        print_json(reroute_document(horizon, given.problem.id, disruption, response))
    else:
        from api.cli.reroute_view import show_reroute

        show_reroute(given.problem, disruption, response)
    return Outcome.DONE if response.loses_nothing else Outcome.NO


def _refuse_both(*told: object) -> None:
    if any(told):
        raise typer.BadParameter("--event stands alone: --vehicle, --zone and --at are of a break")


def _seconds(problem: Problem, text: str) -> int:
    """Read an instant as seconds from the start of the horizon."""
    from optimizer.domain.problem import HORIZON_S
    from optimizer.reroute import RerouteRefused

    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise RerouteRefused("CG-1505", f"--at {text}: it is no instant") from error
    if instant.tzinfo is None:
        raise RerouteRefused("CG-1505", f"--at {text}: the offset is missing")
    moment = problem.horizon.seconds(instant)
    if not 0 <= moment <= HORIZON_S:
        start = problem.horizon.instant(0).isoformat()
        raise RerouteRefused("CG-1505", f"--at {text}: the day of the plan starts at {start}")
    return moment
