from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.domain.units import (
    ceil_div,
    nearest_div,
    nearest_int,
    thousands,
    thousandths_down,
    thousandths_up,
)


def test_decimal_text_is_exact() -> None:
    assert thousandths_up("37.62") == thousandths_down("37.62") == 37_620
    assert thousandths_up(37.62) == 37_620


def test_demand_rounds_up_and_capacity_down() -> None:
    assert thousandths_up("0.0001") == 1
    assert thousandths_down("0.0009") == 0


@given(st.decimals("0", "100000", places=6))
def test_what_fits_in_integers_fits_in_reality(quantity: Decimal) -> None:
    assert thousandths_down(quantity) <= quantity * 1000 <= thousandths_up(quantity)
    assert thousandths_up(quantity) - thousandths_down(quantity) <= 1


@given(st.integers(0, 10**9))
def test_thousandths_come_back(quantity: int) -> None:
    assert thousandths_up(thousands(quantity)) == quantity


@pytest.mark.parametrize(("given_", "whole"), [("0.5", 1), ("1.5", 2), ("-0.5", -1), ("2.4", 2)])
def test_halves_round_as_on_an_invoice(given_: str, whole: int) -> None:
    assert nearest_int(given_) == whole


def test_integer_division() -> None:
    assert [ceil_div(n, 3) for n in (0, 1, 3, 4)] == [0, 1, 1, 2]
    assert [nearest_div(n, 4) for n in (0, 1, 2, 5, 6)] == [0, 0, 1, 1, 2]


@given(st.one_of(st.floats(-1e17, 1e17), st.integers(-(10**6), 10**6).map(lambda n: n + 0.5)))
def test_a_float_rounds_as_it_is_written(quantity: float) -> None:
    written = Decimal(str(quantity)).to_integral_value(rounding=ROUND_HALF_UP)
    assert nearest_int(quantity) == int(written)


@pytest.mark.parametrize("quantity", [0.49999999999999994, -0.49999999999999994])
def test_nearly_a_half_is_none(quantity: float) -> None:
    assert nearest_int(quantity) == 0
