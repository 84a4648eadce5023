"""How warm the goods of a compartment are after an alarm, and when they leave their band; pure.

A sensor tells of the air, and goods follow the air within hours. So they are believed to have been
as the plan predicts when the trip began, and to have followed from then on what was measured, doors
included, as ``p' = (T - p)/τ`` with the time constant of the planner's model: specific heat of the
zone's goods over their heat exchange. A sensor reads a little off: half of what it read above the
plan before the trip is taken off, half is taken for true.

Nobody knows how the air goes on, so many futures are run: the goods a little warmer or colder than
believed, packed more or less densely, the air still rising or not, and either held where it is (a
wrong set-point, a unit that keeps up), or moved by a constant flow of heat, so that the air goes up
with the goods, and with every stop that leaves fewer of them. Doors open at the stops ahead. The
moments at which these futures leave the band are the distribution. A moment that has passed says
how long the goods have been out of it.

A sensor that is alone and drifts (``drifting_sensor``) is followed without its drift; of two that
drift apart (``sensors_apart``) the one that lives and stays is followed.
"""

# Long because past and future of the goods are one model, and its figures are read beside it.
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import exp, sqrt
from statistics import median

from api.reroutes.drifting_sensor import Drift, drift_of
from api.reroutes.measured_air import FEWEST, LOADED_S, RISING_S, by_minute, calm
from api.reroutes.sensors_apart import straying
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import TemperatureBand, Zone
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK
from optimizer.domain.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Seconds
from optimizer.response.words import BreachTimes
from telemetry.alarm.state import Sample

BEFORE_S: Seconds = SECONDS_PER_HOUR
"""Over so long before a trip a sensor shows how it usually reads, while doors are closed."""

OF_USUAL, MOST_USUAL_C = 0.5, 0.5
"""So much of what a sensor usually reads off is taken to be the sensor's; the rest is air that is
warmer than planned. Whatever is further off may be the trouble itself."""

PRODUCT_SD_C, OF_WARMING = 0.12, 0.2
"""How unsure the goods are: at the beginning, and so much of every degree that they have warmed."""

AIR_SD_C, OF_EXCESS = 0.3, 0.2
"""The same of the air above the goods: a still fan, the spot of the sensor, the share of a rise."""

STEP_S: Seconds = 10 * SECONDS_PER_MINUTE
AHEAD_S: Seconds = 7 * SECONDS_PER_HOUR
NEVER_S: Seconds = 24 * SECONDS_PER_HOUR
"""Goods that keep longer than anybody drives are said to keep for a day."""

OF_DOOR = 0.5
"""While its door is open the air of a compartment is so much of the way to the outside."""

LEAST_LEFT = 0.05
"""Who goes another way has goods on board for longer."""

QUANTILES = (-0.97, 0.0, 0.97)
"""Standard normal quantiles at the middles of three equal shares."""

PACKED = (0.8, 1.15, 1.7)
"""Goods follow the air so many times as slowly as the planner's figure says, which is on the safe
side: that of cartons with air all around. A dense pallet takes half as long again, and more."""

SETTLES_H = (0.0, 0.5, 1.0)
"""The rise of the air goes on as if it slowed with such a time constant; 0 says it is over."""

