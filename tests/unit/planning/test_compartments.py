"""Bulkheads move in steps, spare room is shared out, and equal vans form one group."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.domain.fleet import layout_for, layout_is_legal
from optimizer.domain.temperature import ZONES, Zone
from optimizer.planning.compartments import (
    Slot,
    capacity_of,
    group_slots,
    layout_with_spare,
    zones_carried,
)
from tests.builders import SIX, van

STEP = 250_000
MOVABLE = van(
    capacity_ml={Zone.FROZEN: 250_000, Zone.CHILLED: 750_000, Zone.CONTROLLED: 1_500_000},
    bulkhead_step_ml=STEP,
)
SHARES = {Zone.FROZEN: 0.03, Zone.CHILLED: 0.27, Zone.CONTROLLED: 0.7}


def slot(**changes: object) -> Slot:
    built = Slot(vehicle=MOVABLE, available=SIX, trip=1, zones=frozenset(ZONES))
    return replace(built, **changes)  # type: ignore[arg-type]


@given(
    frozen=st.integers(0, 1_200_000),
    chilled=st.integers(0, 1_200_000),
    controlled=st.integers(0, 1_200_000),
)
def test_a_layout_with_spare_is_legal_holds_the_load_and_exists_whenever_a_tight_one_does(
    frozen: int, chilled: int, controlled: int
) -> None:
    load = {Zone.FROZEN: frozen, Zone.CHILLED: chilled, Zone.CONTROLLED: controlled}
    layout = layout_with_spare(MOVABLE, load, SHARES)
    assert (layout is None) == (layout_for(MOVABLE, load) is None)
    if layout is not None:
        assert layout_is_legal(MOVABLE, layout)
        assert all(layout.get(zone, 0) >= amount for zone, amount in load.items())


def test_fixed_bulkheads_stay() -> None:
    fixed = van()
    assert layout_with_spare(fixed, {Zone.FROZEN: 1}, SHARES) == fixed.capacity_ml


def test_an_open_layout_keeps_one_step_back_and_a_settled_one_is_exact() -> None:
    assert capacity_of(slot()) == (800_000, 2_500_000, 2_500_000, 2_500_000, 2_250_000)
    layout = {Zone.FROZEN: STEP, Zone.CHILLED: STEP, Zone.CONTROLLED: 2_000_000}
    assert capacity_of(slot(layout=layout)) == (800_000, STEP, STEP, 2_000_000, 2_500_000)


def test_a_van_without_live_temperature_carries_no_cold_goods() -> None:
    blind = van(live_temperature=False)
    assert zones_carried(blind) == {Zone.CONTROLLED}
    zones = zones_carried(blind)
    assert capacity_of(slot(vehicle=blind, zones=zones))[1:3] == (0, 0)


def test_equal_vans_are_one_group_and_a_second_trip_pays_no_fixed_cost() -> None:
    slots = [
        slot(),
        slot(vehicle=replace(MOVABLE, id="V2")),
        slot(vehicle=replace(MOVABLE, id="V3"), trip=2),
    ]
    fleet = group_slots(slots, nodes={"G1": 0}, profiles={"van": 0})
    assert [(group.count, group.fixed_cents) for group in fleet.groups] == [(2, 5000), (1, 0)]
    assert fleet.group_of("V3") == 1
    with pytest.raises(KeyError):
        fleet.group_of("V9")
