from math import inf

import pytest

from optimizer.domain.temperature import COLD_ZONES, DEFAULT_POLICIES, TemperatureBand, Zone


@pytest.mark.parametrize(
    ("zone", "inside", "outside"),
    [
        (Zone.CHILLED, 4.0, 4.1),
        (Zone.CHILLED, 0.0, -0.1),
        (Zone.FROZEN, -18.0, -17.9),
        (Zone.FROZEN, -60.0, -17.0),
        (Zone.CONTROLLED, 13.0, 12.9),
        (Zone.CONTROLLED, 17.0, 17.1),
    ],
)
def test_edges_belong_to_the_product_band(zone: Zone, inside: float, outside: float) -> None:
    band = DEFAULT_POLICIES[zone].product
    assert inside in band
    assert outside not in band


def test_margin_is_the_way_to_the_nearer_edge() -> None:
    band = TemperatureBand(lower_c=0.0, upper_c=4.0)
    assert band.margin_c(1.0) == 1.0
    assert band.margin_c(3.5) == 0.5
    assert band.margin_c(5.0) == -1.0
    assert band.margin_c(-2.0) == -2.0


def test_without_a_lower_edge_cold_is_never_outside() -> None:
    assert TemperatureBand(lower_c=-inf, upper_c=-18.0).margin_c(-100.0) == 82.0


@pytest.mark.parametrize("zone", Zone)
def test_goods_are_loaded_and_held_inside_their_band(zone: Zone) -> None:
    policy = DEFAULT_POLICIES[zone]
    assert policy.setpoint_c in policy.product
    assert policy.loading_c in policy.product


def test_zones_lie_in_the_body_from_cold_to_warm() -> None:
    assert [zone.value for zone in Zone] == ["frozen", "chilled", "controlled"]
    assert frozenset({Zone.FROZEN, Zone.CHILLED}) == COLD_ZONES
