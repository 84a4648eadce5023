"""Until when goods stay in a compartment that a diversion empties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from api.reroutes.left_aboard import LATE, left_until

HOME = datetime(2026, 7, 15, 12, tzinfo=UTC)
MET = HOME - timedelta(hours=3)
POINT = "V1/frozen"


def _hand(*orders: str, giver: str = "V1", at: datetime = MET) -> dict[str, Any]:
    lines = [{"order": order, "line": "1"} for order in orders]
    return {"from_vehicle": giver, "ends_at": at.isoformat(), "lines": lines}


def _until(*orders: str, hands: list[dict[str, Any]]) -> dict[str, datetime]:
    lines = [{"order": order, "line": "1"} for order in orders]
    return left_until({"lines": lines, "handovers": hands}, "V1", "frozen", HOME)


def test_goods_are_on_board_until_they_have_changed_hands_and_vans_meet_late() -> None:
    assert _until("A", "B", hands=[_hand("A", "B")]) == {POINT: MET + LATE}


def test_the_last_hand_over_counts() -> None:
    later = MET + timedelta(hours=1)
    hands = [_hand("A", at=later), _hand("B")]
    assert _until("A", "B", hands=hands) == {POINT: later + LATE}


def test_what_nobody_takes_rides_home() -> None:
    assert _until("A", "B", hands=[_hand("A")]) == {POINT: HOME}
    assert _until("A", hands=[]) == {POINT: HOME}


def test_what_another_van_hands_on_is_no_longer_in_this_one() -> None:
    hands = [_hand("A"), _hand("A", giver="V2", at=MET + timedelta(hours=2))]
    assert _until("A", hands=hands) == {POINT: MET + LATE}


def test_where_nothing_was_on_board_nothing_is_left() -> None:
    assert _until(hands=[]) == {}
