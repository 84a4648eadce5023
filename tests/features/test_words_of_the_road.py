"""Words of the road through the command line: collects and advice, from the tables to the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer.formats.plan_reading import plan_from_document
from optimizer.formats.problem_reading import read_problem
from tests.features.command_line import SMALL_CITY, Done, coldgrid
from tests.features.sample_city import change_settings, copy_of_city

WIDE = 400
"""Columns enough for a sentence on one line."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    folder = tmp_path_factory.mktemp("advised")
    words = ("--iterations", 1, "--workers", 1, "--out", folder / "day.json")
    return folder, coldgrid("plan", SMALL_CITY, *words, columns=WIDE)


def test_advice_is_shown_and_stands_in_the_plan(planned: tuple[Path, Done]) -> None:
    folder, done = planned
    assert done.code == 0, done.err
    document = json.loads((folder / "day.json").read_text(encoding="utf-8"))
    # The small city has no backup vehicle at all.
    assert "few_backup_carriers" in {one["code"] for one in document["advice"]}
    for one in document["advice"]:
        assert f"advice {one['where']}: {one['detail']}" in done.out
    assert plan_from_document(document).advice


def test_faults_of_collects_are_named_with_place_cause_and_action(tmp_path: Path) -> None:
    city = copy_of_city(tmp_path)
    (city / "collects.csv").write_text(
        "order,line,site,kind,zone,mass_kg,volume_l\n"
        "N101,1,P1,empties,chilled,1,2\n"
        "E1,1,P99,empties,chilled,-1,2\n"
    )
    done = coldgrid("plan", city, "--iterations", 1)
    assert done.code == 2
    assert len(done.complaints()) == 3
    named, unknown, negative = done.complaints()
    assert "CG-1035 collects.csv row 2" in named
    assert "CG-1015 collects.csv row 3" in unknown
    assert "CG-1008 collects.csv row 3" in negative
    assert "Write a number above 0" in negative


def test_settings_of_the_road_reach_the_problem(tmp_path: Path) -> None:
    city = copy_of_city(tmp_path)
    change_settings(city, r"  daily: \{", "  quick: {within_h: 2, express: true}\n  daily: {")
    change_settings(city, r"  truck:\n    \{", "  truck:\n    {breaks: null, ")
    change_settings(city, r"radius_km: 5", "radius_km: 5\ndoor_service_s: 60")
    day = read_problem(city).problem
    assert (day.promises["quick"].within_s, day.promises["quick"].express) == (7200, True)
    assert set(day.breaks) == {"van", "van_movable"}
    assert day.door_service_s == 60
    # Assumptions, not another question: plans of before may be judged under them.
    assert day.digest == read_problem(SMALL_CITY).problem.digest
