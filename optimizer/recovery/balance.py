"""What a way out does to whom, and what it is worth, counted as a diversion is counted.

worth = value of the goods concerned that are handed over or kept, by remaining shelf life, less
driving and lateness beyond the running plan. Goods that the event itself does not touch count by
the difference that a way out makes for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.objective import distance_cost, lateness_cost
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import SECONDS_PER_DAY, Cents, Seconds, nearest_int
from optimizer.recovery.day import Day
from optimizer.recovery.option import Option
from optimizer.response.value import fresh
from optimizer.response.words import Fate, Money, Outcome

Served = Mapping[LineKey, tuple[Seconds, VehicleId, SiteId]]


def served(routes: Iterable[Route]) -> dict[LineKey, tuple[Seconds, VehicleId, SiteId]]:
    """Say when, by whom and from which grid each line is handed over."""
    return {
        item.key: (stop.service_starts, route.vehicle, route.start_site)
        for route in routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in stop.delivers
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Fates of the lines concerned, and the money."""

    fates: tuple[Fate, ...]
    money: Money


def balance(day: Day, option: Option, affected: Collection[LineKey]) -> Balance:
    """Settle the account of an option.

    Parameters
    ----------
    day, option
        The day and the way out.
    affected
        Lines that the event itself concerns.
    """
    before, after = served(day.plan.routes), served(option.routes)
    asked = day.problem.lines
    lost = [key for key in asked if key in before and key not in after]
    won = [key for key in asked if key not in before and key in after]
    told = dict.fromkeys([*(key for key in asked if key in set(affected)), *lost, *won])
    fates = tuple(option.fates.get(key) or _fate(day, key, after, before) for key in told)
    saved = late = 0
    for one in fates:
        planned = before[one.key][0] if one.key in before else day.at
        worth, delay = _worth(day.problem, one, planned)
        saved, late = saved + worth, late + delay
        if one.key not in affected:
            was = _fate(day, one.key, before, before)
            worth, delay = _worth(day.problem, was, planned)
            saved, late = saved - worth, late - delay
    driving = sum(r.cost_cents for r in option.routes) - sum(r.cost_cents for r in day.plan.routes)
    if option.extra_m and option.collector:
        driving += distance_cost(day.problem.vehicles[option.collector], option.extra_m)
    late += _lateness(day.problem, after) - _lateness(day.problem, before)
    orders = {(key.order, hand.taker) for hand in option.handovers for key in hand.keys}
    money = Money(
        saved=saved - option.lost_cents,
        driving=driving,
        lateness=late,
        transfers=day.problem.objective.transfer_cents * len(orders),
    )
    return Balance(fates=fates, money=money)


def _fate(day: Day, key: LineKey, routes: Served, before: Served) -> Fate:
    """Read a line's fate off the routes; one that nobody brings stays in a cold room."""
    line = day.problem.lines[key]
    if key in routes:
        moment, van, _ = routes[key]
        return Fate(
            key=key,
            outcome=Outcome.DELIVERED,
            mass_g=line.mass_g,
            volume_ml=line.volume_ml,
            value_cents=line.value_cents,
            sound=1.0,
            out_at=moment,
            arrives=moment,
            vehicle=van,
        )
    grid = before[key][2] if key in before else day.problem.sites[line.site].grid
    return Fate(
        key=key,
        outcome=Outcome.SHELTERED,
        mass_g=line.mass_g,
        volume_ml=line.volume_ml,
        value_cents=line.value_cents,
        sound=1.0,
        shelter=grid,
    )


def _worth(problem: Problem, one: Fate, planned: Seconds) -> tuple[Cents, Cents]:
    """Give what a line is worth, and what its coming a day later costs; no more than the goods."""
    line = problem.lines[one.key]
    handed = planned + SECONDS_PER_DAY if one.arrives is None else one.arrives
    worth = nearest_int(one.sound * line.value_cents * fresh(line, handed))
    delay = lateness_cost(problem.promises[line.promise], line, planned + SECONDS_PER_DAY)
    whole = min(delay, line.value_cents)
    if one.outcome is Outcome.QUARANTINED:
        return 0, whole
    return worth, whole if one.arrives is None else nearest_int((1.0 - one.sound) * whole)


def _lateness(problem: Problem, times: Served) -> Cents:
    lines = problem.lines
    return sum(
        lateness_cost(problem.promises[lines[key].promise], lines[key], moment)
        for key, (moment, _, _) in times.items()
    )
