"""Which order lines, sites and vehicles an override means."""

# ruff: noqa: RUF009 - told declares a field and makes no value

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.orders import OrderLine
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.units import Seconds
from optimizer.formats.clock import Clock
from optimizer.formats.faults import listed, nearest, shown
from optimizer.recovery.around import Area as Outline
from optimizer.recovery.around import FloatArray
from optimizer.travel.great_circle import haversine_m
from scenarios.language.kinds import Corner, DayTime, ListOf, Number, Text, Words
from scenarios.language.shapes import Record, told
from scenarios.overrides.setting import DoesNotFit

ZONE = Words(tuple(zone.value for zone in ZONES))
NAMES = ListOf(Text())
LEAST_CORNERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the city: a polygon, or a circle."""

    polygon: tuple[tuple[float, float], ...] | None = told(
        "Corners as [lat, lon], the first one not repeated.", ListOf(Corner(), LEAST_CORNERS), None
    )
    lat: float | None = told("Latitude of the circle's middle.", Number(least=-90, most=90), None)
    lon: float | None = told(
        "Longitude of the circle's middle.", Number(least=-180, most=180), None
    )
    radius_km: float | None = told(
        "As the crow flies; its edge belongs to the circle.", Number(above=0, most=1000), None
    )

    def refusal(self) -> tuple[str, str] | None:
        """Say what is wrong with the numbers together; None where nothing is."""
        circle = (self.lat, self.lon, self.radius_km)
        whole = None not in circle
        if (self.polygon is None) != whole or (self.polygon is not None and any(circle)):
            return "CG-1612", "give a polygon, or lat, lon and radius_km, and only one of the two"
        if self.polygon is not None and crosses_itself(self.polygon):
            return "CG-1612", "the outline crosses itself or has no inside"
        return None

    def inside(self, sites: Iterable[Site]) -> frozenset[SiteId]:
        """Give the sites that lie inside."""
        every = list(sites)
        if not every:
            return frozenset()
        lat, lon = [site.lat for site in every], [site.lon for site in every]
        if self.polygon is not None:
            outline = Outline.of(self.polygon)
            held = outline.holds(outline.plane(lat, lon))
        else:
            metres = haversine_m([self.lat or 0.0], [self.lon or 0.0], lat, lon)[0]
            held = metres <= 1000.0 * (self.radius_km or 0.0)
        return frozenset(site.id for site, yes in zip(every, held.tolist(), strict=True) if yes)


def crosses_itself(ring: Collection[tuple[float, float]]) -> bool:
    """Say whether an outline is no simple polygon: two edges meet, or it has no inside."""
    corners = np.asarray(tuple(ring), dtype=np.float64)
    ends = np.roll(corners, -1, axis=0)
    count = len(corners)
    x, y = corners[:, 1], corners[:, 0]
    if abs(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))) < 1e-12:  # noqa: PLR2004
        return True
    for one in range(count):
        for other in range(one + 2, count - (one == 0)):
            if _meet(corners[one], ends[one], corners[other], ends[other]):
                return True
    return False


def _meet(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> bool:
    def side(p: FloatArray, q: FloatArray, r: FloatArray) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0


AREA = Record(Area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Order lines that fulfil every condition that is given."""

    zones: tuple[str, ...] = told("Temperature zones.", ListOf(ZONE), ())
    promises: tuple[str, ...] = told("Promise classes.", NAMES, ())
    articles: tuple[str, ...] = told("Articles; * stands for any text.", NAMES, ())
    sites: tuple[str, ...] = told("Pickup points.", NAMES, ())
    grids: tuple[str, ...] = told("Grid warehouses that the points belong to.", NAMES, ())
    area: Area | None = told("Where the points lie.", AREA, None)
    after: str | None = told("Booked windows that open at this time or later.", DayTime(), None)
    before: str | None = told("Booked windows that open before this time.", DayTime(), None)

    def of(self, problem: Problem) -> list[OrderLine]:
        """Give the lines meant, in the order of the file.

        Raises
        ------
        DoesNotFit
            A name is unknown.
        """
        known("promise", self.promises, problem.promises)
        known("site", (*self.sites, *self.grids), problem.sites)
        articles = {line.article for line in problem.lines.values()}
        for pattern in self.articles:
            if "*" not in pattern:
                known("article", (pattern,), articles)
        where = self._where(problem)
        start, end = (seconds_of(problem, text) for text in (self.after, self.before))
        return [
            line
            for line in problem.lines.values()
            if (not self.zones or line.zone.value in self.zones)
            and (not self.promises or line.promise in self.promises)
            and (not self.articles or any(fnmatchcase(line.article, one) for one in self.articles))
            and (where is None or line.site in where)
            and _opens_between(line, start, end)
        ]

    def _where(self, problem: Problem) -> frozenset[SiteId] | None:
        points = problem.sites_of(SiteKind.PICKUP)
        places = []
        if self.sites:
            places.append(frozenset(self.sites))
        if self.grids:
            places.append(frozenset(point.id for point in points if point.grid in self.grids))
        if self.area is not None:
            places.append(self.area.inside(points))
        return frozenset.intersection(*places) if places else None

    def words(self) -> tuple[str, str]:
        """Name what is meant, in English and Chinese; empty where everything is."""
        parts = [
            *self.zones, *self.promises, *self.articles, *self.sites, *self.grids,
            *(["inside the area"] if self.area else []),
            *([f"from {self.after}"] if self.after else []),
            *([f"before {self.before}"] if self.before else []),
        ]  # fmt: skip
        if not parts:
            return "", ""
        said = listed(parts)
        return f" of {said}", f"（{said.replace('inside the area', '区域内')}）"


