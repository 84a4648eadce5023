"""Refrigeration units: hysteresis around a set-point, shared power, slow coils, defrosts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telemetry.readings import Mode
from telemetry.virtual_fleet.bodies import Bodies
from telemetry.virtual_fleet.physics import Floats

RATED_OUTSIDE_C, RATED_INSIDE_C = 30.0, -20.0
LOSS_PER_K_OUTSIDE, GAIN_PER_K_INSIDE = 0.008, 0.015
DEFROST_JITTER = 0.04
HEATING_BANDS = 1.5
"""A unit heats that many bands below its set-point."""


class Units:
    """Switches and delivers the power of every space.

    Parameters
    ----------
    bodies
        Set-points, power and defrosts.
    chance
        When defrosts begin.

    Attributes
    ----------
    watts
        Heat that each space gets; cooling is negative.
    capacity
        Share of its power that each unit still has; failures lower it.
    """

    def __init__(self, bodies: Bodies, chance: np.random.Generator) -> None:
        size = len(bodies.setpoint_c)
        self._bodies = bodies
        self._chance = chance
        self._cools = np.zeros(size, dtype=np.bool_)
        self._heats = np.zeros(size, dtype=np.bool_)
        defrosting = bodies.defrost_every_s * (bodies.defrost_s > 0)
        first = chance.uniform(0.05, 1.0, size) * defrosting
        self._next_s = np.where(defrosting > 0, first, np.inf)
        self._until_s = np.full(size, -np.inf)
        self._defrosts = np.zeros(size, dtype=np.bool_)
        self.watts: Floats = np.zeros(size)
        self.capacity: Floats = np.ones(size)

    @property
    def modes(self) -> NDArray[np.int64]:
        """Give what each unit says that it does."""
        modes = np.where(self._cools, Mode.COOLING, np.where(self._heats, Mode.HEATING, Mode.OFF))
        modes = np.where(self._defrosts, Mode.DEFROST, modes)
        return np.where(self.capacity > 0, modes, Mode.OFF).astype(np.int64)

    @property
    def fans(self) -> NDArray[np.bool_]:
        """Say where a fan turns: while a unit cools or heats."""
        return (self._cools | self._heats) & ~self._defrosts & (self.capacity > 0)

    def step(self, elapsed_s: float, step_s: float, air_c: Floats, outside_c: float) -> Floats:
        """Switch by the air, and give the heat that reaches it during a step.

        Parameters
        ----------
        elapsed_s, step_s
            When the step begins and how long it is.
        air_c
            Air in each space.
        outside_c
            Air at the condensers.
        """
        bodies = self._bodies
        above = air_c - bodies.setpoint_c
        half = 0.5 * bodies.band_c
        self._cools = (self._cools | (above > half)) & (above > -half)
        cold = above < -HEATING_BANDS * bodies.band_c
        self._heats = (self._heats | cold) & (above < -half) & (bodies.heating_w > 0)
        self._defrost(elapsed_s)
        wanted = np.where(self._cools, -self._power(air_c, outside_c), 0.0)
        wanted = np.where(self._heats, bodies.heating_w, wanted) * self.capacity
        wanted = np.where(self._defrosts, bodies.defrost_w * (self.capacity > 0), wanted)
        self.watts = self.watts + (wanted - self.watts) * -np.expm1(-step_s / bodies.coil_s)
        return self.watts

    def _power(self, air_c: Floats, outside_c: float) -> Floats:
        """Give the cooling that each space would get, within what its unit has in all."""
        bodies = self._bodies
        outside = np.clip(1.0 - LOSS_PER_K_OUTSIDE * (outside_c - RATED_OUTSIDE_C), 0.5, 1.2)
        inside = np.clip(1.0 + GAIN_PER_K_INSIDE * (air_c - RATED_INSIDE_C), 0.5, 1.6)
        power = np.asarray(bodies.cooling_w * outside * inside)
        asked = np.bincount(
            bodies.unit,
            weights=np.where(self._cools, power, 0.0),
            minlength=len(bodies.unit_w),
        )
        most = bodies.unit_w * float(outside)
        share = np.minimum(1.0, most / np.maximum(asked, 1.0))
        return np.asarray(power * share[bodies.unit])

    def _defrost(self, elapsed_s: float) -> None:
        due = np.flatnonzero(self._next_s <= elapsed_s)
        if len(due):
            every = self._bodies.defrost_every_s[due]
            jitter = self._chance.normal(0.0, DEFROST_JITTER, len(due)).clip(-0.2, 0.2)
            self._until_s[due] = elapsed_s + self._bodies.defrost_s[due]
            self._next_s[due] = elapsed_s + every * (1.0 + jitter)
        self._defrosts = elapsed_s < self._until_s
