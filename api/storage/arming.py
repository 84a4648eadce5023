"""Which compartments have goods in them, and what the monitor was told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, insert, or_, select, update

from api.road.on_board import Aboard
from api.storage.database import Transaction
from api.storage.tables import goods_on_board, plans, stop_events

ARM, DISARM = "arm", "disarm"
LIVE_STATES = ("loading", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class AboardRow:
    """The goods of a route in one compartment, as they are stored.

    Parameters
    ----------
    told, told_until
        What the monitor was told last, and until when that holds.
    command
        The command that told it, until its outcome was looked at.
    """

    aboard: Aboard
    told: str | None = None
    told_until: datetime | None = None
    command: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Name the row."""
        return self.aboard.plan, self.aboard.route, self.aboard.point


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOnTheWay:
    """A plan whose goods may be on board, and what tells whether anything has changed."""

    plan: str
    state: str
    revision: int
    last_event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """When goods of a lane were in a compartment."""

    point: str
    lane: str
    from_ms: int
    to_ms: int


_COLUMNS = list(goods_on_board.c)


def plans_on_the_way(tx: Transaction) -> list[PlanOnTheWay]:
    """Give the plans that are driven, and those whose compartments were not let go yet."""
    held = select(goods_on_board.c.plan).where(goods_on_board.c.is_over.is_(False))
    newest = (
        select(func.max(stop_events.c.number))
        .where(stop_events.c.plan == plans.c.id)
        .scalar_subquery()
    )
    query = select(plans.c.id, plans.c.state, plans.c.revision, newest).where(
        or_(plans.c.state.in_(LIVE_STATES), plans.c.id.in_(held))
    )
    return [
        PlanOnTheWay(plan=plan, state=state, revision=revision, last_event=number or 0)
        for plan, state, revision, number in tx.execute(query.order_by(plans.c.number))
    ]


def of_plan(tx: Transaction, plan: str) -> list[AboardRow]:
    """Give all rows of a plan."""
    query = select(*_COLUMNS).where(goods_on_board.c.plan == plan)
    return [_row(row) for row in tx.execute(query)]


def add(tx: Transaction, rows: Iterable[Aboard]) -> None:
    """Store rows that are not there yet."""
    values = [_values(row) for row in rows]
    if values:
        tx.execute(insert(goods_on_board), values)


def change(tx: Transaction, rows: Iterable[Aboard]) -> None:
    """Put down anew when goods are on board, and whether that is over."""
    changed = [{f"_{name}": value for name, value in _values(row).items()} for row in rows]
    if changed:
        tx.execute(
            update(goods_on_board)
            .where(*(goods_on_board.c[name] == bindparam(f"_{name}") for name in _KEY))
            .values({name: bindparam(f"_{name}") for name in _TIMES}),
            changed,
        )


def to_tell(tx: Transaction, now: datetime) -> list[AboardRow]:
    """Give the rows of which the monitor does not know yet what it should."""
    table = goods_on_board.c
    is_on = and_(table.is_over.is_(False), table.starts_at <= now, table.ends_at > now)
    unarmed = or_(table.told.is_(None), table.told == DISARM, table.told_until != table.ends_at)
    left_armed = and_(table.is_over.is_(True), table.told == ARM)
    query = select(*_COLUMNS).where(or_(and_(is_on, unarmed), left_armed))
    return [_row(row) for row in tx.execute(query.order_by(table.starts_at, table.point))]


def armed_points(tx: Transaction, now: datetime) -> frozenset[str]:
    """Give the points that a plan has in use."""
    table = goods_on_board.c
    query = select(table.point).where(
        table.is_over.is_(False), table.starts_at <= now, table.ends_at > now
    )
    return frozenset(tx.execute(query).scalars())


def goods_now(tx: Transaction, now: datetime) -> list[Aboard]:
    """Give what is on board, the goods that came last first."""
    table = goods_on_board.c
    query = select(*_COLUMNS).where(
        table.is_over.is_(False), table.starts_at <= now, table.ends_at > now
    )
    ordered = query.order_by(table.starts_at.desc(), table.plan, table.route, table.point)
    return [_row(row).aboard for row in tx.execute(ordered)]


def unheard(tx: Transaction) -> list[AboardRow]:
    """Give the rows whose command's outcome nobody has looked at."""
    query = select(*_COLUMNS).where(goods_on_board.c.command.is_not(None))
    return [_row(row) for row in tx.execute(query)]


def told(
    tx: Transaction,
    row: AboardRow,
    said: str | None,
    until: datetime | None,
    command: int | None,
) -> None:
    """Put down what the monitor was told, and by which command."""
    key = [goods_on_board.c[name] == value for name, value in zip(_KEY, row.key, strict=True)]
    values = {"told": said, "told_until": until, "command": command}
    tx.execute(update(goods_on_board).where(*key).values(values))


def stays_between(tx: Transaction, from_ms: int, to_ms: int) -> Sequence[Stay]:
    """Give when which lane's goods were on board, as far as that touches a stretch of time."""
    begun, ended = _instant(from_ms), _instant(to_ms)
    table = goods_on_board.c
    query = select(*_COLUMNS).where(
        table.starts_at < ended, table.ends_at > begun, table.told.is_not(None)
    )
    rows = [_row(row).aboard for row in tx.execute(query)]
    return [
        Stay(
            point=row.point,
            lane=row.lane,
            from_ms=round(row.starts_at.timestamp() * 1000),
            to_ms=round(row.ends_at.timestamp() * 1000),
        )
        for row in rows
    ]


_KEY = ("plan", "route", "point")
_TIMES = ("lane", "starts_at", "ends_at", "is_over")


def _values(row: Aboard) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_KEY, *_TIMES)}


def _row(row: Row[Any]) -> AboardRow:
    values = row._asdict()
    return AboardRow(
        aboard=Aboard(**{name: values[name] for name in (*_KEY, *_TIMES)}),
        told=values["told"],
        told_until=values["told_until"],
        command=values["command"],
    )


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
