"""Names for the pairs of sites that no road joins, for messages to people."""

from __future__ import annotations

import numpy as np

from optimizer.domain.ids import SiteId
from optimizer.domain.travel_matrix import UNREACHABLE, TravelMatrix


def unreachable_pairs(matrix: TravelMatrix) -> tuple[tuple[SiteId, SiteId], ...]:
    """List the pairs without a way, origin first, in the order of the matrix."""
    rows, columns = np.nonzero(matrix.distance_m == UNREACHABLE)
    return tuple(
        (matrix.origins[row], matrix.destinations[column])
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    )


def describe_unreachable(matrix: TravelMatrix, *, at_most: int = 5) -> str:
    """Say in one sentence which pairs have no way; empty where every pair has one."""
    pairs = unreachable_pairs(matrix)
    if not pairs:
        return ""
    named = ", ".join(f"{start} to {end}" for start, end in pairs[:at_most])
    more = f" and {len(pairs) - at_most} more" if len(pairs) > at_most else ""
    return f"No way leads from {named}{more}."
