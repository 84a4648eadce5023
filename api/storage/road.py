"""What drivers report: events of stops, positions of vehicles, and which plan they belong to.

The sender names every event and position. The same name twice is stored once: who gets no answer
sends again, and nothing is lost or doubled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Float, Row, bindparam, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from api.road.words import ABOUT_GOODS, Event, Fix, Kind, report_document, report_from
from api.storage.columns import Instant
from api.storage.database import Transaction
from api.storage.stops import StopRow
from api.storage.tables import plan_changes, plans, positions, stop_events, stops, tracked_orders
from optimizer.domain.ids import LineKey
from optimizer.domain.problem import HORIZON_S

NEAR_DEG = 0.003
"""Half the side of the square around a start site in which a vehicle has not left: some 300 m."""

VARIABLES = 500
"""Names per query; databases bound the parameters of a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFix:
    """A position under the name that its sender gave."""

    id: str
    fix: Fix
    received_at: datetime
    received_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Where and when a vehicle is to leave: what its positions are asked for."""

    vehicle: str
    lat: float
    lon: float
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMark:
    """What figures about a plan are made from, in short.

    Parameters
    ----------
    last_event
        Number of the last event that came in.
    positions
        How many positions of its vehicles there are within its horizon.
    """

    plan: str
    state: str
    version: int
    last_event: int | None
    positions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStanding:
    """What a report needs to know of its plan.

    Parameters
    ----------
    closed_at
        When it was first closed; None where it was not, or nobody wrote it down.
    """

    id: str
    state: str
    version: int
    closed_at: datetime | None


_EVENT = [
    stop_events.c[name]
    for name in (
        "number", "client_event_id", "plan", "stop", "vehicle", "kind", "at", "body",
        "received_at", "received_from",
    )
]  # fmt: skip
_STOP = [stops.c[name] for name in StopRow.__slots__]
_FIX = [positions.c[name] for name in ("vehicle", "at", "lat", "lon")]

# Built once: a board asks it for every vehicle of every day.
_FIRST_AWAY = (
    select(positions.c.at)
    .where(
        positions.c.vehicle == bindparam("vehicle"),
        positions.c.at.between(
            bindparam("since", type_=Instant), bindparam("until", type_=Instant)
        ),
        or_(
            func.abs(positions.c.lat - bindparam("lat", type_=Float)) > NEAR_DEG,
            func.abs(positions.c.lon - bindparam("lon", type_=Float)) > NEAR_DEG,
        ),
    )
    .order_by(positions.c.at)
    .limit(1)
)


def hold_version(tx: Transaction, plan: str) -> None:
    """Let nobody change a plan until this transaction ends; others may report meanwhile."""
    tx.execute(select(plans.c.id).where(plans.c.id == plan).with_for_update(read=True))


def lock_stop(tx: Transaction, stop: str) -> StopRow | None:
    """Give a stop, and let nobody else report on it until this transaction ends."""
    query = select(*_STOP).where(stops.c.id == stop).with_for_update()
    row = tx.execute(query).one_or_none()
    return None if row is None else StopRow(**row._asdict())


def standing(tx: Transaction, plan: str) -> PlanStanding | None:
    """Give state and version of a plan; None where there is no such plan."""
    closing = (plan_changes.c.plan == plan) & (plan_changes.c.state == "closed")
    closed_at = select(func.min(plan_changes.c.changed_at)).where(closing).scalar_subquery()
    columns = [plans.c.id, plans.c.state, plans.c.version, closed_at.label("closed_at")]
    row = tx.execute(select(*columns).where(plans.c.id == plan)).one_or_none()
    return None if row is None else PlanStanding(**row._asdict())


# --- events -------------------------------------------------------------------------------------


def add_event(tx: Transaction, event: Event) -> bool:
    """Store an event; False where one of this name is there already."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    row = insert(stop_events).values(
        client_event_id=event.id,
        plan=event.plan,
        stop=event.stop,
        vehicle=event.vehicle,
        kind=event.kind.value,
        at=event.at,
        body=report_document(event.report),
        received_at=event.received_at,
        received_from=event.received_from,
    )
    kept = row.on_conflict_do_nothing(index_elements=["client_event_id"])
    return tx.execute(kept.returning(stop_events.c.number)).first() is not None


