"""Pairs without a way get names."""

from __future__ import annotations

import numpy as np

from optimizer.domain.travel_matrix import UNREACHABLE, TravelMatrix
from optimizer.travel.unreachable import describe_unreachable, unreachable_pairs


def _matrix(*rows: list[int]) -> TravelMatrix:
    return TravelMatrix(
        origins=("G1", "G2"),
        destinations=("P1", "P2", "P3"),
        distance_m=np.array(rows, dtype=np.int64),
    )


GONE = UNREACHABLE


def test_pairs_are_named_origin_first_in_matrix_order() -> None:
    matrix = _matrix([0, GONE, 5], [GONE, 7, GONE])
    assert unreachable_pairs(matrix) == (("G1", "P2"), ("G2", "P1"), ("G2", "P3"))


def test_the_sentence_names_some_and_counts_the_rest() -> None:
    matrix = _matrix([0, GONE, 5], [GONE, 7, GONE])
    assert describe_unreachable(matrix) == "No way leads from G1 to P2, G2 to P1, G2 to P3."
    assert describe_unreachable(matrix, at_most=1) == "No way leads from G1 to P2 and 2 more."


def test_nothing_is_said_where_every_pair_has_a_way() -> None:
    assert describe_unreachable(_matrix([0, 1, 2], [3, 4, 5])) == ""
