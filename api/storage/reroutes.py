"""Cases of rerouting, what happened to them, and what they reserve at stations.

A change of a case names the state that it expects; where another change came first nothing is
written. Events are numbered in the order in which they become visible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, text, update

from api.reroutes.cases import CaseState, Happened, Origin, OriginKind, Ranked
from api.storage.database import Transaction
from api.storage.tables import reroute_events, reroutes, station_reservations


@dataclass(frozen=True, slots=True, kw_only=True)
class RerouteRow:
    """A case without its answer document.

    Parameters
    ----------
    plan_version, plan_revision
        Of the plan, when the proposals were computed.
    revision
        Counts computations and decisions: the ETag.
    kind
        Of the disruption; ``vehicle`` and ``zone`` are null where it has none.
    disruption
        As it was asked for.
    severity
        ``I``, ``II`` or ``III``.
    ranking
        The proposals in short, best first.
    accepted
        Number of the accepted proposal.
    automatic
        Whether a policy accepted it.
    reason
        Note of an acceptance, or why the case ended otherwise.
    made_version
        The plan's version that an acceptance made, or that took it back.
    """

    id: str
    plan: str
    plan_version: int
    plan_revision: int
    revision: int
    state: CaseState
    kind: str
    vehicle: str | None
    zone: str | None
    severity: str
    disruption: Mapping[str, Any]
    ranking: tuple[Ranked, ...]
    origin: Origin
    opened_at: datetime
    opened_by: str
    computed_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    accepted: int | None = None
    automatic: bool = False
    reason: str = ""
    made_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RerouteEvent:
    """Something that happened to a case.

    Parameters
    ----------
    body
        The case as it stood then.
    """

    number: int
    reroute: str
    happened: Happened
    at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """Room and a dock that an accepted proposal takes at a station.

    Parameters
    ----------
    lat, lon
        Where the station is: other networks may have another one of the same id.
    dock_from, dock_to
        When the dock is taken.
    """

    reroute: str
    plan: str
    site: str
    lat: float
    lon: float
    zone: str
    volume_ml: int
    dock_from: datetime
    dock_to: datetime


_PLAIN = (
    "id", "plan", "plan_version", "plan_revision", "revision", "kind", "vehicle", "zone",
    "severity", "disruption", "opened_at", "opened_by", "computed_at", "decided_at",
    "decided_by", "accepted", "automatic", "made_version", "reason",
)  # fmt: skip
_CODED = ("state", "ranking", "origin", "alarm")
_COLUMNS = [reroutes.c[name] for name in (*_PLAIN, *_CODED)]
_EVENT = [reroute_events.c[name] for name in RerouteEvent.__slots__]
_RESERVED = [station_reservations.c[name] for name in Reserved.__slots__]


# --- cases --------------------------------------------------------------------------------------


def add(tx: Transaction, row: RerouteRow, answer: bytes) -> None:
    """Store a case.

    Raises
    ------
    Clash
        Its alarm has opened one before.
    """
    tx.execute(insert(reroutes).values(answer=answer, **_values(row)))


def find(tx: Transaction, reroute: str) -> RerouteRow | None:
    """Give a case; None where there is none of this id."""
    row = tx.execute(select(*_COLUMNS).where(reroutes.c.id == reroute)).one_or_none()
    return None if row is None else _row(row)


def of_alarm(tx: Transaction, alarm: str) -> RerouteRow | None:
    """Give the case that an alarm has opened; None where it opened none."""
    row = tx.execute(select(*_COLUMNS).where(reroutes.c.alarm == alarm)).one_or_none()
    return None if row is None else _row(row)


def answer(tx: Transaction, reroute: str) -> bytes | None:
    """Give the answer document of a case; None where there is none of this id."""
    found: bytes | None = tx.execute(
        select(reroutes.c.answer).where(reroutes.c.id == reroute)
    ).scalar()
    return found


def listed(
    tx: Transaction,
    *,
    plan: str | None = None,
    state: CaseState | None = None,
    limit: int | None = None,
) -> list[RerouteRow]:
    """Give cases, the newest first.

    Parameters
    ----------
    tx
        A transaction.
    plan, state
        Only cases of this plan, in this state.
    limit
        So many at most.
    """
    query = select(*_COLUMNS).order_by(reroutes.c.number.desc())
    if plan is not None:
        query = query.where(reroutes.c.plan == plan)
    if state is not None:
        query = query.where(reroutes.c.state == state.value)
    return [_row(row) for row in tx.execute(query if limit is None else query.limit(limit))]


def change(
    tx: Transaction, known: RerouteRow, now: RerouteRow, answer: bytes | None = None
) -> bool:
    """Write a case anew; False where it has changed since it was read.

    Parameters
    ----------
    tx
        A transaction.
    known, now
        The case as it was read, and as it shall be.
    answer
        Its answer document, where that changes.
    """
    values = _values(now) | ({} if answer is None else {"answer": answer})
    same = (reroutes.c.id == known.id) & (reroutes.c.revision == known.revision)
    return tx.execute(update(reroutes).where(same).values(values)).rowcount == 1


def _values(row: RerouteRow) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return values | {
        "state": row.state.value,
        "ranking": [asdict(one) for one in row.ranking],
        "origin": row.origin.kind.value,
        "alarm": row.origin.alarm,
    }


def _row(row: Row[Any]) -> RerouteRow:
    values = row._asdict()
    kind, alarm = OriginKind(values.pop("origin")), values.pop("alarm")
    state, short = CaseState(values.pop("state")), values.pop("ranking")
    return RerouteRow(
        state=state,
        ranking=tuple(Ranked(**one) for one in short),
        origin=Origin(kind=kind, alarm=alarm),
        **values,
    )


# --- what happened ------------------------------------------------------------------------------


def tell(tx: Transaction, event: RerouteEvent) -> int:
    """Append an event, whatever its number, and give the number that it got.

    Whoever follows reads on from the last number that he has seen. So numbers are given in the
    order of the commits: PostgreSQL lets the next writer wait, SQLite has one writer anyway.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE reroute_events IN EXCLUSIVE MODE"))
    values = {name: getattr(event, name) for name in ("reroute", "at", "body")}
    written = insert(reroute_events).values(happened=event.happened.value, **values)
    number: int = tx.execute(written.returning(reroute_events.c.number)).scalar_one()
    return number


