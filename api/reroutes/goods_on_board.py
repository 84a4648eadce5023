"""How warm the goods of a compartment are after an alarm, and when they leave their band; pure.

A sensor tells of the air, and goods follow the air within hours. So they are believed to have been
as the plan predicts when the trip began, and to have followed from then on what was measured, doors
included, as ``p' = (T - p)/τ`` with the time constant of the planner's model: specific heat of the
zone's goods over their heat exchange. A sensor reads a little off: half of what it read above the
plan before the trip is taken off, half is taken for true.

Nobody knows how the air goes on, so many ``futures`` are run. The moments at which they leave the
band are the distribution. A moment that has passed says how long the goods have been out of it.

A sensor that is alone and drifts (``drifting_sensor``) is followed without its drift; of two that
drift apart (``sensors_apart``) the one that lives and stays is followed. Calm air is followed no
farther above the goods than ``walls`` can keep it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from statistics import median

from api.reroutes.drifting_sensor import Drift, drift_of
from api.reroutes.futures import AHEAD_S, NEVER_S, STEP_S, Past, Way, crossings
from api.reroutes.measured_air import (
    FEWEST,
    LOADED_S,
    RISING_S,
    by_minute,
    calm,
    is_at_door,
)
from api.reroutes.sensors_apart import straying
from api.reroutes.walls import Walls, walls_of
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK
from optimizer.domain.units import SECONDS_PER_HOUR, Seconds
from optimizer.response.words import BreachTimes
from telemetry.alarm.state import Sample

BEFORE_S: Seconds = SECONDS_PER_HOUR
"""Over so long before a trip a sensor shows how it usually reads, while doors are closed."""

OF_USUAL, MOST_USUAL_C = 0.5, 0.5
"""So much of what a sensor usually reads off is taken to be the sensor's; the rest is air that is
warmer than planned. Whatever is further off may be the trouble itself."""

BEYOND_WALLS_C = 0.3
"""A reading is doubted by which goods would be so much warmer than walls allow."""

LEAST_LEFT = 0.05
"""Who goes another way has goods on board for longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What is believed of the goods.

    Parameters
    ----------
    product_c, product_sd_c
        How warm they are, and how unsure that is.
    air_c
        The air, with what the sensor usually reads off taken away.
    breach
        When they leave their band.
    chance
        How likely they do within a day.
    drift
        Of the sensor, which has been taken away from what it read; None where there is none.
    strays
        The sensor that leaves its fellow, and was left out; None where none does.
    is_beyond_walls
        Whether air was read, for long, that walls cannot keep so far above the goods.
    """

    product_c: float
    product_sd_c: float
    air_c: float
    breach: BreachTimes
    chance: float
    drift: Drift | None = None
    strays: str | None = None
    is_beyond_walls: bool = False

    @property
    def is_doubted(self) -> bool:
        """Say whether some of what was read is not believed."""
        return self.drift is not None or self.strays is not None or self.is_beyond_walls


def goods_on_board(
    problem: Problem,
    route: Route,
    zone: Zone,
    air: Sequence[Sample],
    *,
    at: Seconds,
) -> Belief | None:
    """Say how warm the goods of a zone are, and when they leave their band.

    Parameters
    ----------
    problem, route
        The day, and the trip that the goods are on.
    zone
        Whose compartment is in trouble.
    air
        What its sensors have measured, by time.
    at
        Now.

    Returns
    -------
    Belief or None
        None where too little of the air is known.
    """
    start_ms = round(1000 * problem.horizon.instant(0).timestamp())
    band = problem.policies[zone].product
    strays = straying(air, round(start_ms + 1000 * at))
    if strays is not None:
        air = [one for one in air if one.sensor != strays]
    minutes = by_minute(air, start_ms, band)
    is_alone = len({one.sensor for one in air}) == 1
    drift = _drifting(problem, route, zone, minutes, at) if is_alone else None
    if drift is not None:
        minutes = [(moment, value_c - drift.off_c(moment)) for moment, value_c in minutes]
    past = _followed(problem, route, zone, minutes, at)
    if past is None:
        return None
    way = Way(
        band=band,
        ambient_c=problem.ambient_c,
        lag_s=PRODUCT_J_KGK[zone] / EXCHANGE_W_KGK,
        left=_left(route, zone, at),
        doors=_doors(problem, route, zone, at),
    )
    moments = crossings(past, way)
    count = len(moments)
    p10, p50, p90 = (moments[min(count - 1, round(q * count))] for q in (0.1, 0.5, 0.9))
    return Belief(
        product_c=past.goods_c,
        product_sd_c=past.sd_c,
        air_c=past.air_c,
        breach=BreachTimes(p10=p10, p50=p50, p90=p90),
        chance=sum(one < at + NEVER_S for one in moments) / count,
        drift=drift,
        strays=strays,
        is_beyond_walls=past.beyond_c >= BEYOND_WALLS_C,
    )


def _drifting(
    problem: Problem,
    route: Route,
    zone: Zone,
    minutes: Sequence[tuple[Seconds, float]],
    at: Seconds,
) -> Drift | None:
    """Say whether what was read is a drift; the doors of a zone open where it is delivered."""
    return drift_of(minutes, _served(route, zone), at=at, outside_c=problem.ambient_c)


def _planned_c(problem: Problem, route: Route, zone: Zone, moment: Seconds) -> float:
    """Give how warm the plan predicts the goods to be."""
    known = [
        stop.predicted[zone].product_c
        for stop in route.stops
        if stop.service_starts <= moment and zone in stop.predicted
    ]
    return known[-1] if known else problem.policies[zone].loading_c


def _followed(
    problem: Problem,
    route: Route,
    zone: Zone,
    minutes: Sequence[tuple[Seconds, float]],
    at: Seconds,
) -> Past | None:
    """Let the goods follow the air from where they are first measured on this trip."""
    on_board = [one for one in minutes if route.departs <= one[0] <= at]
    if len(on_board) < FEWEST or at - on_board[0][0] < LOADED_S:
        return None
    since = on_board[0][0]
    planned_c = _planned_c(problem, route, zone, since)
    before = [c for moment, c in minutes if since - BEFORE_S <= moment < since]
    usual_c = median(before) - planned_c if len(before) >= FEWEST else 0.0
    usual_c = OF_USUAL * max(-MOST_USUAL_C, min(MOST_USUAL_C, usual_c))
    air = [(moment, value_c - usual_c) for moment, value_c in on_board]
    stops, walls = _served(route, zone), walls_of(problem, route, zone)
    lag_s = PRODUCT_J_KGK[zone] / EXCHANGE_W_KGK
    goods_c, read_c = _warmed(air, stops, walls, planned_c, lag_s)
    air_c = calm(air, stops, at)
    risen_c = air_c - calm(air, stops, at - RISING_S)
    return Past(
        at=at,
        goods_c=goods_c,
        beyond_c=read_c - goods_c,
        most_c=walls.most_c(at, goods_c),
        planned_c=planned_c,
        air_c=air_c,
        rate_c_h=risen_c * SECONDS_PER_HOUR / RISING_S,
    )


def _warmed(
    air: Sequence[tuple[Seconds, float]],
    stops: Sequence[Seconds],
    walls: Walls,
    planned_c: float,
    lag_s: float,
) -> tuple[float, float]:
    """Give how warm goods are that have followed air, no farther than walls let it be above them.

    The second is how warm they would be if walls let through any heat.
    """
    goods_c = read_c = planned_c
    last = air[0][0]
    for moment, value_c in air:
        follows = _share(moment - last, lag_s)
        read_c += (value_c - read_c) * follows
        above_c = value_c - goods_c
        if not is_at_door(stops, moment):
            above_c = min(above_c, walls.most_c(moment, goods_c))
        goods_c += above_c * follows
        last = moment
    return goods_c, read_c


def _served(route: Route, zone: Zone) -> list[Seconds]:
    """Give when the door of a zone opens: where it is delivered."""
    return [
        stop.service_starts
        for stop in route.stops
        if any(item.zone is zone for item in stop.delivers)
    ]


def _share(seconds: float, lag_s: float) -> float:
    """Give the share of a difference that is made up within a time."""
    return 1.0 - exp(-max(0.0, seconds) / lag_s)


def _left(route: Route, zone: Zone, at: Seconds) -> tuple[float, ...]:
    """Give the share of the goods that is on board, step by step; a little always is."""
    given = [
        (stop.service_starts, sum(item.mass_g for item in stop.delivers if item.zone is zone))
        for stop in route.stops
        if stop.service_starts > at
    ]
    whole_g = max(1, sum(grams for _, grams in given))
    return tuple(
        max(LEAST_LEFT, sum(grams for starts, grams in given if starts > moment) / whole_g)
        for moment in range(at, at + AHEAD_S, STEP_S)
    )


def _doors(problem: Problem, route: Route, zone: Zone, at: Seconds) -> tuple[Seconds, ...]:
    """Give for how long the door is open in each step, if the route is kept."""
    usual_s = problem.body(problem.vehicles[route.vehicle]).door_open_s
    served = _served(route, zone)
    return tuple(
        usual_s * sum(moment < starts <= moment + STEP_S for starts in served)
        for moment in range(at, at + AHEAD_S, STEP_S)
    )
