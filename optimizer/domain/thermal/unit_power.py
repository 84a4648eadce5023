"""How one refrigeration unit divides its power between compartments that call for it."""

from __future__ import annotations

from collections.abc import Sequence


def fair_shares(needs: Sequence[float], power: float) -> list[float]:
    """Give each what it needs while the power lasts, else equal parts of what is left.

    Max-min fairness: whoever needs less than an equal part gets its need, and the others share
    the rest alike. Needs of zero or less get nothing.
    """
    shares = [0.0] * len(needs)
    calling = [i for i, need in enumerate(needs) if need > 0.0]
    if not calling:
        return shares
    left = power
    calling.sort(key=needs.__getitem__)
    for served, i in enumerate(calling):
        shares[i] = min(needs[i], left / (len(calling) - served))
        left -= shares[i]
    return shares
