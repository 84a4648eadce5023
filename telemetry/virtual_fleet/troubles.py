"""What is wrong with a fleet at an instant, as arrays that model, sensors and gateways look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from telemetry.virtual_fleet.failures import (
    OF_GATEWAYS,
    OF_SENSORS,
    OF_SPACES,
    Failure,
    FailureDraw,
    FailureKind,
)
from telemetry.virtual_fleet.physics import Floats
from telemetry.virtual_fleet.spec import FleetSpec


def targets_of(spec: FleetSpec) -> dict[FailureKind, dict[str, list[int]]]:
    """Give, per kind, whom a target's name means: a point stands for what hangs in it too.

    Parameters
    ----------
    spec
        The fleet; the numbers are places in its lists of spaces, sensors and gateways.
    """
    spaces = {space.id: [index] for index, space in enumerate(spec.spaces())}
    gateway_of = {gateway.id: index for index, gateway in enumerate(spec.gateways)}
    sensors: dict[str, list[int]] = {}
    gateways: dict[str, list[int]] = {gateway: [at] for gateway, at in gateway_of.items()}
    for index, (point, sensor) in enumerate(
        (space.id, sensor) for space in spec.spaces() for sensor in space.sensors
    ):
        sensors.setdefault(point, []).append(index)
        sensors[sensor.id] = [index]
        carrier = gateway_of[sensor.gateway]
        for name in (point, sensor.id):
            if carrier not in gateways.setdefault(name, []):
                gateways[name].append(carrier)
    by_kind: dict[FailureKind, dict[str, list[int]]] = {}
    for kinds, known in ((OF_SPACES, spaces), (OF_SENSORS, sensors), (OF_GATEWAYS, gateways)):
        by_kind.update(dict.fromkeys(kinds, known))
    return by_kind


class Troubles:
    """Failures as they begin and end.

    Parameters
    ----------
    spec
        The fleet and its planned failures.
    chance
        Where more failures come from.

    Attributes
    ----------
    capacity, forced
        Per space: share of the power that is left, and whether the door is kept open.
    lost, stuck, skew_ms
        Per sensor: says nothing, says always the same, how far its clock is ahead.
    gateway_lost, holding, doubling, breaking
        Per gateway: says nothing, keeps everything back, share said twice, share of garbage.
    """

    def __init__(self, spec: FleetSpec, chance: np.random.Generator) -> None:
        self._targets = targets_of(spec)
        self._sizes = (len(spec.spaces()), len(spec.sensors()), len(spec.gateways))
        self._waiting = sorted(spec.failures, key=lambda each: each.from_s)
        self._active: list[Failure] = []
        self._draw = FailureDraw(
            spec.failures_per_day,
            spaces=[space.id for space in spec.spaces()],
            sensors=[sensor.id for sensor in spec.sensors()],
            gateways=[gateway.id for gateway in spec.gateways],
            chance=chance,
        )
        self._clear()

    @property
    def of_gateways(self) -> bool:
        """Say whether anything is wrong on the way of the messages."""
        return self._of_gateways

    def move_to(self, elapsed_s: float) -> tuple[Sequence[Failure], Sequence[Failure]]:
        """Go on to an instant, and give what has begun and what has ended."""
        drawn = self._draw.until(elapsed_s)
        begun = [each for each in self._waiting if each.from_s <= elapsed_s] + drawn
        ended = [each for each in self._active if elapsed_s >= each.to_s]
        if begun or ended:
            self._waiting = [each for each in self._waiting if each.from_s > elapsed_s]
            ended += [each for each in begun if elapsed_s >= each.to_s]
            self._active = [each for each in (*self._active, *begun) if each.on_at(elapsed_s)]
            self._apply()
        return begun, ended

    def drift_c(self, sensors: NDArray[np.intp], elapsed_s: float) -> Floats:
        """Give by how much sensors have drifted."""
        hours = (elapsed_s - self._drift_from_s[sensors]) / 3600.0
        return np.asarray(self._drift_c_h[sensors] * hours)

    def _clear(self) -> None:
        spaces, sensors, gateways = self._sizes
        self.capacity: Floats = np.ones(spaces)
        self.forced = np.zeros(spaces, dtype=np.bool_)
        self.lost = np.zeros(sensors, dtype=np.bool_)
        self.stuck = np.zeros(sensors, dtype=np.bool_)
        self.skew_ms = np.zeros(sensors, dtype=np.int64)
        self._drift_c_h: Floats = np.zeros(sensors)
        self._drift_from_s: Floats = np.zeros(sensors)
        self.gateway_lost = np.zeros(gateways, dtype=np.bool_)
        self.holding = np.zeros(gateways, dtype=np.bool_)
        self.doubling: Floats = np.zeros(gateways)
        self.breaking: Floats = np.zeros(gateways)
        self._of_gateways = False

    def _apply(self) -> None:
        self._clear()
        for each in self._active:
            at = self._targets[each.kind][each.target]
            self._befall(each, at)
        kinds = {each.kind for each in self._active}
        self._of_gateways = not kinds.isdisjoint(OF_GATEWAYS)

    def _befall(self, failure: Failure, at: list[int]) -> None:
        flags: Mapping[FailureKind, NDArray[np.bool_]] = {
            FailureKind.DOOR_OPEN: self.forced,
            FailureKind.SENSOR_LOST: self.lost,
            FailureKind.SENSOR_STUCK: self.stuck,
            FailureKind.GATEWAY_LOST: self.gateway_lost,
            FailureKind.LATE_BATCH: self.holding,
        }
        if failure.kind in flags:
            flags[failure.kind][at] = True
        elif failure.kind is FailureKind.UNIT_OFF:
            self.capacity[at] = 0.0
        elif failure.kind is FailureKind.CAPACITY_LOSS:
            self.capacity[at] *= 1.0 - failure.amount
        elif failure.kind is FailureKind.SENSOR_DRIFT:
            self._drift_c_h[at], self._drift_from_s[at] = failure.amount, failure.from_s
        elif failure.kind is FailureKind.CLOCK_SKEW:
            self.skew_ms[at] = round(failure.amount * 1000.0)
        else:
            doubles = failure.kind is FailureKind.DUPLICATES
            (self.doubling if doubles else self.breaking)[at] = failure.amount


def unknown_targets(spec: FleetSpec, failures: Iterable[Failure]) -> list[Failure]:
    """Give the failures that befall nobody in the fleet."""
    known = targets_of(spec)
    return [each for each in failures if each.target not in known[each.kind]]
