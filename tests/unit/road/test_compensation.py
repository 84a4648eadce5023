from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.road.compensation import Cause, Owed, Remedy, Standing, Terms, owed, resend_row
from api.road.progress import LineProgress
from optimizer.domain.ids import LineKey
from tests.builders import HOUR
from tests.road_cases import instant, small_problem

DAY = small_problem()
LINE = DAY.lines[LineKey("A", "1")]
"""20 kg, 100.00, chilled."""
DUE = instant(DAY, 24 * HOUR)
TERMS = Terms()


def standing(paid_cents: int = 0, broke_band: bool = False, **became: Any) -> Standing:
    progress = LineProgress(key=LINE.key, zone=LINE.zone, planned_g=LINE.mass_g, **became)
    return Standing(
        line=LINE, progress=progress, due_at=DUE, broke_band=broke_band, paid_cents=paid_cents
    )


def settled(
    one: Standing, cause: Cause, remedy: Remedy = Remedy.REFUND, late_s: int = -1
) -> Owed | str:
    return owed(one, cause, remedy, DUE + timedelta(seconds=late_s), TERMS)


@pytest.mark.parametrize(
    ("cause", "became"),
    [
        (Cause.DAMAGED, {"damaged_g": 5000}),
        (Cause.REFUSED, {"refused_g": 5000}),
        (Cause.TEMPERATURE, {"handed_g": 5000, "broke_band": True}),
    ],
)
def test_a_refund_is_the_share_of_the_value_by_kilograms(
    cause: Cause, became: dict[str, Any]
) -> None:
    assert settled(standing(**became), cause) == Owed(mass_g=5000, amount_cents=2500)


@pytest.mark.parametrize("cause", list(Cause))
def test_without_a_cause_nothing_is_owed(cause: Cause) -> None:
    answer = settled(standing(handed_g=20_000, handed_at=DUE), cause)
    assert isinstance(answer, str)
    assert "A/1" in answer


def test_a_line_that_is_missing_after_its_deadline_is_owed_in_full() -> None:
    part = standing(handed_g=15_000)
    assert isinstance(settled(part, Cause.DELAYED, late_s=0), str)
    assert settled(part, Cause.DELAYED, late_s=1) == Owed(mass_g=5000, amount_cents=2500)


def test_a_line_that_came_late_but_whole_is_refunded_in_part_and_not_sent_again() -> None:
    late = standing(handed_g=20_000, handed_at=DUE + timedelta(seconds=1))
    assert settled(late, Cause.DELAYED, late_s=99) == Owed(mass_g=20_000, amount_cents=1000)
    again = settled(late, Cause.DELAYED, Remedy.RESEND, late_s=99)
    assert isinstance(again, str)
    assert "late but whole" in again


def test_a_line_left_out_is_owed_whole() -> None:
    nowhere = Standing(line=LINE, progress=None, due_at=DUE)
    assert settled(nowhere, Cause.LEFT_OUT) == Owed(mass_g=20_000, amount_cents=10_000)
    assert isinstance(settled(nowhere, Cause.DAMAGED), str)


def test_all_compensations_together_never_exceed_the_value() -> None:
    assert settled(standing(9000, damaged_g=5000), Cause.DAMAGED) == Owed(
        mass_g=5000, amount_cents=1000
    )
    answer = settled(standing(10_000, damaged_g=5000), Cause.DAMAGED)
    assert isinstance(answer, str)
    assert "compensated already" in answer


def test_worthless_goods_can_be_sent_again() -> None:
    free = replace(standing(damaged_g=5000), line=replace(LINE, value_cents=0))
    assert settled(free, Cause.DAMAGED, Remedy.RESEND) == Owed(mass_g=5000, amount_cents=0)


def test_a_resend_is_an_order_row_with_the_missing_kilograms() -> None:
    one = standing(damaged_g=5000)
    row = resend_row(one, Owed(mass_g=5000, amount_cents=2500))
    assert row == {
        "order": "A-R1",
        "line": "1",
        "site": "P1",
        "article": "A1",
        "zone": "chilled",
        "mass_kg": 5.0,
        "volume_l": 12.5,
        "value_cents": 2500,
        "promise": "daily",
        "priority": 1,
        "mode": "pickup",
        "shelf_life_left_h": 72.0,
    }
    second = resend_row(replace(one, resends=1), Owed(mass_g=1, amount_cents=0))
    assert second["order"] == "A-R2"
    dry = replace(one, line=replace(LINE, shelf_life_left_s=None))
    assert "shelf_life_left_h" not in resend_row(dry, Owed(mass_g=1, amount_cents=0))
