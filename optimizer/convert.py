"""Foreign data as problem folders: read by ``formats``, sited by ``planning``, written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import thousandths_up
from optimizer.formats.bogota import BogotaDay, Place, problem_tables, read_day
from optimizer.formats.bogota_options import BogotaOptions
from optimizer.formats.problem_writing import write_problem_tables
from optimizer.formats.shanghai import central_place
from optimizer.formats.shanghai import problem_tables as shanghai_tables
from optimizer.formats.shanghai_options import ShanghaiOptions
from optimizer.formats.shanghai_sites import read_sites_and_spots
from optimizer.planning.siting import candidate_points, choose_sites
from optimizer.travel.great_circle import haversine_m

SITING_LIMIT = Limit(iterations=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionReport:
    """What a conversion read and wrote.

    Parameters
    ----------
    rows, clients, lines
        Rows read, clients among them, order lines written.
    mass_kg
        Kilograms of the rows, and exactly those of the lines.
    grids
        Where the grid warehouses stand.
    vehicles
        Vehicles written, by type.
    """

    folder: Path
    rows: int
    clients: int
    lines: int
    mass_kg: Decimal
    grids: tuple[Place, ...]
    vehicles: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShanghaiReport:
    """What a conversion of delivery sites read and wrote.

    Parameters
    ----------
    rows, parcels
        Orders read of the sites that are taken, and their parcels.
    left_rows, left_parcels
        Orders and parcels of the sites that are not taken.
    sites, all_sites
        Sites taken, and sites of the file.
    spots, lines
        Pickup points and order lines written.
    parcels_written, mass_kg
        Parcels of the lines written, and their kilograms.
    central
        Where the central warehouse stands.
    vehicles
        Vehicles written, by type.
    """

    folder: Path
    rows: int
    parcels: int
    left_rows: int
    left_parcels: int
    sites: int
    all_sites: int
    spots: int
    lines: int
    parcels_written: int
    mass_kg: Decimal
    central: Place
    vehicles: dict[str, int]


def convert_bogota(
    day_csv: Path,
    out_dir: Path,
    options: BogotaOptions | None = None,
    *,
    seed: int = 1,
    limit: Limit = SITING_LIMIT,
) -> ConversionReport:
    """Turn one day of the distributor in Bogotá into a problem folder.

    The grid warehouses are sited over the day's demand; every client belongs to its nearest.
    With fewer places than grids wanted, each place gets one.

    Parameters
    ----------
    day_csv
        The day file.
    out_dir
        The problem folder; made where it is missing, its tables written anew.
    options
        The rules of the conversion.
    seed, limit
        For the siting.

    Raises
    ------
    InputRefused
        Every fault of the day file.
    """
    options = options or BogotaOptions()
    day = read_day(day_csv)
    grids = _site_grids(day, options.grids, seed=seed, limit=limit)
    grid_of = np.argmin(_metres(grids, [client.place for client in day.clients]), axis=0).tolist()
    tables = problem_tables(day, grids, grid_of, options)
    write_problem_tables(out_dir, **tables)
    return ConversionReport(
        folder=out_dir,
        rows=day.rows,
        clients=len(day.clients),
        lines=len(tables["orders"]),
        mass_kg=sum((row["mass_kg"] for row in tables["orders"]), Decimal(0)),
        grids=tuple(grids),
        vehicles=_by_type(tables),
    )


def convert_shanghai(
    sites_csv: Path, out_dir: Path, options: ShanghaiOptions | None = None
) -> ShanghaiReport:
    """Turn delivery sites, spots and parcels into a problem folder.

    Parameters
    ----------
    sites_csv
        The file of sites and spots.
    out_dir
        The problem folder; made where it is missing, its tables written anew.
    options
        The rules of the conversion.

    Raises
    ------
    InputRefused
        Every fault of the file.
    """
    options = options or ShanghaiOptions()
    every = read_sites_and_spots(sites_csv)
    taken, left = every[: options.sites], every[len(every[: options.sites]) :]
    central = central_place(every, options)
    tables = shanghai_tables(taken, central, options)
    write_problem_tables(out_dir, **tables)
    mass_kg = sum((row["mass_kg"] for row in tables["orders"]), Decimal(0))
    return ShanghaiReport(
        folder=out_dir,
        rows=sum(len(site.orders) for site in taken),
        parcels=sum(site.parcels for site in taken),
        left_rows=sum(len(site.orders) for site in left),
        left_parcels=sum(site.parcels for site in left),
        sites=len(taken),
        all_sites=len(every),
        spots=sum(len(site.spots) for site in taken),
        lines=len(tables["orders"]),
        parcels_written=int(mass_kg / options.parcel_kg),
        mass_kg=mass_kg,
        central=central,
        vehicles=_by_type(tables),
    )


def _by_type(tables: Mapping[str, Any]) -> dict[str, int]:
    kinds = [row["type"] for row in tables["vehicles"]]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def _site_grids(day: BogotaDay, wanted: int, *, seed: int, limit: Limit) -> list[Place]:
    """Choose places of clients; clients at one place count together."""
    grams: dict[Place, int] = {}
    for client in day.clients:
        grams[client.place] = grams.get(client.place, 0) + thousandths_up(client.total_kg)
    places, weights = list(grams), list(grams.values())
    lats, lons = zip(*places, strict=True)
    candidates = candidate_points(lats, lons, weights)
    distance = _metres([places[index] for index in candidates], places)
    chosen = choose_sites(
        distance,
        weights,
        min(wanted, len(candidates)),
        candidates=candidates,
        seed=seed,
        limit=limit,
    )
    return [places[index] for index in chosen]


def _metres(origins: Sequence[Place], destinations: Sequence[Place]) -> IntArray:
    start, end = np.array(origins), np.array(destinations)
    crow = haversine_m(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.rint(crow).astype(np.int64)