def event_named(tx: Transaction, name: str) -> Event | None:
    """Give the event of a name; None where there is none."""
    query = select(*_EVENT).where(stop_events.c.client_event_id == name)
    row = tx.execute(query).one_or_none()
    return None if row is None else _event(row)


def events_of_stop(tx: Transaction, stop: str) -> list[Event]:
    """Give the events of a stop in the order of arrival."""
    query = select(*_EVENT).where(stop_events.c.stop == stop).order_by(stop_events.c.number)
    return [_event(row) for row in tx.execute(query)]


def events_of_plan(tx: Transaction, plan: str) -> list[Event]:
    """Give the events of a plan in the order of arrival."""
    query = select(*_EVENT).where(stop_events.c.plan == plan).order_by(stop_events.c.number)
    return [_event(row) for row in tx.execute(query)]


def events_of_stops(tx: Transaction, names: Iterable[str]) -> list[Event]:
    """Give the events of some stops, those of each stop in the order of arrival."""
    wanted = list(names)
    found: list[Event] = []
    for first in range(0, len(wanted), VARIABLES):
        some = stop_events.c.stop.in_(wanted[first : first + VARIABLES])
        query = select(*_EVENT).where(some).order_by(stop_events.c.number)
        found += [_event(row) for row in tx.execute(query)]
    return found


def events_about(
    tx: Transaction, names: Sequence[str], keys: Collection[LineKey]
) -> Iterator[Event]:
    """Give what was reported about some lines at some stops; other lines are left out of it."""
    about = stop_events.c.kind.in_([kind.value for kind in ABOUT_GOODS])
    for first in range(0, len(names), VARIABLES):
        some = stop_events.c.stop.in_(names[first : first + VARIABLES])
        query = select(*_EVENT).where(some, about)
        for row in tx.execute(query.order_by(stop_events.c.number)):
            yield _event(row, keys)


# --- positions ----------------------------------------------------------------------------------


def knows_vehicle(tx: Transaction, vehicle: str) -> bool:
    """Say whether a published plan ever sent this vehicle anywhere."""
    query = select(stops.c.id).where(stops.c.vehicle == vehicle).limit(1)
    return tx.execute(query).first() is not None


def add_positions(tx: Transaction, named: Sequence[NamedFix]) -> int:
    """Store positions; give how many were new."""
    if not named:
        return 0
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    rows = [
        {
            "client_event_id": one.id,
            "vehicle": one.fix.vehicle,
            "at": one.fix.at,
            "lat": one.fix.lat,
            "lon": one.fix.lon,
            "received_at": one.received_at,
            "received_from": one.received_from,
        }
        for one in named
    ]
    kept = insert(positions).on_conflict_do_nothing(index_elements=["client_event_id"])
    return len(tx.execute(kept.returning(positions.c.number), rows).all())


def positions_named(tx: Transaction, names: Iterable[str]) -> dict[str, Fix]:
    """Give the stored positions among some names."""
    wanted = list(names)
    found: dict[str, Fix] = {}
    for first in range(0, len(wanted), VARIABLES):
        some = positions.c.client_event_id.in_(wanted[first : first + VARIABLES])
        query = select(positions.c.client_event_id, *_FIX).where(some)
        for name, vehicle, at, lat, lon in tx.execute(query):
            found[name] = Fix(vehicle=vehicle, at=at, lat=lat, lon=lon)
    return found


