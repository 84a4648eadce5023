"""``coldgrid coverage``: where no emergency transfer station is within reach."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.features.command_line import SMALL_CITY, coldgrid


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("covered") / "plan.json"
    words = ("--iterations", 5, "--workers", 1, "--out", path)
    assert coldgrid("plan", SMALL_CITY, *words).code == 0
    return path


def test_points_alone_are_judged_without_a_plan() -> None:
    done = coldgrid("coverage", SMALL_CITY)
    assert done.code == 0
    assert "within 5.00 km by road" in done.out
    assert "8/8" in done.out


def test_status_1_says_that_something_is_without_a_station() -> None:
    done = coldgrid("coverage", SMALL_CITY, "--radius-km", 0.5, "--json")
    assert done.code == 1
    document = done.document()
    assert document["radius_m"] == 500
    assert document["plan_version"] is None
    assert {one["reason"] for one in document["points"]} == {"too_far"}
    assert document["gaps"] == []


def test_a_plan_shows_its_gaps_with_hours(plan_file: Path) -> None:
    done = coldgrid("coverage", SMALL_CITY, plan_file, "--radius-km", 1.5, "--json")
    assert done.code == 1
    document = done.document()
    assert document["plan_version"] == 1
    gap = document["gaps"][0]
    assert 0 <= gap["from_m"] < gap["to_m"]
    assert gap["starts_at"] < gap["ends_at"]
    assert gap["nearest"]["distance_m"] > 1500
    table = coldgrid("coverage", SMALL_CITY, plan_file, "--radius-km", 1.5).out
    assert "stretches without, the longest first" in table
    assert "too far" in table


def test_a_plan_of_another_problem_is_refused(plan_file: Path, tmp_path: Path) -> None:
    plan = json.loads(plan_file.read_text(encoding="utf-8")) | {"problem_digest": "sha256:0"}
    other = tmp_path / "other.json"
    other.write_text(json.dumps(plan), encoding="utf-8")
    done = coldgrid("coverage", SMALL_CITY, other)
    assert done.code == 2
    assert "CG-4001" in done.err


@pytest.mark.parametrize("radius", ["0", "-1", "1000", "nan"])
def test_a_radius_that_makes_no_sense_is_refused(radius: str) -> None:
    assert coldgrid("coverage", SMALL_CITY, "--radius-km", radius).code == 2
