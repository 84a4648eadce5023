"""Air and product of one compartment as two coupled nodes, solved exactly.

C Ta' = G (Te - Ta) + H (Tp - Ta) + Q and Tp' = (Ta - Tp) / tau. With x = Ta - Tr, y = Tp - Tr and
Tr = Te + Q / G both nodes rest at Tr, and (x, y) follows the exponential of a 2 x 2 matrix with
two real negative eigenvalues, written out here by Sylvester's formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

SMALLEST_LEAK_W_K = 1e-3
"""A body that lets no heat through has no resting temperature; none is built."""

SAME_C = 1e-9


@dataclass(slots=True, init=False)
class TwoNodes:
    """The solution for one set of coefficients, ready for any start and duration."""

    slow: float
    fast: float
    spread: float
    air_rate: float
    coupling: float
    product_rate: float

    def __init__(self, leak_w_k: float, exchange_w_k: float, air_j_k: float, tau_s: float) -> None:
        self.coupling = exchange_w_k / air_j_k
        self.air_rate = leak_w_k / air_j_k + self.coupling
        self.product_rate = 1.0 / tau_s
        total = self.air_rate + self.product_rate
        gap = self.air_rate - self.product_rate
        self.spread = sqrt(gap * gap + 4.0 * self.product_rate * self.coupling)
        self.fast = -0.5 * (total + self.spread)
        # The product of both eigenvalues is the determinant; the quotient avoids cancellation.
        self.slow = self.product_rate * (leak_w_k / air_j_k) / self.fast

    def after(
        self, air_c: float, product_c: float, rest_c: float, seconds: float
    ) -> tuple[float, float]:
        """Give air and product some seconds later."""
        x, y = air_c - rest_c, product_c - rest_c
        slow, fast = exp(self.slow * seconds), exp(self.fast * seconds)
        # Sylvester: exp(Mt) = (e1 - e2) / (l1 - l2) M + (e2 l1 - e1 l2) / (l1 - l2) I.
        both = (slow - fast) / self.spread
        stay = (fast * self.slow - slow * self.fast) / self.spread
        air_c = rest_c + stay * x + both * (self.coupling * y - self.air_rate * x)
        return air_c, rest_c + stay * y + both * self.product_rate * (x - y)

    def reaches(
        self, air_c: float, product_c: float, rest_c: float, seconds: float, goal_c: float
    ) -> float:
        """Give the moment before ``seconds`` at which the air passes a temperature.

        The caller knows that it does. The product counts as standing still, as it nearly does
        while air is brought back within minutes; where even so the air would never get there, the
        whole time is the answer.
        """
        product_share = self.coupling / self.air_rate
        near_c = rest_c + product_share * (product_c - rest_c)
        whole, rest = air_c - near_c, goal_c - near_c
        if whole * rest <= 0.0 or whole / rest <= 1.0:
            return seconds
        return min(seconds, log(whole / rest) / self.air_rate)
