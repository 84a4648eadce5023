"""The table of who may do what to an alarm, row by row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.road.alarm_rights import RIGHTS, AlarmAction, grade_of, why_not
from api.road.tasks import Severity as Grade
from api.security.access import ACCESS
from api.security.principal import Role
from telemetry.alarm.lifecycle import SHELVED_AT_MOST_MS
from telemetry.alarm.words import CommandKind

TABLE = {
    # grade: (who may close, hours in charge may shelve, hours the warehouse may)
    1: ({"dispatcher", "admin"}, 4, 1),
    2: ({"dispatcher", "warehouse", "admin"}, 12, 4),
    3: ({"dispatcher", "warehouse", "admin"}, 24, 12),
}
EVERYBODY = {"dispatcher", "warehouse", "admin"}
ROLES = [role.value for role in Role]


@pytest.mark.parametrize("grade", TABLE)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", AlarmAction)
def test_who_may_do_what(grade: int, role: str, action: AlarmAction) -> None:
    allowed = TABLE[grade][0] if action is AlarmAction.CLOSE else EVERYBODY
    refused = why_not(Grade(grade), role, action)
    assert (refused is None) == (role in allowed)
    if refused is not None:
        assert refused[0] == "CG-7701"
        assert all(name in refused[1] for name in allowed)


@pytest.mark.parametrize(("grade", "row"), TABLE.items())
@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_how_long_who_may_shelve(grade: int, row: tuple[set[str], int, int], role: str) -> None:
    longest = timedelta(hours=row[2] if role == "warehouse" else row[1])
    assert why_not(Grade(grade), role, AlarmAction.SHELVE, longest) is None
    refused = why_not(Grade(grade), role, AlarmAction.SHELVE, longest + timedelta(minutes=1))
    assert refused is not None
    assert refused[0] == "CG-7702"


def test_the_table_is_whole_and_no_role_may_more_than_the_monitor_allows() -> None:
    assert set(RIGHTS) == set(Grade)
    most = timedelta(milliseconds=max(SHELVED_AT_MOST_MS.values()))
    assert all(one <= most for rights in RIGHTS.values() for one in rights.longest.values())
    for action in AlarmAction:
        assert CommandKind(action.value).value == action.value
        allowed = {role.value for role in ACCESS[f"{action.value}_alarm"].roles}
        assert allowed == set().union(*(rights.roles[action] for rights in RIGHTS.values()))


@pytest.mark.parametrize(("number", "grade"), [(1, 1), (2, 2), (3, 3), (None, 1), (0, 1), (9, 1)])
def test_a_place_that_nobody_knows_counts_as_the_gravest(number: int | None, grade: int) -> None:
    assert grade_of(number) is Grade(grade)
