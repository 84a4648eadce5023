"""Every table of the store, but for those that hold one day of raw readings (``reading_tables``).

The migrations in ``migrations/versions`` build the same tables; a test holds the two together. All
names begin alike, so that the store can share a database with the application. What nobody searches
by stands in a JSON document.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SEQUENCE = BigInteger().with_variant(Integer, "sqlite")
"""A number that counts up by itself; SQLite does that for INTEGER alone."""

READINGS = "telemetry_readings"
"""PostgreSQL's parent of the days; with a date behind it, one day."""

# --- readings -----------------------------------------------------------------------------------

# A sensor's name is long and stands in every reading: readings bear its number.
sensors = Table(
    "telemetry_sensors",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

latest = Table(
    "telemetry_latest",
    metadata,
    Column("sensor", Integer, primary_key=True, autoincrement=False),
    Column("channel", SmallInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("value", Double, nullable=False),
    Column("arrived_ms", BigInteger, nullable=False),
    Column("marks", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Raw readings outside the days: what came when it was very old, and the surroundings of excursions
# whose days are gone.
readings_old = Table(
    "telemetry_readings_old",
    metadata,
    Column("sensor", Integer, primary_key=True, autoincrement=False),
    Column("channel", SmallInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Double, primary_key=True, autoincrement=False),
    Column("arrived_ms", BigInteger, nullable=False),
    Column("marks", SmallInteger, nullable=False),
    # Whether a stored bucket counts it: 0 no, 1 yes, 2 while it is being decided.
    Column("counted", SmallInteger, nullable=False),
    Index(None, "at_ms"),
    sqlite_with_rowid=False,
)

buckets = Table(
    "telemetry_buckets",
    metadata,
    Column("sensor", Integer, primary_key=True, autoincrement=False),
    Column("channel", SmallInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("low", Double, nullable=False),
    Column("mean", Double, nullable=False),
    Column("high", Double, nullable=False),
    sqlite_with_rowid=False,
)

# --- what became no reading ---------------------------------------------------------------------

asides = Table(
    "telemetry_asides",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("arrived_ms", BigInteger, nullable=False),
    Index(None, "reason", "number"),
)

counts = Table(
    "telemetry_counts",
    metadata,
    Column("hour_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

# --- alarms -------------------------------------------------------------------------------------

alarms = Table(
    "telemetry_alarms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("point", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("raised_ms", BigInteger, nullable=False),
    Column("cleared_ms", BigInteger, nullable=True),
    Column("is_open", Boolean, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index(None, "is_open", "raised_ms"),
    Index(None, "point", "raised_ms"),
    Index(None, "raised_ms"),
)

# One sequence without gaps: the store gives the numbers, in the order of the commits.
events = Table(
    "telemetry_events",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("alarm", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index(None, "alarm", "number"),
)

excursions = Table(
    "telemetry_excursions",
    metadata,
    Column("point", Text, primary_key=True),
    Column("from_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("to_ms", BigInteger, nullable=True),
    Column("document", LargeBinary, nullable=False),
    Index(None, "from_ms"),
)

states = Table(
    "telemetry_states",
    metadata,
    Column("key", Text, primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

memories = Table(
    "telemetry_memories",
    metadata,
    Column("key", Text, primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

# --- asked, and sent ----------------------------------------------------------------------------

commands = Table(
    "telemetry_commands",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("is_answered", Boolean, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("outcome", LargeBinary, nullable=True),
    Index(
        "ix_telemetry_commands_waiting",
        "number",
        sqlite_where=text("NOT is_answered"),
        postgresql_where=text("NOT is_answered"),
    ),
    sqlite_autoincrement=True,
)

calls = Table(
    "telemetry_calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("incident", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("next_try_ms", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index(None, "state", "next_try_ms"),
    Index(None, "incident"),
    Index(None, "created_ms"),
)
