"""Tables, workbook and document that other programs write and people open."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.domain.network import TimeWindow
from optimizer.formats.problem_reading import problem_from_document, read_problem
from optimizer.formats.problem_writing import (
    problem_document,
    write_problem_folder,
    write_problem_json,
    write_problem_tables,
)
from optimizer.formats.raw import COLUMNS, LATER_COLUMNS, REQUIRED_TABLES, STOCK
from optimizer.formats.written_units import in_units
from tests.conftest import ROOT
from tests.unit.formats import tiny_day, tiny_plan


def test_tables_have_the_columns_of_the_contract_in_their_order(tmp_path: Path) -> None:
    tiny_day.write_folder(tmp_path, tiny_day.document())
    assert not (tmp_path / "collects.csv").exists()
    for name in (*REQUIRED_TABLES, STOCK):
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert header == [column for column in COLUMNS[name] if column not in LATER_COLUMNS]


def test_loading_temperature_has_a_column_only_where_a_line_has_one(tmp_path: Path) -> None:
    document = tiny_day.document()
    document["orders"][1]["loading_c"] = -25.5
    tiny_day.write_folder(tmp_path, document)
    assert (tmp_path / "orders.csv").read_text().splitlines()[0].endswith(",mode,loading_c")
    ice = list(read_problem(tmp_path).problem.lines.values())[1]
    assert ice.loading_c == -25.5


def test_without_stock_there_is_no_file_of_it(tmp_path: Path) -> None:
    problem = replace(tiny_plan.problem(), stock=())
    write_problem_folder(problem, tmp_path / "new" / "folder")
    names = sorted(entry.name for entry in (tmp_path / "new" / "folder").iterdir())
    assert names == ["orders.csv", "settings.yaml", "sites.csv", "vehicles.csv"]


def test_row_with_a_column_that_nobody_reads_is_a_mistake_of_the_writer(tmp_path: Path) -> None:
    rows = [{"id": "C", "knd": "central"}]
    with pytest.raises(ValueError, match="knd"):
        write_problem_tables(tmp_path, sites=rows, vehicles=[], orders=[], settings={})


def test_same_problem_gives_the_same_bytes() -> None:
    problem = read_problem(ROOT / "data" / "samples" / "small_city").problem
    data = write_problem_json(problem)
    assert write_problem_json(problem_from_document(problem_document(problem)).problem) == data


def test_hours_that_no_table_can_say_are_refused_and_not_bent() -> None:
    problem = tiny_plan.problem()
    odd = (TimeWindow(opens=0, closes=100), TimeWindow(opens=200, closes=300))
    site = replace(problem.sites["P"], hours=odd)
    with pytest.raises(ValueError, match="opening hours"):
        problem_document(replace(problem, sites={**problem.sites, "P": site}))


@pytest.mark.parametrize("seconds", [0, 1, 59, 61, 3599, 3601, 86_399, 3_599_999_999])
@pytest.mark.parametrize("unit_s", [60, 3600])
def test_durations_in_larger_units_are_read_back_to_the_second(seconds: int, unit_s: int) -> None:
    document = tiny_day.document()
    document["orders"][0]["shelf_life_left_h"] = in_units(seconds, 3600)
    document["sites"][1]["sorting_min"] = in_units(min(seconds, 10**6), 60)
    problem = problem_from_document(document).problem
    first = next(iter(problem.lines.values()))
    assert first.shelf_life_left_s == seconds
    assert problem.sites["G"].sorting_s == min(seconds, 10**6)
    assert in_units(7200, unit_s) == 7200 // unit_s
