"""The order of open stops: the cheapest, within windows, fetching before bringing."""

from itertools import pairwise, permutations
from random import Random

import numpy as np

from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.engines.tail_order import OpenStop, TailQuestion, best_order, millicents

DAY = 86_400


def _stop(opens: int = 0, closes: int = DAY, due: int = DAY, rate: int = 0) -> OpenStop:
    return OpenStop(opens=opens, closes=closes, service_s=60, due=due, late_millicents_per_s=rate)


def _on_a_line(
    places: list[int], stops: list[OpenStop], before: tuple[tuple[int, int], ...] = ()
) -> TailQuestion:
    """Put the stops at so many minutes from where the vehicle is, which is also its end."""
    spots = np.array([*places, 0, 0], dtype=np.int64)
    seconds = np.abs(spots[:, None] - spots[None, :]) * 60
    return TailQuestion(
        starts=0, stops=stops, duration_s=seconds, millicents=seconds * 10, before=before
    )


def test_stops_on_a_line_are_made_on_the_way() -> None:
    there_and_back = ([1, 2, 0], [0, 2, 1], [1, 0, 2], [2, 0, 1])
    assert best_order(_on_a_line([30, -10, 20], [_stop()] * 3)) not in ([0, 1, 2], [2, 1, 0])
    assert best_order(_on_a_line([30, 10, 20], [_stop()] * 3)) in there_and_back


def test_a_window_that_closes_comes_first() -> None:
    first = best_order(_on_a_line([30, 10, 20], [_stop(closes=30 * 60), _stop(), _stop()]))
    assert first is not None
    assert first[0] == 0


def test_a_dear_delay_comes_first() -> None:
    dear = _stop(due=0, rate=10_000)
    order = best_order(_on_a_line([10, 20, 30], [_stop(), _stop(), dear]))
    assert order is not None
    assert order[0] == 2


def test_goods_are_fetched_before_they_are_brought() -> None:
    places = [30, 10, 20]
    order = best_order(_on_a_line(places, [_stop()] * 3, before=((0, 1), (0, 2))))
    assert order == [0, 2, 1]


def test_an_order_that_cannot_be_driven_has_no_answer() -> None:
    question = _on_a_line([10, 20], [_stop(closes=60), _stop()])
    assert best_order(question) is None
    question.duration_s[0, 1] = UNREACHABLE


def _cost(ways: IntArray, order: tuple[int, ...]) -> int:
    return sum(int(ways[a, b]) for a, b in pairwise([6, *order, 7]))


def test_small_questions_are_answered_nearly_as_well_as_by_trying_all_orders() -> None:
    worse = 0
    for seed in range(6):
        draw = Random(seed)
        spots = np.array([[draw.uniform(0, 5000), draw.uniform(0, 5000)] for _ in range(8)])
        ways = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)).astype(np.int64)
        question = TailQuestion(
            starts=0,
            stops=[_stop()] * 6,
            duration_s=ways // 10,
            millicents=millicents(150, 0, ways, ways // 10),
        )

        found = best_order(question)
        assert found is not None
        assert found == best_order(question)
        best = min(_cost(ways, order) for order in permutations(range(6)))
        assert _cost(ways, tuple(found)) <= _cost(ways, tuple(range(6)))
        worse += _cost(ways, tuple(found)) > 1.02 * best
    assert worse <= 2


def test_ways_cost_by_length_and_time() -> None:
    metres, seconds = np.array([[1000]]), np.array([[3600]])
    assert int(millicents(150, 0, metres, seconds)[0, 0]) == 150_000
    assert int(millicents(0, 2400, metres, seconds)[0, 0]) == 2_400_000
