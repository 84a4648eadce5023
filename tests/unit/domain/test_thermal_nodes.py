import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.domain.fleet import Body
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal.cabin import compartments
from optimizer.domain.thermal.oracles import mean_surface_m2
from optimizer.domain.thermal.two_nodes import TwoNodes
from optimizer.domain.thermal.unit_power import fair_shares

FROZEN, CHILLED, CONTROLLED = Zone


def _stepped(
    leak: float, exchange: float, air_j_k: float, tau: float, seconds: float
) -> tuple[float, float]:
    """Integrate -20 C air and -15 C product against 30 C outside in tenths of a second."""
    air, product = -20.0, -15.0
    for _ in range(round(seconds * 10)):
        flow = leak * (30.0 - air) + exchange * (product - air)
        air, product = air + 0.1 * flow / air_j_k, product + 0.1 * (air - product) / tau
    return air, product


@pytest.mark.parametrize("exchange", [0.0, 5.0, 400.0])
def test_two_nodes_agree_with_tiny_steps(exchange: float) -> None:
    nodes = TwoNodes(12.0, exchange, 80_000.0, 9500.0)
    exact = nodes.after(-20.0, -15.0, 30.0, 3000.0)
    assert exact == pytest.approx(_stepped(12.0, exchange, 80_000.0, 9500.0, 3000.0), abs=2e-3)


def test_two_nodes_rest_where_they_should() -> None:
    nodes = TwoNodes(12.0, 40.0, 80_000.0, 9500.0)
    assert nodes.after(-20.0, -15.0, 7.0, 1e7) == pytest.approx((7.0, 7.0))
    assert nodes.after(-20.0, -15.0, 7.0, 0.0) == pytest.approx((-20.0, -15.0))


def test_two_steps_are_one_long_step() -> None:
    nodes = TwoNodes(12.0, 40.0, 80_000.0, 9500.0)
    halfway = nodes.after(-20.0, -15.0, 30.0, 700.0)
    assert nodes.after(*halfway, 30.0, 500.0) == pytest.approx(
        nodes.after(-20.0, -15.0, 30.0, 1200.0)
    )


def test_air_is_brought_back_in_time() -> None:
    nodes = TwoNodes(12.0, 40.0, 80_000.0, 9500.0)
    back = nodes.reaches(-16.0, -19.5, -60.0, 900.0, -20.0)
    assert 0.0 < back < 900.0
    air, _ = nodes.after(-16.0, -19.5, -60.0, back)
    assert air == pytest.approx(-20.0, abs=0.05)


def test_air_that_does_not_get_there_takes_all_the_time() -> None:
    nodes = TwoNodes(12.0, 40.0, 80_000.0, 9500.0)
    assert nodes.reaches(-16.0, -15.0, -17.0, 900.0, -20.0) == 900.0


# --- compartments -------------------------------------------------------------------------------


def test_compartments_make_up_the_body() -> None:
    layout = {FROZEN: 2_890_000, CHILLED: 5_780_000, CONTROLLED: 2_890_000}
    cells = compartments(Body(), layout)
    assert [cell.zone for cell in cells] == [FROZEN, CHILLED, CONTROLLED]
    # 1.7 x 1.7 m inside, so four metres long in all; the bulkheads are no outer walls.
    whole = 0.40 * mean_surface_m2(4.0, 1.7, 1.7)
    assert sum(cell.outer_w_k for cell in cells) == pytest.approx(whole)
    between = {cell.zone: dict(cell.neighbours) for cell in cells}
    assert between[CHILLED] == pytest.approx({FROZEN: 0.5 * 2.89, CONTROLLED: 0.5 * 2.89})
    assert set(between[FROZEN]) == set(between[CONTROLLED]) == {CHILLED}


def test_absent_compartments_do_not_part_their_neighbours() -> None:
    cells = compartments(Body(), {FROZEN: 1_000_000, CHILLED: 0, CONTROLLED: 1_000_000})
    assert [set(cell.neighbours) for cell in cells] == [{CONTROLLED}, {FROZEN}]


def test_one_compartment_is_the_body_and_an_empty_body_has_none() -> None:
    (cell,) = compartments(Body(), {CHILLED: 5_780_000})
    assert cell.outer_w_k == pytest.approx(0.40 * mean_surface_m2(2.0, 1.7, 1.7))
    assert not cell.neighbours
    assert compartments(Body(), {}) == ()


def test_sun_heats_the_roof_alone() -> None:
    (cell,) = compartments(Body(), {CHILLED: 5_780_000})
    assert cell.outside_c(30.0, 0.0) == 30.0
    share = cell.roof_w_k / cell.outer_w_k
    assert 0.15 < share < 0.25
    assert cell.outside_c(30.0, 20.0) == pytest.approx(30.0 + 20.0 * share)


# --- power --------------------------------------------------------------------------------------


def test_the_modest_get_their_need_and_the_greedy_share() -> None:
    assert fair_shares([100.0, 900.0, 1200.0], 1000.0) == pytest.approx([100.0, 450.0, 450.0])
    assert fair_shares([100.0, 200.0, -50.0], 1000.0) == [100.0, 200.0, 0.0]
    assert fair_shares([], 1000.0) == []


@given(
    st.lists(st.floats(-1000.0, 5000.0), min_size=1, max_size=3),
    st.floats(0.0, 6000.0),
)
def test_shares_never_exceed_need_or_power(needs: list[float], power: float) -> None:
    shares = np.array(fair_shares(needs, power))
    wanted = np.maximum(needs, 0.0)
    assert (shares >= 0.0).all()
    assert (shares <= wanted + 1e-6).all()
    assert shares.sum() == pytest.approx(min(power, wanted.sum()), abs=1e-6)
