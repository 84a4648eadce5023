"""The truth of a van whose cooling fails: its compartments as the virtual fleet plays them.

Bodies, units, doors and sensor spots are ``telemetry.virtual_fleet``'s own: nothing of the
planner's physics is in them, nor of the estimate that watches them. Only vans with a failure are
played so; of the others the goods keep as the plan predicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import PER_THOUSAND, Grams, Seconds
from scenarios.variation import Draws, Variation
from telemetry.virtual_fleet.bodies import Bodies, bodies_of
from telemetry.virtual_fleet.spec import (
    AssetKind,
    AssetSpec,
    Climate,
    FleetSpec,
    SensorSpec,
    SpaceSpec,
)
from telemetry.virtual_fleet.spec_making import DEFROST_S, HEATING_W_M3
from telemetry.virtual_fleet.thermal import Temperatures
from telemetry.virtual_fleet.units import Units
from telemetry.virtual_fleet.weather import weather_at

BEFORE_S = 3_600
"""So long before it leaves, a van is loaded, cold and watched."""

STEP_S, RECORD_S = 15, 60
ML_PER_M3 = 1_000_000
DOOR_SPREAD = (0.5, 2.0)
"""How long doors stand open, against what the body's type says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A stop as a compartment feels it: when, where, and how much leaves each zone there."""

    at: Seconds
    site: str
    leaves: Mapping[Zone, Grams]


@dataclass(frozen=True, slots=True, kw_only=True)
class Degrees:
    """What happened in one compartment, a row a minute.

    Parameters
    ----------
    at
        Seconds of the plan.
    felt_c, goods_c
        What a sensor without noise says, and the product.
    """

    at: NDArray[np.int64]
    felt_c: NDArray[np.float64]
    goods_c: NDArray[np.float64]


def lived(
    problem: Problem,
    route: Route,
    openings: Sequence[Opening],
    *,
    departs: Seconds,
    failing: Zone,
    fails: Seconds | None,
    variation: Variation,
    draws: Draws,
) -> Degrees:
    """Play a van from an hour before it leaves until its last stop.

    Parameters
    ----------
    problem, route
        The van, and the compartments and goods with which it leaves.
    openings
        Its stops as they were, or as they are to be expected.
    departs
        When it left.
    failing, fails
        Which compartment fails and when; None where its cooling works.
    variation, draws
        How much cooling is left, the doors and the weather of the day.
    """
    zones = [zone for zone in ZONES if route.compartments.get(zone, 0) > 0]
    loads = {zone: carried_g(openings, zone) for zone in zones}
    climate = Climate(
        mean_c=problem.ambient_c + variation.ambient_c, swing_c=0.0, begins_h=_begins_h(problem)
    )
    spec = FleetSpec(
        assets=(_asset(problem, route, zones, loads),),
        gateways=(),
        seed=draws.seed,
        climate=climate,
    )
    number = round(draws.uniform("body", route.vehicle) * (1 << 32))
    bodies = bodies_of(spec, np.random.default_rng(number))
    cabin = _Cabin(bodies, climate, np.random.default_rng(number + 1))
    begins = (departs - BEFORE_S) // RECORD_S * RECORD_S
    ends = max([fails or departs, *(one.at for one in openings)]) + RECORD_S
    usual_s = problem.body(problem.vehicles[route.vehicle]).door_open_s * variation.door_factor
    doors = _doors(openings, zones, usual_s, draws, route.wave)
    fault = zones.index(failing), fails, variation.cooling_left
    return cabin.live(begins, ends, doors, fault)


def carried_g(openings: Sequence[Opening], zone: Zone) -> Grams:
    """Give the mass with which a zone leaves."""
    return sum(one.leaves.get(zone, 0) for one in openings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    at: float
    until: float
    space: int
    left: float


def _doors(
    openings: Sequence[Opening],
    zones: Sequence[Zone],
    usual_s: float,
    draws: Draws,
    wave: str,
) -> list[_Door]:
    low, high = DOOR_SPREAD
    found = []
    for space, zone in enumerate(zones):
        whole = left = max(1, carried_g(openings, zone))
        for one in openings:
            mass = one.leaves.get(zone, 0)
            if mass:
                left -= mass
                luck = draws.uniform("door", one.site, zone.value, wave)
                open_s = usual_s * (low + (high - low) * luck)
                found.append(
                    _Door(at=one.at, until=one.at + open_s, space=space, left=left / whole)
                )
    return sorted(found, key=lambda door: door.at)


class _Cabin:
    """The compartments of one van as they live together."""

    def __init__(self, bodies: Bodies, climate: Climate, chance: np.random.Generator) -> None:
        self._bodies, self._climate = bodies, climate
        self._heat, self._units = Temperatures(bodies), Units(bodies, chance)
        self._whole = bodies.goods_w_k.copy(), bodies.goods_j_k.copy()
        self._until = np.full(len(bodies.setpoint_c), -np.inf)

    def live(
        self,
        begins: Seconds,
        ends: Seconds,
        doors: Sequence[_Door],
        fault: tuple[int, Seconds | None, float],
    ) -> Degrees:
        """Let time pass, and record the space that fails."""
        space, fails, left = fault
        waiting = list(reversed(doors))
        at_s, felt_c, goods_c = [], [], []
        for now in range(begins, ends, STEP_S):
            while waiting and waiting[-1].at <= now:
                self._open(waiting.pop())
            if fails is not None and now >= fails:
                self._units.capacity[space] = left
            if now % RECORD_S == 0:
                at_s.append(now)
                felt_c.append(float(self._heat.spot_c[space]))
                goods_c.append(float(self._heat.goods_c[space]))
            weather = weather_at(self._climate, float(now))
            watts = self._units.step(float(now), STEP_S, self._heat.air_c, weather.air_c)
            self._heat.step(STEP_S, watts, weather, doors=now < self._until, fans=self._units.fans)
        return Degrees(
            at=np.array(at_s, dtype=np.int64), felt_c=np.array(felt_c), goods_c=np.array(goods_c)
        )

    def _open(self, door: _Door) -> None:
        self._until[door.space] = door.until
        self._bodies.goods_w_k[door.space] = self._whole[0][door.space] * door.left
        self._bodies.goods_j_k[door.space] = self._whole[1][door.space] * door.left


def _begins_h(problem: Problem) -> float:
    start = problem.horizon.instant(0)
    return start.hour + start.minute / 60.0


def _asset(
    problem: Problem, route: Route, zones: Sequence[Zone], loads: Mapping[Zone, Grams]
) -> AssetSpec:
    body = problem.body(problem.vehicles[route.vehicle])
    spaces = tuple(
        SpaceSpec(
            id=f"{route.vehicle}/{zone.value}",
            name=f"{route.vehicle} {zone.value}",
            zone=zone,
            volume_m3=route.compartments[zone] / ML_PER_M3,
            setpoint_c=problem.policies[zone].setpoint_c,
            load_kg=loads[zone] / PER_THOUSAND,
            sensors=(SensorSpec(id=f"{route.vehicle}-{zone.value}", gateway=route.vehicle),),
            k_w_m2k=body.k_w_m2k,
            heating_w=HEATING_W_M3[zone] * route.compartments[zone] / ML_PER_M3,
            door_m2=body.door_m2,
            door_height_m=body.door_height_m,
            curtain=body.curtain,
            openings_per_h=0.0,
            defrost_s=DEFROST_S[zone],
        )
        for zone in zones
    )
    return AssetSpec(
        id=route.vehicle,
        name=route.vehicle,
        kind=AssetKind.VEHICLE,
        spaces=spaces,
        cooling_w=body.cooling_w,
    )
