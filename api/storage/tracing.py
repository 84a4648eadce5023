"""Batches by the trips that carry them: written with a plan's stops, read by a recall.

Rows are added and marked, never taken away, as with stops: what a driver hands over by a version
that no longer counts is still found. A trip that a new version leaves as it was is not written
again, so that a small change of a large day stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.road.lots import AskedBatch, Carried, Lot, Trip, trips_of
from api.storage.database import Transaction
from api.storage.tables import asked_batches, plan_versions, plans, traced_goods, traced_trips
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan, UnservedReason
from optimizer.domain.temperature import Zone

VARIABLES = 500
"""Names per query; databases bound the parameters of a statement."""

DRAFT = "draft"
ZONES = {zone.value: zone for zone in Zone}
_KEY = ("trip", "site", "visit", "order", "line")
_TRIP = [traced_trips.c[name] for name in Trip.__struct_fields__ if name != "carries"]
_GOODS = [
    traced_goods.c[name]
    for name in (
        *_KEY, "article", "batch", "zone", "mass_g", "arrives_at", "reason", "is_planned"
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWith:
    """A draft whose question asks for a batch."""

    plan: str
    name: str
    horizon_start: datetime
    asked: AskedBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class TripRow:
    """A trip as it is stored, with its plan; what it carries is a row each."""

    number: int
    plan: str
    plan_name: str
    state: str
    version: int
    horizon_start: datetime
    trip: Trip


class GoodsRow(Struct, frozen=True, kw_only=True, gc=False):
    """What a trip carries of a batch, and whether the version that counts has it."""

    trip: int
    carried: Carried
    is_planned: bool


def refresh(tx: Transaction, plan_id: str, plan: Plan, lots: Mapping[LineKey, Lot]) -> None:
    """Write the batches of the version that counts.

    Parameters
    ----------
    tx
        The transaction in which the version becomes the drivers'.
    plan_id
        The plan's id.
    plan
        The version.
    lots
        What the lines of its question are served from.
    """
    known = select(traced_trips.c.route, traced_trips.c.number, traced_trips.c.digest)
    before = {row.route: row for row in tx.execute(known.where(traced_trips.c.plan == plan_id))}
    wanted = {trip.route: (trip, trip.digest) for trip in trips_of(plan, lots)}
    for route, row in before.items():
        _, digest = wanted.get(route, (None, ""))
        if digest != row.digest:
            gone = update(traced_goods).where(traced_goods.c.trip == row.number)
            tx.execute(gone.values(is_planned=False))
            named = update(traced_trips).where(traced_trips.c.number == row.number)
            tx.execute(named.values(digest=digest))
    for route, (trip, digest) in wanted.items():
        known_row = before.get(route)
        if known_row is None:
            made = insert(traced_trips).values(plan=plan_id, digest=digest, **trip_values(trip))
            number = tx.execute(made.returning(traced_trips.c.number)).scalar_one()
            tx.execute(insert(traced_goods), goods_values(number, trip))
        elif known_row.digest != digest:
            changed = update(traced_trips).where(traced_trips.c.number == known_row.number)
            tx.execute(changed.values(**trip_values(trip)))
            _renew(tx, goods_values(known_row.number, trip))


def goods_of(tx: Transaction, batch: str, article: str | None) -> list[GoodsRow]:
    """Give all that any trip carries of a batch, trip by trip."""
    wanted = traced_goods.c.batch == batch
    if article is not None:
        wanted &= traced_goods.c.article == article
    columns = traced_goods.c
    query = select(*_GOODS).where(wanted).order_by(columns.trip, columns.arrives_at)
    query = query.order_by(columns.site, columns.visit, columns.order, columns.line)
    return [_goods_row(row) for row in tx.execute(query)]


def trips(tx: Transaction, numbers: Iterable[int]) -> dict[int, TripRow]:
    """Give trips with their plans, by number."""
    found: dict[int, TripRow] = {}
    columns = [traced_trips.c.number, traced_trips.c.plan, *_TRIP]
    named = [plans.c.name, plans.c.state, plans.c.version, plans.c.horizon_start]
    query = select(*columns, *named).join(plans, plans.c.id == traced_trips.c.plan)
    wanted = sorted(numbers)
    for first in range(0, len(wanted), VARIABLES):
        some = traced_trips.c.number.in_(wanted[first : first + VARIABLES])
        for row in tx.execute(query.where(some)):
            found[row.number] = _trip_row(row)
    return found


def drafts_with(tx: Transaction, batch: str, article: str | None) -> list[DraftWith]:
    """Give the drafts whose question asks for a batch, the oldest first."""
    counts = (plan_versions.c.plan == plans.c.id) & (plan_versions.c.version == plans.c.version)
    wanted = (asked_batches.c.batch == batch) & (plans.c.state == DRAFT)
    if article is not None:
        wanted &= asked_batches.c.article == article
    query = (
        select(plans.c.id, plans.c.name, plans.c.horizon_start, asked_batches)
        .join(plan_versions, counts)
        .join(asked_batches, asked_batches.c.problem == plan_versions.c.problem)
        .where(wanted)
        .order_by(plans.c.number, asked_batches.c.article)
    )
    return [
        DraftWith(
            plan=row.id,
            name=row.name,
            horizon_start=row.horizon_start,
            asked=AskedBatch(
                article=row.article, batch=row.batch, lines=row.lines, mass_g=row.mass_g
            ),
        )
        for row in tx.execute(query)
    ]


def keep_asked(tx: Transaction, problem: str, asked: Sequence[AskedBatch]) -> None:
    """Store which batches a question asks for; a question never changes."""
    if not asked:
        return
    rows = [{"problem": problem, **_asked_values(one)} for one in asked]
    keys = ["problem", "article", "batch"]
    tx.execute(_insert(tx)(asked_batches).on_conflict_do_nothing(index_elements=keys), rows)


def _renew(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    written = _insert(tx)(traced_goods)
    renewed = {
        column.name: written.excluded[column.name]
        for column in traced_goods.c
        if column.name not in _KEY
    }
    tx.execute(written.on_conflict_do_update(index_elements=_KEY, set_=renewed), rows)


def _insert(tx: Transaction) -> Any:  # noqa: ANN401 - one of two functions of SQLAlchemy
    return sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert


def trip_values(trip: Trip) -> dict[str, Any]:
    """Give the columns of a trip but its plan, its number and its digest."""
    echelon = "" if trip.echelon is None else trip.echelon.value
    return {column.name: getattr(trip, column.name) for column in _TRIP} | {"echelon": echelon}


def goods_values(number: int, trip: Trip) -> list[dict[str, Any]]:
    """Give the rows of what a trip carries, to be inserted."""
    # A line may stand twice at one visit, as two parts: they are one row.
    rows: dict[tuple[object, ...], dict[str, Any]] = {}
    for one in trip.carries:
        key = (one.site, one.visit, *one.key)
        if key in rows:
            rows[key]["mass_g"] += one.mass_g
            continue
        rows[key] = {
            "trip": number,
            "site": one.site,
            "visit": one.visit,
            "order": one.key.order,
            "line": one.key.line,
            "article": one.article,
            "batch": one.batch,
            "zone": one.zone.value,
            "mass_g": one.mass_g,
            "arrives_at": one.arrives_at,
            "reason": None if one.reason is None else one.reason.value,
            "is_planned": True,
        }
    return list(rows.values())


def _asked_values(one: AskedBatch) -> dict[str, Any]:
    return {name: getattr(one, name) for name in AskedBatch.__slots__}


def _goods_row(row: Sequence[Any]) -> GoodsRow:
    trip, site, visit, order, line, article, batch, zone, mass_g, arrives_at, reason, planned = row
    return GoodsRow(
        trip=trip,
        is_planned=planned,
        carried=Carried(
            key=LineKey(order, line),
            article=article,
            batch=batch,
            zone=ZONES[zone],
            mass_g=mass_g,
            site=site,
            visit=visit,
            arrives_at=arrives_at,
            reason=None if reason is None else UnservedReason(reason),
        ),
    )


def _trip_row(row: Row[Any]) -> TripRow:
    return TripRow(
        number=row.number,
        plan=row.plan,
        plan_name=row.name,
        state=row.state,
        version=row.version,
        horizon_start=row.horizon_start,
        trip=Trip(
            route=row.route,
            vehicle=row.vehicle,
            echelon=Echelon(row.echelon) if row.echelon else None,
            from_site=row.from_site,
            leaves_at=row.leaves_at,
            back_at=row.back_at,
            carries=(),
        ),
    )
