"""Ageing of any goods: warmer is never longer, pieces add up, the reference is the clock."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.shelf_life import (
    Q10,
    AgeingModel,
    Arrhenius,
    SquareRoot,
    expressed_h,
    left_h,
    used_h,
)

references = st.floats(-20.0, 20.0)
models: st.SearchStrategy[AgeingModel] = st.one_of(
    st.builds(Q10, reference_c=references, factor=st.floats(1.0, 5.0)),
    st.builds(SquareRoot, reference_c=references, least_c=st.floats(-60.0, -21.0)),
    st.builds(Arrhenius, reference_c=references, activation_kj_mol=st.floats(10.0, 150.0)),
)
histories = st.lists(
    st.tuples(st.floats(0.0, 12.0), st.floats(-30.0, 40.0)), min_size=1, max_size=12
)


def times_of(history: list[tuple[float, float]]) -> list[float]:
    times, at = [], 0.0
    for passed, _ in history:
        at += passed
        times.append(at)
    return times


def temperatures_of(history: list[tuple[float, float]]) -> list[float]:
    return [temperature for _, temperature in history]


@given(model=models, history=histories, warmer=st.lists(st.floats(0.0, 15.0), min_size=12))
@settings(max_examples=60)
def test_warmer_is_never_longer(
    model: AgeingModel, history: list[tuple[float, float]], warmer: list[float]
) -> None:
    times, cold = times_of(history), temperatures_of(history)
    warm = [one + more for one, more in zip(cold, warmer, strict=False)]
    assert used_h(model, times, warm) >= used_h(model, times, cold) - 1e-9
    assert left_h(model, 500.0, times, warm) <= left_h(model, 500.0, times, cold) + 1e-9
    assert expressed_h(model, 500.0, max(warm)) <= expressed_h(model, 500.0, min(cold)) * (1 + 1e-9)


@given(model=models, history=histories, place=st.integers(0, 11))
@settings(max_examples=60)
def test_pieces_add_up(model: AgeingModel, history: list[tuple[float, float]], place: int) -> None:
    times, temperatures = times_of(history), temperatures_of(history)
    cut = place % len(times)
    first = used_h(model, times[: cut + 1], temperatures[: cut + 1])
    second = used_h(model, times[cut:], temperatures[cut:])
    whole = used_h(model, times, temperatures)
    assert first + second == pytest.approx(whole)
    midway = left_h(model, 2 * whole + 1.0, times[: cut + 1], temperatures[: cut + 1])
    end = left_h(model, midway, times[cut:], temperatures[cut:])
    assert end == pytest.approx(left_h(model, 2 * whole + 1.0, times, temperatures))


@given(model=models, history=histories)
@settings(max_examples=60)
def test_at_the_reference_an_hour_is_an_hour(
    model: AgeingModel, history: list[tuple[float, float]]
) -> None:
    times = times_of(history)
    same = [model.reference_c] * len(times)
    assert used_h(model, times, same) == pytest.approx(times[-1] - times[0])


@given(model=models, history=histories, at_c=st.floats(-10.0, 30.0), life=st.floats(0.0, 1000.0))
@settings(max_examples=60)
def test_what_is_left_lasts_exactly_that_long_where_it_is_kept(
    model: AgeingModel, history: list[tuple[float, float]], at_c: float, life: float
) -> None:
    lasts = left_h(model, life, times_of(history), temperatures_of(history), at_c=at_c)
    rest = left_h(model, life, times_of(history), temperatures_of(history))
    assert used_h(model, [0.0, lasts], [at_c, at_c]) == pytest.approx(rest)
