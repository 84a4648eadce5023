"""Spaces of the virtual fleet as they live: what changes in them at which second, and a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from telemetry.virtual_fleet.bodies import Bodies
from telemetry.virtual_fleet.spec import Climate
from telemetry.virtual_fleet.thermal import Temperatures
from telemetry.virtual_fleet.units import Units
from telemetry.virtual_fleet.weather import weather_at

Floats = NDArray[np.float64]

STEP_S = 10
RECORD_S = 60
SLOTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something that changes in a space at a second of the plan.

    Parameters
    ----------
    what
        ``door`` opens for ``amount`` seconds, ``load`` leaves that share of the first load,
        ``capacity``, ``gap`` and ``setpoint`` are failures.
    """

    at: float
    space: int
    what: str
    amount: float


@dataclass(slots=True, kw_only=True)
class State:
    """What is true of every space at an instant."""

    air_c: Floats
    goods_c: Floats
    wall_c: Floats
    spot_c: Floats
    watts: Floats
    left: Floats

    def taken(self, spaces: Sequence[int]) -> State:
        """Give that of some spaces."""
        at = np.array(spaces, dtype=np.intp)
        return State(**{one.name: getattr(self, one.name)[at] for one in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What was recorded, a row a minute.

    Parameters
    ----------
    at
        Seconds of the plan.
    felt_c
        What a sensor with the lag of its case would say without noise.
    """

    at: NDArray[np.int64]
    felt_c: Floats
    goods_c: Floats
    states: tuple[State, ...]

    def row(self, moment: float) -> int:
        """Give the last row that is not after a moment."""
        return max(0, int(np.searchsorted(self.at, moment, side="right")) - 1)


class Herd:
    """Spaces that live together.

    Parameters
    ----------
    bodies
        Their own: failures and loads change them.
    chance
        When units defrost.
    climate, lags
        The weather, and how slowly the sensor of each space follows.
    """

    def __init__(
        self, bodies: Bodies, chance: np.random.Generator, climate: Climate, lags: Floats
    ) -> None:
        size = len(bodies.setpoint_c)
        self._bodies, self._climate = bodies, climate
        self._heat, self._units = Temperatures(bodies), Units(bodies, chance)
        self._whole = bodies.goods_w_k.copy(), bodies.goods_j_k.copy()
        self._left = np.ones(size)
        self._until, self._gap = np.full(size, -np.inf), np.zeros(size)
        self._felt = self._heat.spot_c.copy()
        self._nearer = -np.expm1(-STEP_S / lags)

    def live(
        self,
        turns: Sequence[Turn],
        starts: Sequence[tuple[int, slice, State]] = (),
        *,
        begins: int,
        ends: int,
    ) -> Course:
        """Let time pass, and record it."""
        waiting = sorted(turns, key=lambda turn: -turn.at)
        due = sorted(starts, key=lambda start: -start[0])
        at_s, felt_c, states = [], [], []
        for now in range(begins, ends, STEP_S):
            while due and due[-1][0] <= now:
                _, span, state = due.pop()
                self._begin(span, state)
            while waiting and waiting[-1].at <= now:
                self._turn(waiting.pop())
            if now % RECORD_S == 0:
                at_s.append(now)
                felt_c.append(self._felt.copy())
                states.append(self._state())
            self._step(float(now))
        return Course(
            at=np.array(at_s, dtype=np.int64),
            felt_c=np.array(felt_c),
            goods_c=np.array([state.goods_c for state in states]),
            states=tuple(states),
        )

    def _step(self, now: float) -> None:
        weather = weather_at(self._climate, now)
        gapes = now // STEP_S % SLOTS < np.rint(self._gap * SLOTS)
        doors = (now < self._until) | gapes
        watts = self._units.step(now, STEP_S, self._heat.air_c, weather.air_c)
        self._heat.step(STEP_S, watts, weather, doors=doors, fans=self._units.fans)
        self._felt = self._felt + (self._heat.spot_c - self._felt) * self._nearer

    def _turn(self, turn: Turn) -> None:
        space, amount = turn.space, turn.amount
        if turn.what == "door":
            self._until[space] = turn.at + amount
        elif turn.what == "load":
            self._load(slice(space, space + 1), np.array([amount]))
        elif turn.what == "capacity":
            self._units.capacity[space] = amount
        elif turn.what == "gap":
            self._gap[space] = amount
        else:
            self._bodies.setpoint_c[space] += amount

    def _begin(self, span: slice, state: State) -> None:
        heat = self._heat
        heat.air_c[span], heat.goods_c[span] = state.air_c, state.goods_c
        heat.wall_c[span], heat.spot_c[span] = state.wall_c, state.spot_c
        self._units.watts[span] = state.watts
        self._load(span, state.left)

    def _load(self, span: slice, left: Floats) -> None:
        self._left[span] = left
        self._bodies.goods_w_k[span] = self._whole[0][span] * left
        self._bodies.goods_j_k[span] = self._whole[1][span] * left

    def _state(self) -> State:
        heat = self._heat
        return State(
            air_c=heat.air_c.copy(),
            goods_c=heat.goods_c.copy(),
            wall_c=heat.wall_c.copy(),
            spot_c=heat.spot_c.copy(),
            watts=self._units.watts.copy(),
            left=self._left.copy(),
        )
