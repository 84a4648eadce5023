"""The loading list as a table: whole, and nothing in it that a spreadsheet would run."""

import csv
import io
from dataclasses import replace

from api.manifests.csv import COLUMNS, loading_list_csv
from api.manifests.docks import build_loading_list
from optimizer.domain.problem import Problem
from tests.unit.api import paper_day


def rows(day: Problem) -> list[dict[str, str]]:
    listing = build_loading_list(day, paper_day.plan(day), "G1", paper_day.HEADING)
    text = loading_list_csv(listing, day.horizon)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_row_says_who_stands_where_and_when() -> None:
    truck, boxed, movable, _ = rows(paper_day.problem())
    assert tuple(truck) == COLUMNS
    assert (truck["work"], truck["vehicle"], truck["from"]) == (
        "unload", "T1", "2026-07-14T21:06:40+08:00",
    )  # fmt: skip
    assert (boxed["dock"], boxed["to"]) == ("1", "2026-07-15T06:00:00+08:00")
    assert (boxed["frozen_boxes"], boxed["frozen_ice_kg"], boxed["controlled_boxes"]) == (
        "2", "6.0", "",
    )  # fmt: skip
    assert (movable["chilled_kg"], movable["chilled_l"]) == ("21.6", "24.5")
    assert movable["goods_sorted"] == "2026-07-14T22:06:40+08:00"


def test_formulas_are_defused() -> None:
    day = paper_day.problem()
    bad = "=cmd|' /C calc'!A0"
    van = replace(day.vehicles["V2"], id=bad)
    plan = paper_day.plan(day)
    routes = tuple(
        replace(r, vehicle=bad, wave="@wave") if r.vehicle == "V2" else r for r in plan.routes
    )
    day = replace(day, vehicles={**day.vehicles, bad: van})
    listing = build_loading_list(day, replace(plan, routes=routes), "G1", paper_day.HEADING)
    text = loading_list_csv(listing, day.horizon)
    (row,) = [r for r in csv.DictReader(io.StringIO(text, newline="")) if "cmd" in r["vehicle"]]
    assert row["vehicle"] == f"'{bad}"
    assert row["wave"] == "'@wave"
