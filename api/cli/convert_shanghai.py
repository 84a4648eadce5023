"""``coldgrid convert shanghai``: delivery sites with spots and parcels as a problem folder."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import MOST_SEED
from api.cli.outcome import Outcome, cannot_write
from optimizer.domain.temperature import ZONES, Zone
from optimizer.formats.shanghai_options import ShanghaiOptions

if TYPE_CHECKING:
    from optimizer.convert import ShanghaiReport

DEFAULTS = ShanghaiOptions()
USUAL_SHARES = ",".join(f"{zone.value}={DEFAULTS.zone_shares[zone]:g}" for zone in ZONES)


def _shares(text: str) -> dict[Zone, float]:
    """Read ``frozen=0.2,chilled=0.8``; a zone that is not named gets nothing."""
    words = {zone.value: zone for zone in ZONES}
    shares: dict[Zone, float] = {}
    for pair in text.split(","):
        name, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or name not in words or words[name] in shares:
            raise typer.BadParameter(f"{pair!r} is not ZONE=SHARE with one of {', '.join(words)}")
        shares[words[name]] = _number(value, 0.0, 1e6)
    if not sum(shares.values()):
        raise typer.BadParameter("the shares add up to nothing")
    return shares


def _number(text: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a number") from error
    if not least <= number <= most:
        raise typer.BadParameter(f"{text} lies outside {least:g} to {most:g}")
    return number


def _quantity(text: str) -> Decimal:
    """Read kilograms or litres in whole thousandths, so that sums are exact."""
    number = Decimal(str(_number(text, 0.001, 1000)))
    if number != round(number, 3):
        raise typer.BadParameter(f"{text} has more than three decimals")
    return number


def shanghai(
    sites_csv: Annotated[
        Path, typer.Argument(metavar="SITES.csv", help="Sites, spots and parcels.")
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The problem folder to write.")],
    *,
    sites: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Take the first N sites by id; default all."),
    ] = None,
    zone_shares: Annotated[
        Mapping[Zone, float] | None,
        typer.Option(
            parser=_shares,
            metavar="ZONE=X,…",
            help="Weights by which each parcel's zone is drawn.",
            show_default=USUAL_SHARES,
        ),
    ] = None,
    parcel_kg: Annotated[
        Decimal,
        typer.Option(parser=_quantity, metavar="X", help="A parcel's weight."),
    ] = DEFAULTS.parcel_kg,
    parcel_l: Annotated[
        Decimal,
        typer.Option(parser=_quantity, metavar="X", help="A parcel's room."),
    ] = DEFAULTS.parcel_l,
    seed: Annotated[
        int, typer.Option(min=0, max=MOST_SEED, metavar="N", help="For the zones of parcels.")
    ] = DEFAULTS.seed,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> int:
    """Turn delivery sites, their spots and parcels into a problem folder.

    Each site becomes a grid warehouse with its spots as pickup points. The central warehouse
    stands 20 km west of the parcels' centre. Zones are drawn parcel by parcel; vehicles are sized
    from the parcels and spots of each site.
    """
    from optimizer.convert import convert_shanghai
    from optimizer.formats.problem_reading import read_problem

    options = ShanghaiOptions(
        sites=sites,
        seed=seed,
        zone_shares=zone_shares or DEFAULTS.zone_shares,
        parcel_kg=parcel_kg,
        parcel_l=parcel_l,
    )
    try:
        report = convert_shanghai(sites_csv, out, options)
    except OSError as error:
        raise cannot_write(error) from error
    read_problem(out)
    if as_json:
        from api.cli.terminal import print_json

        print_json(_document(report))
    else:
        _show(report)
    return Outcome.DONE


def _document(report: ShanghaiReport) -> dict[str, Any]:
    lat, lon = report.central
    return {
        "folder": str(report.folder),
        "rows": report.rows,
        "parcels": report.parcels,
        "left_out": {"rows": report.left_rows, "parcels": report.left_parcels},
        "sites": report.sites,
        "sites_of_file": report.all_sites,
        "spots": report.spots,
        "lines": report.lines,
        "parcels_written": report.parcels_written,
        "mass_kg": float(report.mass_kg),
        "central": {"lat": lat, "lon": lon},
        "vehicles": report.vehicles,
    }


def _show(report: ShanghaiReport) -> None:
    from api.cli.layout import count, figures
    from api.cli.terminal import console

    lat, lon = report.central
    console().print(
        figures(
            {
                "read": f"{count(report.rows, 'row')}, {count(report.parcels, 'parcel')} of"
                f" {report.sites} of {count(report.all_sites, 'site')}",
                "not taken": f"{count(report.left_rows, 'row')},"
                f" {count(report.left_parcels, 'parcel')}",
                "written": f"{count(report.lines, 'order line')},"
                f" {count(report.parcels_written, 'parcel')}, {report.mass_kg:,} kg for"
                f" {count(report.spots, 'spot')}",
                "central": f"{lat:.4f},{lon:.4f}",
                "vehicles": ", ".join(f"{n} {kind}" for kind, n in report.vehicles.items()),
                "folder": str(report.folder),
            }
        )
    )