def latest_fixes(
    tx: Transaction, vehicles: Iterable[str], since: datetime, until: datetime
) -> dict[str, Fix]:
    """Give the last position of each vehicle within a span of time."""
    wanted = sorted(set(vehicles))
    found: dict[str, Fix] = {}
    for first in range(0, len(wanted), VARIABLES):
        some = positions.c.vehicle.in_(wanted[first : first + VARIABLES])
        last = (
            select(positions.c.vehicle, func.max(positions.c.at).label("at"))
            .where(some, positions.c.at >= since, positions.c.at <= until)
            .group_by(positions.c.vehicle)
            .subquery()
        )
        same = (positions.c.vehicle == last.c.vehicle) & (positions.c.at == last.c.at)
        # Of several of one instant the one that came first counts.
        query = select(*_FIX).join(last, same).order_by(positions.c.number.desc())
        found |= {row.vehicle: Fix(**row._asdict()) for row in tx.execute(query)}
    return found


def first_away(tx: Transaction, leg: Leg) -> datetime | None:
    """Say when a vehicle was first seen away from where it starts; None where it was not."""
    values = {name: getattr(leg, name) for name in Leg.__slots__}
    at: datetime | None = tx.execute(_FIRST_AWAY, values).scalar()
    return at


# --- which plan ---------------------------------------------------------------------------------


def plan_of_order(tx: Transaction, order: str) -> str | None:
    """Give the newest published plan that an order rides with, or was left out of."""
    query = (
        select(plans.c.id)
        .join(tracked_orders, tracked_orders.c.plan == plans.c.id)
        .where(tracked_orders.c.order == order)
        .order_by(plans.c.number.desc())
        .limit(1)
    )
    found: str | None = tx.execute(query).scalar()
    return found


def lock_order(tx: Transaction, order: str, plan: str) -> bool:
    """Let nobody else decide about an order of a plan until this transaction ends."""
    key = (tracked_orders.c.order == order) & (tracked_orders.c.plan == plan)
    query = select(tracked_orders.c.order).where(key).with_for_update()
    return tx.execute(query).first() is not None


def mark(tx: Transaction, plan: str) -> PlanMark | None:
    """Say what figures about a plan are made from; while it stays the same, so do they."""
    last_event = select(func.max(stop_events.c.number)).where(stop_events.c.plan == plan)
    vehicles = select(stops.c.vehicle).where(stops.c.plan == plan)
    row = tx.execute(
        select(
            plans.c.state, plans.c.version, plans.c.horizon_start, last_event.scalar_subquery()
        ).where(plans.c.id == plan)
    ).one_or_none()
    if row is None:
        return None
    state, version, start, number = row
    seen = (
        select(func.count())
        .select_from(positions)
        .where(
            positions.c.vehicle.in_(vehicles),
            positions.c.at >= start,
            positions.c.at <= start + timedelta(seconds=HORIZON_S),
        )
    )
    return PlanMark(
        plan=plan,
        state=state,
        version=version,
        last_event=number,
        positions=tx.execute(seen).scalar_one(),
    )


def published_between(tx: Transaction, start: datetime, end: datetime) -> list[str]:
    """Give the plans that left the draft and whose horizon starts in a span of time."""
    span = (plans.c.horizon_start >= start) & (plans.c.horizon_start < end)
    query = select(plans.c.id).where(span, plans.c.state != "draft").order_by(plans.c.number)
    return list(tx.execute(query).scalars())


def running_since(tx: Transaction, instant: datetime) -> list[str]:
    """Give the plans that are driven and whose horizon starts before an instant."""
    driven = (plans.c.state == "running") & (plans.c.horizon_start < instant)
    return list(tx.execute(select(plans.c.id).where(driven).order_by(plans.c.number)).scalars())


def _event(row: Row[Any], only: Collection[LineKey] | None = None) -> Event:
    values = row._asdict()
    return Event(
        number=values["number"],
        id=values["client_event_id"],
        plan=values["plan"],
        stop=values["stop"],
        vehicle=values["vehicle"],
        kind=Kind(values["kind"]),
        at=values["at"],
        report=report_from(values["body"], only),
        received_at=values["received_at"],
        received_from=values["received_from"],
    )
