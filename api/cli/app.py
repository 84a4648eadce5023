"""The console script: its commands, and how every failure becomes an exit code and a line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli.accounts import key, user
from api.cli.audit import audit
from api.cli.benchmark import benchmark
from api.cli.broker import broker
from api.cli.check import check
from api.cli.convert import convert
from api.cli.coverage import coverage
from api.cli.demo import demo
from api.cli.doctor import doctor
from api.cli.interrupts import stopping_workers
from api.cli.monitor import monitor
from api.cli.outcome import DEFECT, Outcome, complain, complain_of
from api.cli.plan import plan
from api.cli.replay import replay
from api.cli.reroute import reroute
from api.cli.scenario import scenario
from api.cli.schema import schema
from api.cli.score import score
from api.cli.serve import serve
from api.cli.simulate import simulate
from api.cli.terminal import prepare_streams
from api.cli.tracing import recall, trace
from optimizer.domain.errors import ColdgridError, EngineFailed

app = typer.Typer(
    name="coldgrid",
    help="Plan cold deliveries over two echelons and three temperature zones, and check the plan.",
    epilog="Exit status: 0 done, 1 the answer is no, 2 bad input or usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("plan")(plan)
app.command("check")(check)
app.add_typer(convert, name="convert")
app.command("schema")(schema)
app.add_typer(benchmark, name="benchmark")
app.command("serve")(serve)
app.command("monitor")(monitor)
app.command("demo")(demo)
app.command("replay")(replay)
app.command("reroute")(reroute)
app.command("coverage")(coverage)
app.command("score")(score)
app.command("simulate")(simulate)
app.add_typer(scenario, name="scenario")
app.command("trace")(trace)
app.command("recall")(recall)
app.command("doctor")(doctor)
app.add_typer(broker, name="broker")
app.add_typer(user, name="user")
app.add_typer(key, name="key")
app.add_typer(audit, name="audit")


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"coldgrid {version('coldgrid')}")
        raise typer.Exit


@app.callback()
def coldgrid(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Plan cold deliveries over two echelons and three temperature zones, and check the plan."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code.

    Parameters
    ----------
    arguments
        Words after ``coldgrid``; None means those of the shell.
    """
    prepare_streams()
    try:
        with stopping_workers():
            status = app(
                args=None if arguments is None else list(arguments),
                prog_name="coldgrid",
                standalone_mode=False,
            )
    except typer.TyperException as refusal:
        return _usage(refusal)
    except EngineFailed as defect:
        complain_of(defect)
        return Outcome.DEFECT
    except ColdgridError as refusal:
        complain_of(refusal)
        return Outcome.REFUSED
    except Exception:  # noqa: BLE001 - shown in full: Python's own exit code 1 would say "no"
        import traceback

        traceback.print_exc(file=sys.stderr)
        complain_of(ColdgridError(DEFECT, "coldgrid itself failed"))
        return Outcome.DEFECT
    return int(status or Outcome.DONE)


def _usage(refusal: typer.TyperException) -> int:
    """Say in one line what is wrong with the words typed, and where to read on."""
    context = getattr(refusal, "ctx", None)
    path = context.command_path if context is not None else "coldgrid"
    message = refusal.format_message()
    if not message or "\n" in message:
        print(message, file=sys.stderr)
    else:
        complain(f"{path}: {message.rstrip('.')}. See {path} --help.")
    return Outcome.REFUSED
