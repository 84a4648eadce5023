"""Published figures, to the digits in which they are given."""

from math import inf

import pytest

from optimizer.domain.thermal.oracles import (
    body_heat_capacity_j_k,
    body_surface_m2,
    door_flow_kg_s,
    door_w_k,
    ice_hold_s,
    mean_surface_m2,
    wall_u_w_m2k,
    warm_up_c,
    warm_up_s,
)

HOUR = 3600.0
BODY = (6.0, 2.3, 2.2)
UA_W_K = 0.40 * mean_surface_m2(*BODY)


def _tau_s(mass_kg: float = 0.0, product_j_kgk: float = 0.0) -> float:
    volume = BODY[0] * BODY[1] * BODY[2]
    inside = body_surface_m2(*BODY)
    return body_heat_capacity_j_k(volume, inside, mass_kg, product_j_kgk) / UA_W_K


def test_surface_and_heat_flow_of_the_sample_body() -> None:
    assert mean_surface_m2(*BODY) == pytest.approx(67.1, abs=0.05)
    across_50_k = UA_W_K * 50.0
    assert across_50_k / 50.0 == pytest.approx(26.8, abs=0.05)
    assert across_50_k == pytest.approx(1341.0, rel=1e-3)


@pytest.mark.parametrize(
    ("load", "tau_h", "start", "reached"),
    [
        ((0.0, 0.0), 5.7, -20.0, {-18.0: 0.23, -15.0: 0.60}),
        ((1000.0, 1900.0), 25.4, -20.0, {-18.0: 1.04, -15.0: 2.68}),
        ((5000.0, 1900.0), 104.0, -20.0, {-18.0: 4.25, -15.0: 10.97}),
        ((1000.0, 3600.0), 43.0, 2.0, {4.0: 3.19, 7.0: 8.46}),
    ],
)
def test_warm_up_after_a_failure(
    load: tuple[float, float], tau_h: float, start: float, reached: dict[float, float]
) -> None:
    tau = _tau_s(*load)
    assert tau / HOUR == pytest.approx(tau_h, abs=0.5 if tau_h == 104.0 else 0.05)
    for limit, hours in reached.items():
        seconds = warm_up_s(start, 30.0, tau, limit)
        assert seconds / HOUR == pytest.approx(hours, abs=0.005)
        assert warm_up_c(start, 30.0, tau, seconds) == pytest.approx(limit)


@pytest.mark.parametrize(
    ("start", "ambient", "limit"), [(2.0, 3.0, 4.0), (2.0, 30.0, 1.0), (2.0, 4.0, 4.0)]
)
def test_a_limit_off_the_way_is_never_reached(start: float, ambient: float, limit: float) -> None:
    assert warm_up_s(start, ambient, HOUR, limit) == inf


def test_cooling_down_is_warming_up_backwards() -> None:
    assert warm_up_s(15.0, -5.0, HOUR, 13.0) == pytest.approx(warm_up_s(-15.0, 5.0, HOUR, -13.0))


@pytest.mark.parametrize(
    ("inside_c", "kg_s", "kilowatts", "exchange_s"),
    [(-20.0, 2.81, 141.0, 15.0), (2.0, 1.98, 56.0, 19.0), (15.0, 1.40, 21.0, 26.0)],
)
def test_air_through_a_rear_door(
    inside_c: float, kg_s: float, kilowatts: float, exchange_s: float
) -> None:
    area = 2.3 * 2.2
    flow = door_flow_kg_s(area, 2.2, inside_c, 30.0)
    assert flow == pytest.approx(kg_s, rel=0.03)
    heat = door_w_k(area, 2.2, inside_c, 30.0) * (30.0 - inside_c)
    assert heat / 1000.0 == pytest.approx(kilowatts, rel=0.03)
    density = 101_325.0 / (287.05 * (inside_c + 273.15))
    assert 30.0 * density / flow == pytest.approx(exchange_s, rel=0.03)


def test_a_curtain_lets_its_share_through() -> None:
    whole = door_flow_kg_s(1.0, 1.5, -20.0, 30.0)
    assert door_flow_kg_s(1.0, 1.5, -20.0, 30.0, 0.07) == pytest.approx(0.07 * whole)


def test_no_difference_no_draught_and_warm_rooms_lose_air_in_winter() -> None:
    assert door_flow_kg_s(1.0, 1.5, 10.0, 10.0) == 0.0
    assert door_flow_kg_s(1.0, 1.5, 15.0, -5.0) == pytest.approx(
        door_flow_kg_s(1.0, 1.5, -5.0, 15.0)
    )


@pytest.mark.parametrize(("layers", "u"), [([(0.04, 0.035)], 0.72), ([(0.07, 0.023)], 0.30)])
def test_wall_from_its_layers(layers: list[tuple[float, float]], u: float) -> None:
    assert wall_u_w_m2k(layers) == pytest.approx(u, abs=0.005)


@pytest.mark.parametrize(
    ("ice_kg", "u", "area", "gap", "hours"),
    [(2.0, 0.8, 0.72, 25.0, 12.89), (10.0, 0.5, 1.5, 30.0, 41.23)],
)
def test_ice_in_a_box(ice_kg: float, u: float, area: float, gap: float, hours: float) -> None:
    assert ice_hold_s(ice_kg, u, area, gap, 0.0) / HOUR == pytest.approx(hours, rel=1e-3)


def test_ice_in_colder_air_lasts() -> None:
    assert ice_hold_s(1.0, 0.5, 1.0, -5.0, 0.0) == inf
