"""``coldgrid check``: the same plan under the same question, whatever the weather says now."""

import json
import re
from pathlib import Path

import pytest

from optimizer.check.codes import CODES
from tests.features.command_line import SMALL_CITY, Done, coldgrid
from tests.features.sample_city import Row, change_rows, change_settings, copy_of_city


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("judged") / "plan.json"
    words = ("--iterations", 5, "--workers", 1, "--out", path)
    assert coldgrid("plan", SMALL_CITY, *words).code == 0
    return path


def test_a_good_plan_is_feasible(plan_file: Path) -> None:
    done = coldgrid("check", SMALL_CITY, plan_file)
    assert done.code == 0
    assert done.err == ""
    assert done.out.startswith("check: feasible, no rule is broken\n")
    assert "served lines" in done.out


def test_json_has_verdict_findings_and_figures(plan_file: Path) -> None:
    done = coldgrid("check", SMALL_CITY, plan_file, "--json")
    assert done.code == 0
    document = done.document()
    assert list(document) == ["feasible", "violations", "kpis"]
    assert document["feasible"] is True
    assert document["violations"] == []
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    assert document["kpis"] == plan["kpis"]


@pytest.fixture(scope="module")
def warm_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same network, fleet and orders on a day when no unit cools."""
    city = copy_of_city(tmp_path_factory.mktemp("warm"))
    change_settings(city, r"cooling_w: \d+", "cooling_w: 0")
    return city


@pytest.fixture(scope="module")
def warm(plan_file: Path, warm_city: Path) -> Done:
    return coldgrid("check", warm_city, plan_file, "--json")


def test_vans_without_cooling_break_the_product_bands(warm: Done) -> None:
    assert warm.code == 1
    document = warm.document()
    assert document["feasible"] is False
    assert {found["code"] for found in document["violations"]} == {"temperature"}
    assert all(found["amount"] > 0 for found in document["violations"])


def test_a_person_reads_code_place_amount_and_meaning(
    plan_file: Path, warm_city: Path, warm: Done
) -> None:
    found = warm.document()["violations"]
    done = coldgrid("check", warm_city, plan_file, columns=160)
    assert done.code == 1
    assert re.match(rf"check: not feasible, {len(found)} violations?\n", done.out)
    (row, *_) = [line for line in done.out.splitlines() if line.startswith(" temperature ")]
    assert found[0]["where"] in row
    assert " °C " in row
    assert CODES["temperature"].meaning in row


def test_a_truck_that_leaves_earlier_than_it_can_is_found(plan_file: Path, tmp_path: Path) -> None:
    document = json.loads(plan_file.read_text(encoding="utf-8"))
    van = next(route for route in document["routes"] if route["echelon"] == "last_mile")
    van["departs_at"] = "2026-07-15T05:00:00+08:00"
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document), encoding="utf-8")
    done = coldgrid("check", SMALL_CITY, changed, "--json")
    assert done.code == 1
    assert {"wave", "shift"} <= {found["code"] for found in done.document()["violations"]}


def _heavier(row: Row) -> Row:
    return row | ({"mass_kg": "3.3"} if row["order"] == "N101" and row["line"] == "1" else {})


@pytest.mark.parametrize("json_too", [(), ("--json",)])
def test_a_plan_of_another_problem_is_refused(
    plan_file: Path, tmp_path: Path, json_too: tuple[str, ...]
) -> None:
    city = copy_of_city(tmp_path)
    change_rows(city, "orders", _heavier)
    done = coldgrid("check", city, plan_file, *json_too)
    assert done.code == 2
    assert done.out == ""
    (line,) = done.complaints()
    assert line.startswith("CG-4001 ")


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", "CG-4002"), ("[]", "CG-4003"), ("{}", "CG-4003"), ("", "CG-4002")],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    done = coldgrid("check", SMALL_CITY, path)
    assert done.code == 2
    assert done.out == ""
    assert {line.split()[0] for line in done.complaints()} == {code}
