"""What hits a day that was planned without it, answered as a dispatcher would answer it.

Each disturbance becomes an event of ``optimizer.recovery``; its best checked proposal is the plan
from then on. Where there is none the plan stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from optimizer.domain.fleet import Echelon
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds
from optimizer.recovery.closed_road import closing
from optimizer.recovery.events import (
    BackupCarrier,
    Breakdown,
    ClosedRoad,
    Event,
    LateLinehaul,
)
from optimizer.recovery.recover import asked, recover
from optimizer.response.words import RerouteRefused
from optimizer.travel.provider import TravelProvider
from scenarios.language.kinds import Corner, DayTime, ListOf, Number, Text
from scenarios.language.shapes import Record, told
from scenarios.overrides.selecting import LEAST_CORNERS, crosses_itself, known, seconds_of
from scenarios.overrides.setting import DoesNotFit, Said

BUSIEST = "busiest"

ROAD_NOT_NEEDED = "CG-1527"
NOBODY_DRIVES_THERE = Said(
    "No drive that is still to come leads through the closed area: the plan stays.",
    "剩余行程都不经过封闭区域，计划不变。",
)
NO_WAY_OUT = Said("No way out keeps every rule: the plan stays.", "没有可行方案，计划不变。")


class Disturbance(Protocol):
    """Something that happens while the planned day runs."""

    def event(self, problem: Problem, plan: Plan) -> Event:
        """Give the event for a plan.

        Raises
        ------
        DoesNotFit
            It contradicts the day.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadCloses:
    """An area is closed while vehicles are under way."""

    at: str = told("When.", DayTime())
    until: str | None = told("When it opens again; without it, not today.", DayTime(), None)
    polygon: tuple[tuple[float, float], ...] = told(
        "Corners as [lat, lon], the first one not repeated.", ListOf(Corner(), LEAST_CORNERS)
    )

    def refusal(self) -> tuple[str, str] | None:
        """Say what is wrong with the outline; None where nothing is."""
        if crosses_itself(self.polygon):
            return "CG-1612", "the outline crosses itself or has no inside"
        return None

    def event(self, problem: Problem, plan: Plan) -> Event:
        """Give the closed road."""
        at = moment(problem, self.at)
        until = None if self.until is None else moment(problem, self.until)
        if until is not None and until <= at:
            raise DoesNotFit("CG-1614", "the road opens before it closes")
        return ClosedRoad(polygon=self.polygon, at=at, until=until)


@dataclass(frozen=True, slots=True, kw_only=True)
class VanBreaksDown:
    """A van stands and will not drive again today."""

    at: str = told("When.", DayTime())
    vehicle: str = told(
        "Its id; busiest is the van under way with most goods still to deliver.", Text(), BUSIEST
    )
    cooling_w: float = told("Watts that still reach each compartment.", Number(least=0), 0.0)

    def event(self, problem: Problem, plan: Plan) -> Event:
        """Give the breakdown."""
        at = moment(problem, self.at)
        if self.vehicle != BUSIEST:
            known("vehicle", [self.vehicle], problem.vehicles)
            return Breakdown(vehicle=self.vehicle, at=at, cooling_w=self.cooling_w)
        name = busiest(plan, at)
        if name is None:
            raise DoesNotFit("CG-1614", f"no van is under way at {self.at}")
        return Breakdown(vehicle=name, at=at, cooling_w=self.cooling_w)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrucksAreLate:
    """Trucks that still have to call at a grid warehouse come later."""

    at: str = told("When we learn of it.", DayTime())
    site: str = told("The grid warehouse.", Text())
    delay_min: float = told("By so many minutes.", Number(above=0, most=2880))

    def event(self, problem: Problem, plan: Plan) -> Event:
        """Give the late trucks."""
        known("site", [self.site], problem.sites)
        delay = round(self.delay_min * SECONDS_PER_MINUTE)
        return LateLinehaul(at=moment(problem, self.at), site=self.site, delay_s=delay)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupJoins:
    """Vans of a backup carrier join the running day."""

    at: str = told("When.", DayTime())
    vehicles: tuple[str, ...] = told("Their ids in the base.", ListOf(Text()))

    def event(self, problem: Problem, plan: Plan) -> Event:
        """Give the vans."""
        known("vehicle", self.vehicles, problem.vehicles)
        vans = tuple(problem.vehicles[name] for name in self.vehicles)
        return BackupCarrier(vehicles=vans, at=moment(problem, self.at))


DISTURBANCES: dict[str, Record] = {
    "closed_road": Record(RoadCloses),
    "breakdown": Record(VanBreaksDown),
    "late_linehaul": Record(TrucksAreLate),
    "backup_carrier": Record(BackupJoins),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningDay:
    """A planned day as disturbances leave it."""

    problem: Problem
    plan: Plan
    travel: TravelProvider
    said: tuple[Said, ...] = ()


def disturbed(day: RunningDay, happening: Disturbance, *, seed: int, effort: Limit) -> RunningDay:
    """Let something happen to a day and follow the best way out.

    Parameters
    ----------
    day
        The day as it is planned so far.
    happening
        What happens.
    seed, effort
        Of the planner, which plans anew what has not left yet.

    Raises
    ------
    DoesNotFit
        It contradicts the day.
    """
    event = happening.event(day.problem, day.plan)
    try:
        answer = recover(
            day.problem, day.plan, event, travel=day.travel, limit=1, seed=seed, effort=effort
        )
        problem = asked(day.problem, event)
    except RerouteRefused as refusal:
        # Under one seed vans may drive through an area, and under another one around it.
        if refusal.code == ROAD_NOT_NEEDED and isinstance(event, ClosedRoad):
            return _unmoved(day, event, NOBODY_DRIVES_THERE)
        raise DoesNotFit("CG-1614", str(refusal)) from refusal
    if not answer.proposals:
        return _unmoved(day, event, NO_WAY_OUT)
    travel = _travel_after(day, event)
    best = answer.proposals[0]
    words = zip(best.sentences["en"], best.sentences["zh"], strict=True)
    said = (*day.said, *(Said(en, zh) for en, zh in words))
    return RunningDay(problem=problem, plan=best.plan, travel=travel, said=said)


def _unmoved(day: RunningDay, event: Event, said: Said) -> RunningDay:
    """Keep the plan of a day, and say why."""
    travel = _travel_after(day, event)
    return RunningDay(problem=day.problem, plan=day.plan, travel=travel, said=(*day.said, said))


def _travel_after(day: RunningDay, event: Event) -> TravelProvider:
    if isinstance(event, ClosedRoad):
        return closing(day.problem, day.plan, event, day.travel)[1]
    return day.travel


def busiest(plan: Plan, at: Seconds) -> str | None:
    """Find the van under way with most goods still to deliver at a moment."""
    loads = {
        route.vehicle: sum(
            item.mass_g for stop in route.stops if stop.arrives > at for item in stop.delivers
        )
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE and route.departs <= at < route.returns
    }
    loaded = [(-mass, van) for van, mass in loads.items() if mass]
    return min(loaded)[1] if loaded else None


def moment(problem: Problem, day_time: str) -> Seconds:
    """Turn a time of day into seconds from the start of the day's horizon."""
    seconds = seconds_of(problem, day_time)
    assert seconds is not None
    return seconds
