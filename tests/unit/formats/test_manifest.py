"""The manifest of a vehicle: nothing lost, nothing that a spreadsheet would run."""

import csv
import io
from dataclasses import replace

import pytest

from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Break, Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import thousandths_up
from optimizer.formats.manifest import COLUMNS, manifest_csv, safe_cell
from optimizer.formats.problem_reading import problem_from_document
from tests.unit.formats import tiny_day, tiny_plan
from tests.unit.formats.tiny_plan import ICE, MILK, route, stop


def every_row(problem: Problem, plan: Plan, vehicle: str = "V") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(manifest_csv(problem, plan, vehicle), newline="")))


def rows(problem: Problem, plan: Plan, vehicle: str = "V") -> list[dict[str, str]]:
    return [row for row in every_row(problem, plan, vehicle) if row["task"] == "deliver"]


def two_trips() -> Plan:
    part = replace(MILK, mass_g=10_000, volume_ml=20_000)
    rest = replace(MILK, mass_g=27_620, volume_ml=63_600)
    first = route(
        1,
        stop("P", SiteKind.PICKUP, 40_000, part, ICE),
        stop("S", SiteKind.STATION, 41_000, part),
        stop("P", SiteKind.PICKUP, 42_000, ICE),
    )
    return replace(
        tiny_plan.plan(), routes=(route(2, stop("P", SiteKind.PICKUP, 50_000, rest)), first)
    )


def test_a_row_says_what_to_hand_over_where_and_when() -> None:
    (row,) = rows(tiny_plan.problem(), tiny_plan.plan())
    assert row == {
        "trip": "1", "stop": "1", "task": "deliver", "zone": "chilled", "loading_order": "1",
        "site": "P", "name": "P", "arrives": "2026-02-11 07:06", "leaves": "2026-02-11 07:11",
        "order": "O1", "line": "1",
        "article": "MILK", "mass_kg": "37.62", "volume_l": "83.6", "batch": "",
        "product_c": "-19.5", "margin_c": "1.5", "boxes": "", "ice_kg": "",
        "measured_c": "", "refused": "", "empties": "", "signature": "",
    }  # fmt: skip
    assert tuple(row) == COLUMNS


def test_rests_stand_where_the_driver_takes_them_and_collects_at_their_stop() -> None:
    crates = replace(MILK, key=LineKey("E1", "1"), mass_g=2_500, volume_ml=30_000)
    row = {
        "order": "E1", "line": "1", "site": "P", "kind": "empties", "zone": "chilled",
        "mass_kg": 2.5, "volume_l": 30,
    }  # fmt: skip
    day = problem_from_document(tiny_day.document() | {"collects": [row]}).problem
    one = stop("P", SiteKind.PICKUP, 40_000, MILK)
    other = replace(stop("S", SiteKind.STATION, 44_000), collects=(crates,))
    rests = (Break(starts=45_000, ends=46_200), Break(starts=40_300, ends=41_500))
    plan = replace(tiny_plan.plan(), routes=(replace(route(1, one, other), breaks=rests),))
    found = every_row(day, plan)
    assert [(row["task"], row["stop"]) for row in found] == [
        ("deliver", "1"), ("rest", ""), ("collect", "2"), ("rest", ""),
    ]  # fmt: skip
    assert {column: cell for column, cell in found[1].items() if cell} == {
        "trip": "1", "task": "rest", "arrives": "2026-02-11 07:11", "leaves": "2026-02-11 07:31",
    }  # fmt: skip
    taken = found[2]
    assert (taken["order"], taken["article"], taken["mass_kg"]) == ("E1", "empties", "2.5")
    assert (taken["zone"], taken["loading_order"], taken["product_c"]) == ("chilled", "", "")


def test_each_compartment_is_loaded_in_the_reverse_order_of_its_stops() -> None:
    found = rows(tiny_plan.problem(), two_trips())
    order = [(row["trip"], row["stop"], row["zone"], row["loading_order"]) for row in found]
    assert order == [
        ("1", "1", "frozen", "2"),
        ("1", "1", "chilled", "2"),
        ("1", "2", "chilled", "1"),
        ("1", "3", "frozen", "1"),
        ("2", "1", "chilled", "1"),
    ]


def test_what_goes_into_the_plan_comes_out_of_the_manifests() -> None:
    plan = two_trips()
    delivered = [one for r in plan.routes for s in r.stops for one in s.delivers]
    found = rows(tiny_plan.problem(), plan)
    assert len(found) == len(delivered)
    assert sum(thousandths_up(row["mass_kg"]) for row in found) == sum(
        one.mass_g for one in delivered
    )
    assert sum(thousandths_up(row["volume_l"]) for row in found) == sum(
        one.volume_ml for one in delivered
    )


def test_boxes_are_numbered_through_and_their_ice_adds_up() -> None:
    # Frozen goods of 2 litres at the first stop and at the third: one of the two boxes each.
    first, _, _, third, later = rows(tiny_plan.problem(), two_trips())
    assert (first["boxes"], first["ice_kg"]) == ("1", "2.25")
    assert (third["boxes"], third["ice_kg"]) == ("2", "2.25")
    assert (later["boxes"], later["ice_kg"]) == ("", "")
    assert first["batch"] == "B7"


def test_share_of_a_line_in_the_ice_of_its_stop() -> None:
    half = replace(ICE, volume_ml=1_000)
    plan = replace(
        tiny_plan.plan(),
        routes=(
            route(
                1,
                stop("P", SiteKind.PICKUP, 40_000, half, ICE),
                stop("S", SiteKind.STATION, 41_000, half),
            ),
        ),
    )
    found = rows(tiny_plan.problem(), plan)
    # 3 of 4 litres lie in the first box and half of the second; no spreadsheet reads a date.
    assert [row["boxes"] for row in found] == ["1 to 2", "1 to 2", "2"]
    assert [float(row["ice_kg"]) for row in found] == [1.125, 2.25, 1.125]


def test_idle_vehicle_has_a_header_alone() -> None:
    assert manifest_csv(tiny_plan.problem(), tiny_plan.plan(), "T") == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_defused(start: str) -> None:
    problem = tiny_plan.problem()
    site = replace(problem.sites["P"], name=f"{start}cmd|' /C calc'!A0")
    problem = replace(problem, sites={**problem.sites, "P": site})
    (row,) = rows(problem, tiny_plan.plan())
    assert row["name"].startswith(f"'{start}")


def test_harmless_text_stays_as_it_is() -> None:
    assert safe_cell("Lotus Gate = 莲门") == "Lotus Gate = 莲门"
    assert safe_cell("") == ""
