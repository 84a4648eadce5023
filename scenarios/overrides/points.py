"""Pickup points: shared ones, and ones that retire."""

# ruff: noqa: RUF009 - told declares a field and makes no value

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.ids import OrderId, SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.orders import OrderLine
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Grams, Millilitres, ceil_div
from scenarios.language.kinds import ListOf, Number, Text
from scenarios.language.shapes import told
from scenarios.overrides.demand import withdrawn
from scenarios.overrides.network import metres, without_sites
from scenarios.overrides.selecting import AREA, NAMES, Area, known
from scenarios.overrides.setting import DoesNotFit, Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePoints:
    """Pickup points near to each other become one, which has their room together."""

    within_m: float = told(
        "As the crow flies, to the point that stays.", Number(above=0, most=20e3)
    )
    sites: tuple[str, ...] = told("Points that may be merged; without them, all.", NAMES, ())
    area: Area | None = told("Where they lie.", AREA, None)
    service_share: float = told(
        "Share of the service time of each point given up that its goods need where they go.",
        Number(least=0, most=1),
        0.5,
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Merge: the point with most goods takes in its neighbours, then the next one."""
        problem = setting.problem
        known("site", self.sites, problem.sites)
        points = problem.sites_of(SiteKind.PICKUP)
        inside = None if self.area is None else self.area.inside(points)
        open_to = [
            point
            for point in points
            if (not self.sites or point.id in self.sites) and (inside is None or point.id in inside)
        ]
        into = self._merged(open_to, _mass(problem))
        if not into:
            return setting.became("No points are near enough to be shared.", "没有可合并的自提点。")
        sites = {name: site for name, site in problem.sites.items() if name not in into}
        for gone, stays in into.items():
            sites[stays] = self._together(sites[stays], problem.sites[gone])
        after = _moved(without_sites(problem, into), problem, into)
        return setting.became(
            f"{len(into)} pickup points are given up for {len(set(into.values()))} shared ones.",
            f"{len(into)} 个自提点并入 {len(set(into.values()))} 个共享自提点。",
            sites=sites,
            lines=after.lines,
            collects=after.collects,
            stock=after.stock,
            cut_offs=after.cut_offs,
            usual_vehicle=after.usual_vehicle,
        )

    def _merged(self, points: Sequence[Site], mass: Mapping[SiteId, Grams]) -> dict[SiteId, SiteId]:
        """Say which point goes into which: neighbours of one grid and one kind of access."""
        into: dict[SiteId, SiteId] = {}
        for hub in sorted(points, key=lambda one: (-mass[one.id], one.id)):
            if hub.id in into or hub.id in into.values():
                continue
            for one in points:
                taken = one.id in into or one.id in into.values() or one.id == hub.id
                alike = one.grid == hub.grid and one.needs == hub.needs
                if not taken and alike and metres(hub, one) <= self.within_m:
                    into[one.id] = hub.id
        return into

    def _together(self, stays: Site, gone: Site) -> Site:
        room = {
            zone: stays.capacity_ml[zone] + gone.capacity_ml[zone]
            for zone in stays.capacity_ml.keys() & gone.capacity_ml.keys()
        }
        # A point without lockers hands over by itself: what joins it needs no cell any more.
        cells = {
            zone: stays.cells[zone] + gone.cells[zone]
            for zone in stays.cells.keys() & gone.cells.keys()
        }
        return replace(
            stays,
            capacity_ml=_in_order(room),
            cells=_in_order(cells),
            cell_ml=min(one.cell_ml for one in (stays, gone)) if cells else 0,
            service_s=stays.service_s + round(self.service_share * gone.service_s),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RetirePoints:
    """Pickup points close for good; their orders go to the nearest points that have room."""

    sites: tuple[str, ...] = told("Points that close.", ListOf(Text()))
    within_km: float = told(
        "Households walk no farther than this, as the crow flies; the order is withdrawn where no"
        " point with room is so near.",
        Number(above=0, most=50),
        1.5,
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Close the points and move their orders."""
        problem = setting.problem
        known("site", self.sites, problem.sites)
        for name in self.sites:
            if problem.sites[name].kind is not SiteKind.PICKUP:
                raise DoesNotFit("CG-1611", f"{name} is no pickup point: close_sites closes it")
        left = without_sites(problem, self.sites)
        if not left.sites_of(SiteKind.PICKUP):
            raise DoesNotFit("CG-1611", "no pickup point would be left")
        homes, lost = self._homes(problem, left)
        moved = {
            key: replace(line, site=homes.get(line.key.order, {}).get(line.site, line.site))
            for key, line in problem.lines.items()
            if key not in {one.key for one in lost}
        }
        collects = {k: c for k, c in problem.collects.items() if c.site not in self.sites}
        count = sum(moved[key].site != problem.lines[key].site for key in moved)
        after = setting.became(
            f"{', '.join(self.sites)} retire; {count:,} lines go to the nearest points with room.",
            f"{'、'.join(self.sites)} 停用；{count:,} 行改到最近且有空位的自提点。",
            sites=left.sites,
            lines={**moved, **{one.key: one for one in lost}},
            collects=collects,
            stock=left.stock,
            cut_offs=left.cut_offs,
            usual_vehicle=left.usual_vehicle,
        )
        return withdrawn(after, lost, "no other point with room is near") if lost else after

    def _homes(
        self, problem: Problem, left: Problem
    ) -> tuple[dict[OrderId, dict[SiteId, SiteId]], list[OrderLine]]:
        """Find a point for every order; orders stay together, and do not share cells."""
        rooms = {point.id: _Room.of(left, point) for point in left.sites_of(SiteKind.PICKUP)}
        orders: dict[tuple[OrderId, SiteId], list[OrderLine]] = defaultdict(list)
        for line in problem.lines.values():
            if line.site in self.sites:
                orders[line.key.order, line.site].append(line)
        near = {name: self._near(problem, left, name) for name in self.sites}
        homes: dict[OrderId, dict[SiteId, SiteId]] = defaultdict(dict)
        lost: list[OrderLine] = []
        for (order, site), lines in orders.items():
            home = next((one for one in near[site] if rooms[one].takes(lines)), None)
            if home is None:
                lost += lines
            else:
                rooms[home] = rooms[home].less(lines)
                homes[order][site] = home
        return homes, lost

    def _near(self, problem: Problem, left: Problem, name: SiteId) -> list[SiteId]:
        here = problem.sites[name]
        away = {point.id: metres(here, point) for point in left.sites_of(SiteKind.PICKUP)}
        return sorted(
            (one for one in away if away[one] <= 1000 * self.within_km),
            key=lambda one: (away[one], one),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """What is free at a point: litres and locker cells per zone; absent zones have no limit."""

    free_ml: Mapping[Zone, Millilitres]
    cells: Mapping[Zone, int]
    cell_ml: Millilitres

    @classmethod
    def of(cls, problem: Problem, point: Site) -> _Room:
        room = cls(free_ml=point.capacity_ml, cells=point.cells, cell_ml=point.cell_ml)
        orders: dict[OrderId, list[OrderLine]] = defaultdict(list)
        for line in problem.lines.values():
            if line.site == point.id:
                orders[line.key.order].append(line)
        for lines in orders.values():
            room = room.less(lines)
        return room

    def takes(self, lines: Sequence[OrderLine]) -> bool:
        after = self.less(lines)
        return min([*after.free_ml.values(), *after.cells.values()], default=0) >= 0

    def less(self, lines: Sequence[OrderLine]) -> _Room:
        litres: dict[Zone, Millilitres] = defaultdict(int)
        for line in lines:
            litres[line.zone] += line.volume_ml
        return _Room(
            free_ml={zone: free - litres.get(zone, 0) for zone, free in self.free_ml.items()},
            cells={
                zone: free - ceil_div(litres.get(zone, 0), max(1, self.cell_ml))
                for zone, free in self.cells.items()
            },
            cell_ml=self.cell_ml,
        )


def _mass(problem: Problem) -> Mapping[SiteId, Grams]:
    mass: dict[SiteId, Grams] = defaultdict(int)
    for line in problem.lines.values():
        mass[line.site] += line.mass_g
    return mass


def _in_order(room: Mapping[Zone, int]) -> dict[Zone, int]:
    return {zone: room[zone] for zone in Zone if zone in room}


def _moved(left: Problem, problem: Problem, into: Mapping[SiteId, SiteId]) -> Problem:
    """Send orders and collects to the points that stay."""
    lines = {k: replace(x, site=into.get(x.site, x.site)) for k, x in problem.lines.items()}
    back = {k: replace(x, site=into.get(x.site, x.site)) for k, x in problem.collects.items()}
    return replace(left, lines=lines, collects=back)
