from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from api.life.freeze import Freeze, breaches, freeze
from api.life.states import State
from optimizer.domain.plan import Plan
from optimizer.domain.problem import HORIZON_S
from tests.cases import HOUR, MINUTE, tiny_plan

PLAN = tiny_plan()
TRUCKS = {"T1-1", "T2-1"}
"""The trucks leave at 3 and 4, two vans at 6, one at 6:50 and again at 9, in the second wave."""


def frozen(
    state: State,
    *,
    now: int,
    locks: Collection[str] = (),
    reported: Collection[str] = (),
    minutes: int = 60,
) -> Freeze:
    return freeze(state, PLAN, locks=locks, reported=reported, now=now, frozen_s=minutes * MINUTE)


def without(plan: Plan, route: str) -> Plan:
    return replace(plan, routes=tuple(r for r in plan.routes if r.id != route))


def later(plan: Plan, route: str, departs: int) -> Plan:
    moved = [replace(r, departs=departs) if r.id == route else r for r in plan.routes]
    return replace(plan, routes=tuple(moved))


def test_in_a_draft_only_locks_hold() -> None:
    draft = frozen(State.DRAFT, now=8 * HOUR, locks=["V1-2", "gone"], reported=["V1-1"])
    assert draft.routes == {"V1-2"}
    assert (draft.earliest, draft.in_force) == (8 * HOUR, False)


@pytest.mark.parametrize(
    ("now", "earliest"), [(-HOUR, 0), (HORIZON_S, HORIZON_S), (HORIZON_S + 1, 0)]
)
def test_a_draft_of_another_day_is_planned_as_if_it_lay_ahead(now: int, earliest: int) -> None:
    assert frozen(State.DRAFT, now=now).earliest == earliest


@pytest.mark.parametrize("state", [State.PUBLISHED, State.RUNNING])
@pytest.mark.parametrize(
    ("now", "routes"),
    [
        (-12 * HOUR, set()),
        (2 * HOUR, set()),
        (2 * HOUR + 1, {"T1-1"}),
        (5 * HOUR, TRUCKS),
        (5 * HOUR + 1, TRUCKS | {"V3-1", "B1-1"}),
        (7 * HOUR, TRUCKS | {"V3-1", "B1-1", "V1-1"}),
        (9 * HOUR, {route.id for route in PLAN.routes}),
    ],
)
def test_what_leaves_soon_or_has_left_stays(state: State, now: int, routes: set[str]) -> None:
    stays = frozen(state, now=now)
    assert stays.routes == routes
    assert stays.earliest == max(0, now + HOUR)


def test_a_reported_or_locked_route_stays_whenever_it_leaves() -> None:
    stays = frozen(State.PUBLISHED, now=0, locks=["V1-1"], reported=["V1-2"])
    assert stays.routes == {"V1-1", "V1-2"}
    assert "locked" in stays.because["V1-1"]
    assert "reported" in stays.because["V1-2"]


def test_loading_freezes_the_vans_of_the_next_wave_and_no_other() -> None:
    first = {"V1-1", "V3-1", "B1-1"}
    assert frozen(State.LOADING, now=0).routes == first
    assert frozen(State.LOADING, now=8 * HOUR, minutes=0).routes == TRUCKS | first | {"V1-2"}
    assert frozen(State.LOADING, now=10 * HOUR).routes == {route.id for route in PLAN.routes}
    assert "wave W1" in frozen(State.LOADING, now=0).because["V1-1"]


def test_a_route_that_stays_may_neither_change_nor_go() -> None:
    stays = frozen(State.PUBLISHED, now=5 * HOUR + 1)
    assert list(breaches(stays, PLAN, PLAN)) == []
    assert list(breaches(stays, PLAN, later(PLAN, "V1-2", 10 * HOUR))) == []
    (changed,) = breaches(stays, PLAN, later(PLAN, "V3-1", 7 * HOUR))
    assert changed == "route V3-1 leaves at 06:00, inside the frozen minutes; it would change"
    (gone,) = breaches(stays, PLAN, without(PLAN, "T1-1"))
    assert gone == "route T1-1 left at 03:00; it would disappear"


def test_nothing_new_leaves_too_soon_once_drivers_act_on_the_plan() -> None:
    soon = later(PLAN, "V1-2", 6 * HOUR)
    (sentence,) = breaches(frozen(State.RUNNING, now=5 * HOUR + 1), PLAN, soon)
    assert sentence.startswith("route V1-2 is new or changed and would leave at 06:00")
    assert list(breaches(frozen(State.DRAFT, now=5 * HOUR + 1), PLAN, soon)) == []


def test_a_new_route_counts_like_a_changed_one() -> None:
    old = without(PLAN, "T1-1")
    stays = freeze(State.RUNNING, old, locks=(), reported=(), now=2 * HOUR + 1, frozen_s=HOUR)
    (sentence,) = breaches(stays, old, PLAN)
    assert sentence.startswith("route T1-1 is new or changed and would leave at 03:00")
