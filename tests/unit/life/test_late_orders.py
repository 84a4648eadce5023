"""Late rows and cancellations: the fault of each has a code and a place, and good rows count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.life.freeze import Freeze
from api.life.late_orders import (
    cancelled_lines,
    changed_problem,
    loaded_faults,
    read_late_orders,
)
from optimizer.domain.cut_off import CutOff
from optimizer.domain.errors import InputRefused
from optimizer.domain.problem import Problem
from tests.cases import key, tiny_plan, tiny_problem

PROBLEM = tiny_problem()
PLAN = tiny_plan(PROBLEM)
NOW = datetime(2026, 6, 2, 21, 30, tzinfo=UTC)
ROW = {"order": "L1", "line": "1", "site": "P3", "zone": "chilled", "mass_kg": 2, "volume_l": 3}


def row(**changes: Any) -> dict[str, Any]:
    return ROW | {"promise": "morning"} | changes


def refused(
    *rows: dict[str, Any], keep: bool = False, problem: Problem = PROBLEM
) -> list[tuple[str, str]]:
    with pytest.raises(InputRefused) as caught:
        read_late_orders(problem, rows, received_at=NOW, keep_good_rows=keep)
    return [(fault.code, fault.place) for fault in caught.value.faults]


def with_cut_off(festival: date) -> Problem:
    cut = CutOff(festival=festival, days=7, sites=frozenset({"P3"}))
    return replace(PROBLEM, cut_offs=(cut,))


def test_a_good_row_is_a_line_as_in_the_table() -> None:
    late = read_late_orders(
        PROBLEM, [row(window_from="07:00")], received_at=NOW, keep_good_rows=False
    )
    line = late.lines[key("L1/1")]
    assert (line.mass_g, line.volume_ml, line.promise) == (2000, 3000, "morning")
    assert line.window is not None and line.window.opens == 7 * 3600
    assert late.refused == ()


def test_no_rows_are_no_lines() -> None:
    assert read_late_orders(PROBLEM, [], received_at=NOW, keep_good_rows=False).lines == {}


@pytest.mark.parametrize(
    ("bad", "code", "place"),
    [
        (row(zone="warm"), "CG-1012", "/orders/1/zone"),
        (row(mass_kg="heavy"), "CG-1007", "/orders/1/mass_kg"),
        (row(mass_kg=float("nan")), "CG-1007", "/orders/1/mass_kg"),
        (row(site="P99"), "CG-1015", "/orders/1/site"),
        (row(site="G1"), "CG-1017", "/orders/1/site"),
        (row(order=["L2"]), "CG-1027", "/orders/1/order"),
        (row(order="O1"), "CG-7208", "/orders/1"),
        (row(order="L0"), "CG-1014", "/orders/1/line"),
    ],
)
def test_a_bad_row_is_named_and_good_ones_may_be_kept(
    bad: dict[str, Any], code: str, place: str
) -> None:
    rows = [row(order="L0"), bad]
    found = refused(*rows)
    assert (code, place) in found
    late = read_late_orders(PROBLEM, rows, received_at=NOW, keep_good_rows=True)
    assert list(late.lines) == [key("L0/1")]
    assert [(fault.code, fault.place) for fault in late.refused] == found


def test_without_any_good_row_the_request_is_refused() -> None:
    assert refused(row(order="O1"), keep=True) == [("CG-7208", "/orders/0")]
    both = refused(row(order="O1"), row(zone="warm"), keep=True)
    assert sorted(both) == [("CG-1012", "/orders/1/zone"), ("CG-7208", "/orders/0")]


def test_the_seventh_day_before_a_festival_is_the_last() -> None:
    # 21:30 in Greenwich on 2 June is half past five on 3 June in Shanghai.
    accepted = with_cut_off(date(2026, 6, 10))
    late = read_late_orders(accepted, [row()], received_at=NOW, keep_good_rows=False)
    assert list(late.lines) == [key("L1/1")]
    too_late = with_cut_off(date(2026, 6, 9))
    assert refused(row(), problem=too_late) == [("CG-7207", "/orders/0")]
    elsewhere = read_late_orders(too_late, [row(site="P4")], received_at=NOW, keep_good_rows=False)
    assert list(elsewhere.lines) == [key("L1/1")]


def test_an_order_is_cancelled_whole_or_line_by_line() -> None:
    meant = cancelled_lines(PROBLEM, [("O1", None), ("O2", "2"), ("O1", "1")])
    assert meant == {
        key("O1/1"): "/cancel/0",
        key("O1/2"): "/cancel/0",
        key("O2/2"): "/cancel/1",
    }


def test_lines_on_routes_that_stay_are_not_cancelled() -> None:
    frozen = Freeze(because={"V1-1": "left at 06:50"})
    meant = cancelled_lines(PROBLEM, [("O6", None), ("O1", "1"), ("O4", None)])
    faults = list(loaded_faults(PLAN, {"V1-1", "T2-1"}, frozen, meant))
    assert [(fault.code, fault.place, fault.cause) for fault in faults] == [
        ("CG-7206", "/cancel/1", "O1/1 rides on route V1-1, which left at 06:50"),
        # Goods on a truck that brings others' goods stay on it as well.
        (
            "CG-7206",
            "/cancel/2",
            "O4/1 rides on route T2-1, which has to stay for a route that stays",
        ),
    ]


def test_what_nobody_ordered_cannot_be_cancelled() -> None:
    with pytest.raises(InputRefused) as caught:
        cancelled_lines(PROBLEM, [("O1", None), ("O1", "9"), ("X", None)])
    found = [(fault.code, fault.place) for fault in caught.value.faults]
    assert found == [("CG-7205", "/cancel/1"), ("CG-7205", "/cancel/2")]


def test_the_changed_problem_has_the_lines_that_are_asked_now() -> None:
    late = read_late_orders(PROBLEM, [row()], received_at=NOW, keep_good_rows=False)
    changed = changed_problem(PROBLEM, late.lines, [key("O7/1")])
    assert [str(name) for name in changed.lines] == [
        "O1/1", "O1/2", "O2/1", "O2/2", "O3/1", "O4/1", "O5/1", "O6/1", "L1/1",
    ]  # fmt: skip
    assert changed.digest != PROBLEM.digest
