"""``coldgrid convert``: other people's data as problem folders."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.bogota_constants import CONSTANTS, options_of
from api.cli.convert_shanghai import shanghai
from api.cli.options import MOST_SEED
from api.cli.outcome import Outcome, cannot_write

if TYPE_CHECKING:
    from optimizer.convert import ConversionReport

convert = typer.Typer(help="Turn other data into a problem folder.", no_args_is_help=True)


@convert.callback()
def _source() -> None:
    """Turn other data into a problem folder."""


def bogota(
    day: Path, out: Path, *, seed: int = 1, as_json: bool = False, **constants: object
) -> int:
    """Turn a day of the Bogotá food distributor into a problem folder.

    The day gives clients, kilograms and product types. Everything else is assumed, one option for
    each assumption.
    """
    from optimizer.convert import convert_bogota
    from optimizer.formats.problem_reading import read_problem

    options = options_of(constants)
    try:
        report = convert_bogota(day, out, options, seed=seed)
    except OSError as error:
        raise cannot_write(error) from error
    # Constants that fit one by one may not fit each other, such as hours that begin as they end.
    read_problem(out)
    if as_json:
        from api.cli.terminal import print_json

        print_json(_document(report))
    else:
        _show(report)
    return Outcome.DONE


def _document(report: ConversionReport) -> dict[str, Any]:
    return {
        "folder": str(report.folder),
        "rows": report.rows,
        "clients": report.clients,
        "lines": report.lines,
        "mass_kg": float(report.mass_kg),
        "grids": [{"lat": lat, "lon": lon} for lat, lon in report.grids],
        "vehicles": report.vehicles,
    }


def _show(report: ConversionReport) -> None:
    from api.cli.layout import count, figures
    from api.cli.terminal import console

    fleet = ", ".join(f"{number} {kind}" for kind, number in report.vehicles.items())
    sited = " ".join(f"{lat:.4f},{lon:.4f}" for lat, lon in report.grids)
    console().print(
        figures(
            {
                "read": f"{count(report.rows, 'row')} of {count(report.clients, 'client')}",
                "written": f"{count(report.lines, 'order line')}, {report.mass_kg:,} kg: the same"
                " kilograms",
                "grids": f"{len(report.grids)} at {sited}",
                "vehicles": fleet,
                "folder": str(report.folder),
            }
        )
    )


def _signature() -> inspect.Signature:
    """Spell out the options for typer, which reads them from a function's signature."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    day = Annotated[Path, typer.Argument(metavar="DAY.csv", help="A day file.", show_default=False)]
    out = Annotated[
        Path, typer.Argument(metavar="OUT", help="The problem folder to write.", show_default=False)
    ]
    seed = Annotated[int, typer.Option(min=0, max=MOST_SEED, metavar="N", help="For the siting.")]
    as_json = Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ]
    parameters = [
        inspect.Parameter("day", keyword, annotation=day),
        inspect.Parameter("out", keyword, annotation=out),
    ]
    for name, constant in CONSTANTS.items():
        option = typer.Option(
            parser=constant.parse,
            metavar=constant.metavar,
            help=constant.help,
            show_default=constant.default,
        )
        parameters.append(
            inspect.Parameter(name, keyword, default=None, annotation=Annotated[Any, option])
        )
    parameters += [
        inspect.Parameter("seed", keyword, default=1, annotation=seed),
        inspect.Parameter("as_json", keyword, default=False, annotation=as_json),
    ]
    return inspect.Signature(parameters)


bogota.__signature__ = _signature()  # type: ignore[attr-defined]
bogota.__annotations__ = {
    name: parameter.annotation for name, parameter in _signature().parameters.items()
}
convert.command("bogota")(bogota)
convert.command("shanghai")(shanghai)
