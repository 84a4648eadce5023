import pytest

from optimizer.domain.limit import Limit


@pytest.mark.parametrize("both", [{}, {"seconds": 1.0, "iterations": 1}])
def test_exactly_one_rule_is_given(both: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="only one"):
        Limit(**both)


def test_shares() -> None:
    assert Limit(seconds=30.0).share(0.5) == Limit(seconds=15.0)
    assert Limit(iterations=100).share(0.25) == Limit(iterations=25)
    assert Limit(iterations=3).share(0.01) == Limit(iterations=1)
