"""The settings key ``cut_offs``: read, refused with a place, and written so that it comes back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.cut_off import CutOff
from optimizer.domain.errors import InputRefused
from optimizer.formats.problem_reading import problem_from_document, read_problem
from optimizer.formats.problem_writing import (
    write_problem_folder,
    write_problem_json,
    write_problem_workbook,
)
from tests.unit.formats import tiny_day

GIVEN = {"festival": "2026-02-17", "days": 7, "sites": ["P"]}
READ = (CutOff(festival=date(2026, 2, 17), days=7, sites=frozenset({"P"})),)


def test_nothing_said_means_no_cut_off() -> None:
    assert problem_from_document(tiny_day.document()).problem.cut_offs == ()


def test_a_cut_off_comes_back_from_every_form(tmp_path: Path) -> None:
    problem = problem_from_document(tiny_day.document() | {"cut_offs": [GIVEN]}).problem
    assert problem.cut_offs == READ
    assert problem_from_document(json.loads(write_problem_json(problem))).problem == problem
    write_problem_folder(problem, tmp_path / "day")
    assert read_problem(tmp_path / "day").problem.cut_offs == READ
    (tmp_path / "day.xlsx").write_bytes(write_problem_workbook(problem))
    assert read_problem(tmp_path / "day.xlsx").problem.cut_offs == READ


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"festival": "soon"}, "CG-1009", "/cut_offs/0/festival"),
        ({"festival": "0001-01-01"}, "CG-1008", "/cut_offs/0/festival"),
        ({"festival": None}, "CG-1006", "/cut_offs/0/festival"),
        ({"days": -1}, "CG-1008", "/cut_offs/0/days"),
        ({"days": "seven"}, "CG-1007", "/cut_offs/0/days"),
        ({"sites": []}, "CG-1006", "/cut_offs/0/sites"),
        ({"sites": "P"}, "CG-1027", "/cut_offs/0/sites"),
        ({"sites": ["PP"]}, "CG-1015", "/cut_offs/0/sites/0"),
        ({"sites": ["G"]}, "CG-1015", "/cut_offs/0/sites/0"),
        ({"day": 7}, "CG-1003", "/cut_offs/0/day"),
    ],
)
def test_a_fault_names_its_place(change: dict[str, Any], code: str, place: str) -> None:
    with pytest.raises(InputRefused) as refused:
        problem_from_document(tiny_day.document() | {"cut_offs": [GIVEN | change]})
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [(code, place)]
