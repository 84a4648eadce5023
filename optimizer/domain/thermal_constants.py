"""Physical figures behind product temperatures: numbers alone, no arithmetic.

Planner (``thermal``) and checker each have their own equations; what they agree on are these
figures and ``fleet.Body``. Sources: air and lining as in the one-node warm-up of a 30 m3 body;
specific heats as usual for frozen and fresh food; chocolate and wine lie between.
"""

from __future__ import annotations

from optimizer.domain.temperature import Zone

GRAVITY_M_S2 = 9.81
KELVIN = 273.15
PRESSURE_PA = 101_325.0
GAS_CONSTANT_AIR_J_KGK = 287.05

AIR_J_KGK = 1005.0
"""Specific heat of dry air; the frost and dew that moist air brings are left out."""

AIR_KG_M3 = 1.35
"""Density of the cold air inside a body."""

LINING_J_M2K = 8000.0
"""Heat stored by the inner skin per square metre: it follows the air within a minute."""

WALL_M = 0.07
"""Thickness of an insulated wall; sets how much larger the outside is than the inside."""

PRODUCT_J_KGK: dict[Zone, float] = {
    Zone.FROZEN: 1900.0,
    Zone.CHILLED: 3600.0,
    Zone.CONTROLLED: 2500.0,
}

EXCHANGE_W_KGK = 0.2
"""Heat that goods take from the air per kilogram: cartons in crates follow it within hours."""

ICE_J_KG = 334_000.0
"""Latent heat of melting ice, also used for eutectic ice."""
