"""Solver-side units are integers: seconds from the horizon start, metres, grams, ml, cents.

Demand is rounded up and capacity down, so that a plan which fits in integers fits in reality.
Decimal text is the way in, because ``37.62 * 1000`` as a float is a little less than 37620.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TypeAlias

Seconds: TypeAlias = int
Metres: TypeAlias = int
Grams: TypeAlias = int
Millilitres: TypeAlias = int
Cents: TypeAlias = int

PER_THOUSAND = 1000
SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400
HALF = 0.5
MOST_EXACT = 2.0**51
"""Below this size every half of a whole number is a float."""

LARGEST_SUM = 2**53
"""No sum of a problem's integers may pass this: exact in JSON readers, floats and solvers."""


def thousandths_up(quantity: float | str | Decimal) -> int:
    """Turn kg into g, or litres into ml, never below the true demand."""
    scaled = Decimal(str(quantity)) * PER_THOUSAND
    return int(scaled.to_integral_value(rounding=ROUND_CEILING))


def thousandths_down(quantity: float | str | Decimal) -> int:
    """Turn kg into g, or litres into ml, never above the true capacity."""
    scaled = Decimal(str(quantity)) * PER_THOUSAND
    return int(scaled.to_integral_value(rounding=ROUND_FLOOR))


def thousands(quantity: int) -> float:
    """Turn g into kg, or ml into litres, exactly to three decimals."""
    return quantity / PER_THOUSAND


def nearest_int(quantity: float | str | Decimal) -> int:
    """Round half away from zero, as an invoice does."""
    if isinstance(quantity, float) and -MOST_EXACT < quantity < MOST_EXACT:
        # Every half is a float here, so none is written as another number: this is exact as well.
        size = abs(quantity)
        whole = int(size)
        rounded = whole + 1 if size - whole >= HALF else whole
        return rounded if quantity >= 0 else -rounded
    return int(Decimal(str(quantity)).to_integral_value(rounding=ROUND_HALF_UP))


def ceil_div(dividend: int, divisor: int) -> int:
    """Divide integers and round up."""
    return -(-dividend // divisor)


def nearest_div(dividend: int, divisor: int) -> int:
    """Divide non-negative integers and round half up."""
    return (2 * dividend + divisor) // (2 * divisor)
