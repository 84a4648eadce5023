"""What an accepted proposal takes at stations, and what of it counts for another plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.reroutes.reservations import KEPT_FOR, Wanted, counting, no_room, wanted
from api.storage.reroutes import Reserved
from optimizer.domain.temperature import Zone
from optimizer.response.words import Reservation
from tests.stored_plan import city_plan

PROBLEM, PLAN = city_plan()
S1 = PROBLEM.sites["S1"]
FROM = PLAN.horizon.instant(42_000)
UNTIL = PLAN.horizon.instant(42_600)
TAKEN = Reserved(
    reroute="reroute-1", plan="plan-1", site="S1", lat=S1.lat, lon=S1.lon, zone="frozen",
    volume_ml=22_000, dock_from=FROM, dock_to=UNTIL,
)  # fmt: skip
WANTS = Wanted(site=S1, zone=Zone.FROZEN, volume_ml=22_000, dock_from=FROM, dock_to=UNTIL)


def proposal(**changes: Any) -> dict[str, Any]:
    hand = {
        "site": "S1", "from_vehicle": "V1", "to_vehicle": None, "starts_at": FROM.isoformat(),
        "ends_at": (UNTIL + timedelta(hours=1)).isoformat(), "volume_l": 22.0,
        "lines": [{"order": "N201", "line": "1"}, {"order": "N301", "line": "1"}],
    }  # fmt: skip
    stop = {"site": "S1", "service_starts_at": FROM.isoformat(), "departs_at": UNTIL.isoformat()}
    return {
        "handovers": [hand | changes],
        "plan": {"routes": [{"vehicle": "V1", "stops": [stop]}]},
    }


def litres(*keys: tuple[str, str]) -> int:
    return sum(
        line.volume_ml for line in PROBLEM.lines.values() if (line.key.order, line.key.line) in keys
    )


def test_a_station_is_taken_by_what_is_left_there_while_the_van_is_at_its_dock() -> None:
    (one,) = wanted(PROBLEM, PLAN, proposal())
    assert (one.site, one.zone) == (S1, Zone.FROZEN)
    assert one.volume_ml == litres(("N201", "1"), ("N301", "1"))
    assert (one.dock_from, one.dock_to) == (FROM, UNTIL)


def test_a_van_that_no_route_shows_holds_the_dock_as_long_as_the_hand_over() -> None:
    (one,) = wanted(PROBLEM, PLAN, proposal(from_vehicle="V9"))
    assert one.dock_to == UNTIL + timedelta(hours=1)


def test_every_zone_has_a_room_of_its_own() -> None:
    mixed = [{"order": "N201", "line": "1"}, {"order": "N301", "line": "2"}]
    found = wanted(PROBLEM, PLAN, proposal(lines=mixed))
    assert len({one.zone for one in found}) == 2


def test_a_meeting_at_a_point_takes_nothing_but_cells_do() -> None:
    assert wanted(PROBLEM, PLAN, proposal(site="P2", to_vehicle="V2")) == []
    assert len(wanted(PROBLEM, PLAN, proposal(site="P2", stored=True))) == 1


def test_what_is_stored_counts_in_seconds_of_the_plan() -> None:
    assert list(counting(PROBLEM, [TAKEN], FROM)) == [
        Reservation(site="S1", zone=Zone.FROZEN, volume_ml=22_000, starts=42_000, ends=42_600)
    ]


@pytest.mark.parametrize(
    "other",
    [replace(TAKEN, site="S9"), replace(TAKEN, lat=S1.lat + 0.01), replace(TAKEN, lon=S1.lon - 1)],
)
def test_a_station_of_another_network_does_not_count(other: Reserved) -> None:
    assert list(counting(PROBLEM, [other], FROM)) == []


@pytest.mark.parametrize(
    ("now", "counts"),
    [
        (FROM + KEPT_FOR - timedelta(seconds=1), 1),
        (FROM + KEPT_FOR, 0),
        (FROM - KEPT_FOR, 0),
        (FROM - KEPT_FOR + timedelta(seconds=1), 1),
    ],
)
def test_goods_are_kept_for_a_day(now: datetime, counts: int) -> None:
    assert len(list(counting(PROBLEM, [TAKEN], now))) == counts


def test_a_station_takes_exactly_what_it_has_room_for() -> None:
    taken = Reservation(site="S1", zone=Zone.FROZEN, volume_ml=478_000, starts=0, ends=1)
    assert S1.capacity_ml[Zone.FROZEN] == 500_000
    assert no_room([WANTS], [taken], PROBLEM) is None
    more = replace(taken, volume_ml=478_001)
    assert no_room([WANTS], [more], PROBLEM) == "S1 has no room left for frozen"
    assert no_room([WANTS], [replace(more, zone=Zone.CHILLED)], PROBLEM) is None
    assert no_room([WANTS], [replace(more, site="S2")], PROBLEM) is None


@pytest.mark.parametrize(
    ("starts", "ends", "fits"), [(41_000, 42_000, True), (42_600, 43_000, True),
                                 (42_599, 43_000, False), (41_000, 42_001, False)],
)  # fmt: skip
def test_a_dock_is_free_again_when_the_other_leaves(starts: int, ends: int, *, fits: bool) -> None:
    other = Reservation(site="S1", zone=Zone.CHILLED, volume_ml=1, starts=starts, ends=ends)
    assert (no_room([WANTS], [other], PROBLEM) is None) is fits
