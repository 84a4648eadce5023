"""What is asked of the monitor and what is sent to people, each until it is done."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, insert, select

from telemetry.alarm.words import Command
from telemetry.ports import Call, CallState, CommandOutcome
from telemetry.storage.documents import CALL, COMMAND, ENCODER, OUTCOME
from telemetry.storage.tables import calls, commands
from telemetry.storage.upserts import put

# Asked ten times a second: put together once.
WAITING = (
    select(commands.c.number, commands.c.document)
    .where(~commands.c.is_answered)
    .order_by(commands.c.number)
    .limit(bindparam("most"))
)


def add_command(tx: Connection, command: Command) -> int:
    """Put a command down; gives its number."""
    row = {"is_answered": False, "document": ENCODER.encode(command)}
    asked = tx.execute(insert(commands).values(**row).returning(commands.c.number))
    number: int = asked.scalar_one()
    return number


def waiting_commands(tx: Connection, limit: int) -> Sequence[Command]:
    """Give commands that have no answer yet, in order."""
    rows = tx.execute(WAITING, {"most": limit})
    return [replace(COMMAND.decode(row.document), number=row.number) for row in rows]


def outcome_of(tx: Connection, number: int) -> CommandOutcome | None:
    """Give what became of a command; None while it waits."""
    document = tx.execute(select(commands.c.outcome).where(commands.c.number == number)).scalar()
    return None if document is None else OUTCOME.decode(document)


def call_row(call: Call) -> dict[str, object]:
    """Give a call as it is stored."""
    return {
        "id": call.id,
        "incident": call.incident,
        "state": call.state.value,
        "created_ms": call.created_ms,
        "next_try_ms": call.next_try_ms,
        "document": ENCODER.encode(call),
    }


def due_calls(tx: Connection, now_ms: int, limit: int) -> Sequence[Call]:
    """Give calls that wait and may be tried now, oldest first."""
    waiting = calls.c.state == CallState.WAITING.value
    chosen = select(calls.c.document).where(waiting, calls.c.next_try_ms <= now_ms)
    rows = tx.execute(chosen.order_by(calls.c.created_ms, calls.c.id).limit(limit))
    return [CALL.decode(row.document) for row in rows]


def put_call(tx: Connection, call: Call) -> None:
    """Put a call down as it is now."""
    put(tx, calls, [call_row(call)])


def newest_calls(tx: Connection, incident: str | None, limit: int) -> Sequence[Call]:
    """Give calls, newest first."""
    chosen = select(calls.c.document)
    if incident is not None:
        chosen = chosen.where(calls.c.incident == incident)
    rows = tx.execute(chosen.order_by(calls.c.created_ms.desc(), calls.c.id).limit(limit))
    return [CALL.decode(row.document) for row in rows]
