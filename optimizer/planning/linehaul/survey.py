"""What speaks for each tour: the linear relaxation, and heuristics that drew it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.planning.linehaul.linear import FloatArray
from optimizer.planning.linehaul.pricing import Pricing
from optimizer.planning.linehaul.tours import Tour

DEGREES = (0.0, 0.5, 0.9)
"""How much the first choice follows the linear relaxation."""

PARTITIONS = 3
"""How many rounds of the savings heuristic the first choice follows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """All tours in the order in which they should be considered.

    Parameters
    ----------
    favours
        Degrees between 0 and 1 in which something speaks for each tour, see ``greedy``.
    indispensable
        Tours for single grids, and those that a favour builds on.
    """

    pricing: Pricing
    favours: tuple[FloatArray, ...]
    indispensable: tuple[int, ...]

    def shortlist(self, count: int) -> list[int]:
        """Give about so many tours; a shorter list is the beginning of a longer one."""
        return list(dict.fromkeys([*self.indispensable, *self.pricing.order[:count]]))


def surveyed(tours: Sequence[Tour], pricing: Pricing) -> Survey:
    """Say what speaks for each tour."""
    liking = np.minimum(1.0, pricing.liking)
    favours: list[FloatArray] = [degree * liking for degree in DEGREES]
    drawn: dict[int, list[int]] = {}
    for o, tour in enumerate(tours):
        for number in tour.rounds:
            drawn.setdefault(number, []).append(o)
    # The fewer tours a round needs the better, and then the cheaper they are.
    best = sorted(drawn.values(), key=lambda os: (len(os), sum(tours[o].cents for o in os)))
    for members in best[:PARTITIONS]:
        favour = np.zeros(len(tours))
        favour[members] = max(DEGREES)
        favours.append(favour)
    alone = [o for o, tour in enumerate(tours) if len(tour.stops) == 1]
    favoured = np.flatnonzero(np.max(favours, axis=0) > 0).tolist()
    return Survey(
        pricing=pricing,
        favours=tuple(favours),
        indispensable=tuple(dict.fromkeys([*alone, *favoured])),
    )
