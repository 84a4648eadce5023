"""The heat balance of every compartment, integrated in steps of at most ten seconds.

C Ta' = sum_j UA_j (Tj - Ta) + door (To - Ta) + H (Tp - Ta) + Q and Tp' = (Ta - Tp) / tau, the
compartments coupled through their bulkheads, by the classical Runge-Kutta method. Q is what the
thermostat asks for to be at its set-point at the end of the step, at most what the unit gives; a
compartment whose door is open, or that carries nothing on the whole trip, gets none. Doors let
through what the air temperature at the start of the step makes them.

Goods loaded warmer or colder than the mean keep a difference to it that fades with exp(-t / tau),
because tau does not depend on the mass: that is exact, not an approximation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.check.cabins import Cabins, Floats
from optimizer.check.journey import Journey
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK

TAU_S = np.array([[PRODUCT_J_KGK[zone] / EXCHANGE_W_KGK] for zone in ZONES])
SHORTEST_S = 1e-6

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rules:
    """Set-points and band edges as columns, shape (zone, 1)."""

    setpoint_c: Floats
    lower_c: Floats
    upper_c: Floats


def worst_excess_c(problem: Problem, bodies: Cabins, trips: Journey) -> Floats:
    """Give how far goods leave their band on each leg, shape (zone, leg); 0 where they do not."""
    policies = [problem.policies[zone] for zone in ZONES]
    rules = _Rules(
        setpoint_c=np.array([[policy.setpoint_c] for policy in policies]),
        lower_c=np.array([[policy.product.lower_c] for policy in policies]),
        upper_c=np.array([[policy.product.upper_c] for policy in policies]),
    )
    loaded = trips.exchange_w_k > 0.0
    cooled = loaded[:, trips.first_leg]
    air = np.where(cooled, rules.setpoint_c, problem.ambient_c)
    product = np.where(cooled, trips.bulk_c, air)
    age = np.zeros(len(trips.first_leg))
    worst = np.zeros(loaded.shape)
    _note(worst, trips.first_leg, _outside(trips, rules, trips.first_leg, product, age))
    for step, seconds in enumerate(trips.seconds):
        leg = trips.leg[step]
        doors = trips.opened[:, leg] & trips.opening[step]
        balance = _balance(bodies, trips.exchange_w_k[:, leg], doors, air)
        back = bodies.air_j_k * (rules.setpoint_c - air) / np.maximum(seconds, SHORTEST_S)
        need = np.where(cooled & ~doors, back - balance.air_w(air, product), 0.0)
        air, product = _runge_kutta(balance, _unit_w(bodies, need), (air, product), seconds)
        age = age + seconds
        # A route that has ended waits for the others: what is no longer on board is not judged.
        under_way = seconds > 0.0
        _note(worst, leg, _outside(trips, rules, leg, product, age) * under_way)
    return worst


def _outside(trips: Journey, rules: _Rules, leg: Rows, product: Floats, age_s: Floats) -> Floats:
    """Give how far the warmest or coldest goods on board are outside; not positive inside."""
    on_board = trips.exchange_w_k[:, leg] > 0.0
    warm, cold = product, product
    if trips.mixed:
        faded = np.exp(-age_s / TAU_S)
        warm = product + trips.warmer_k[:, leg] * faded
        cold = product - trips.colder_k[:, leg] * faded
    outside: Floats = np.maximum(warm - rules.upper_c, rules.lower_c - cold)
    return np.where(on_board, outside, 0.0)


def _note(worst: Floats, leg: Rows, outside: Floats) -> None:
    if (outside > 0.0).any():
        worst[:, leg] = np.maximum(worst[:, leg], outside)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Balance:
    """Coefficients of one step."""

    air_j_k: Floats
    source_w: Floats
    leak_w_k: Floats
    exchange_w_k: Floats
    between_w_k: Floats

    def air_w(self, air: Floats, product: Floats) -> Floats:
        """Give the heat that flows into the air of each compartment."""
        flow: Floats = (
            self.source_w
            + (self.between_w_k * air).sum(axis=1)
            - self.leak_w_k * air
            + self.exchange_w_k * product
        )
        return flow


def _balance(
    bodies: Cabins, exchange_w_k: Floats, doors: npt.NDArray[np.bool_], air: Floats
) -> _Balance:
    source, leak = bodies.outer_w, bodies.leak_w_k + exchange_w_k
    if doors.any():
        zone, route = np.nonzero(doors)
        through = np.zeros(air.shape)
        through[zone, route] = bodies.door_w_k(air[zone, route], route)
        source, leak = source + through * bodies.ambient_c, leak + through
    return _Balance(
        air_j_k=bodies.air_j_k,
        source_w=source,
        leak_w_k=leak,
        exchange_w_k=exchange_w_k,
        between_w_k=bodies.between_w_k,
    )


def _unit_w(bodies: Cabins, need_w: Floats) -> Floats:
    """Give what the unit puts into each compartment: positive heats, negative cools."""
    heat = _limited(np.maximum(need_w, 0.0), bodies.heating_w)
    return heat - _limited(np.maximum(-need_w, 0.0), bodies.cooling_w)


def _limited(need: Floats, power: Floats) -> Floats:
    """Limit needs to a power that is divided alike between those who want more than their part.

    The common limit is what the power leaves to the greedy: a third of it, half of it without the
    least need, or all of it without the two lesser needs, whichever is most.
    """
    total = need.sum(axis=0)
    if (total <= power).all():
        return need
    least, most = need.min(axis=0), need.max(axis=0)
    level = np.maximum(power / 3.0, (power - least) / 2.0)
    level = np.maximum(level, power - (total - most))
    limited: Floats = np.minimum(need, level)
    return limited


def _runge_kutta(
    balance: _Balance, unit_w: Floats, start: tuple[Floats, Floats], seconds: Floats
) -> tuple[Floats, Floats]:
    air, product = start

    def slope(warm: Floats, goods: Floats) -> tuple[Floats, Floats]:
        return (balance.air_w(warm, goods) + unit_w) / balance.air_j_k, (warm - goods) / TAU_S

    half, sixth = seconds / 2.0, seconds / 6.0
    a1, p1 = slope(air, product)
    a2, p2 = slope(air + half * a1, product + half * p1)
    a3, p3 = slope(air + half * a2, product + half * p2)
    a4, p4 = slope(air + seconds * a3, product + seconds * p3)
    return (
        air + sixth * (a1 + 2.0 * (a2 + a3) + a4),
        product + sixth * (p1 + 2.0 * (p2 + p3) + p4),
    )
