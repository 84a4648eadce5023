import pytest
import typer

from api.cli.options import EngineName, positive
from optimizer.solve import ENGINES


def test_engine_names_are_those_of_solve() -> None:
    assert {name.value for name in EngineName} == set(ENGINES)


@pytest.mark.parametrize("seconds", [None, 0.001, 30.0])
def test_seconds_above_zero_pass(seconds: float | None) -> None:
    assert positive(seconds) == seconds


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_other_seconds_are_refused(seconds: float) -> None:
    with pytest.raises(typer.BadParameter):
        positive(seconds)
