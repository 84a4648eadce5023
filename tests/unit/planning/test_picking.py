"""One option for everybody, worth most together, within what they share."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.planning.picking import Pick, picked


def test_everybody_takes_the_best_where_nothing_is_shared() -> None:
    picks = [Pick(group=0, worth=3), Pick(group=0, worth=5), Pick(group=1, worth=2)]
    assert picked(picks, {}) == [1, 2]


def test_a_room_for_one_goes_to_whom_it_is_worth_more() -> None:
    picks = [
        Pick(group=0, worth=10, uses={"S1": 6}),
        Pick(group=0, worth=7),
        Pick(group=1, worth=10, uses={"S1": 5}),
        Pick(group=1, worth=1),
    ]
    assert picked(picks, {"S1": 10}) == [1, 2]
    assert picked(picks, {"S1": 11}) == [0, 2]
    assert picked(picks, {}) == [0, 2]


def test_what_does_not_go_together_is_not_taken_together() -> None:
    picks = [Pick(group=g, worth=w) for g, w in ((0, 5), (0, 4), (1, 5), (1, 1))]
    assert picked(picks, {}, apart=[frozenset({0, 2})]) == [1, 2]
    assert picked(picks, {}, apart=[frozenset({0}), frozenset({2})]) == [1, 3]


def test_nothing_fits_is_said() -> None:
    assert picked([Pick(group=0, worth=1, uses={"S1": 2})], {"S1": 1}) is None


def test_of_equal_answers_the_first_options_are_taken() -> None:
    picks = [Pick(group=0, worth=5), Pick(group=0, worth=5), Pick(group=1, worth=5)]
    assert all(picked(picks, {}, seed=seed) == [0, 2] for seed in range(4))


@settings(max_examples=25)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 2), st.integers(-9, 9), st.integers(0, 4)), min_size=3, max_size=9
    ),
    room=st.integers(0, 9),
)
def test_no_other_choice_is_worth_more(rows: list[tuple[int, int, int]], room: int) -> None:
    picks = [Pick(group=g, worth=w, uses={"room": use}) for g, w, use in rows]
    groups = sorted({one.group for one in picks})
    choices = [[n for n, one in enumerate(picks) if one.group == group] for group in groups]
    fit = [
        choice for choice in product(*choices) if sum(picks[n].uses["room"] for n in choice) <= room
    ]
    found = picked(picks, {"room": room})
    if not fit:
        assert found is None
        return
    assert found is not None
    assert tuple(found) in fit
    best = max(sum(picks[n].worth for n in choice) for choice in fit)
    assert sum(picks[n].worth for n in found) == best
