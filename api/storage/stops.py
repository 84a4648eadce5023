"""The stops of plans that have been published: what drivers report on and callers ask for.

Rows are added and refreshed, never taken away. A driver without a network may report on a stop
hours after a new version has left it out, and that report must still find its stop.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from api.storage.database import Transaction
from api.storage.tables import plans, stop_events, stops, tracked_orders
from optimizer.domain.plan import Plan, Route, Stop

DIGEST_LENGTH = 20
"""Hex digits of a stop's id: 80 bits, enough that no two stops of all years share one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRow:
    """One stop.

    Parameters
    ----------
    visit
        Which visit of the route to this site it is, counted from 1.
    """

    id: str
    plan: str
    route: str
    vehicle: str
    site: str
    visit: int


_COLUMNS = [stops.c[name] for name in StopRow.__slots__]


def stop_id(plan: str, route: str, site: str, visit: int) -> str:
    """Name a stop after what makes it: it keeps its id in every version that keeps the visit."""
    named = json.dumps([plan, route, site, visit], ensure_ascii=False, separators=(",", ":"))
    return "stop-" + hashlib.sha256(named.encode()).hexdigest()[:DIGEST_LENGTH]


def visits(route: Route) -> Iterator[tuple[int, Stop]]:
    """Give the stops of a route in driving order, each with its visit to that site, from 1."""
    seen: Counter[str] = Counter()
    for stop in route.stops:
        seen[stop.site] += 1
        yield seen[stop.site], stop


def stops_of(plan_id: str, plan: Plan) -> list[StopRow]:
    """Give every stop of a plan, route by route in driving order."""
    return [
        StopRow(
            id=stop_id(plan_id, route.id, stop.site, visit),
            plan=plan_id,
            route=route.id,
            vehicle=route.vehicle,
            site=stop.site,
            visit=visit,
        )
        for route in plan.routes
        for visit, stop in visits(route)
    ]


def refresh(tx: Transaction, plan_id: str, plan: Plan) -> None:
    """Write the stops of the version that counts, and which orders ride with this plan.

    Parameters
    ----------
    tx
        The transaction in which the version becomes the drivers'.
    plan_id
        The plan's id.
    plan
        The version that drivers are to see from now on.
    """
    rows = [
        {name: getattr(row, name) for name in StopRow.__slots__} for row in stops_of(plan_id, plan)
    ]
    carried = {
        item.key.order
        for route in plan.routes
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    }
    orders = sorted(carried | {item.key.order for item in plan.unserved})
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    if rows:
        written = insert(stops)
        renewed = written.on_conflict_do_update(
            index_elements=["id"], set_={"vehicle": written.excluded.vehicle}
        )
        tx.execute(renewed, rows)
    if orders:
        tracked: Sequence[Mapping[str, Any]] = [{"order": o, "plan": plan_id} for o in orders]
        kept = insert(tracked_orders).on_conflict_do_nothing(index_elements=["order", "plan"])
        tx.execute(kept, tracked)


def reported_routes(tx: Transaction, plan_id: str) -> frozenset[str]:
    """Give the routes of a plan on whose stops somebody has reported anything."""
    reported = stop_events.join(stops, stop_events.c.stop == stops.c.id)
    query = select(stops.c.route).distinct().select_from(reported)
    return frozenset(tx.execute(query.where(stop_events.c.plan == plan_id)).scalars())


def find(tx: Transaction, stop: str) -> StopRow | None:
    """Give a stop; None where there is none of this id."""
    row = tx.execute(select(*_COLUMNS).where(stops.c.id == stop)).one_or_none()
    return None if row is None else StopRow(**row._asdict())


def plans_of_vehicle(tx: Transaction, vehicle: str, states: Collection[str]) -> list[str]:
    """Give the plans in one of some states that have ever sent a vehicle anywhere, oldest first."""
    sent = select(stops.c.plan).where(stops.c.vehicle == vehicle)
    query = select(plans.c.id).where(plans.c.id.in_(sent), plans.c.state.in_(states))
    return list(tx.execute(query.order_by(plans.c.number)).scalars())


def of_plan(tx: Transaction, plan_id: str) -> list[StopRow]:
    """Give all stops that a plan ever had since it was published, by id."""
    query = select(*_COLUMNS).where(stops.c.plan == plan_id).order_by(stops.c.id)
    return [StopRow(**row._asdict()) for row in tx.execute(query)]
