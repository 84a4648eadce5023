"""Doors and walls of the virtual fleet, against figures from literature."""

from __future__ import annotations

import pytest

from telemetry.virtual_fleet.physics import (
    COLD_AIR_KG_M3,
    air_density_kg_m3,
    door_flow_kg_s,
    door_watts,
    heat_transfer_area_m2,
    inner_surface_m2,
)

DOOR_M2, DOOR_M = 2.3 * 2.2, 2.2


@pytest.mark.parametrize(
    ("inside_c", "kg_s", "kilowatts", "exchanged_s"),
    [(-20.0, 2.81, 141.0, 15.0), (2.0, 1.98, 56.0, 19.0), (15.0, 1.40, 21.0, 26.0)],
)
def test_an_open_door_exchanges_what_gosney_and_olama_found(
    inside_c: float, kg_s: float, kilowatts: float, exchanged_s: float
) -> None:
    flow = float(door_flow_kg_s(DOOR_M2, DOOR_M, inside_c, 30.0))
    assert flow == pytest.approx(kg_s, rel=0.03)
    watts = float(door_watts(DOOR_M2, DOOR_M, inside_c, 30.0))
    assert watts / 1000 == pytest.approx(kilowatts, rel=0.03)
    body_kg = 30.0 * float(air_density_kg_m3(inside_c))
    assert body_kg / flow == pytest.approx(exchanged_s, rel=0.04)


def test_a_door_between_equal_airs_exchanges_nothing() -> None:
    assert float(door_flow_kg_s(DOOR_M2, DOOR_M, 5.0, 5.0)) == 0.0


def test_a_room_that_is_warmer_than_the_street_loses_heat_through_its_door() -> None:
    assert float(door_watts(DOOR_M2, DOOR_M, 15.0, -5.0)) < 0
    assert float(door_flow_kg_s(DOOR_M2, DOOR_M, 15.0, -5.0)) == pytest.approx(
        float(door_flow_kg_s(DOOR_M2, DOOR_M, -5.0, 15.0))
    )


def test_a_body_of_thirty_cubic_metres_has_the_area_of_the_worked_example() -> None:
    inner = inner_surface_m2(6 * 2.3 * 2.2)
    assert float(heat_transfer_area_m2(inner)) == pytest.approx(67.1, rel=0.01)


def test_cold_air_is_as_heavy_as_the_model_takes_it() -> None:
    assert float(air_density_kg_m3(-12.0)) == pytest.approx(COLD_AIR_KG_M3, rel=0.01)
