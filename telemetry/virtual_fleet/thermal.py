"""The temperatures of every space: air, goods, wall, and the spot where the sensor hangs.

The air settles within a minute and is solved exactly over a step, its neighbours held where they
are; wall and goods are slow and take the mean of the air over the step. So a step of any usual
length is stable, whatever door is open.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telemetry.virtual_fleet.bodies import HALL_C, Bodies
from telemetry.virtual_fleet.physics import AIR_J_KGK, MIXING, Floats, door_flow_kg_s
from telemetry.virtual_fleet.weather import Weather

EMPTY_J_K = 1.0
"""Goods that are not there: they have to have some temperature."""


class Temperatures:
    """The thermal state of a fleet.

    Parameters
    ----------
    bodies
        What conducts and holds heat.

    Attributes
    ----------
    air_c, goods_c, wall_c, spot_c
        One element per space; everything begins at its set-point.
    """

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self.air_c: Floats = bodies.setpoint_c.copy()
        self.goods_c: Floats = bodies.setpoint_c.copy()
        self.wall_c: Floats = bodies.setpoint_c.copy()
        self.spot_c: Floats = bodies.setpoint_c.copy()

    def step(
        self,
        step_s: float,
        watts: Floats,
        weather: Weather,
        *,
        doors: NDArray[np.bool_],
        fans: NDArray[np.bool_],
    ) -> None:
        """Let time pass.

        Parameters
        ----------
        step_s
            How much.
        watts
            Heat from the units.
        weather
            What is outside.
        doors, fans
            Which doors are open and which fans turn.
        """
        bodies = self._bodies
        outside = weather.air_c + bodies.indoors * (HALL_C - weather.air_c)
        skin = weather.skin_c + bodies.indoors * (HALL_C - weather.skin_c)
        door = self._door_w_k(doors, outside)
        front, rear = self.air_c[bodies.front], self.air_c[bodies.rear]
        pull = bodies.skin_w_k + bodies.goods_w_k + door + bodies.front_w_k + bodies.rear_w_k
        heat = bodies.skin_w_k * self.wall_c + bodies.goods_w_k * self.goods_c + door * outside
        heat += bodies.front_w_k * front + bodies.rear_w_k * rear + watts
        towards = heat / pull
        speed = pull * step_s / bodies.air_j_k
        left = np.exp(-speed)
        away = self.air_c - towards
        mean = towards + away * (1.0 - left) / speed
        self.air_c = towards + away * left
        self._slow(step_s, mean, skin)
        self._spot(step_s, outside, doors=doors, fans=fans)

    def _door_w_k(self, doors: NDArray[np.bool_], outside_c: Floats) -> Floats:
        """Give what open doors conduct; most doors are closed."""
        bodies = self._bodies
        door = np.zeros(len(doors))
        index = np.flatnonzero(doors)
        if len(index):
            flow = door_flow_kg_s(
                bodies.door_m2[index],
                bodies.door_height_m[index],
                self.air_c[index],
                outside_c[index],
            )
            door[index] = flow * AIR_J_KGK * bodies.passing[index] * MIXING
        return door

    def _slow(self, step_s: float, air_c: Floats, skin_c: Floats) -> None:
        bodies = self._bodies
        into_wall = bodies.skin_w_k * (air_c - self.wall_c) + bodies.outer_w_k * (
            skin_c - self.wall_c
        )
        into_goods = bodies.goods_w_k * (air_c - self.goods_c)
        self.wall_c = self.wall_c + step_s * into_wall / bodies.wall_j_k
        holds = np.maximum(bodies.goods_j_k, EMPTY_J_K)
        self.goods_c = self.goods_c + step_s * into_goods / holds

    def _spot(
        self,
        step_s: float,
        outside_c: Floats,
        *,
        doors: NDArray[np.bool_],
        fans: NDArray[np.bool_],
    ) -> None:
        """Let the place of the sensor follow: warm under a still roof, in the draught of a door."""
        bodies = self._bodies
        felt = self.air_c + np.where(fans, 0.0, bodies.spot_warm_c)
        felt += np.where(doors, bodies.spot_door * (outside_c - self.air_c), 0.0)
        self.spot_c = self.spot_c + (felt - self.spot_c) * -np.expm1(-step_s / bodies.spot_s)
