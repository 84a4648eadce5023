"""From a foreign file to a folder that the problem reader takes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from optimizer.convert import convert_bogota
from optimizer.domain.errors import InputRefused
from optimizer.domain.network import SiteKind
from optimizer.formats.bogota_options import BogotaOptions
from optimizer.formats.problem_reading import read_problem
from optimizer.travel.great_circle import GreatCircle

ROWS = (
    "Date,ClientID,Lat,Lon,Kg,ProductType",
    "2024-06-04,71,4.60,-74.06,30,Chilled",
    "2024-06-04,72,4.60,-74.06,25,Dry",
    "2024-06-04,73,4.80,-74.20,44,Frozen",
)


def _day(folder: Path, *rows: str) -> Path:
    path = folder / "day.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_no_more_grids_than_places(tmp_path: Path) -> None:
    report = convert_bogota(_day(tmp_path, *ROWS), tmp_path / "out")
    assert report.grids == ((4.60, -74.06), (4.80, -74.20))
    assert (report.rows, report.clients, report.lines) == (3, 3, 3)
    assert report.mass_kg == Decimal(99)
    assert report.vehicles == {"truck": 1, "van_large": 2, "van_small": 2}
    problem = read_problem(report.folder).problem
    grids = {site.id: site.grid for site in problem.sites_of(SiteKind.PICKUP)}
    assert grids == {"71": "G1", "72": "G1", "73": "G2"}


def test_one_grid_stands_where_the_weight_is(tmp_path: Path) -> None:
    options = BogotaOptions(grids=1)
    report = convert_bogota(_day(tmp_path, *ROWS), tmp_path / "out", options)
    assert report.grids == ((4.60, -74.06),)


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        convert_bogota(_day(tmp_path, *ROWS), tmp_path / name)
    for name in ("sites.csv", "vehicles.csv", "orders.csv", "settings.yaml"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_faulty_day_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        convert_bogota(_day(tmp_path, *ROWS, "2024-06-04,74,4.6,-74.1,-3,Dry"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_real_day_keeps_its_kilograms_and_goes_to_the_nearest_grids(
    data_dir: Path, tmp_path: Path
) -> None:
    day = data_dir / "bogota" / "sales_2024-06-08_demand.csv"
    report = convert_bogota(day, tmp_path / "out")
    problem = read_problem(report.folder).problem
    assert len(report.grids) == 4
    assert sum(line.mass_g for line in problem.lines.values()) == report.mass_kg * 1000
    rows = day.read_text(encoding="utf-8").splitlines()[1:]
    assert sum(Decimal(row.split(",")[4]) for row in rows) == report.mass_kg
    grids, clients = problem.sites_of(SiteKind.GRID), problem.sites_of(SiteKind.PICKUP)
    distance = GreatCircle(circuity=1.0).matrix(grids, clients).distance_m
    row = {grid.id: index for index, grid in enumerate(grids)}
    given = [row[client.grid or ""] for client in clients]
    assert distance[given, np.arange(len(clients))].tolist() == distance.min(axis=0).tolist()
