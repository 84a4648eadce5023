from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.domain.fleet import Echelon, Vehicle, layout_for, layout_is_legal
from optimizer.domain.temperature import ZONES
from tests.cases import CHILLED, CONTROLLED, FROZEN, vehicle

CAPACITY = {FROZEN: 2_000_000, CHILLED: 3_000_000, CONTROLLED: 1_000_000}


def _van(**more: Any) -> Vehicle:
    given_: dict[str, Any] = {"capacity_ml": CAPACITY, "bulkhead_step_ml": 250_000}
    return vehicle("V", "G", Echelon.LAST_MILE, **(given_ | more))


def test_body_is_the_sum_of_its_compartments() -> None:
    assert _van().body_ml == 6_000_000
    assert _van().carries(FROZEN)
    assert not _van(capacity_ml={CHILLED: 1, FROZEN: 0}).carries(FROZEN)
    assert not _van(capacity_ml={CHILLED: 1}).carries(CONTROLLED)


@pytest.mark.parametrize(
    ("layout", "legal"),
    [
        (CAPACITY, True),
        ({FROZEN: 250_000, CHILLED: 5_750_000}, True),
        ({FROZEN: 250_000, CHILLED: 250_000, CONTROLLED: 1}, True),
        ({FROZEN: 250_001, CHILLED: 5_000_000}, False),
        ({FROZEN: 250_000, CHILLED: 6_000_000}, False),
        ({CHILLED: 6_000_000}, True),
        ({CHILLED: 6_000_001}, False),
        ({}, True),
    ],
)
def test_movable_bulkheads_stand_on_steps(layout: dict[Any, int], legal: bool) -> None:
    assert layout_is_legal(_van(), layout) is legal


def test_fixed_bulkheads_do_not_move() -> None:
    fixed = _van(bulkhead_step_ml=None)
    assert layout_is_legal(fixed, CAPACITY)
    assert layout_is_legal(fixed, {FROZEN: 1_000_000})
    assert not layout_is_legal(fixed, {FROZEN: 2_000_001})


def test_a_zone_that_is_not_carried_has_no_compartment() -> None:
    van = _van(capacity_ml={CHILLED: 3_000_000})
    assert not layout_is_legal(van, {FROZEN: 250_000})
    assert layout_for(van, {FROZEN: 1}) is None


def test_layout_is_tight_and_the_rear_takes_the_rest() -> None:
    assert layout_for(_van(), {FROZEN: 250_001, CHILLED: 1}) == {
        FROZEN: 500_000,
        CHILLED: 5_500_000,
    }
    assert layout_for(_van(), {FROZEN: 250_000, CHILLED: 5_750_001}) is None
    assert layout_for(_van(), {}) == CAPACITY


def test_fixed_layout_is_nominal_or_nothing() -> None:
    fixed = _van(bulkhead_step_ml=None)
    assert layout_for(fixed, {CONTROLLED: 1_000_000}) == CAPACITY
    assert layout_for(fixed, {CONTROLLED: 1_000_001}) is None


@given(
    st.dictionaries(st.sampled_from(ZONES), st.integers(1, 6_000_000), min_size=1),
    st.sampled_from([None, 1, 100_000, 250_000, 4_000_000]),
)
def test_a_layout_for_a_load_is_legal_and_holds_it(load: dict[Any, int], step: int | None) -> None:
    van = _van(bulkhead_step_ml=step)
    layout = layout_for(van, load)
    if layout is None:
        return
    assert layout_is_legal(van, layout)
    assert all(layout.get(zone, 0) >= volume for zone, volume in load.items())
    assert sum(layout.values()) == van.body_ml
