from __future__ import annotations

import pytest

from api.life.edits import edit_faults
from api.life.freeze import Freeze
from optimizer.revise import ChangeVehicle, Edit, LeaveLine, MoveLine, MoveStop
from tests.cases import key, tiny_plan

PLAN = tiny_plan()
FROZEN = Freeze(because={"V1-1": "left at 06:50"})


@pytest.mark.parametrize(
    ("edit", "touches"),
    [
        (MoveStop(route="V1-1", site="P1", to_route="V3-1"), True),
        (MoveStop(route="V3-1", site="P3", to_route="V1-1"), True),
        (MoveStop(route="V3-1", site="P3", to_route="B1-1"), False),
        (MoveLine(key=key("O1/1"), to_route="V1-2"), True),
        (MoveLine(key=key("O6/1"), to_route="V1-1"), True),
        (MoveLine(key=key("O7/1"), to_route="B1-1"), False),
        (LeaveLine(key=key("O1/1")), True),
        (LeaveLine(key=key("O7/1")), False),
        (LeaveLine(key=key("nobody/1")), False),
        (ChangeVehicle(route="V1-1", vehicle="V2"), True),
        (ChangeVehicle(route="V1-2", vehicle="V2"), False),
    ],
)
def test_an_edit_that_touches_what_stays_is_named_once(edit: Edit, touches: bool) -> None:
    faults = list(edit_faults([ChangeVehicle(route="B1-1", vehicle="V3"), edit], PLAN, FROZEN))
    assert [fault.place for fault in faults] == ["/edits/1"] * touches
    assert all("V1-1 left at 06:50" in fault.cause for fault in faults)
