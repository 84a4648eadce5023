"""Ice: it is heavy, comes in bricks, and fills a box at most."""

from dataclasses import replace

import pytest

from optimizer.check import check
from optimizer.domain.fleet import Body
from optimizer.domain.plan import BoxLoad
from tests.cases import BOXES, CONTROLLED, FROZEN, TRAVEL, priced, tiny_plan, tiny_problem
from tests.unit.check.broken_plans import change, with_vehicle


def _found(
    ice: tuple[BoxLoad, ...], payload_g: int = 1_000_000, box_kg: float = 3.0
) -> list[tuple[str, str, float]]:
    problem = with_vehicle(tiny_problem(), "B1", payload_g=payload_g)
    bodies = dict(problem.bodies) | {"box van": Body(box=replace(BOXES, ice_kg=box_kg))}
    problem = replace(problem, bodies=bodies)
    plan = priced(problem, change(tiny_plan(problem), "B1", boxes=ice))
    report = check(problem, plan, TRAVEL)
    return [(one.code, one.where, round(one.amount, 6)) for one in report.violations]


def _frozen(ice_kg: float, count: int = 1) -> tuple[BoxLoad, ...]:
    return (BoxLoad(zone=FROZEN, count=count, ice_kg=ice_kg),)


def test_ice_weighs() -> None:
    # Twenty kilograms of goods.
    assert _found(_frozen(1.5), payload_g=21_500) == []
    assert _found(_frozen(3.0), payload_g=21_500) == [("payload", "B1-1", 1_500)]
    assert _found(_frozen(6.0, count=2), payload_g=25_999) == [("payload", "B1-1", 1)]


def test_boxes_that_state_no_ice_are_full_of_it() -> None:
    assert _found((), payload_g=23_000) == []
    assert _found((), payload_g=22_900) == [("payload", "B1-1", 100)]


@pytest.mark.parametrize(
    ("ice_kg", "count", "amount"), [(3.5, 1, 0.5), (7.0, 2, 0.5), (-0.5, 1, 0.5), (1.6, 1, 0.1)]
)
def test_a_box_takes_whole_bricks_up_to_its_most(ice_kg: float, count: int, amount: float) -> None:
    (found,) = (one for one in _found(_frozen(ice_kg, count)) if one[0] == "ice")
    assert found == ("ice", "B1-1/frozen", amount)


def test_a_full_box_is_legal_although_it_is_no_whole_number_of_bricks() -> None:
    assert _found(_frozen(3.2), box_kg=3.2) == []


def test_a_zone_without_ice_takes_none() -> None:
    warm = BoxLoad(zone=CONTROLLED, count=1, ice_kg=0.5)
    assert _found((*_frozen(1.5), warm)) == [("ice", "B1-1/controlled", 0.5)]
    assert _found((*_frozen(1.5), replace(warm, ice_kg=0.0))) == []
