"""Writes integers of the domain in the larger units of files, so that they are read back equal."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from optimizer.domain.units import Seconds

_SIX_DECIMALS = Decimal("0.000001")


def in_units(seconds: Seconds, unit_s: Seconds) -> int | float:
    """Write seconds in a larger unit so that reading, which rounds down, gives them back."""
    units = (Decimal(seconds) / unit_s).quantize(_SIX_DECIMALS, rounding=ROUND_CEILING)
    return int(units) if units == units.to_integral_value() else float(units)
