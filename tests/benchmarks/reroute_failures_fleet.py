"""The truth of the trial: vans of the virtual fleet that follow their routes, and fail.

Bodies, units, doors and weather are the fleet's own (``telemetry.virtual_fleet``); nothing of the
planner's physics or of the estimate is in them. A van has the compartments of its route, as large
and as full as there; at every stop the doors of the zones that are served open and their goods get
fewer. The kinds of failures show like this:

- unit_failure, partial_failure: the evaporator of the zone has no power, or a share of it.
- door_seal: the door of the zone lets through what one does that is open for a share of the time.
- set_point_error: the unit keeps another temperature.
- sensor_fault: the goods are well; the sensor drifts away (``reroute_failures_watch``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from zlib import crc32

import numpy as np

from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
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
from tests.benchmarks.reroute_failures_cases import PARTIAL, SEAL, SETPOINT, UNIT, Case
from tests.benchmarks.reroute_failures_herd import RECORD_S, Course, Herd, State, Turn

BEFORE_S = 3600
"""So long before it leaves a van is loaded, cold and watched."""

FAILING = 0
"""Day of the failure, for doors; whoever goes another way then opens them as long."""

LEAST_LEFT = 1e-9
ML_PER_M3 = 1_000_000
DOOR_SPREAD = (0.5, 2.0)
"""How long doors are open, against what the body's type says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a copy of a van goes on.

    Parameters
    ----------
    place
        Of the van among the cases.
    route
        What it drives from then on.
    since, state
        The moment, and what is true then of its spaces.
    """

    place: int
    route: Route
    since: int
    state: State


class Vans:
    """The vans of some cases that have one weather.

    Parameters
    ----------
    problem
        Says what bodies and set-points are like.
    cases
        One van each.
    seed
        Of bodies, units and doors.
    """

    def __init__(self, problem: Problem, cases: Sequence[Case], seed: int) -> None:
        self.problem = problem
        self._seed = seed
        self.cases = tuple(cases)
        self.zones: list[tuple[int, Zone]] = []
        assets = []
        for place, case in enumerate(cases):
            asset = _asset(problem, case.route, f"van-{place}")
            self.zones += [(place, space.zone) for space in asset.spaces]
            assets.append(asset)
        self._space = {name: at for at, name in enumerate(self.zones)}
        ambient_c = cases[0].failure.ambient_c
        climate = Climate(mean_c=ambient_c, swing_c=0.0, begins_h=_begins_h(problem))
        spec = FleetSpec(assets=tuple(assets), gateways=(), seed=seed, climate=climate)
        self._climate = climate
        self.bodies = bodies_of(spec, np.random.default_rng([seed, 3]))

    def space(self, place: int, zone: Zone) -> int:
        """Give the number of a compartment."""
        return self._space[place, zone]

    def is_front(self, place: int, zone: Zone) -> bool:
        """Say whether a compartment is the first of its van: that one has two sensors."""
        at = self._space[place, zone]
        return at == 0 or self.zones[at - 1][0] != place

    def day(self, number: int, *, fails: bool) -> Course:
        """Let the vans drive their routes.

        Parameters
        ----------
        number
            Of the day: doors and defrosts are not the same every day.
        fails
            Whether what the cases say happens.
        """
        bodies = _copied(self.bodies)
        chance = np.random.default_rng([self._seed, 4, number])
        turns = [
            turn
            for at, (place, _) in enumerate(self.zones)
            for turn in self._aboard(at, day=FAILING if fails else number + 1).turns(
                self.cases[place].route
            )
        ]
        if fails:
            turns += self._failures()
        begins = min(case.route.departs for case in self.cases) - BEFORE_S
        ends = max(case.route.returns for case in self.cases) + RECORD_S
        lags = np.array([self.cases[place].failure.lag_s for place, _ in self.zones])
        herd = Herd(bodies, chance, self._climate, lags)
        return herd.live(turns, begins=begins - begins % RECORD_S, ends=ends)

    def otherwise(self, wanted: Sequence[Way], ends: int) -> Course:
        """Let copies of vans go on in other ways; spaces of the copies follow each other.

        Parameters
        ----------
        wanted
            How each copy goes on.
        ends
            When all is over.
        """
        spaces = [at for way in wanted for at in self.spaces_of(way.place)]
        bodies = replace(
            _copied(self.bodies, spaces),
            defrost_s=np.zeros(len(spaces)),
            unit_w=self.bodies.unit_w[[way.place for way in wanted]],
        )
        turns: list[Turn] = []
        starts: list[tuple[int, slice, State]] = []
        first = 0
        for copy, way in enumerate(wanted):
            mine = self.spaces_of(way.place)
            span = slice(first, first + len(mine))
            bodies.front[span] += first - mine[0]
            bodies.rear[span] += first - mine[0]
            bodies.unit[span] = copy
            turns += self._turns_of(way, first - mine[0])
            starts.append((way.since, span, way.state))
            first += len(mine)
        herd = Herd(
            bodies, np.random.default_rng(0), self._climate, np.full(len(spaces), float(RECORD_S))
        )
        return herd.live(turns, starts, begins=min(way.since for way in wanted), ends=ends)

    def _turns_of(self, way: Way, shift: int) -> list[Turn]:
        """Say what happens to a copy after it goes its own way."""
        case, mine = self.cases[way.place], self.spaces_of(way.place)
        zones = {self.zones[at][1]: at + shift for at in mine}
        turns = [
            turn
            for at, left in zip(mine, way.state.left.tolist(), strict=True)
            for turn in self._aboard(at, shift, left=left, since=way.since).turns(way.route)
        ]
        failing = _failure_of(case, zones[case.failure.zone])
        return turns + [replace(turn, at=max(turn.at, way.since)) for turn in failing]

    def spaces_of(self, place: int) -> list[int]:
        """Give the compartments of a van."""
        return [at for at, (van, _) in enumerate(self.zones) if van == place]

    def failing(self, place: int) -> int:
        """Give the compartment that fails."""
        return self._space[place, self.cases[place].failure.zone]

    def _aboard(
        self, at: int, shift: int = 0, *, left: float = 1.0, since: int = -1, day: int = FAILING
    ) -> _Aboard:
        place, zone = self.zones[at]
        case = self.cases[place]
        usual_s = self.problem.body(self.problem.vehicles[case.route.vehicle]).door_open_s

        def open_s(site: str) -> float:
            key = [self._seed, 5, case.failure.number, day, at - self.spaces_of(place)[0]]
            chance = np.random.default_rng([*key, crc32(site.encode())])
            return usual_s * float(chance.uniform(*DOOR_SPREAD))

        return _Aboard(
            space=at + shift,
            zone=zone,
            whole_g=max(1, _carried_g(case.route, zone)),
            left=left,
            since=since,
            open_s=open_s,
        )

    def _failures(self) -> list[Turn]:
        return [
            turn
            for place, case in enumerate(self.cases)
            for turn in _failure_of(case, self.failing(place))
        ]


def _failure_of(case: Case, space: int) -> list[Turn]:
    """Say what a failure changes in a space; a sensor that drifts changes nothing."""
    words = {UNIT: "capacity", PARTIAL: "capacity", SEAL: "gap", SETPOINT: "setpoint"}
    what = words.get(case.failure.kind)
    if what is None:
        return []
    return [Turn(at=case.fails, space=space, what=what, amount=case.failure.amount)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aboard:
    """What is in a space, and how its door is used.

    Parameters
    ----------
    whole_g
        What the load is a share of.
    left
        The share at ``since``; stops whose service begins later count.
    open_s
        How long the door stands open, by site.
    """

    space: int
    zone: Zone
    whole_g: int
    left: float
    since: int
    open_s: Callable[[str], float]

    def turns(self, route: Route) -> list[Turn]:
        """Say when the door opens along a route, and what is left on board then."""
        found, left = [], self.left
        for stop in route.stops:
            mass = sum(item.mass_g for item in stop.delivers if item.zone is self.zone)
            if not mass or stop.service_starts <= self.since:
                continue
            left = max(0.0, left - mass / self.whole_g)
            at, open_s = stop.service_starts, self.open_s(stop.site)
            found.append(Turn(at=at, space=self.space, what="door", amount=open_s))
            amount = left if left > LEAST_LEFT else 0.0
            found.append(Turn(at=at, space=self.space, what="load", amount=amount))
        return found


def _carried_g(route: Route, zone: Zone) -> int:
    return sum(i.mass_g for stop in route.stops for i in stop.delivers if i.zone is zone)


def _copied(bodies: Bodies, spaces: Sequence[int] | None = None) -> Bodies:
    """Copy the figures of all spaces, or of some, one after the other."""
    values = {}
    for one in fields(Bodies):
        value = getattr(bodies, one.name)
        whole = spaces is None or one.name == "unit_w"
        values[one.name] = value.copy() if whole else value[np.array(spaces, dtype=np.intp)]
    return Bodies(**values)


def _begins_h(problem: Problem) -> float:
    start = problem.horizon.instant(0)
    return start.hour + start.minute / 60.0


def _asset(problem: Problem, route: Route, name: str) -> AssetSpec:
    body = problem.body(problem.vehicles[route.vehicle])
    spaces = []
    for zone in Zone:
        litres = route.compartments.get(zone, 0)
        if litres <= 0:
            continue
        volume_m3 = litres / ML_PER_M3
        spaces.append(
            SpaceSpec(
                id=f"{name}/{zone.value}",
                name=f"{name} {zone.value}",
                zone=zone,
                volume_m3=volume_m3,
                setpoint_c=problem.policies[zone].setpoint_c,
                load_kg=_carried_g(route, zone) / 1000.0,
                sensors=(SensorSpec(id=f"{name}-{zone.value}", gateway=name),),
                k_w_m2k=body.k_w_m2k,
                heating_w=HEATING_W_M3[zone] * volume_m3,
                door_m2=body.door_m2,
                door_height_m=body.door_height_m,
                curtain=body.curtain,
                openings_per_h=0.0,
                defrost_s=DEFROST_S[zone],
            )
        )
    return AssetSpec(
        id=name,
        name=name,
        kind=AssetKind.VEHICLE,
        spaces=tuple(spaces),
        cooling_w=body.cooling_w,
    )
