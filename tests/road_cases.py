"""A small day on the road: one truck, one van, three points, and events about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from api.road.day import Day, open_day
from api.road.words import Event, Fix, Kind, Piece, Report
from api.services.road_days import names
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.orders import Mode
from optimizer.domain.plan import (
    Delivery,
    Plan,
    Route,
    Stop,
    TravelSource,
    Unserved,
    UnservedReason,
)
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from tests.builders import HOUR, central, grid, hours, line, point, problem, truck, van

PLAN = "plan-1"
FIVE = 9 * HOUR
"""Five in the morning, of a horizon that starts at eight in the evening."""


def small_problem(**changes: Any) -> Problem:
    """Give a day with an order per point; A has a frozen line besides, C rides nowhere."""
    return problem(
        sites=[
            central(),
            grid(),
            point("P1", 2.0),
            point("P2", 4.0),
            point("P3", 6.0, hours=(hours(11, 20),)),
        ],
        vehicles=[truck(), van()],
        lines=[
            line("A", "P1"),
            line("A", "P1", Zone.FROZEN, key=LineKey("A", "2"), mass_g=3000, value_cents=900),
            line("B", "P2", promise="daily", mode=Mode.DOOR),
            line("D", "P3", promise="cold"),
            line("C", "P3", promise="cold"),
        ],
        **changes,
    )


def delivery(day: Problem, order: str, name: str = "1") -> Delivery:
    item = day.lines[LineKey(order, name)]
    return Delivery(key=item.key, zone=item.zone, mass_g=item.mass_g, volume_ml=item.volume_ml)


def stop(site: str, arrives: int, departs: int, *delivers: Delivery, starts: int = 0) -> Stop:
    kind = SiteKind.GRID if site.startswith("G") else SiteKind.PICKUP
    return Stop(
        site=site,
        kind=kind,
        arrives=arrives,
        service_starts=starts or arrives,
        departs=departs,
        delivers=delivers,
    )


def route(name: str, vehicle: str, echelon: Echelon, departs: int, *stops: Stop) -> Route:
    start = "C1" if echelon is Echelon.LINEHAUL else "G1"
    returns = stops[-1].departs + 1800
    return Route(
        id=name,
        echelon=echelon,
        vehicle=vehicle,
        vehicle_type="truck" if echelon is Echelon.LINEHAUL else "van",
        wave="morning",
        trip=1,
        start_site=start,
        end_site=start,
        departs=departs,
        returns=returns,
        distance_m=20_000,
        duration_s=returns - departs,
        cost_cents=100,
        compartments={},
        stops=stops,
    )


def small_plan(day: Problem, **changes: Any) -> Plan:
    """Plan the truck at one, the van at six with points at 6:30, 7:00 (opens) and 7:30."""
    a1, a2, b, d = (delivery(day, *key) for key in (("A", "1"), ("A", "2"), ("B", "1"), ("D", "1")))
    six = 10 * HOUR
    made = {
        "problem": day.id,
        "problem_digest": day.digest,
        "horizon": day.horizon,
        "travel": TravelSource(provider="great_circle", digest="none"),
        "seed": 1,
        "cost": CostBreakdown(),
        "routes": (
            route(
                "T1-1", "T1", Echelon.LINEHAUL, 5 * HOUR, stop("G1", 6 * HOUR, 23_000, a1, a2, b, d)
            ),
            route(
                "V1-1",
                "V1",
                Echelon.LAST_MILE,
                six,
                stop("P1", six + 1800, six + 4200, a1, a2, starts=six + 3600),
                stop("P2", six + 5400, six + 6000, b),
                stop("P3", six + 7200, six + 7800, d),
            ),
        ),
        "unserved": (
            Unserved(
                key=LineKey("C", "1"), reason=UnservedReason.FLEET, detail="no van has time left"
            ),
        ),
        "kpis": {},
    }
    return Plan(**(made | changes))  # type: ignore[arg-type]


def stop_ids(plan: Plan) -> dict[tuple[str, str], str]:
    """Give the id of every stop by route and site."""
    named = names(PLAN, plan)
    return {
        (one.id, visited.site): name.id
        for one in plan.routes
        for name, visited in zip(named[one.id], one.stops, strict=True)
    }


def instant(day: Problem, moment: float) -> datetime:
    return day.horizon.start + timedelta(seconds=moment)


class Teller:
    """Makes events about the small day; each has a name of its own."""

    def __init__(self, day: Problem | None = None, plan: Plan | None = None) -> None:
        self.problem = day or small_problem()
        self.plan = plan or small_plan(self.problem)
        self.stops = stop_ids(self.plan)
        self._number = 0

    def tell(self, site: str, kind: Kind, moment: float, **said: Any) -> Event:
        """Report about a stop of the van, or of the truck where it is a grid warehouse."""
        self._number += 1
        route_id = "T1-1" if site.startswith("G") else "V1-1"
        at = instant(self.problem, moment)
        return Event(
            number=self._number,
            id=f"event-{self._number:04}",
            plan=PLAN,
            stop=self.stops[route_id, site],
            vehicle=route_id[:2],
            kind=kind,
            at=at,
            report=Report(**said),
            received_at=at,
            received_from="user:driver",
        )

    def arrived(self, site: str, moment: float) -> Event:
        return self.tell(site, Kind.ARRIVED, moment)

    def departed(self, site: str, moment: float) -> Event:
        return self.tell(site, Kind.DEPARTED, moment)

    def handed(self, site: str, moment: float, *pieces: Piece, **said: Any) -> Event:
        report = {"pieces": pieces, "signed_by": "Luo", "inspected": True} | said
        return self.tell(site, Kind.HANDED_OVER, moment, **report)

    def day(
        self,
        events: Iterable[Event] = (),
        *,
        state: str = "running",
        left: Mapping[str, datetime] | None = None,
        fix: Fix | None = None,
    ) -> Day:
        """Give the day with what was reported."""
        return open_day(
            id=PLAN,
            state=state,
            problem=self.problem,
            plan=self.plan,
            names=names(PLAN, self.plan),
            events=events,
            left=left,
            fixes={} if fix is None else {fix.vehicle: fix},
        )


def piece(order: str, mass_g: int, name: str = "1") -> Piece:
    return Piece(key=LineKey(order, name), mass_g=mass_g)
