"""One write transaction of the monitor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, insert, or_, update

from telemetry.alarm.words import AlarmEvent, Excursion
from telemetry.ports import Call, CommandOutcome
from telemetry.readings import Aside, Channel, Reading, Reason
from telemetry.storage import alarm_queries, refused, tables
from telemetry.storage.documents import ENCODER
from telemetry.storage.outbox import call_row
from telemetry.storage.retention import Retention
from telemetry.storage.shelf import Fresh, Shelf
from telemetry.storage.upserts import put, put_new, put_payloads

EVENTS_LOCK = 7226323
EVENTS_CHANNEL = "coldgrid_telemetry_events"


class SqlLedger:
    """Plays ``telemetry.ports.Ledger``.

    Parameters
    ----------
    tx
        The transaction; whoever opened it commits it.

    Attributes
    ----------
    fresh
        To be learned by the shelf after the commit.
    wrote_events
        Whether somebody who waits for events has to be told after the commit.
    """

    def __init__(self, tx: Connection, shelf: Shelf, retention: Retention) -> None:
        self._tx = tx
        self._shelf = shelf
        self._retention = retention
        self.fresh = Fresh()
        self.wrote_events = False

    def add_readings(self, readings: Sequence[Reading]) -> int:
        """Store readings and keep the latest of each sensor; say how many were new."""
        return self._shelf.add(self._tx, self.fresh, readings)

    def add_late(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Store readings that are no sensor's latest; give those that were new."""
        return self._shelf.add_naming(self._tx, self.fresh, readings)

    def keep_aside(self, asides: Sequence[Aside]) -> None:
        """Keep messages that became no reading; the oldest give way beyond a bound."""
        refused.keep_aside(self._tx, asides, self._retention)

    def count(self, at_ms: int, counts: Mapping[Reason, int]) -> None:
        """Add to what became no reading, per reason and hour."""
        refused.count(self._tx, at_ms, counts)

    def add_events(self, events: Sequence[AlarmEvent]) -> None:
        """Give events numbers, append them and put down each alarm as it is after them."""
        if not events:
            return
        if self._tx.dialect.name == "postgresql":
            # Until the commit: whoever sees a number has seen all before it.
            self._tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({EVENTS_LOCK})")
            self._tx.exec_driver_sql(f"NOTIFY {EVENTS_CHANNEL}")
        last = alarm_queries.last_event(self._tx)
        rows = [
            {
                "number": number,
                "alarm": event.alarm.id,
                "at_ms": event.at_ms,
                "document": ENCODER.encode(event),
            }
            for number, event in enumerate(events, start=last + 1)
        ]
        self._tx.execute(insert(tables.events), rows)
        put(self._tx, tables.alarms, [_alarm_row(event) for event in events])
        self.wrote_events = True

    def put_excursions(
        self, point: str, from_ms: int, to_ms: int | None, excursions: Sequence[Excursion]
    ) -> None:
        """Put excursions in the place of all of a point that touch a stretch of time.

        Parameters
        ----------
        point, from_ms
            Where and since when; both ends of the stretch belong to it.
        to_ms
            None is without an end.
        excursions
            What stands there afterwards.
        """
        ends_late = or_(tables.excursions.c.to_ms.is_(None), tables.excursions.c.to_ms >= from_ms)
        gone = delete(tables.excursions).where(tables.excursions.c.point == point, ends_late)
        if to_ms is not None:
            gone = gone.where(tables.excursions.c.from_ms <= to_ms)
        self._tx.execute(gone)
        rows = [
            {
                "point": excursion.point,
                "from_ms": excursion.from_ms,
                "kind": excursion.kind,
                "to_ms": excursion.to_ms,
                "document": ENCODER.encode(excursion),
            }
            for excursion in excursions
        ]
        put(self._tx, tables.excursions, rows)

    def save_states(self, states: Sequence[tuple[str, bytes]]) -> None:
        """Keep the state of points' machines; the keys are the points' ids."""
        put_payloads(self._tx, tables.states, states)

    def remember(self, key: str, payload: bytes) -> None:
        """Keep what a decoder must know after a restart."""
        put_payloads(self._tx, tables.memories, [(key, payload)])

    def add_calls(self, calls: Sequence[Call]) -> None:
        """Put calls into the outbox; those already there stay as they are."""
        put_new(self._tx, tables.calls, [call_row(call) for call in calls])

    def answer(self, outcome: CommandOutcome) -> None:
        """Say what became of a command; it is asked no more."""
        answered = {"is_answered": True, "outcome": ENCODER.encode(outcome)}
        chosen = update(tables.commands).where(tables.commands.c.number == outcome.number)
        self._tx.execute(chosen.values(**answered))

    def readings(
        self, sensors: Sequence[str], channel: Channel, from_ms: int, to_ms: int
    ) -> Sequence[Reading]:
        """Give readings by device time, then sequence, then value; ``to_ms`` is not included."""
        return self._shelf.read(self._tx, sensors, channel, (from_ms, to_ms), None)


def _alarm_row(event: AlarmEvent) -> dict[str, object]:
    alarm = event.alarm
    return {
        "id": alarm.id,
        "point": alarm.point,
        "kind": alarm.kind.value,
        "severity": int(alarm.severity),
        "raised_ms": alarm.raised_ms,
        "cleared_ms": alarm.cleared_ms,
        "is_open": alarm.is_open,
        "document": ENCODER.encode(alarm),
    }
