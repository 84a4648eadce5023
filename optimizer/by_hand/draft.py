"""A plan as trips that can be changed; what nobody touches is written back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from optimizer.by_hand.edits import EditRefused
from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.plan import Delivery, Plan, Route, Unserved
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds


@dataclass(slots=True, kw_only=True)
class Visit:
    """One stop without times."""

    site: SiteId
    delivers: list[Delivery]
    collects: tuple[Delivery, ...] = ()

    @property
    def holds_one(self) -> bool:
        """Say whether there is one thing alone to hand over or take back."""
        return len(self.delivers) + len(self.collects) == 1


@dataclass(slots=True, kw_only=True)
class Trip:
    """One route of the plan, its vehicle and visits as edits leave them.

    Parameters
    ----------
    planned
        The route as the plan has it.
    route
        The route as it is written so far.
    fixed
        Whether it stays as it is.
    moved
        Whether its vehicle or its visits are others, so that its times are open.
    loaded
        Whether its load alone is another.
    """

    planned: Route
    route: Route
    vehicle: Vehicle
    visits: list[Visit]
    fixed: bool
    moved: bool = False
    loaded: bool = False

    @property
    def grid_of_vans(self) -> SiteId | None:
        """The grid warehouse that a van's trip starts from; None for a truck."""
        return self.vehicle.home if self.route.echelon is Echelon.LAST_MILE else None

    def deliveries(self) -> Iterator[Delivery]:
        """Give everything on board."""
        return (item for visit in self.visits for item in visit.delivers)

    def needed(self) -> bool:
        """Say whether anything is left to hand over or to collect."""
        return any(visit.delivers or visit.collects for visit in self.visits)


@dataclass(slots=True, kw_only=True)
class Draft:
    """A plan under edit.

    Parameters
    ----------
    trips
        By the id that the plan gives the route.
    unserved
        In the order of the plan; what edits leave out follows.
    earliest
        No trip that is timed anew departs before this moment.
    """

    problem: Problem
    trips: dict[str, Trip]
    unserved: dict[LineKey, Unserved] = field(default_factory=dict)
    earliest: Seconds = 0

    @classmethod
    def of(cls, problem: Problem, plan: Plan, frozen: frozenset[str], earliest: Seconds) -> Draft:
        """Open a plan for edits."""
        return cls(
            problem=problem,
            trips={
                route.id: Trip(
                    planned=route,
                    route=route,
                    vehicle=problem.vehicles[route.vehicle],
                    visits=[
                        Visit(site=stop.site, delivers=list(stop.delivers), collects=stop.collects)
                        for stop in route.stops
                    ],
                    fixed=route.id in frozen,
                )
                for route in plan.routes
            },
            unserved={item.key: item for item in plan.unserved},
            earliest=earliest,
        )

    def trip(self, name: str) -> Trip:
        """Find a trip that may be changed.

        Raises
        ------
        EditRefused
            There is no such route, or it is fixed.
        """
        if name not in self.trips:
            raise EditRefused("CG-4010", f"route {name}: the plan has no route of this id")
        trip = self.trips[name]
        if trip.fixed:
            raise EditRefused("CG-4015", f"route {name}: it is fixed and cannot be changed")
        return trip

    def van_with(self, key: LineKey) -> tuple[str, Trip, Visit] | None:
        """Find the van's visit at which a line is handed over, or a collect taken back."""
        for name, trip in self.trips.items():
            if trip.grid_of_vans is not None:
                for visit in trip.visits:
                    if any(item.key == key for item in (*visit.delivers, *visit.collects)):
                        return name, trip, visit
        return None

    def leaving(self) -> dict[LineKey, SiteId]:
        """Say from which grid each line leaves."""
        return {
            item.key: trip.grid_of_vans
            for trip in self.trips.values()
            if trip.grid_of_vans is not None
            for item in trip.deliveries()
        }
