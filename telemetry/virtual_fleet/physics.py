"""Air through an open door, and heat that the walls let in: formulas alone, over arrays.

Gosney and Olama (1975) give the mass of air that falls out of a cold room while its door is open;
the same mass of warm air comes in above it. The figures of this file are the fleet's own: what
watches the fleet must not know them.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

GRAVITY_M_S2 = 9.81
KELVIN = 273.15
PRESSURE_PA = 101_325.0
GAS_CONSTANT_AIR_J_KGK = 287.05
AIR_J_KGK = 1005.0
COLD_AIR_KG_M3 = 1.35

LINING_J_M2K = 8000.0
"""Heat in the inner skin and the shelves, per square metre of wall."""

SKIN_W_M2K = 8.0
"""Between the moving air and the inner skin."""

WALL_M = 0.07
SHAPE = 1.10
"""How much more surface a body or room has than a cube of its volume."""

MIXING = 0.53
"""Share of the exchanged air that stays: part of what falls in goes out again."""

FLOW_COEFFICIENT = 0.221


def air_density_kg_m3(celsius: Floats | float) -> Floats:
    """Give the density of dry air at sea level."""
    kelvin = np.asarray(celsius, dtype=np.float64) + KELVIN
    return np.asarray(PRESSURE_PA / (GAS_CONSTANT_AIR_J_KGK * kelvin), dtype=np.float64)


def door_flow_kg_s(
    area_m2: Floats | float,
    height_m: Floats | float,
    inside_c: Floats | float,
    outside_c: Floats | float,
) -> Floats:
    """Give the mass of air that an open door exchanges each second.

    m = 0.221 A d √(g H) √(1 − l/d) F with F = (2 / (1 + (d/l)^⅓))^1.5, where d and l are the
    densities of the denser and the lighter air; which of them is inside does not matter.

    Parameters
    ----------
    area_m2, height_m
        The opening.
    inside_c, outside_c
        Air on both sides.
    """
    one, other = air_density_kg_m3(inside_c), air_density_kg_m3(outside_c)
    dense, light = np.maximum(one, other), np.minimum(one, other)
    shape = (2.0 / (1.0 + np.cbrt(dense / light))) ** 1.5
    drive = np.sqrt(GRAVITY_M_S2 * np.asarray(height_m)) * np.sqrt(1.0 - light / dense)
    return np.asarray(FLOW_COEFFICIENT * np.asarray(area_m2) * dense * drive * shape)


def door_watts(
    area_m2: Floats | float,
    height_m: Floats | float,
    inside_c: Floats | float,
    outside_c: Floats | float,
) -> Floats:
    """Give the sensible heat that an open door without a curtain lets in."""
    flow = door_flow_kg_s(area_m2, height_m, inside_c, outside_c)
    return np.asarray(flow * AIR_J_KGK * (np.asarray(outside_c) - np.asarray(inside_c)))


def inner_surface_m2(volume_m3: Floats | float) -> Floats:
    """Give the inner surface of a body or room of a volume."""
    return np.asarray(SHAPE * 6.0 * np.asarray(volume_m3) ** (2.0 / 3.0))


def heat_transfer_area_m2(inner_m2: Floats | float) -> Floats:
    """Give √(Si·Se): the area that a heat transfer coefficient of ATP refers to."""
    edge = np.sqrt(np.asarray(inner_m2) / 6.0)
    return np.asarray(6.0 * edge * (edge + 2.0 * WALL_M))
