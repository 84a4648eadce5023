"""Transactions over SQLite or PostgreSQL, with the tables brought up to date on opening.

SQLite: write-ahead log, a commit is on disk before it is answered, and a transaction that means
to write takes the lock when it begins. PostgreSQL: READ COMMITTED to write, one state to read.
Whatever a database fails at leaves as ``StoreUnavailable``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from telemetry.errors import StoreUnavailable
from telemetry.storage.troubles import cause_of
from telemetry.storage.turn import Turn

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 20_000
"""How long a writer waits for the other one before it gives up."""

WRITING_KIB, READING_KIB = 8_192, 1_024
"""Pages that a connection of SQLite keeps: what batches change, and what a question walks through.

Each of the connections fills its own in the course of hours, and there are twenty that read.
"""

CHECKPOINT_PAGES = 4_000
"""How much the write-ahead log holds before it is copied home; a page changed often is copied once.
"""

PATIENCE = {
    "connect_timeout": 5,
    # A server that vanished without a word is noticed while we wait for its answer.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How long PostgreSQL's library waits; each may stand in the address instead."""

ONE_STATE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""How PostgreSQL is told what SQLite does in any transaction."""


class Database:
    """One database; ``close`` it.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` or ``postgresql+psycopg://…``.
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self._turn = Turn(self.file) if self.is_sqlite else None
        try:
            self._engine = self._connectable()
            self._writing = self._sqlite(WRITING_KIB) if self.is_sqlite else self._engine
        except ImportError as error:
            cause = f"the driver of {self.url.drivername} is missing: {error}"
            raise StoreUnavailable("CG-8203", f"store setting: {cause}") from error
        # What is asked of the driver itself fails in its own words.
        self._driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error

    @property
    def name(self) -> str:
        """Name the database for people, without its password."""
        shown = {key: value for key, value in self.url.query.items() if key != "password"}
        return self.url.set(query=shown).render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Say whether this is a file of ours rather than a server."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path:
        """Name the file of an SQLite database."""
        return Path(str(self.url.database))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and changes nothing."""
        with self.named(), self._engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(**ONE_STATE)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end, and undone by any exception."""
        with self.named(), self._writing.connect() as connection:
            if self._turn is not None:
                with self._turn.taken():
                    driver_of(connection).execute("BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    @contextmanager
    def lasting(self) -> Iterator[Connection]:
        """Open a connection of its own, outside any transaction, that stays open for long."""
        with self.named():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            yield connection
        finally:
            # What was locked or listened to on it must not go back to the pool.
            connection.invalidate()
            connection.close()

    @contextmanager
    def named(self) -> Iterator[None]:
        """Say of a failure which database it was, and why.

        Raises
        ------
        StoreUnavailable
            The body failed at the database.
        """
        try:
            yield
        except (SQLAlchemyError, self._driver_error, OSError) as error:
            cause = f"telemetry store {self.name}: {cause_of(self.url, error)}"
            raise StoreUnavailable("CG-8201", cause) from error

    def migrate(self) -> None:
        """Bring the tables up to date, all or nothing.

        Raises
        ------
        StoreUnavailable
            It does not answer, or a newer coldgrid has brought it further than this one knows.
        """
        try:
            with self.write() as tx:
                command.upgrade(migration_config(tx), "head")
        except CommandError as error:
            raise StoreUnavailable("CG-8204", f"telemetry store {self.name}: {error}") from error

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()
        self._writing.dispose()

    def _connectable(self) -> Engine:
        if not self.is_sqlite:
            patience = {key: most for key, most in PATIENCE.items() if key not in self.url.query}
            return create_engine(
                self.url,
                pool_size=10,
                # Each who waits for events holds one.
                max_overflow=30,
                pool_pre_ping=True,
                connect_args=patience,
            )
        return self._sqlite(READING_KIB)

    def _sqlite(self, cache_kib: int) -> Engine:
        engine = create_engine(self.url, pool_size=10, connect_args={"timeout": BUSY_MS / 1000})
        event.listen(engine, "connect", partial(self._prepare_sqlite, cache_kib))
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _prepare_sqlite(
        self, cache_kib: int, connection: SqliteConnection, _entry: ConnectionPoolEntry
    ) -> None:
        # Python would begin transactions on its own terms; _begin_sqlite does it on ours.
        connection.isolation_level = None
        settings = (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"cache_size=-{cache_kib}",
            f"wal_autocheckpoint={CHECKPOINT_PAGES}",
        )
        # Two programs that make one file new must not both change its way of writing.
        with self._turn.taken() if self._turn else nullcontext():
            for setting in settings:
                connection.execute(f"PRAGMA {setting}")


def driver_of(connection: Connection) -> SqliteConnection:
    """Give the driver's own connection, for what is said to SQLite with every batch.

    What fails on it fails in the driver's words; whoever reads or writes names both alike.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, SqliteConnection)
    return driver


def migration_config(connection: Connection) -> Config:
    """Tell Alembic where the migrations are and which connection they run on."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        dialect = parsed.get_dialect().name
    except (ArgumentError, SQLAlchemyError, ImportError) as error:
        raise StoreUnavailable("CG-8203", f"store setting: {error}") from error
    if dialect not in {"sqlite", "postgresql"}:
        raise StoreUnavailable("CG-8203", f"store setting: {dialect} is not supported")
    if dialect == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise StoreUnavailable("CG-8203", "store setting: sqlite needs the name of a file")
    return parsed


def _begin_sqlite(connection: Connection) -> None:
    driver = driver_of(connection)
    if not driver.in_transaction:
        driver.execute("BEGIN")
