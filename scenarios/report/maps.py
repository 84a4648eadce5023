"""The routes of a day as a drawing on paper with kilometre squares, without any tiles.

All maps of a page have one scale, so that two of them can be laid side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from scenarios.report.figures import place
from scenarios.results import DayMap, MapRoute, MapSite

WIDTH = 480.0
LEAST_HEIGHT, MOST_HEIGHT = 240.0, 560.0
MARGIN = 28.0
KM_PER_DEGREE = 111.195
"""Of latitude, on a sphere of 6371 km."""

HUES, STYLES = 10, 6
MOST_SQUARES = 30
LINEHAUL = "linehaul"
LABELLED = frozenset({"central", "grid", "station"})
NAMED_SITES = 40
"""With more warehouses than these, names would cover the routes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A trip: its points as SVG writes them, the class of its look, and its name."""

    points: str
    look: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A site, with its label where it is a warehouse; ``left`` where lines are left out there."""

    x: str
    y: str
    kind: str
    name: str
    label: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A map.

    Parameters
    ----------
    closed
        Polygons nobody may drive through, as SVG writes points.
    linehaul, last_mile, marks
        From below to above.
    trips, km, points_left
        What the drawing shows, in numbers.
    """

    closed: tuple[str, ...]
    linehaul: tuple[Line, ...]
    last_mile: tuple[Line, ...]
    marks: tuple[Mark, ...]
    trips: int
    km: float
    points_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The paper that all maps of a page share.

    Parameters
    ----------
    width, height
        Of the drawing.
    across, down
        Lines of the paper.
    square_km
        Width of a square.
    """

    west: float
    north: float
    per_km: float
    stretch: float
    left: float
    top: float
    width: str
    height: str
    across: tuple[str, ...]
    down: tuple[str, ...]
    square_km: int

    def at(self, lat: float, lon: float) -> tuple[str, str]:
        """Give where a place lies on the paper."""
        x = self.left + (lon - self.west) * KM_PER_DEGREE * self.stretch * self.per_km
        y = self.top + (self.north - lat) * KM_PER_DEGREE * self.per_km
        return place(x), place(y)


def sheet_for(maps: Sequence[DayMap]) -> Sheet:
    """Choose a paper on which all these maps fit."""
    lats, lons = _extent(maps)
    stretch = cos(radians((lats[0] + lats[1]) / 2.0))
    wide = max((lons[1] - lons[0]) * KM_PER_DEGREE * stretch, 1e-3)
    high = max((lats[1] - lats[0]) * KM_PER_DEGREE, 1e-3)
    per_km = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
    height = max(high * per_km + 2 * MARGIN, LEAST_HEIGHT)
    square = next(
        (km for km in (1, 2, 5, 10, 20, 50, 100) if WIDTH / per_km / km <= MOST_SQUARES), 200
    )
    return Sheet(
        west=lons[0], north=lats[1], per_km=per_km, stretch=stretch,
        left=(WIDTH - wide * per_km) / 2.0, top=(height - high * per_km) / 2.0,
        width=place(WIDTH), height=place(height),
        across=tuple(_lines(height, square * per_km)), down=tuple(_lines(WIDTH, square * per_km)),
        square_km=square,
    )  # fmt: skip


def _extent(maps: Sequence[DayMap]) -> tuple[tuple[float, float], tuple[float, float]]:
    places = [(site.lat, site.lon) for one in maps for site in one.sites]
    lats, lons = [lat for lat, _ in places], [lon for _, lon in places]
    return (min(lats), max(lats)), (min(lons), max(lons))


def _lines(length: float, step: float) -> Iterable[str]:
    return (place(number * step) for number in range(1, int(length / step) + 1))


def drawing(day: DayMap, sheet: Sheet) -> Drawing:
    """Draw a day on a paper."""
    sites = {site.id: site for site in day.sites}
    named = sum(site.kind in LABELLED for site in day.sites) <= NAMED_SITES
    last_mile = [route for route in day.routes if route.echelon != LINEHAUL]
    linehaul = [route for route in day.routes if route.echelon == LINEHAUL]
    looks = _looks(last_mile)
    return Drawing(
        closed=tuple(_points(polygon, sheet) for polygon in day.closed),
        linehaul=tuple(_line(route, sites, sheet, "truck") for route in linehaul),
        last_mile=tuple(_line(route, sites, sheet, looks[route.id]) for route in last_mile),
        # Points that lack goods lie above the others, and warehouses above all.
        marks=tuple(
            _mark(site, sheet, named)
            for site in sorted(day.sites, key=lambda x: (x.kind in LABELLED, x.unserved > 0, x.id))
        ),
        trips=len(day.routes),
        km=sum(route.distance_m for route in day.routes) / 1000,
        points_left=sum(site.unserved > 0 for site in day.sites),
    )


def _looks(routes: Sequence[MapRoute]) -> dict[str, str]:
    """Give hues by the place of a route at its grid warehouse, so that none repeats there soon."""
    counted: dict[str, int] = defaultdict(int)
    found = {}
    for route in routes:
        number = counted[route.sites[0]]
        counted[route.sites[0]] += 1
        found[route.id] = f"h{number % HUES} s{number // HUES % STYLES}"
    return found


def _line(route: MapRoute, sites: dict[str, MapSite], sheet: Sheet, look: str) -> Line:
    known = [sites[name] for name in route.sites if name in sites]
    points = _points([(site.lat, site.lon) for site in known], sheet)
    return Line(points=points, look=look, name=f"{route.vehicle} ({route.id})")


def _points(places: Iterable[tuple[float, float]], sheet: Sheet) -> str:
    return " ".join(",".join(sheet.at(lat, lon)) for lat, lon in places)


def _mark(site: MapSite, sheet: Sheet, named: bool) -> Mark:
    x, y = sheet.at(site.lat, site.lon)
    label = site.id if named and site.kind in LABELLED else ""
    return Mark(x=x, y=y, kind=site.kind, name=site.name or site.id, label=label,
                left=site.unserved)  # fmt: skip