def last_event(tx: Transaction) -> int:
    """Give the number of the newest event; 0 where there is none."""
    number: int | None = tx.execute(select(func.max(reroute_events.c.number))).scalar()
    return number or 0


def events_after(tx: Transaction, number: int, *, limit: int) -> list[RerouteEvent]:
    """Give the events behind a number in their order, so many at most."""
    query = select(*_EVENT).where(reroute_events.c.number > number)
    rows = tx.execute(query.order_by(reroute_events.c.number).limit(limit))
    found = (row._asdict() for row in rows)
    return [RerouteEvent(**row | {"happened": Happened(row["happened"])}) for row in found]


# --- stations -----------------------------------------------------------------------------------


def hold_stations(tx: Transaction) -> None:
    """Let nobody else reserve anything until this transaction ends."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE station_reservations IN EXCLUSIVE MODE"))


def reserve(tx: Transaction, wanted: Sequence[Reserved]) -> None:
    """Write down what an accepted proposal takes."""
    rows = [{name: getattr(one, name) for name in Reserved.__slots__} for one in wanted]
    if rows:
        tx.execute(insert(station_reservations), rows)


def release(tx: Transaction, reroute: str) -> None:
    """Give back what a case has reserved."""
    tx.execute(delete(station_reservations).where(station_reservations.c.reroute == reroute))


def reserved_between(tx: Transaction, start: datetime, end: datetime) -> list[Reserved]:
    """Give what is reserved from docks that are taken from within a span of time on."""
    since = station_reservations.c.dock_from
    query = select(*_RESERVED).where(since >= start, since < end)
    rows = tx.execute(query.order_by(station_reservations.c.number))
    return [Reserved(**row._asdict()) for row in rows]


def reserved_by(tx: Transaction, reroute: str) -> list[Reserved]:
    """Give what a case has reserved."""
    query = select(*_RESERVED).where(station_reservations.c.reroute == reroute)
    rows = tx.execute(query.order_by(station_reservations.c.number))
    return [Reserved(**row._asdict()) for row in rows]
