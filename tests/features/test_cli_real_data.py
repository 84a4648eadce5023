"""Real days through the whole command line: convert, plan, check."""

import csv
from pathlib import Path

import pytest

from tests.features.command_line import coldgrid, coldgrid_script

pytestmark = pytest.mark.slow

DAYS = {
    "2024-06-28": ("--iterations", 20, "--workers", 1),
    "2024-07-15": ("--iterations", 20, "--workers", 1),
    "2024-07-05": ("--time-limit", 4),
}
"""Two small days and one of ordinary size: 28, 50 and 333 rows."""


def _kilograms(path: Path) -> float:
    with path.open(newline="", encoding="utf-8") as file:
        return sum(float(row["Kg"]) for row in csv.DictReader(file))


@pytest.mark.parametrize("day", DAYS)
def test_a_day_in_bogota_is_planned_and_passes_the_check(
    data_dir: Path, tmp_path: Path, day: str
) -> None:
    source = data_dir.resolve() / "bogota" / f"sales_{day}_demand.csv"
    folder, plan = tmp_path / "day", tmp_path / "plan.json"
    converted = coldgrid("convert", "bogota", source, folder, "--json")
    assert converted.code == 0, converted.err
    assert converted.document()["mass_kg"] == pytest.approx(_kilograms(source), abs=1e-6)
    run = coldgrid if "--workers" in DAYS[day] else coldgrid_script
    planned = run("plan", folder, *DAYS[day], "--out", plan, "--json")
    assert planned.code == 0, planned.err
    checked = coldgrid("check", folder, plan, "--json")
    assert checked.code == 0, checked.out
    document = checked.document()
    assert document["kpis"] == planned.document()["kpis"]
    assert document["kpis"]["served_kg_share"] > 0.95


def test_a_city_of_twelve_grids_is_planned_and_passes_the_check(
    data_dir: Path, tmp_path: Path
) -> None:
    city, plan = data_dir.resolve() / "city", tmp_path / "plan.json"
    planned = coldgrid_script("plan", city, "--iterations", 2, "--out", plan)
    assert planned.code == 0, planned.err
    assert "check: feasible" in planned.out
    checked = coldgrid("check", city, plan, "--json")
    assert checked.code == 0, checked.out
    figures = checked.document()["kpis"]
    assert figures["served_lines"] + figures["unserved_lines"] == 2189
    manifests = sorted((tmp_path / "plan-manifests").iterdir())
    assert len(manifests) == figures["vehicles_used"]
