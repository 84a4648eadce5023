"""``coldgrid reroute``: a compartment fails on the road, and the answer is a document or words."""

import json
from pathlib import Path
from typing import Any

import pytest

from optimizer.formats.schemas import schema_errors
from tests.features.command_line import SMALL_CITY, Done, coldgrid


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("running") / "plan.json"
    words = ("--iterations", 5, "--workers", 1, "--out", path)
    assert coldgrid("plan", SMALL_CITY, *words).code == 0
    return path


@pytest.fixture(scope="module")
def route(plan_file: Path) -> Any:
    """Give a van's route that has frozen goods for its last stop."""
    routes = json.loads(plan_file.read_text(encoding="utf-8"))["routes"]
    return next(
        one
        for one in routes
        if one["echelon"] == "last_mile"
        and any(item["zone"] == "frozen" for item in one["stops"][-1]["delivers"])
    )


def _reroute(plan_file: Path, route: Any, *more: object) -> Done:
    words = ("--vehicle", route["vehicle"], "--zone", "frozen", "--at", route["departs_at"])
    return coldgrid("reroute", SMALL_CITY, plan_file, *words, *more)


def test_a_unit_that_still_cools_enough_loses_nothing(plan_file: Path, route: Any) -> None:
    done = _reroute(plan_file, route, "--cooling", 4000, "--json")
    assert done.code == 0
    document = done.document()
    assert list(schema_errors("reroute", document)) == []
    assert document["loses_nothing"] is True
    assert document["proposals"][0]["kind"] == "carry_on"
    assert document["proposals"][0]["changed_routes"] == []


def test_every_plan_in_the_answer_is_a_plan(plan_file: Path, route: Any) -> None:
    document = _reroute(plan_file, route, "--product", -19, "--json").document()
    for proposal in document["proposals"]:
        assert list(schema_errors("plan", proposal["plan"])) == []
        assert proposal["plan"]["version"] == 2
        assert proposal["check"] == proposal["plan"]["check"]


def test_goods_that_are_out_of_their_band_are_quarantined(plan_file: Path, route: Any) -> None:
    done = _reroute(plan_file, route, "--product", -10, "--json")
    assert done.code == 1
    (only,) = done.document()["proposals"]
    assert only["kind"] == "quarantine"
    assert only["quarantined_kg"] > 0
    handed = {
        (item["order"], item["line"])
        for one in only["plan"]["routes"]
        if one["echelon"] == "last_mile"
        for stop in one["stops"]
        for item in stop["delivers"]
    }
    assert not handed & {(line["order"], line["line"]) for line in only["lines"]}


def test_people_read_what_is_lost_and_what_the_checker_says(plan_file: Path, route: Any) -> None:
    done = _reroute(plan_file, route, "--product", -10)
    assert done.code == 1
    assert "frozen fails at" in done.out
    assert "quarantined" in done.out
    assert "check: " in done.out


def test_the_same_question_has_the_same_answer(plan_file: Path, route: Any) -> None:
    first = _reroute(plan_file, route, "--product", -19, "--json")
    assert first.out == _reroute(plan_file, route, "--product", -19, "--json").out


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"--vehicle": "nobody"}, "CG-1501"),
        ({"--at": "2026-07-14T21:00:00+08:00"}, "CG-1502"),
        ({"--at": "tomorrow"}, "CG-1505"),
        ({"--at": "2026-07-15T07:00:00"}, "CG-1505"),
        ({"--at": "2027-07-15T07:00:00+08:00"}, "CG-1505"),
        ({"--product": "99"}, "CG-1506"),
        ({"--ambient": "nan"}, "CG-1506"),
    ],
)
def test_a_bad_question_is_refused_with_code_and_action(
    plan_file: Path, route: Any, changes: dict[str, str], code: str
) -> None:
    words = {
        "--vehicle": route["vehicle"],
        "--zone": "frozen",
        "--at": route["departs_at"],
    } | changes
    done = coldgrid("reroute", SMALL_CITY, plan_file, *(w for pair in words.items() for w in pair))
    assert done.code == 2
    (line,) = done.complaints()
    assert line.startswith(code)


def test_a_truck_and_an_empty_compartment_are_refused(plan_file: Path, route: Any) -> None:
    routes = json.loads(plan_file.read_text(encoding="utf-8"))["routes"]
    truck = next(one for one in routes if one["echelon"] == "linehaul")
    words = ("--vehicle", truck["vehicle"], "--zone", "frozen", "--at", truck["departs_at"])
    done = coldgrid("reroute", SMALL_CITY, plan_file, *words)
    assert (done.code, done.err.split()[0]) == (2, "CG-1504")
    late = route["stops"][-1]["departs_at"]
    words = ("--vehicle", route["vehicle"], "--zone", "frozen", "--at", late)
    done = coldgrid("reroute", SMALL_CITY, plan_file, *words)
    assert (done.code, done.err.split()[0]) == (2, "CG-1503")
