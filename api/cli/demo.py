"""``coldgrid demo``: plan the small sample city, publish the plan, and serve it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.demo_watching import BROKEN, DemoWatch
from api.cli.outcome import Outcome
from api.cli.serve import Port

if TYPE_CHECKING:
    from api.cli.problem_input import OpenedProblem
    from api.services.asked import Question
    from api.wiring import Wiring
    from optimizer.domain.plan import Plan

PLAN_ID = "plan-demo"
DATABASE = "coldgrid.db"
SEED = 1
LONGEST_PLANNING_S = 60.0


def demo(
    port: Port = None,
    time_limit: Annotated[
        float,
        typer.Option(
            min=0.1, max=LONGEST_PLANNING_S, metavar="S", help="Seconds for making the plan."
        ),
    ] = 10.0,
    exit_after: Annotated[
        float | None,
        typer.Option(
            "--exit-after",
            min=0.0,
            metavar="S",
            help="Stop by itself after S seconds of serving.",
            show_default="serve until Ctrl-C",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the plan's files and the database go.")
    ] = Path("build/demo"),
) -> int:
    """Plan the small sample city, serve the plan and watch a virtual fleet.

    The plan's vans are on the road; the fleet's sensors have reported for four hours, and one
    compartment has failed on its way. Everything is made anew each time. Only this machine can
    reach any of it.
    """
    from contextlib import ExitStack

    from api.cli.sample_city import small_city, where_it_is_morning
    from api.cli.serve import run_service
    from api.settings import load_settings
    from api.wiring import utc_now

    sample = small_city()
    watch = DemoWatch(folder=out)
    settings = load_settings(
        host="127.0.0.1",
        port=port,
        database=f"sqlite:///{out / DATABASE}",
        telemetry=watch.store,
        registry=watch.registry,
        time_zone=where_it_is_morning(utc_now()),
    )
    _make_folder(out)
    shown: dict[str, str] = {}

    def clear() -> None:
        _remove_database(out)
        watch.clear()
        watch.write_registry(sample)
        shown["broker"] = open_things.enter_context(watch.running(sample))

    def furnish(wiring: Wiring) -> None:
        shown.update(_furnish(wiring, sample, out, time_limit))

    def greet(address: str, _: Wiring) -> None:
        _show(address, shown, exit_after)

    with ExitStack() as open_things:
        run_service(settings, greet, clear=clear, prepare=furnish, seconds=exit_after)
    return Outcome.DONE


def _make_folder(out: Path) -> None:
    from api.cli.outcome import cannot_write

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(error) from error


def _remove_database(out: Path) -> None:
    """Remove what an earlier demonstration left; the claim on it is ours."""
    from api.cli.outcome import cannot_write

    try:
        for ending in ("", "-wal", "-shm"):
            (out / f"{DATABASE}{ending}").unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(error) from error


def _furnish(wiring: Wiring, sample: Path, out: Path, time_limit: float) -> dict[str, str]:
    """Plan the day, keep it in the database as if it had been asked for, and let it run.

    Returns
    -------
    dict of str to str
        What is worth opening, and its path.
    """
    from api.cli.plan import make_plan
    from api.cli.plan_files import PlanFiles
    from api.cli.plan_view import show_plan
    from api.cli.problem_input import cores, open_problem
    from api.cli.sample_city import moved_under_way
    from optimizer.domain.limit import Limit

    files = PlanFiles.beside(out / "plan.json")
    files.prepare()
    zone = wiring.settings.time_zone
    given = open_problem(moved_under_way(sample, out / "small_city", wiring.clock(), zone))
    limit = Limit(seconds=time_limit)
    plan = make_plan(given, limit, seed=SEED, workers=cores(), engine="portfolio")
    files.write(given.problem, plan)
    show_plan(given.problem, plan, files)
    _store(wiring, given, plan)
    return _paths(plan)


def _store(wiring: Wiring, given: OpenedProblem, plan: Plan) -> None:
    from api.life.etags import etag
    from api.life.states import Step
    from api.security.principal import LOCAL
    from optimizer.formats.problem_writing import problem_document

    document = problem_document(given.problem)
    network = {key: value for key, value in document.items() if key != "orders"}
    wiring.questions.store_network(network, "small city", LOCAL)
    question = wiring.questions.from_document(document, keep_good_rows=False)
    _create(wiring, question, plan)
    for revision, step in enumerate((Step.PUBLISH, Step.LOAD, Step.START), start=1):
        wiring.plan_life.step(
            PLAN_ID,
            step,
            if_match=etag(PLAN_ID, revision),
            note="the demonstration",
            acceptance=None,
            caller=LOCAL,
        )


def _create(wiring: Wiring, question: Question, plan: Plan) -> None:
    from api.security.principal import LOCAL
    from api.storage import plans, problems
    from api.storage.plans import NewVersion, PlanHead
    from optimizer.formats.plan_json import dump_plan

    now = wiring.clock()
    row = question.row(now)
    first = NewVersion(
        problem=row.id,
        document=dump_plan(plan),
        feasible=plan.check is not None and plan.check.feasible,
        objective_cents=plan.cost.total,
        unserved=len(plan.unserved),
        reason="planned",
        note="",
        at=now,
        by=LOCAL.name,
    )
    head = PlanHead(
        id=PLAN_ID,
        name=plan.problem,
        state="draft",
        version=1,
        revision=1,
        horizon_start=plan.horizon.start,
        pins={},
        locks=[],
        created_at=now,
        created_by=LOCAL.name,
    )
    with wiring.database.write() as tx:
        problems.keep(tx, row)
        plans.create(tx, head, first)


def _paths(plan: Plan) -> dict[str, str]:
    from urllib.parse import quote

    routes = [route for route in plan.routes if route.echelon.value == "last_mile"]
    vehicle = quote(routes[0].vehicle)
    order = quote(str(routes[0].stops[0].delivers[0].key.order))
    base = f"/v1/plans/{PLAN_ID}"
    return {
        "dispatch board": "/dispatch",
        "cold-chain board": "/cold-chain",
        "reroutes": "/reroutes",
        "shift": "/shift",
        "scenarios": "/scenarios",
        "plan": base,
        "map": f"{base}/geojson",
        "paper": f"{base}/manifests",
        f"manifest of {routes[0].vehicle}": f"{base}/manifests/{vehicle}?format=html",
        "tracking of an order": f"/v1/orders/{order}/tracking",
        "alarms": "/v1/alarms",
        "what is watched": "/v1/points",
        "routes of the service": "/v1/openapi.json",
        "health": "/healthz",
        "figures": "/metrics",
    }


def _show(address: str, shown: Mapping[str, str], exit_after: float | None) -> None:
    from api.cli.layout import figures
    from api.cli.terminal import console

    out = console()
    out.print()
    out.print(f"coldgrid serves {address}; open in a browser:")
    paths = {name: path for name, path in shown.items() if name != "broker"}
    out.print(figures({name: f"{address}{path}" for name, path in paths.items()}))
    out.print(f"A virtual fleet reports to {shown['broker']}; {BROKEN} has failed.")
    end = "Ctrl-C stops it." if exit_after is None else f"It stops after {exit_after:g} s."
    out.print(end)
    out.file.flush()
