"""What happens on board of many routes, cut into steps: doors, goods, loading temperatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.check.cabins import Cabins, Floats
from optimizer.check.facts import JudgedRoute
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK
from optimizer.domain.units import PER_THOUSAND

LONGEST_STEP_S = 10.0
STEPS_PER_RESPONSE = 2.0
COLDEST_C = -40.0
"""Inside temperature at which the step length takes the draught through a door."""

ROUNDING_K = 1e-9
PLACE = {zone: place for place, zone in enumerate(ZONES)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Legs:
    """The legs of one route; a leg ends when the doors of its stop have closed again.

    Parameters
    ----------
    closed_s, open_s
        Seconds with doors shut, then with doors open, shape (leg,).
    opened
        Which doors open, shape (leg, zone).
    mass_kg
        Goods on board, those handed over at the end of the leg included, shape (leg, zone).
    bulk_c
        Mean loading temperature of all goods, shape (zone,).
    warm_c, cold_c
        Loading temperature of the warmest and coldest goods on board, shape (leg, zone).
    """

    closed_s: Floats
    open_s: Floats
    opened: npt.NDArray[np.bool_]
    mass_kg: Floats
    bulk_c: Floats
    warm_c: Floats
    cold_c: Floats


def legs_of(problem: Problem, one: JudgedRoute) -> Legs:
    """Read the legs of a route; goods in a wrong zone are a finding of their own and left out."""
    route, door_s = one.route, problem.body(one.vehicle).door_open_s
    shape = len(route.stops), len(ZONES)
    mass, heat = np.zeros(shape), np.zeros(shape)
    warm, cold = np.full(shape, -np.inf), np.full(shape, np.inf)
    for leg, stop in enumerate(route.stops):
        for item in stop.delivers:
            line = problem.lines[item.key]
            if item.zone is line.zone:
                zone, loading = PLACE[item.zone], problem.loading_c(line)
                mass[leg, zone] += item.mass_g / PER_THOUSAND
                heat[leg, zone] += item.mass_g / PER_THOUSAND * loading
                warm[leg, zone] = max(warm[leg, zone], loading)
                cold[leg, zone] = min(cold[leg, zone], loading)
    opened: npt.NDArray[np.bool_] = mass > 0.0
    whole = np.maximum(mass.sum(axis=0), 1e-9)
    opens: npt.NDArray[np.bool_] = np.asarray(opened.any(axis=1))
    closed, opening = _clock(route, opens, door_s)
    return Legs(
        closed_s=closed,
        open_s=opening,
        opened=opened,
        mass_kg=mass[::-1].cumsum(axis=0)[::-1],
        bulk_c=heat.sum(axis=0) / whole,
        warm_c=np.maximum.accumulate(warm[::-1], axis=0)[::-1],
        cold_c=np.minimum.accumulate(cold[::-1], axis=0)[::-1],
    )


def _clock(route: Route, opens: npt.NDArray[np.bool_], door_s: int) -> tuple[Floats, Floats]:
    starts = np.array([stop.service_starts for stop in route.stops], dtype=float)
    opening = np.where(opens, float(door_s), 0.0)
    free = np.concatenate([[float(route.departs)], starts[:-1] + opening[:-1]])
    return np.maximum(starts - free, 0.0), opening


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Journey:
    """Many routes side by side.

    Parameters
    ----------
    seconds
        Length of each step, shape (step, route); 0 once a route has ended.
    leg
        Which row of the leg tables a step belongs to, shape (step, route).
    opening
        Whether the doors of the leg stand open during a step, shape (step, route).
    first_leg
        First row of each route in the leg tables, shape (route,).
    opened, exchange_w_k, warmer_k, colder_k
        Leg tables, shape (zone, leg): doors, heat between goods and air per degree, and how much
        warmer or colder than the mean the extremes on board were loaded.
    bulk_c
        Mean loading temperature, shape (zone, route).
    """

    seconds: Floats
    leg: npt.NDArray[np.intp]
    opening: npt.NDArray[np.bool_]
    first_leg: npt.NDArray[np.intp]
    opened: npt.NDArray[np.bool_]
    exchange_w_k: Floats
    warmer_k: Floats
    colder_k: Floats
    bulk_c: Floats

    @property
    def mixed(self) -> bool:
        """Say whether goods of one compartment were loaded at different temperatures."""
        return bool(self.warmer_k.any() or self.colder_k.any())


def journey(routes: Sequence[Legs], bodies: Cabins) -> Journey:
    """Cut routes into steps that are short against the response of the air in each body."""
    first = np.cumsum([0, *(len(legs.closed_s) for legs in routes)])
    longest = _longest_steps(routes, bodies)
    cuts = [_steps(legs, longest[place]) for place, legs in enumerate(routes)]
    count = max((len(seconds) for seconds, _, _ in cuts), default=0)
    shape = count, len(routes)
    seconds = np.zeros(shape)
    leg = np.zeros(shape, dtype=np.intp)
    opening = np.zeros(shape, dtype=np.bool_)
    for place, (cut, of_leg, doors) in enumerate(cuts):
        seconds[: len(cut), place] = cut
        leg[:, place] = first[place]
        leg[: len(cut), place] += of_leg
        opening[: len(cut), place] = doors
    return Journey(
        seconds=seconds,
        leg=leg,
        opening=opening,
        first_leg=first[:-1],
        opened=np.concatenate([legs.opened for legs in routes]).T,
        exchange_w_k=EXCHANGE_W_KGK * np.concatenate([legs.mass_kg for legs in routes]).T,
        warmer_k=_spread([legs.warm_c - legs.bulk_c for legs in routes]),
        colder_k=_spread([legs.bulk_c - legs.cold_c for legs in routes]),
        bulk_c=np.stack([legs.bulk_c for legs in routes], axis=1),
    )


def _spread(above_mean_k: Sequence[Floats]) -> Floats:
    """Join leg tables of a difference to the mean; where nothing is on board there is none."""
    joined = np.concatenate(above_mean_k).T
    spread: Floats = np.where(np.isfinite(joined) & (joined > ROUNDING_K), joined, 0.0)
    return spread


def _longest_steps(routes: Sequence[Legs], bodies: Cabins) -> Floats:
    """Give the longest step per route: ten seconds or half the response time of its air."""
    full = EXCHANGE_W_KGK * np.stack([legs.mass_kg[0] for legs in routes], axis=1)
    place = np.arange(len(routes))
    widest = bodies.door_w_k(np.full(full.shape, COLDEST_C), place)
    response = bodies.air_j_k / (bodies.leak_w_k + full + widest)
    longest: Floats = np.minimum(LONGEST_STEP_S, response.min(axis=0) / STEPS_PER_RESPONSE)
    return longest


def _steps(
    legs: Legs, longest_s: float
) -> tuple[Floats, npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    phases = np.stack([legs.closed_s, legs.open_s], axis=1).ravel()
    counts = np.ceil(phases / longest_s).astype(np.intp)
    length = phases / np.maximum(counts, 1)
    number = np.repeat(np.arange(len(phases)), counts)
    return length[number], number // 2, number % 2 == 1
