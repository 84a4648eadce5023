"""A proposal keeps what is visited to the second, or it is out of date."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api.reroutes.staleness import changes_locked, moved_past
from optimizer.domain.plan import Plan
from tests.stored_plan import city_plan

_, PLAN = city_plan()
V1 = next(route for route in PLAN.routes if route.vehicle == "V1")
NONE = dict.fromkeys((route.id for route in PLAN.routes), 0)


def changed(place: int, **changes: Any) -> Plan:
    stops = list(V1.stops)
    stops[place] = replace(stops[place], **changes)
    other = replace(V1, stops=tuple(stops))
    return replace(PLAN, routes=tuple(other if r.id == V1.id else r for r in PLAN.routes))


def without(route: str) -> Plan:
    return replace(PLAN, routes=tuple(one for one in PLAN.routes if one.id != route))


def test_what_is_not_visited_may_change() -> None:
    assert list(moved_past(PLAN, changed(2, departs=1), NONE | {V1.id: 2})) == []


def test_one_second_at_a_visited_stop_is_too_much() -> None:
    later = changed(1, departs=V1.stops[1].departs + 1)
    assert [one.text for one in moved_past(PLAN, later, NONE | {V1.id: 2})] == [
        "V1 has begun its stop at P2, which the proposal changes"
    ]
    assert list(moved_past(PLAN, later, NONE | {V1.id: 1})) == []


def test_a_route_that_has_begun_does_not_disappear() -> None:
    assert len(list(moved_past(PLAN, without(V1.id), NONE | {V1.id: 1}))) == 1
    assert list(moved_past(PLAN, without(V1.id), NONE)) == []


def test_a_route_that_ends_before_what_was_visited_is_too_short() -> None:
    short = replace(V1, stops=V1.stops[:1])
    plan = replace(PLAN, routes=tuple(short if r.id == V1.id else r for r in PLAN.routes))
    assert len(list(moved_past(PLAN, plan, NONE | {V1.id: 2}))) == 1


def test_a_new_route_has_nothing_to_keep() -> None:
    new = replace(V1, id="V2-morning-1", vehicle="V2")
    assert list(moved_past(PLAN, replace(PLAN, routes=(*PLAN.routes, new)), NONE)) == []


def test_a_locked_route_is_for_the_broken_van_alone_to_change() -> None:
    locks = frozenset({V1.id})
    assert changes_locked(PLAN, changed(2, departs=1), locks, "V3")
    assert changes_locked(PLAN, without(V1.id), locks, None)
    assert not changes_locked(PLAN, changed(2, departs=1), locks, "V1")
    assert not changes_locked(PLAN, changed(2, departs=1), frozenset(), "V3")
    assert not changes_locked(PLAN, PLAN, locks, "V3")
