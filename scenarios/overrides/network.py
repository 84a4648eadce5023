"""Warehouses and stations: opened, closed, moved."""

# ruff: noqa: RUF009 - told declares a field and makes no value

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from optimizer.domain.fleet import Vehicle
from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import SECONDS_PER_MINUTE, thousandths_down
from optimizer.formats.clock import Clock
from optimizer.formats.faults import CellError
from optimizer.travel.great_circle import haversine_m
from optimizer.travel.matrix_file import MatrixFile
from scenarios.language.kinds import DayTime, ListOf, MapOf, Number, Text, Words
from scenarios.language.shapes import told
from scenarios.overrides.selecting import NAMES, known
from scenarios.overrides.setting import DoesNotFit, Setting

LITRES = MapOf(Number(least=0), tuple(zone.value for zone in ZONES))
HOUSES = (SiteKind.CENTRAL, SiteKind.GRID)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSite:
    """Open a warehouse or a transfer station, for a season or for good."""

    id: str = told("A name that no site has.", Text())
    kind: str = told("What it is.", Words(("grid", "station", "central")), "grid")
    name: str | None = told("What people call it; without it, the id.", Text(), None)
    lat: float = told("Degrees.", Number(least=-90, most=90))
    lon: float = told("Degrees.", Number(least=-180, most=180))
    like: str | None = told(
        "A site of the base whose hours, docks, service and room it has.", Text(), None
    )
    docks: int | None = told("Vehicles served at once.", Number(least=1, whole=True), None)
    service_s: int | None = told("Seconds of a visit.", Number(least=0, whole=True), None)
    sorting_min: float | None = told("Minutes from unloading to ready.", Number(least=0), None)
    capacity_l: dict[str, float] | None = told("Room per zone.", LITRES, None)
    serves_within_km: float | None = told(
        "Points so near, as the crow flies, and nearer than to their grid warehouse, move to it.",
        Number(above=0, most=1000),
        None,
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Open the site."""
        problem = setting.problem
        if self.id in problem.sites:
            raise DoesNotFit("CG-1611", f"there is a site {self.id} already")
        needs_any_place(setting)
        sites = {**problem.sites, self.id: self._site(problem)}
        moved = 0
        if self.serves_within_km is not None and self.kind == "grid":
            near = _nearer(problem, sites[self.id], self.serves_within_km * 1000)
            sites.update((one.id, replace(one, grid=self.id)) for one in near)
            moved = len(near)
        return setting.became(
            f"{self.id} opens as a {self.kind} warehouse and serves {moved} points."
            if self.kind == "grid"
            else f"{self.id} opens ({self.kind}).",
            f"新增{WORDS_ZH[self.kind]} {self.id}，服务 {moved} 个自提点。",
            sites=sites,
        )

    def _site(self, problem: Problem) -> Site:
        model = Site(
            id=self.id, kind=SiteKind(self.kind), name=self.name or self.id,
            lat=self.lat, lon=self.lon, hours=next(iter(problem.sites.values())).hours,
        )  # fmt: skip
        others = problem.sites_of(SiteKind(self.kind))
        if self.like is not None:
            known("site", [self.like], problem.sites)
            others = [problem.sites[self.like]]
        if others:
            model = replace(
                others[0], id=self.id, name=model.name, kind=model.kind, lat=self.lat, lon=self.lon
            )
        changes: dict[str, Any] = {}
        if self.docks is not None:
            changes["docks"] = self.docks
        if self.service_s is not None:
            changes["service_s"] = self.service_s
        if self.sorting_min is not None:
            changes["sorting_s"] = int(self.sorting_min * SECONDS_PER_MINUTE)
        if self.capacity_l is not None:
            changes["capacity_ml"] = {
                Zone(zone): thousandths_down(litres) for zone, litres in self.capacity_l.items()
            }
        return replace(model, **changes)


WORDS_ZH = {"grid": "网格仓", "station": "冷链中转站", "central": "中心仓", "pickup": "自提点"}


def _nearer(problem: Problem, house: Site, within_m: float) -> list[Site]:
    near = []
    for point in problem.sites_of(SiteKind.PICKUP):
        now = None if point.grid is None else problem.sites.get(point.grid)
        away = metres(house, point)
        if away <= within_m and (now is None or away < metres(now, point)):
            near.append(point)
    return near


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSites:
    """Close warehouses or stations; points of a closed grid warehouse get another one."""

    sites: tuple[str, ...] = told("Their ids.", ListOf(Text()))
    vehicles: str = told(
        "What becomes of vehicles at home there: they move to the nearest open house, or rest.",
        Words(("nearest", "rest")),
        "nearest",
    )
    points: str = told(
        "planner lets the planner choose a grid for every point inside the radius; nearest fixes"
        " the nearest one, however far it is.",
        Words(("planner", "nearest")),
        "planner",
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Close the sites."""
        problem = setting.problem
        known("site", self.sites, problem.sites)
        for name in self.sites:
            if problem.sites[name].kind is SiteKind.PICKUP:
                raise DoesNotFit("CG-1611", f"{name} is a pickup point: retire_points closes those")
        _ensure_some_left(problem, self.sites)
        left = without_sites(problem, self.sites)
        sites = dict(left.sites)
        orphans = [site for site in problem.sites.values() if site.grid in self.sites]
        for point in orphans:
            nearest = _nearest(left, point, SiteKind.GRID) if self.points == "nearest" else None
            sites[point.id] = replace(sites[point.id], grid=None if nearest is None else nearest.id)
        vehicles = dict(self._vehicles(problem, left))
        names = ", ".join(self.sites)
        return setting.became(
            f"Closed: {names}. {len(orphans)} points look for another grid warehouse.",
            f"关闭：{names}；{len(orphans)} 个自提点改由其他网格仓服务。",
            sites=sites,
            vehicles=vehicles,
            stock=left.stock,
            cut_offs=left.cut_offs,
            usual_vehicle={k: v for k, v in left.usual_vehicle.items() if v in vehicles},
        )

    def _vehicles(self, problem: Problem, left: Problem) -> Iterable[tuple[str, Vehicle]]:
        for name, van in problem.vehicles.items():
            if van.home not in self.sites:
                yield name, van
            elif self.vehicles == "nearest":
                home = problem.sites[van.home]
                nearest = _nearest(left, home, home.kind)
                if nearest is not None:
                    yield name, replace(van, home=nearest.id)


def _ensure_some_left(problem: Problem, closed: Collection[SiteId]) -> None:
    for kind in HOUSES:
        every = [site.id for site in problem.sites_of(kind)]
        if every and set(every) <= set(closed):
            raise DoesNotFit("CG-1611", f"no {kind.value} warehouse would be left open")


def without_sites(problem: Problem, closed: Collection[SiteId]) -> Problem:
    """Take sites out, with their stock, cut-offs and usual drivers; vehicles stay."""
    shut = frozenset(closed)
    cut_offs = [replace(cut, sites=cut.sites - shut) for cut in problem.cut_offs]
    return replace(
        problem,
        sites={name: site for name, site in problem.sites.items() if name not in shut},
        stock=tuple(one for one in problem.stock if one.site not in shut),
        cut_offs=tuple(cut for cut in cut_offs if cut.sites),
        usual_vehicle={k: v for k, v in problem.usual_vehicle.items() if k not in shut},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSite:
    """Move a site to another place."""

    site: str = told("Its id.", Text())
    lat: float = told("Degrees.", Number(least=-90, most=90))
    lon: float = told("Degrees.", Number(least=-180, most=180))

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Move the site."""
        problem = setting.problem
        known("site", [self.site], problem.sites)
        needs_any_place(setting)
        before = problem.sites[self.site]
        after = replace(before, lat=self.lat, lon=self.lon)
        km = metres(before, after) / 1000
        return setting.became(
            f"{self.site} moves by {km:.1f} km.",
            f"{self.site} 迁移 {km:.1f} km。",
            sites={**problem.sites, self.site: after},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSites:
    """Change hours, docks, service or room of sites."""

    sites: tuple[str, ...] = told("Their ids; without them, all of the kind.", NAMES, ())
    kind: str | None = told(
        "Sites of this kind.", Words(tuple(kind.value for kind in SiteKind)), None
    )
    opens: str | None = told("Opens every day at this time.", DayTime(), None)
    closes: str | None = told("Closes every day at this time.", DayTime(), None)
    docks: int | None = told("Vehicles served at once.", Number(least=1, whole=True), None)
    service_factor: float = told("Visits take so many times as long.", Number(above=0), 1.0)
    sorting_factor: float = told("Sorting takes so many times as long.", Number(above=0), 1.0)
    capacity_factor: float = told("Room per zone, so many times as much.", Number(least=0), 1.0)

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Change the sites meant."""
        problem = setting.problem
        known("site", self.sites, problem.sites)
        meant = [
            site
            for site in problem.sites.values()
            if (not self.sites or site.id in self.sites)
            and (self.kind is None or site.kind.value == self.kind)
        ]
        changed = {site.id: self._changed(problem, site) for site in meant}
        return setting.became(
            f"{len(meant)} sites have other hours, docks, service or room.",
            f"{len(meant)} 个站点的营业时间、月台、服务或容量改变。",
            sites={**problem.sites, **changed},
        )

    def _changed(self, problem: Problem, site: Site) -> Site:
        hours = site.hours
        if self.opens is not None or self.closes is not None:
            clock = Clock(horizon=problem.horizon)
            texts = (self.opens, self.closes)
            try:
                hours = clock.hours(*(None if t is None else clock.moment(t) for t in texts))
            except CellError as error:
                raise DoesNotFit("CG-1611", error.cause) from error
        room = {
            zone: int(litres * self.capacity_factor) for zone, litres in site.capacity_ml.items()
        }
        return replace(
            site,
            hours=hours,
            docks=site.docks if self.docks is None else self.docks,
            service_s=round(site.service_s * self.service_factor),
            sorting_s=round(site.sorting_s * self.sorting_factor),
            capacity_ml=room,
        )


def metres(one: Site, other: Site) -> float:
    """Measure as the crow flies."""
    return float(haversine_m([one.lat], [one.lon], [other.lat], [other.lon])[0, 0])


def _nearest(problem: Problem, to: Site, kind: SiteKind) -> Site | None:
    open_ones = [site for site in problem.sites_of(kind) if site.id != to.id]
    return min(open_ones, key=lambda site: (metres(site, to), site.id), default=None)


def needs_any_place(setting: Setting) -> None:
    """Refuse new places where distances come from a file that knows the old ones alone.

    Raises
    ------
    DoesNotFit
        The source of distances is a matrix file.
    """
    if isinstance(setting.travel, MatrixFile):
        cause = "distances come from a matrix file, which knows no new places"
        raise DoesNotFit("CG-1611", cause)
