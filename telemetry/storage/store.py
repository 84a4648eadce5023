"""The store over SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import select, text

from telemetry.alarm.words import Alarm, Command, Excursion
from telemetry.ports import Bucket, Call, CommandOutcome, NumberedEvent
from telemetry.readings import Aside, Channel, Reading, Reason
from telemetry.registry import Registry
from telemetry.storage import alarm_queries, outbox, refused
from telemetry.storage.database import Database
from telemetry.storage.housekeeping import HouseKeeping
from telemetry.storage.lease import Lease, take_lease
from telemetry.storage.ledger import SqlLedger
from telemetry.storage.postgres_readings import PostgresReadings
from telemetry.storage.retention import Retention
from telemetry.storage.shelf import Shelf
from telemetry.storage.sqlite_readings import SqliteReadings
from telemetry.storage.tables import memories, states
from telemetry.storage.waiting import LOOK_S, EventBell


def open_store(url: str, retention: Retention | None = None) -> SqlStore:
    """Open a store, with its tables brought up to date.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` or ``postgresql+psycopg://…``.
    retention
        None is the usual one.

    Raises
    ------
    StoreUnavailable
        It does not answer (CG-8201), the address has no meaning (CG-8203), or a newer coldgrid
        has been here (CG-8204).
    """
    database = Database(url)
    try:
        database.migrate()
    except BaseException:
        database.close()
        raise
    return SqlStore(database, retention or Retention())


class SqlStore:
    """Plays ``telemetry.ports.Store``; ``close`` it.

    Parameters
    ----------
    database
        With all tables.
    """

    def __init__(self, database: Database, retention: Retention) -> None:
        self._database = database
        self._retention = retention
        self._shelf = Shelf(
            SqliteReadings() if database.is_sqlite else PostgresReadings(), retention
        )
        self._leases: list[Lease] = []
        self._bell = EventBell(database, self.last_event)

    @property
    def name(self) -> str:
        """Name the store for people, without its password."""
        return self._database.name

    @contextmanager
    def write(self) -> Iterator[SqlLedger]:
        """Open a transaction that is committed at the end, and undone by any exception."""
        for lease in self._leases:
            lease.assure()
        try:
            with self._database.write() as tx:
                ledger = SqlLedger(tx, self._shelf, self._retention)
                yield ledger
        except BaseException:
            # Whatever went wrong: another process may have dropped a day that we know of.
            self._shelf.forget_days()
            raise
        self._shelf.learn(ledger.fresh)
        if ledger.wrote_events:
            self._bell.ring()

    @contextmanager
    def lease(self, name: str) -> Iterator[None]:
        """Be the only monitor of a name while the context lasts; each write makes sure of it.

        Raises
        ------
        StoreUnavailable
            Another one is (CG-8202), or the store does not answer (CG-8201).
        """
        lease = take_lease(self._database, name)
        self._leases.append(lease)
        try:
            yield
        finally:
            self._leases.remove(lease)
            lease.release()

    def readings(
        self,
        sensors: Sequence[str],
        channel: Channel,
        from_ms: int,
        to_ms: int,
        *,
        limit: int | None = None,
    ) -> Sequence[Reading]:
        """Give readings by device time, then sequence, then value; ``to_ms`` is not included."""
        with self._database.read() as tx:
            return self._shelf.read(tx, sensors, channel, (from_ms, to_ms), limit)

    def buckets(
        self, sensors: Sequence[str], channel: Channel, from_ms: int, to_ms: int
    ) -> Sequence[Bucket]:
        """Give five-minute buckets, from raw readings where they are still kept."""
        with self._database.read() as tx:
            return self._shelf.buckets(tx, sensors, channel, (from_ms, to_ms))

    def latest(self, sensors: Sequence[str] | None = None) -> Sequence[Reading]:
        """Give the newest reading of every channel of sensors; of all where none is named."""
        with self._database.read() as tx:
            return self._shelf.latest(tx, sensors)

    def states(self, points: Sequence[str] | None = None) -> Mapping[str, bytes]:
        """Give the saved states of points' machines; of all where none is named."""
        chosen = select(states)
        if points is not None:
            chosen = chosen.where(states.c.key.in_(points))
        with self._database.read() as tx:
            return {row.key: row.payload for row in tx.execute(chosen)}

    def remembered(self) -> Mapping[str, bytes]:
        """Give what decoders must know."""
        with self._database.read() as tx:
            return {row.key: row.payload for row in tx.execute(select(memories))}

    def alarms(
        self,
        *,
        open_only: bool = True,
        points: Sequence[str] | None = None,
        from_ms: int | None = None,
        to_ms: int | None = None,
        limit: int = 1000,
    ) -> Sequence[Alarm]:
        """Give alarms that were raised in a stretch of time, newest first."""
        with self._database.read() as tx:
            return alarm_queries.alarms_of(
                tx, open_only=open_only, points=points, from_ms=from_ms, to_ms=to_ms, limit=limit
            )

    def alarm(self, alarm_id: str) -> Alarm | None:
        """Give one alarm."""
        with self._database.read() as tx:
            return alarm_queries.alarm_of(tx, alarm_id)

    def events(
        self, after: int = 0, *, limit: int = 1000, alarm_id: str | None = None
    ) -> Sequence[NumberedEvent]:
        """Give alarm events behind a number, in order."""
        with self._database.read() as tx:
            return alarm_queries.events_after(tx, after, limit, alarm_id)

    def last_event(self) -> int:
        """Give the number of the newest event; 0 where there is none."""
        with self._database.read() as tx:
            return alarm_queries.last_event(tx)

    def excursions(
        self, *, points: Sequence[str] | None, from_ms: int, to_ms: int
    ) -> Sequence[Excursion]:
        """Give excursions that touch a stretch of time, by point and time."""
        with self._database.read() as tx:
            return alarm_queries.excursions_touching(tx, points, from_ms, to_ms)

    def asides(self, *, reason: Reason | None = None, limit: int = 100) -> Sequence[Aside]:
        """Give what was kept aside, newest first."""
        with self._database.read() as tx:
            return refused.asides_of(tx, reason, limit)

    def counts(self, from_ms: int, to_ms: int) -> Mapping[Reason, int]:
        """Give how much became no reading, per reason, in the hours that touch a stretch."""
        with self._database.read() as tx:
            return refused.counts_of(tx, from_ms, to_ms)

    def submit(self, command: Command) -> int:
        """Ask something of the monitor; gives the number of the command."""
        with self._database.write() as tx:
            return outbox.add_command(tx, command)

    def commands(self, *, limit: int = 1000) -> Sequence[Command]:
        """Give commands that have no answer yet, in order."""
        with self._database.read() as tx:
            return outbox.waiting_commands(tx, limit)

    def outcome(self, number: int) -> CommandOutcome | None:
        """Give what became of a command; None while it waits."""
        with self._database.read() as tx:
            return outbox.outcome_of(tx, number)

    def due_calls(self, now_ms: int, *, limit: int = 100) -> Sequence[Call]:
        """Give calls that wait and may be tried now, oldest first."""
        with self._database.read() as tx:
            return outbox.due_calls(tx, now_ms, limit)

    def update_call(self, call: Call) -> None:
        """Put down how a try went."""
        with self._database.write() as tx:
            outbox.put_call(tx, call)

    def calls(self, *, incident: str | None = None, limit: int = 100) -> Sequence[Call]:
        """Give calls, newest first."""
        with self._database.read() as tx:
            return outbox.newest_calls(tx, incident, limit)

    def wait_for_events(self, after: int, timeout_s: float, look_s: float = LOOK_S) -> bool:
        """Wait until there is an event behind a number; say whether there is."""
        return self._bell.wait(after, timeout_s, look_s)

    def keep_house(self, now_ms: int, registry: Registry | None = None) -> None:
        """Downsample and drop what is older than its retention.

        Parameters
        ----------
        now_ms
            The instant to reckon from.
        registry
            Says whose readings belong to an excursion and stay; without it all of that time do.
        """
        HouseKeeping(self._database, self._shelf, self._retention, registry).run(now_ms)

    def ping(self) -> None:
        """Ask for an answer; raises ``StoreUnavailable`` where none comes."""
        with self._database.read() as tx:
            tx.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let go of everything."""
        self._bell.close()
        self._database.close()
