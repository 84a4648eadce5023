"""A day of which a part stays: what the routes that stay leave of its goods, rooms and points.

Lines on vans that stay leave the question, with their litres of the grid's rooms and their share
of its stock. Lines on trucks that stay are there without another truck, and bound to the grid
they go to. Everything else is asked anew, each point at the grid that serves it now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.network import SiteKind, Stock
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Delivery, Route, Unserved
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Millilitres, Seconds
from optimizer.planning.underway import Underway


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDay:
    """What stays of a day, and what follows from it for the lines that are still open.

    Parameters
    ----------
    stock
        What is left of the stock once the vans that stay have their goods.
    routes
        Routes that stay to the second.
    underway
        What they take of vehicles and docks, and the moment before which nothing departs.
    grid_of
        The grid of every point that is served from one now.
    bound
        Lines that may leave from one grid only: their goods go there, or their vehicle lives
        there.
    brought
        What trucks that stay bring of lines that are open.
    there_at
        When that is unloaded and sorted.
    pins
        Lines and collects that one vehicle and no other may carry.
    beginnings
        Per van the lines and collects of the stops with which its first new trip begins.
    refused
        What is taken out, and what has a pin that cannot be kept.
    """

    stock: tuple[Stock, ...]
    routes: tuple[Route, ...] = ()
    underway: Underway = field(default_factory=Underway)
    grid_of: Mapping[SiteId, SiteId] = field(default_factory=dict)
    bound: Mapping[LineKey, SiteId] = field(default_factory=dict)
    brought: Mapping[LineKey, Delivery] = field(default_factory=dict)
    there_at: Mapping[LineKey, Seconds] = field(default_factory=dict)
    pins: Mapping[LineKey, VehicleId] = field(default_factory=dict)
    beginnings: Mapping[VehicleId, tuple[tuple[LineKey, ...], ...]] = field(default_factory=dict)
    refused: tuple[Unserved, ...] = ()

    @property
    def anything(self) -> bool:
        """Say whether anything at all stays, or the day has begun."""
        return bool(self.routes) or self.underway.earliest > 0

    def open_part(self, problem: Problem) -> Problem:
        """Give the problem of the lines that are still open, with the stock left for them."""
        gone = {item.key for item in self.refused} | riding(self.routes) | collected(self.routes)
        if not gone and self.stock == problem.stock:
            return problem
        lines = {key: line for key, line in problem.lines.items() if key not in gone}
        collects = {key: one for key, one in problem.collects.items() if key not in gone}
        return replace(problem, lines=lines, collects=collects, stock=self.stock)

    def for_territories(self, problem: Problem, whole: Problem) -> Problem:
        """Give the lines whose grid is open, with the rooms left and the points' grids given.

        Parameters
        ----------
        problem
            The lines that are open.
        whole
            The problem with all lines, those on routes that stay among them.
        """
        if not self.grid_of and not self.bound and not self.routes:
            return problem
        bound = [problem.lines[key] for key in self.bound if key in problem.lines]
        taken = litres_through(whole, self.routes)
        for line in bound:
            place = self.bound[line.key], line.zone
            taken[place] = taken.get(place, 0) + line.volume_ml
        sites = {}
        for key, site in problem.sites.items():
            rooms = {z: max(0, ml - taken.get((key, z), 0)) for z, ml in site.capacity_ml.items()}
            grid = site.grid or self.grid_of.get(key)
            sites[key] = replace(site, capacity_ml=rooms, grid=grid)
        lines = {key: line for key, line in problem.lines.items() if key not in self.bound}
        return replace(problem, sites=sites, lines=lines)

    def with_bound(
        self, problem: Problem, lines_of: Mapping[SiteId, list[OrderLine]]
    ) -> dict[SiteId, list[OrderLine]]:
        """Put the bound lines to their grids, everything in file order."""
        place = {key: number for number, key in enumerate(problem.lines)}
        groups: dict[SiteId, list[OrderLine]] = {}
        for grid in problem.sites_of(SiteKind.GRID):
            bound = [line for key, line in problem.lines.items() if self.bound.get(key) == grid.id]
            group = [*lines_of.get(grid.id, ()), *bound]
            if group:
                groups[grid.id] = sorted(group, key=lambda line: place[line.key])
        return groups

    def for_trucks(self, problem: Problem) -> Problem:
        """Give the lines, or parts of them, that need another truck, and the trucks left."""
        fleet = self.underway.fleet_left(problem)
        if not self.brought:
            return fleet
        lines = {}
        for key, line in problem.lines.items():
            there = self.brought.get(key)
            mass_g = line.mass_g - (there.mass_g if there else 0)
            volume_ml = line.volume_ml - (there.volume_ml if there else 0)
            if mass_g > 0 or volume_ml > 0:
                lines[key] = replace(line, mass_g=max(0, mass_g), volume_ml=max(0, volume_ml))
        return replace(fleet, lines=lines)


def riding(routes: Iterable[Route], echelon: Echelon = Echelon.LAST_MILE) -> set[LineKey]:
    """Give the lines on the routes of one echelon."""
    return {
        delivery.key
        for route in routes
        if route.echelon is echelon
        for stop in route.stops
        for delivery in stop.delivers
    }


def collected(routes: Iterable[Route]) -> set[LineKey]:
    """Give the empties and returns that routes take back."""
    return {item.key for route in routes for stop in route.stops for item in stop.collects}


def litres_through(
    problem: Problem, routes: Iterable[Route]
) -> dict[tuple[SiteId, Zone], Millilitres]:
    """Add up what vans take out of each room of each grid warehouse."""
    total: dict[tuple[SiteId, Zone], Millilitres] = {}
    for route in routes:
        if route.echelon is Echelon.LAST_MILE:
            for stop in route.stops:
                for item in stop.delivers:
                    place = route.start_site, item.zone
                    total[place] = total.get(place, 0) + item.volume_ml
    return total
