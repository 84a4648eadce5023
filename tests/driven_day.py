"""Drives a plan on paper: drives and services scatter, phones report late, positions come in.

What is asked of the expected times afterwards is how far they were off, at moments that matter:
when the vehicle left, and an hour before it came.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import numpy as np

from api.road.day import Day, StopName, open_day
from api.road.forecast import with_outlook
from api.road.words import Event, Fix, Kind, Report
from api.services.road_days import names
from api.storage.road import NEAR_DEG
from optimizer.domain.plan import Plan, Route, Stop
from optimizer.domain.problem import Problem

DRIVE_SCATTER = 0.2
SERVICE_SCATTER = 0.3
MEAN_START_DELAY_S = 300
MEAN_REPORT_DELAY_S = 120
POSITION_EVERY_S = 60
HOUR_S = 3600
PLAN = "plan-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """One stop as it was driven, in seconds from the horizon start."""

    name: StopName
    stop: Stop
    arrived: float
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where the vehicle was at a moment."""

    at: float
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """One route as it was driven, with its positions in order."""

    route: Route
    left: float
    stops: tuple[Driven, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """By how many minutes an expected time was off."""

    asked: str
    stop: str
    minutes: float
    inside: bool


def drive(problem: Problem, plan: Plan, route: Route, rng: np.random.Generator) -> Drive:
    """Drive a route: lognormal drives and services, an exponential delay at the start."""
    moment = left = route.departs + float(rng.exponential(MEAN_START_DELAY_S))
    before, driven = route.departs, []
    for name, stop in zip(names(PLAN, plan)[route.id], route.stops, strict=True):
        arrived = moment + (stop.arrives - before) * _scatter(rng, DRIVE_SCATTER)
        # Where the plan waits, the site was not open earlier.
        opens = stop.service_starts if stop.service_starts > stop.arrives else 0
        service_s = (stop.departs - stop.service_starts) * _scatter(rng, SERVICE_SCATTER)
        moment = max(arrived, opens) + service_s
        driven.append(Driven(name=name, stop=stop, arrived=arrived, left=moment))
        before = stop.departs
    stops = tuple(driven)
    points = tuple(_points(problem, route, left, stops))
    return Drive(route=route, left=left, stops=stops, points=points)


def _scatter(rng: np.random.Generator, sigma: float) -> float:
    # Mean 1: the plan is right on average.
    return float(rng.lognormal(-sigma * sigma / 2, sigma))


def _points(
    problem: Problem, route: Route, left: float, stops: tuple[Driven, ...]
) -> Iterator[Point]:
    start = problem.sites[route.start_site]
    # Moment and place of every beginning and end of a drive; the way between them is straight.
    corners = [(route.departs - 600.0, start), (left, start)]
    for one in stops:
        site = problem.sites[one.stop.site]
        corners += [(one.arrived, site), (one.left, site)]
    for (begin, here), (end, there) in pairwise(corners):
        for at in np.arange(begin, end, POSITION_EVERY_S):
            share = float(at - begin) / (end - begin)
            lat = here.lat + share * (there.lat - here.lat)
            lon = here.lon + share * (there.lon - here.lon)
            yield Point(at=float(at), lat=lat, lon=lon)


def events_of(problem: Problem, driven: Drive, rng: np.random.Generator) -> list[Event]:
    """Report arrivals, hand-overs and departures, each some minutes after it happened."""
    told: list[Event] = []
    for one in driven.stops:
        for kind, moment in (
            (Kind.ARRIVED, one.arrived),
            (Kind.DEPARTED, one.left),
        ):
            at = problem.horizon.start + timedelta(seconds=moment)
            delay = timedelta(seconds=float(rng.exponential(MEAN_REPORT_DELAY_S)))
            told.append(
                Event(
                    number=len(told) + 1,
                    id=f"{one.name.id}-{kind.value}",
                    plan=PLAN,
                    stop=one.name.id,
                    vehicle=driven.route.vehicle,
                    kind=kind,
                    at=at,
                    report=Report(),
                    received_at=at + delay,
                    received_from="test",
                )
            )
    return told


def misses(problem: Problem, plan: Plan, driven: Drive, rng: np.random.Generator) -> Iterator[Miss]:
    """Ask for every stop when it will be reached, and compare with when it was."""
    events = events_of(problem, driven, rng)
    alone = replace(plan, routes=(driven.route,))
    for one in driven.stops:
        for asked, moment in (
            ("at departure", driven.left),
            ("an hour before", one.arrived - HOUR_S),
        ):
            day = known_at(problem, alone, driven, events, moment)
            now = problem.horizon.start + timedelta(seconds=moment)
            visit = with_outlook(day, now).visits[one.name.id]
            if visit.expected_at is None or visit.latest_at is None or visit.earliest_at is None:
                continue
            came = problem.horizon.start + timedelta(seconds=one.arrived)
            yield Miss(
                asked=asked,
                stop=one.name.id,
                minutes=abs((came - visit.expected_at).total_seconds()) / 60,
                inside=visit.earliest_at <= came <= visit.latest_at,
            )


def known_at(
    problem: Problem, plan: Plan, driven: Drive, events: list[Event], moment: float
) -> Day:
    """Give the day as the service knows it at a moment."""
    now = problem.horizon.start + timedelta(seconds=moment)
    start, vehicle = problem.sites[driven.route.start_site], driven.route.vehicle
    seen = bisect_right(driven.points, moment, key=lambda point: point.at)
    away = next(
        (
            point.at
            for point in driven.points[:seen]
            if max(abs(point.lat - start.lat), abs(point.lon - start.lon)) > NEAR_DEG
        ),
        None,
    )
    fixes, left = {}, {}
    if seen:
        last = driven.points[seen - 1]
        at = problem.horizon.start + timedelta(seconds=last.at)
        fixes[vehicle] = Fix(vehicle=vehicle, at=at, lat=last.lat, lon=last.lon)
    if away is not None:
        left[driven.route.id] = problem.horizon.start + timedelta(seconds=away)
    return open_day(
        id=PLAN,
        state="running",
        problem=problem,
        plan=plan,
        names=names(PLAN, plan),
        events=[event for event in events if event.received_at <= now],
        left=left,
        fixes=fixes,
    )


def all_misses(problem: Problem, plan: Plan, *, seed: int, times: int = 1) -> list[Miss]:
    """Drive every route of a plan some times, and collect by how much expected times were off."""
    rng = np.random.default_rng(seed)
    return [
        miss
        for _ in range(times)
        for route in plan.routes
        for miss in misses(problem, plan, drive(problem, plan, route, rng), rng)
    ]
