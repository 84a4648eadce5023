"""Ageing follows its published figures, to a thousandth or to the digits shown."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest

from optimizer.domain.shelf_life import (
    Q10,
    USUAL_AGEING,
    AgeingModel,
    Arrhenius,
    SquareRoot,
    expressed_h,
    left_h,
    used_h,
)
from optimizer.domain.temperature import DEFAULT_POLICIES, Zone

DAY = 24.0
AGAINST_0 = SquareRoot(reference_c=0.0)


def test_a_fortnight_at_20_c_is_two_months_at_4_c() -> None:
    days = expressed_h(Q10(reference_c=20.0, factor=2.5), 14 * DAY, 4.0) / DAY
    assert days == pytest.approx(60.65, abs=0.005)


@pytest.mark.parametrize(
    ("at_c", "rate"),
    [(2, 1.37), (4, 1.79), (5, 2.03), (7, 2.54), (8, 2.82), (10, 3.41), (15, 5.16)],
)
def test_rates_of_the_square_root_against_0_c(at_c: float, rate: float) -> None:
    assert float(AGAINST_0.rate(at_c)) == pytest.approx(rate, abs=0.005)


@pytest.mark.parametrize(("at_c", "rate"), [(-15, 1.73), (-12, 2.95)])
def test_rates_of_frozen_goods_against_minus_18_c(at_c: float, rate: float) -> None:
    assert float(Arrhenius(reference_c=-18.0).rate(at_c)) == pytest.approx(rate, abs=0.005)
    assert USUAL_AGEING[Zone.FROZEN] == Arrhenius(reference_c=-18.0, activation_kj_mol=100.0)


def test_the_worked_example_of_a_ride() -> None:
    times = [0.0, 24.0, 24.0, 27.0, 27.0, 51.0]
    temperatures = [2.0, 2.0, 10.0, 10.0, 4.0, 4.0]
    days = left_h(AGAINST_0, 10 * DAY, times, temperatures, at_c=4.0) / DAY
    assert days == pytest.approx(3.58, abs=0.005)


def test_between_two_instants_the_rate_runs_straight() -> None:
    mean = (float(AGAINST_0.rate(2.0)) + float(AGAINST_0.rate(10.0))) / 2
    assert used_h(AGAINST_0, [5.0, 8.0], [2.0, 10.0]) == pytest.approx(3 * mean)


def test_rates_of_many_temperatures_at_once_are_those_of_each() -> None:
    figures = np.array([[-30.0, -18.0], [-11.8, 8.0]])
    for model in USUAL_AGEING.values():
        together = model.rate(figures)
        assert together.shape == (2, 2)
        for place in np.ndindex(2, 2):
            assert together[place] == pytest.approx(float(model.rate(figures[place])))


@pytest.mark.parametrize("model", USUAL_AGEING.values())
def test_at_the_reference_the_rate_is_one(model: AgeingModel) -> None:
    assert float(model.rate(model.reference_c)) == pytest.approx(1.0)


def test_chilled_and_controlled_goods_are_counted_at_their_set_points() -> None:
    for zone in (Zone.CHILLED, Zone.CONTROLLED):
        assert USUAL_AGEING[zone].reference_c == DEFAULT_POLICIES[zone].setpoint_c
    assert USUAL_AGEING.keys() == set(Zone)


def test_nothing_grows_below_its_least_temperature() -> None:
    assert list(AGAINST_0.rate([-12.0, -11.8, -40.0])) == [0.0, 0.0, 0.0]
    assert expressed_h(AGAINST_0, 5.0, -20.0) == inf
    assert expressed_h(AGAINST_0, 0.0, -20.0) == 0.0


def test_nothing_left_is_nought_and_never_less() -> None:
    assert left_h(AGAINST_0, 10.0, [0.0, 24.0], [8.0, 8.0]) == 0.0
    assert left_h(AGAINST_0, 10.0, [7.0], [8.0]) == 10.0


@pytest.mark.parametrize(
    ("times", "temperatures", "words"),
    [
        ([0.0, 1.0], [nan, 2.0], "a temperature is not finite"),
        ([0.0, 1.0], [2.0, inf], "a temperature is not finite"),
        ([0.0, 1.0], [2.0, -273.15], "between -273.15 and 200"),
        ([0.0, 1.0], [2.0, 850.0], "between -273.15 and 200"),
        ([0.0, nan], [2.0, 2.0], "an instant is not finite"),
        ([1.0, 0.0], [2.0, 2.0], "instants run backwards"),
        ([0.0, 1.0], [2.0], "one temperature per instant"),
        ([], [], "at least one"),
        (0.0, 2.0, "one temperature per instant"),
    ],
)
def test_a_history_that_is_none_is_refused(
    times: list[float], temperatures: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        used_h(AGAINST_0, times, temperatures)


@pytest.mark.parametrize("life", [-0.1, nan, inf])
def test_a_shelf_life_that_is_none_is_refused(life: float) -> None:
    with pytest.raises(ValueError, match="shelf life is"):
        left_h(AGAINST_0, life, [0.0], [2.0])
    with pytest.raises(ValueError, match="shelf life is"):
        expressed_h(AGAINST_0, life, 4.0)


def test_a_model_that_is_none_is_refused() -> None:
    for reference in (nan, inf, -300.0, 61.0):
        for kind in (Q10, SquareRoot, Arrhenius):
            with pytest.raises(ValueError, match="reference is"):
                kind(reference_c=reference)
    for factor in (0.9, nan, inf, 11.0):
        with pytest.raises(ValueError, match="Q10 is"):
            Q10(reference_c=15.0, factor=factor)
    for least in (2.0, 5.0, nan, -inf):
        with pytest.raises(ValueError, match="Tmin is"):
            SquareRoot(reference_c=2.0, least_c=least)
    for energy in (0.0, -1.0, nan, 501.0):
        with pytest.raises(ValueError, match="activation energy is"):
            Arrhenius(reference_c=-18.0, activation_kj_mol=energy)
