"""What sensors make of the temperatures around them: lag, offset, noise, tenths of a degree."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from telemetry.readings import Channel
from telemetry.virtual_fleet.bodies import Bodies
from telemetry.virtual_fleet.physics import Floats
from telemetry.virtual_fleet.spec import AssetKind, FleetSpec
from telemetry.virtual_fleet.troubles import Troubles
from telemetry.virtual_fleet.units import Units

LAG_S = 60.0
OFFSET_C = 0.15
STEPS_PER_DEGREE = 10.0
DRY, DAMP = 62.0, 84.0
DOOR_HUMIDITY = 14.0
HUMIDITY_S = 300.0
BATTERY_PER_DAY = 0.05
TOUR_S = 5400.0
TOUR_DEGREES = 0.03
"""A vehicle goes round its home, about three kilometres away."""


class Sensing:
    """The sensors of a fleet.

    Parameters
    ----------
    spec, bodies
        The fleet.
    chance
        Offsets, phases and noise.

    Attributes
    ----------
    next_ms
        When each sensor measures next, from the beginning.
    doors
        Which doors are open.
    """

    def __init__(self, spec: FleetSpec, bodies: Bodies, chance: np.random.Generator) -> None:
        sensors = spec.sensors()
        size = len(sensors)
        self._chance = chance
        self._noise_c = spec.noise_c
        self._setpoint_c = bodies.setpoint_c
        self._space = np.array(
            [index for index, space in enumerate(spec.spaces()) for _ in space.sensors],
            dtype=np.intp,
        )
        self._lag_s = LAG_S * chance.uniform(1 - spec.spread, 1 + spec.spread, size)
        self._offset_c = chance.normal(0.0, OFFSET_C, size) * (spec.spread > 0)
        self._felt_c: Floats = bodies.setpoint_c[self._space]
        self._said_c: Floats = np.full(size, np.nan)
        self._damp = chance.uniform(DRY, DAMP, len(bodies.setpoint_c))
        self._humidity = self._damp.copy()
        self._battery = chance.uniform(60.0, 100.0, size)
        self._interval_ms = np.array(
            [1000 * sensor.interval_s for sensor in sensors], dtype=np.int64
        )
        self.next_ms = (chance.random(size) * self._interval_ms).astype(np.int64) + 1
        self.doors = np.zeros(len(bodies.setpoint_c), dtype=np.bool_)
        self._home, self._moves, self._turn = _homes(spec, chance)

    def step(self, step_s: float, spot_c: Floats, doors: NDArray[np.bool_]) -> None:
        """Let the sensors follow what is around them.

        Parameters
        ----------
        step_s
            How long.
        spot_c
            Temperature where the sensors of each space hang.
        doors
            Which doors are open.
        """
        self.doors = doors
        nearer = -np.expm1(-step_s / self._lag_s)
        self._felt_c = self._felt_c + (spot_c[self._space] - self._felt_c) * nearer
        towards = self._damp + DOOR_HUMIDITY * doors
        share = -math.expm1(-step_s / HUMIDITY_S)
        self._humidity = self._humidity + (towards - self._humidity) * share

    def due(self, until_ms: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Give the sensors that measure up to an instant, in order, and when; each once."""
        found = np.flatnonzero(self.next_ms <= until_ms)
        order = found[np.argsort(self.next_ms[found], kind="stable")]
        instants = self.next_ms[order]
        self.next_ms[order] += self._interval_ms[order]
        return order, instants

    def columns(
        self, due: NDArray[np.intp], elapsed_s: float, units: Units, troubles: Troubles
    ) -> dict[Channel, Callable[[NDArray[np.intp]], Sequence[float]]]:
        """Give, per channel, what sensors say of it; temperature is measured once for all.

        Parameters
        ----------
        due
            Sensors that measure.
        elapsed_s
            When.
        units, troubles
            What the units do, and what is wrong with sensors.
        """
        measured = self._measure(due, elapsed_s, troubles)
        modes = units.modes
        space = self._space[due]
        angle = 2.0 * math.pi * elapsed_s / TOUR_S
        return {
            Channel.TEMPERATURE: lambda at: measured[at].tolist(),
            Channel.HUMIDITY: lambda at: np.round(self._humidity[space[at]], 1).tolist(),
            Channel.DOOR: lambda at: self.doors[space[at]].astype(np.int64).tolist(),
            Channel.SETPOINT: lambda at: self._setpoint_c[space[at]].tolist(),
            Channel.MODE: lambda at: modes[space[at]].tolist(),
            Channel.LATITUDE: lambda at: self._position(space[at], angle, 0),
            Channel.LONGITUDE: lambda at: self._position(space[at], angle, 1),
            Channel.BATTERY: lambda at: self._charge(due[at], elapsed_s),
        }

    def _measure(self, due: NDArray[np.intp], elapsed_s: float, troubles: Troubles) -> Floats:
        noise = self._chance.normal(0.0, 1.0, len(due)) * self._noise_c
        value = self._felt_c[due] + self._offset_c[due] + noise + troubles.drift_c(due, elapsed_s)
        # Adding zero turns a negative zero into a plain one.
        value = np.round(value * STEPS_PER_DEGREE) / STEPS_PER_DEGREE + 0.0
        held = troubles.stuck[due] & ~np.isnan(self._said_c[due])
        value = np.where(held, self._said_c[due], value)
        self._said_c[due] = value
        return np.asarray(value)

    def _position(self, space: NDArray[np.intp], angle: float, axis: int) -> list[float]:
        turned = angle + self._turn[space] + (0.0 if axis else math.pi / 2)
        away = TOUR_DEGREES * self._moves[space] * np.sin(turned)
        return _listed(np.round(self._home[space, axis] + away, 5))

    def _charge(self, sensors: NDArray[np.intp], elapsed_s: float) -> list[float]:
        left = self._battery[sensors] - BATTERY_PER_DAY * elapsed_s / 86_400.0
        return _listed(np.round(left.clip(0.0)))


def _listed(values: Floats) -> list[float]:
    listed: list[float] = values.tolist()
    return listed


def _homes(spec: FleetSpec, chance: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Give, per space, home, whether it moves, and where on its tour it begins."""
    of_spaces = [asset for asset in spec.assets for _ in asset.spaces]
    turns = {asset.id: float(chance.uniform(0.0, 2.0 * math.pi)) for asset in spec.assets}
    home = np.array([(asset.latitude, asset.longitude) for asset in of_spaces]).reshape(-1, 2)
    moves = np.array([float(asset.kind is AssetKind.VEHICLE) for asset in of_spaces])
    return home, moves, np.array([turns[asset.id] for asset in of_spaces])
