"""Transactions over SQLite or PostgreSQL, with the tables brought up to date on opening.

SQLite: write-ahead log, a commit is on disk before it is answered, and a transaction that means
to write takes the lock when it begins, so that it cannot lose it half-way. PostgreSQL: READ
COMMITTED; whoever changes a row says in the WHERE clause what he thinks it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import TypeAlias

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from optimizer.domain.errors import ColdgridError
from telemetry.storage.troubles import cause_of

Transaction: TypeAlias = Connection
"""What store functions take first."""

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 10_000
"""How long a writer waits for the other one before it gives up."""

CONNECT_S = 5
"""How long a server may take to answer the first time."""

ONE_STATE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""How PostgreSQL is told what SQLite does in any transaction."""

Clash = IntegrityError
"""A row with this key is there already."""


class DatabaseUnavailable(ColdgridError):
    """The database cannot be opened, or does not answer."""


class Database:
    """One database; ``close`` it.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` or ``postgresql+psycopg://…``.

    Attributes
    ----------
    troubles
        How often it did not answer.
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.troubles = 0
        try:
            self._engine = self._connectable()
        except ImportError as error:
            cause = f"database setting: the driver of {self.url.drivername} is missing: {error}"
            raise DatabaseUnavailable("CG-7011", cause) from error

    @property
    def name(self) -> str:
        """Name the database for people, without its password."""
        shown = {key: value for key, value in self.url.query.items() if key != "password"}
        return self.url.set(query=shown).render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Say whether this is a file of ours rather than a server."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that sees one state of the database and changes nothing."""
        options = {} if self.is_sqlite else ONE_STATE
        with (
            self._named(),
            self._engine.connect().execution_options(**options) as connection,
        ):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that is committed at the end, and undone by any exception."""
        options = {"coldgrid_writes": True} if self.is_sqlite else {}
        with (
            self._named(),
            self._engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def lasting(self) -> Iterator[Connection]:
        """Open a connection of its own, outside any transaction, that stays open for long."""
        with self._named():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            yield connection
        finally:
            connection.invalidate()
            connection.close()

    def migrate(self) -> None:
        """Bring the tables up to date, all or nothing.

        Raises
        ------
        DatabaseUnavailable
            It does not answer, or a newer coldgrid has brought it further than this one knows.
        """
        try:
            with self.write() as tx:
                command.upgrade(migration_config(tx), "head")
        except CommandError as error:
            raise DatabaseUnavailable("CG-7601", f"database {self.name}: {error}") from error

    def ping(self) -> None:
        """Ask the database for an answer.

        Raises
        ------
        DatabaseUnavailable
            It gives none.
        """
        with self.read() as tx:
            tx.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    def _connectable(self) -> Engine:
        if not self.is_sqlite:
            patience = {} if "connect_timeout" in self.url.query else {"connect_timeout": CONNECT_S}
            return create_engine(self.url, pool_size=10, pool_pre_ping=True, connect_args=patience)
        engine = create_engine(self.url, connect_args={"timeout": BUSY_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say which database failed; a clash of keys is for the caller to understand."""
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise self._unavailable(error) from error
        except DatabaseError as error:
            # SQLite says so of a file that is none of its own; other kinds are defects of ours.
            if type(error) is not DatabaseError:
                raise
            raise self._unavailable(error) from error

    def _unavailable(self, error: SQLAlchemyError) -> DatabaseUnavailable:
        self.troubles += 1
        return DatabaseUnavailable("CG-7010", f"database {self.name}: {cause_of(self.url, error)}")


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
        raise DatabaseUnavailable("CG-7011", f"database setting: {error}") from error
    if dialect not in {"sqlite", "postgresql"}:
        raise DatabaseUnavailable("CG-7011", f"database setting: {dialect} is not supported")
    if dialect == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise DatabaseUnavailable("CG-7011", "database setting: sqlite needs the name of a file")
    return parsed


def _prepare_sqlite(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
    # Python would begin transactions on its own terms; _begin_sqlite does it on ours.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("coldgrid_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
