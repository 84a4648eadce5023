"""Who may do what to an alarm: by the grade of its place and the role of who asks (D5).

The graver a break at a place would be, the fewer may end its alarm by hand and the shorter it may
be silenced. The rules of alarms themselves (what cannot be done twice, what needs an end) are the
monitor's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from api.road.tasks import Severity as Grade

DISPATCHER, WAREHOUSE, ADMIN = "dispatcher", "warehouse", "admin"
EVERYBODY = frozenset({DISPATCHER, WAREHOUSE, ADMIN})
"""All who look after alarms."""

IN_CHARGE = frozenset({DISPATCHER, ADMIN})


class AlarmAction(Enum):
    """What a person can do to an alarm."""

    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    COMMENT = "comment"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What may be done to alarms of one grade.

    Parameters
    ----------
    roles
        Who may do each thing.
    longest
        For how long each role may silence one.
    """

    roles: Mapping[AlarmAction, frozenset[str]]
    longest: Mapping[str, timedelta]


def _rights(*, close: frozenset[str], in_charge: float, warehouse: float) -> Rights:
    longest = dict.fromkeys(IN_CHARGE, timedelta(hours=in_charge))
    return Rights(
        roles=dict.fromkeys(AlarmAction, EVERYBODY) | {AlarmAction.CLOSE: close},
        longest=longest | {WAREHOUSE: timedelta(hours=warehouse)},
    )


RIGHTS: dict[Grade, Rights] = {
    Grade.FOOD_SAFETY: _rights(close=IN_CHARGE, in_charge=4, warehouse=1),
    Grade.DAMAGE_OR_DELAY: _rights(close=EVERYBODY, in_charge=12, warehouse=4),
    Grade.SERVICE: _rights(close=EVERYBODY, in_charge=24, warehouse=12),
}
"""The whole table; what it does not name nobody may."""


def grade_of(number: int | None) -> Grade:
    """Give the grade of a place; a place that nobody knows any more counts as the gravest."""
    known = {grade.value: grade for grade in Grade}
    return known.get(number or 0, Grade.FOOD_SAFETY)


def why_not(
    grade: Grade, role: str, action: AlarmAction, shelved_for: timedelta | None = None
) -> tuple[str, str] | None:
    """Give error code and message where somebody may not do something; None where they may.

    Parameters
    ----------
    grade
        Of the place that the alarm is about.
    role
        Name of the role of who asks.
    action
        What is asked.
    shelved_for
        For how long the alarm is to be silent, where that is what is asked.
    """
    rights = RIGHTS[grade]
    allowed = rights.roles[action]
    if role not in allowed:
        named = ", ".join(sorted(allowed))
        return "CG-7701", (
            f"to {action.value} an alarm of grade {grade.value} is for {named}, not {role}"
        )
    longest = rights.longest[role]
    if action is AlarmAction.SHELVE and shelved_for is not None and shelved_for > longest:
        hours = longest.total_seconds() / 3600
        return "CG-7702", (
            f"minutes: {role} may shelve an alarm of grade {grade.value} for {hours:g} h at most"
        )
    return None