FLOWS = (False, True)


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
    """

    product_c: float
    product_sd_c: float
    air_c: float
    breach: BreachTimes
    chance: float
    drift: Drift | None = None
    strays: str | None = None

    @property
    def is_doubted(self) -> bool:
        """Say whether some of what was read is not believed."""
        return self.drift is not None or self.strays is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What has been: goods and air now, and how fast the air rises, °C an hour."""

    at: Seconds
    goods_c: float
    planned_c: float
    air_c: float
    rate_c_h: float


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
    sd_c = sqrt(PRODUCT_SD_C**2 + (OF_WARMING * (past.goods_c - past.planned_c)) ** 2)
    way = _Way(
        band=band,
        ambient_c=problem.ambient_c,
        lag_s=PRODUCT_J_KGK[zone] / EXCHANGE_W_KGK,
        left=_left(route, zone, at),
        doors=_doors(problem, route, zone, at),
    )
    moments = sorted(_crossing(past, way, future) for future in _futures(past, sd_c))
    count = len(moments)
    p10, p50, p90 = (moments[min(count - 1, round(q * count))] for q in (0.1, 0.5, 0.9))
    return Belief(
        product_c=past.goods_c,
        product_sd_c=sd_c,
        air_c=past.air_c,
        breach=BreachTimes(p10=p10, p50=p50, p90=p90),
        chance=sum(one < at + NEVER_S for one in moments) / count,
        drift=drift,
        strays=strays,
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
) -> _Past | None:
    """Let the goods follow the air from where they are first measured on this trip."""
    on_board = [one for one in minutes if route.departs <= one[0] <= at]
    if len(on_board) < FEWEST or at - on_board[0][0] < LOADED_S:
        return None
    since = on_board[0][0]
    planned_c = _planned_c(problem, route, zone, since)
    before = [c for moment, c in minutes if since - BEFORE_S <= moment < since]
    usual_c = median(before) - planned_c if len(before) >= FEWEST else 0.0
    usual_c = OF_USUAL * max(-MOST_USUAL_C, min(MOST_USUAL_C, usual_c))
    lag_s = PRODUCT_J_KGK[zone] / EXCHANGE_W_KGK
    stops = _served(route, zone)
    goods_c, last = planned_c, since
    for moment, value_c in on_board:
        goods_c += (value_c - usual_c - goods_c) * _share(moment - last, lag_s)
        last = moment
    air_c = calm(on_board, stops, at) - usual_c
    return _Past(
        at=at,
        goods_c=goods_c,
        planned_c=planned_c,
        air_c=air_c,
        rate_c_h=(air_c + usual_c - calm(on_board, stops, at - RISING_S))
        * SECONDS_PER_HOUR
        / RISING_S,
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Future:
    """One way it may go on: goods now, air above them, its further rise, and what moves it.

    ``slower`` is how many times as slowly as by the planner's figure the goods follow.
    """

    goods_c: float
    slower: float
    excess_c: float
    rise_c: float
    settles_h: float
    flows: bool


def _futures(past: _Past, sd_c: float) -> list[_Future]:
    excess_c = past.air_c - past.goods_c
    air_sd_c = sqrt(AIR_SD_C**2 + (OF_EXCESS * excess_c) ** 2)
    warmed_c = past.goods_c - past.planned_c
    return [
        _Future(
            # Who follows more slowly has also warmed less by now.
            goods_c=past.planned_c + warmed_c / slower + warm * sd_c,
            slower=slower,
            excess_c=excess_c + warmed_c * (1.0 - 1.0 / slower) + more * air_sd_c,
            rise_c=past.rate_c_h * settles_h,
            settles_h=settles_h,
            flows=flows,
        )
        for slower, warm, more, settles_h, flows in product(
            PACKED, QUANTILES, QUANTILES, SETTLES_H, FLOWS
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """What all futures share: band, weather, time constant; by step the goods and open doors."""

    band: TemperatureBand
    ambient_c: float
    lag_s: float
    left: tuple[float, ...]
    doors: tuple[Seconds, ...]


def _crossing(past: _Past, way: _Way, future: _Future) -> Seconds:
    """Give when the goods of a future leave their band; a day from now where they do not."""
    band, goods_c, excess_c = way.band, future.goods_c, future.excess_c
    lag_s = way.lag_s * future.slower
    if goods_c not in band:
        speed = max(abs(excess_c), AIR_SD_C) / lag_s
        return past.at - round(abs(goods_c - _edge_c(band, goods_c)) / speed)
    level_c = goods_c + excess_c
    follows = _share(STEP_S, lag_s)
    for number, (left, open_s) in enumerate(zip(way.left, way.doors, strict=True)):
        passed = number * STEP_S
        risen_c = future.rise_c
        if future.settles_h:
            risen_c *= _share(passed, future.settles_h * SECONDS_PER_HOUR)
        pull_c = level_c + risen_c - goods_c
        if future.flows and excess_c > 0.0:
            pull_c = _pulled(excess_c + risen_c, way.ambient_c - goods_c, left)
        before_c = goods_c
        goods_c += pull_c * follows
        goods_c += OF_DOOR * (way.ambient_c - goods_c) * open_s / lag_s
        if goods_c not in band:
            part = (_edge_c(band, goods_c) - before_c) / (goods_c - before_c)
            return past.at + passed + round(STEP_S * part)
    return past.at + NEVER_S


def _edge_c(band: TemperatureBand, goods_c: float) -> float:
    return band.upper_c if goods_c > band.upper_c else band.lower_c


def _pulled(excess_c: float, outside_c: float, left: float) -> float:
    """Give how far the air is above goods of which a share is left, if so much heat flows in.

    With a leak L from outside and an exchange G with the goods the air is L/(L + G) of the way from
    them to the outside; G goes down with the goods.
    """
    if outside_c <= excess_c:
        return max(excess_c, 0.0)
    leak = excess_c / (outside_c - excess_c)
    return outside_c * leak / (leak + left)


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