def _opens_between(line: OrderLine, start: Seconds | None, end: Seconds | None) -> bool:
    if start is None and end is None:
        return True
    opens = None if line.window is None else line.window.opens
    return opens is not None and (start or 0) <= opens and (end is None or opens < end)


LINES = Record(Lines)
EVERY_LINE = Lines()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicles:
    """Vehicles that fulfil every condition that is given."""

    ids: tuple[str, ...] = told("Their ids; * stands for any text.", NAMES, ())
    types: tuple[str, ...] = told("Vehicle types.", NAMES, ())
    homes: tuple[str, ...] = told("Warehouses where they are at home.", NAMES, ())
    owner: str | None = told(
        "Our own, or those of backup carriers.", Words(("own", "backup")), None
    )
    echelon: str | None = told(
        "Trucks of the linehaul, or vans of the last mile.",
        Words(tuple(one.value for one in Echelon)),
        None,
    )

    def of(self, problem: Problem) -> list[Vehicle]:
        """Give the vehicles meant, in the order of the file.

        Raises
        ------
        DoesNotFit
            A name is unknown.
        """
        every = problem.vehicles
        known("vehicle", [one for one in self.ids if "*" not in one], every)
        known("vehicle type", self.types, {van.type for van in every.values()})
        known("site", self.homes, problem.sites)
        return [
            van
            for van in every.values()
            if (not self.ids or any(fnmatchcase(van.id, one) for one in self.ids))
            and (not self.types or van.type in self.types)
            and (not self.homes or van.home in self.homes)
            and (self.owner is None or van.owner == self.owner)
            and (self.echelon is None or van.echelon.value == self.echelon)
        ]


VEHICLES = Record(Vehicles)
EVERY_VEHICLE = Vehicles()


def known(what: str, names: Iterable[str], there: Collection[str]) -> None:
    """Refuse names that the base has not.

    Raises
    ------
    DoesNotFit
        The first unknown name, and the one that was probably meant.
    """
    for name in names:
        if name not in there:
            near = nearest(name, there)
            meant = "" if near is None else f" (did you mean {shown(near)}?)"
            raise DoesNotFit("CG-1610", f"the base has no {what} {shown(name)}{meant}")


def seconds_of(problem: Problem, day_time: str | None) -> Seconds | None:
    """Turn a time of day into seconds from the start of the day's horizon."""
    if day_time is None:
        return None
    clock = Clock(horizon=problem.horizon)
    return clock.first(clock.moment(day_time))
