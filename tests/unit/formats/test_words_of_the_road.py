"""Skills, ranges, lockers, collects, rests, express: what tables and settings say of the road."""

from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.driving import BreakRule
from optimizer.domain.ids import LineKey
from optimizer.domain.objective import Promise
from optimizer.domain.orders import Collect, CollectKind
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.break_settings import DEFAULT_BREAKS
from optimizer.formats.problem_reading import problem_from_document, read_problem
from optimizer.formats.problem_writing import write_problem_folder, write_problem_workbook
from tests.unit.formats import tiny_day

H = 3600
CRATES = {
    "order": "E1", "line": 1, "site": "P", "kind": "Empties", "zone": "chilled",
    "mass_kg": "3.0001", "volume_l": 20,
}  # fmt: skip


def changed(table: str, row: int, **cells: Any) -> Problem:
    document = tiny_day.document()
    document[table][row] |= cells
    return problem_from_document(document).problem


def problem(**settings: Any) -> Problem:
    return problem_from_document(tiny_day.document() | settings).problem


def test_skills_are_separated_by_blanks_and_have_no_case() -> None:
    assert changed("sites", 2, needs="Lift  old_town").sites["P"].needs == {"lift", "old_town"}
    assert changed("vehicles", 1, skills=" lift ").vehicles["V"].skills == {"lift"}
    assert changed("vehicles", 1, skills="").vehicles["V"].skills == frozenset()


def test_a_skill_that_no_vehicle_has_is_no_fault() -> None:
    assert changed("sites", 2, needs="ferry").sites["P"].needs == {"ferry"}


def test_a_range_rounds_down_and_an_empty_cell_is_no_limit() -> None:
    assert changed("vehicles", 1, range_km="120.0009").vehicles["V"].range_m == 120_000
    assert changed("vehicles", 1, range_km="0.001").vehicles["V"].range_m == 1
    assert changed("vehicles", 1, range_km="").vehicles["V"].range_m is None


def test_a_zone_without_locker_cells_differs_from_one_with_none() -> None:
    point = changed("sites", 2, cells_frozen=0, cells_chilled="12", cell_l=30.5).sites["P"]
    assert point.cells == {Zone.FROZEN: 0, Zone.CHILLED: 12}
    assert point.cell_ml == 30_500


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        (None, None),
        ("", None),
        ("20:00", 0),
        ("23:15", 3 * H + 900),
        ("05:30", 9 * H + 1800),
        ("2026-02-10T19:59:59+08:00", None),
        ("2026-02-03T09:00:00Z", None),
        ("2026-02-11T05:30:00+08:00", 9 * H + 1800),
    ],
)
def test_orders_come_before_the_horizon_or_at_the_first_such_time_after_its_start(
    cell: str | None, seconds: int | None
) -> None:
    line = changed("orders", 0, ordered_at=cell).lines[LineKey("O1", "1")]
    assert line.ordered_s == seconds


def test_collects_are_read_with_their_defaults() -> None:
    rows = [CRATES, CRATES | {"line": "2", "kind": "return", "value_cents": 500}]
    crates, back = problem(collects=rows).collects.values()
    assert crates == Collect(
        key=LineKey("E1", "1"),
        site="P",
        kind=CollectKind.EMPTIES,
        zone=Zone.CHILLED,
        mass_g=3001,
        volume_ml=20_000,
    )
    assert (back.kind, back.value_cents) == (CollectKind.RETURN, 500)


def test_without_collects_there_is_neither_table_nor_sheet_nor_key(tmp_path: Path) -> None:
    write_problem_folder(problem(), tmp_path)
    assert not (tmp_path / "collects.csv").exists()
    write_problem_folder(problem(collects=[CRATES]), tmp_path)
    assert (tmp_path / "collects.csv").read_text().splitlines()[1] == (
        "E1,1,P,empties,chilled,3.001,20.0,0"
    )


def test_collects_ride_in_a_workbook_too(tmp_path: Path) -> None:
    (tmp_path / "day.xlsx").write_bytes(write_problem_workbook(problem(collects=[CRATES])))
    assert list(read_problem(tmp_path / "day.xlsx").problem.collects) == [LineKey("E1", "1")]


def test_drivers_of_every_type_rest_unless_the_settings_say_otherwise() -> None:
    assert problem().breaks == {"truck": DEFAULT_BREAKS, "van": DEFAULT_BREAKS}
    assert BreakRule(after_driving_s=4 * H, rest_s=1200) == DEFAULT_BREAKS
    day = problem(vehicle_types={"van": {"breaks": None}, "truck": {"breaks": {"rest_min": 45}}})
    assert day.breaks == {"truck": BreakRule(after_driving_s=4 * H, rest_s=2700)}
    assert problem(vehicle_types={"van": {"speed_kmh": 20}}).breaks["van"] == DEFAULT_BREAKS


def test_a_class_that_says_within_what_time_needs_no_deadline() -> None:
    quick = {"within_h": 0.5, "express": True, "cents_per_min_late": 50}
    day = problem(promises={"express": quick, "soft": {"deadline_h": 14, "soft_window": True}})
    assert day.promises["express"] == Promise(
        deadline_s=HORIZON_S, cents_per_min_late=50, within_s=1800, express=True
    )
    assert day.promises["soft"] == Promise(
        deadline_s=14 * H, cents_per_min_late=0, soft_window=True
    )
    assert day.promises["cold"].within_s is None


def test_ice_comes_in_bricks_that_fit_the_box() -> None:
    def step_kg(**box: Any) -> float:
        document = tiny_day.document() | {"vehicle_types": {"van": {"box": box}}}
        document["vehicles"][1]["cooling"] = "boxes"
        made = problem_from_document(document).problem.bodies["van"].box
        assert made is not None
        return made.ice_step_kg

    assert step_kg() == 0.5
    assert step_kg(ice_step_kg=0.2) == 0.2
    assert step_kg(ice_kg=0.3) == 0.3
    assert step_kg(ice_kg=0) == 0.5


def test_doors_and_orders_that_stay_together_are_settings() -> None:
    assert (problem().door_service_s, problem().orders_together) == (0, False)
    day = problem(door_service_s="90", orders_together=True)
    assert (day.door_service_s, day.orders_together) == (90, True)
