"""Textbook formulas with published figures: warm-up, air through a door, ice in a box.

References
----------
Gosney, W. B. and Olama, H. A. L. (1975). Heat and enthalpy gains through cold room doorways.
Proceedings of the Institute of Refrigeration 72, 31-41.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, inf, log, sqrt

from optimizer.domain.thermal_constants import (
    AIR_J_KGK,
    AIR_KG_M3,
    GAS_CONSTANT_AIR_J_KGK,
    GRAVITY_M_S2,
    ICE_J_KG,
    KELVIN,
    LINING_J_M2K,
    PRESSURE_PA,
    WALL_M,
)


def body_surface_m2(length_m: float, width_m: float, height_m: float) -> float:
    """Give the surface of a box-shaped body from its inside measures."""
    return 2.0 * (length_m * width_m + length_m * height_m + width_m * height_m)


def mean_surface_m2(length_m: float, width_m: float, height_m: float) -> float:
    """Give the surface that ATP uses: the geometric mean of inside and outside."""
    inside = body_surface_m2(length_m, width_m, height_m)
    skin = 2.0 * WALL_M
    outside = body_surface_m2(length_m + skin, width_m + skin, height_m + skin)
    return sqrt(inside * outside)


def body_heat_capacity_j_k(
    volume_m3: float, inside_m2: float, mass_kg: float = 0.0, product_j_kgk: float = 0.0
) -> float:
    """Give the heat that one degree takes: air, lining and goods of a body."""
    air = AIR_KG_M3 * AIR_J_KGK * volume_m3
    return air + LINING_J_M2K * inside_m2 + mass_kg * product_j_kgk


def warm_up_c(start_c: float, ambient_c: float, tau_s: float, seconds: float) -> float:
    """Give the temperature of a body without a unit: Ta + (T0 - Ta) exp(-t / tau)."""
    return ambient_c + (start_c - ambient_c) * exp(-seconds / tau_s)


def warm_up_s(start_c: float, ambient_c: float, tau_s: float, limit_c: float) -> float:
    """Give the seconds until a limit is reached: tau ln((Ta - T0) / (Ta - TL)).

    Infinite where the way from the start to the ambient temperature does not pass the limit.
    """
    whole, rest = ambient_c - start_c, ambient_c - limit_c
    if whole * rest <= 0.0 or whole / rest < 1.0:
        return inf
    return tau_s * log(whole / rest)


def air_kg_m3(temperature_c: float) -> float:
    """Give the density of dry air."""
    return PRESSURE_PA / (GAS_CONSTANT_AIR_J_KGK * (temperature_c + KELVIN))


def door_flow_kg_s(
    area_m2: float, height_m: float, inside_c: float, outside_c: float, passes: float = 1.0
) -> float:
    """Give the air exchanged through an open door (Gosney and Olama 1975).

    m = 0.221 A rho_i sqrt(g H) sqrt(1 - rho_o / rho_i) F, F = (2 / (1 + (rho_i / rho_o)^(1/3)))^1.5
    with i the denser side: a heated body in winter loses air the same way.

    Parameters
    ----------
    area_m2, height_m
        The opening.
    inside_c, outside_c
        Air on both sides.
    passes
        Share that a curtain lets through.
    """
    dense, light = air_kg_m3(min(inside_c, outside_c)), air_kg_m3(max(inside_c, outside_c))
    shape: float = (2.0 / (1.0 + (dense / light) ** (1.0 / 3.0))) ** 1.5
    draught = sqrt(GRAVITY_M_S2 * height_m) * sqrt(1.0 - light / dense)
    return 0.221 * area_m2 * dense * draught * shape * passes


def door_w_k(
    area_m2: float, height_m: float, inside_c: float, outside_c: float, passes: float = 1.0
) -> float:
    """Give the heat through an open door per degree of difference."""
    return AIR_J_KGK * door_flow_kg_s(area_m2, height_m, inside_c, outside_c, passes)


def wall_u_w_m2k(
    layers: Iterable[tuple[float, float]], inside_w_m2k: float = 8.0, outside_w_m2k: float = 8.0
) -> float:
    """Give the heat transfer coefficient of a wall: 1/U = 1/hi + sum(d/k) + 1/ho.

    Parameters
    ----------
    layers
        Thickness in metres and conductivity in W/(m K) of each layer.
    inside_w_m2k, outside_w_m2k
        Heat transfer to the air on both sides.
    """
    resistance = 1.0 / inside_w_m2k + 1.0 / outside_w_m2k
    return 1.0 / (resistance + sum(thickness / k for thickness, k in layers))


def ice_hold_s(
    ice_kg: float, u_w_m2k: float, area_m2: float, ambient_c: float, melt_c: float
) -> float:
    """Give the seconds that ice holds a box: m L / (U A (Ta - Tm)); infinite in colder air."""
    gap = ambient_c - melt_c
    return ice_kg * ICE_J_KG / (u_w_m2k * area_m2 * gap) if gap > 0.0 else inf
