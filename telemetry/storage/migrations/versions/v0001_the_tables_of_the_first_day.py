"""The tables of the first day."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "telemetry_alarms",
    "telemetry_asides",
    "telemetry_buckets",
    "telemetry_calls",
    "telemetry_commands",
    "telemetry_counts",
    "telemetry_events",
    "telemetry_excursions",
    "telemetry_latest",
    "telemetry_memories",
    "telemetry_readings_old",
    "telemetry_sensors",
    "telemetry_states",
)


def upgrade() -> None:  # noqa: PLR0915 - a list of steps
    """Apply."""
    op.create_table(
        "telemetry_alarms",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("raised_ms", sa.BigInteger(), nullable=False),
        sa.Column("cleared_ms", sa.BigInteger(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telemetry_alarms")),
    )
    with op.batch_alter_table("telemetry_alarms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_telemetry_alarms_is_open_raised_ms"),
            ["is_open", "raised_ms"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_telemetry_alarms_point_raised_ms"), ["point", "raised_ms"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_telemetry_alarms_raised_ms"), ["raised_ms"], unique=False
        )

    op.create_table(
        "telemetry_asides",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("arrived_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_telemetry_asides")),
    )
    with op.batch_alter_table("telemetry_asides", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_telemetry_asides_reason_number"), ["reason", "number"], unique=False
        )

    op.create_table(
        "telemetry_buckets",
        sa.Column("sensor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("sensor", "channel", "at_ms", name=op.f("pk_telemetry_buckets")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "telemetry_calls",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("next_try_ms", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telemetry_calls")),
    )
    with op.batch_alter_table("telemetry_calls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_telemetry_calls_created_ms"), ["created_ms"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_telemetry_calls_incident"), ["incident"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_telemetry_calls_state_next_try_ms"),
            ["state", "next_try_ms"],
            unique=False,
        )

    op.create_table(
        "telemetry_commands",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_telemetry_commands")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("telemetry_commands", schema=None) as batch_op:
        batch_op.create_index(
            "ix_telemetry_commands_waiting",
            ["number"],
            unique=False,
            sqlite_where=sa.text("NOT is_answered"),
            postgresql_where=sa.text("NOT is_answered"),
        )

    op.create_table(
        "telemetry_counts",
        sa.Column("hour_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hour_ms", "reason", name=op.f("pk_telemetry_counts")),
    )
    op.create_table(
        "telemetry_events",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_telemetry_events")),
    )
    with op.batch_alter_table("telemetry_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_telemetry_events_alarm_number"), ["alarm", "number"], unique=False
        )

    op.create_table(
        "telemetry_excursions",
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("point", "from_ms", "kind", name=op.f("pk_telemetry_excursions")),
    )
    with op.batch_alter_table("telemetry_excursions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_telemetry_excursions_from_ms"), ["from_ms"], unique=False
        )

    op.create_table(
        "telemetry_latest",
        sa.Column("sensor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("arrived_ms", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sensor", "channel", name=op.f("pk_telemetry_latest")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "telemetry_memories",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_telemetry_memories")),
    )
    op.create_table(
        "telemetry_readings_old",
        sa.Column("sensor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), autoincrement=False, nullable=False),
        sa.Column("arrived_ms", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.SmallInteger(), nullable=False),
        sa.Column("counted", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "sensor",
            "channel",
            "at_ms",
            "sequence",
            "value",
            name=op.f("pk_telemetry_readings_old"),
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("telemetry_readings_old", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_telemetry_readings_old_at_ms"), ["at_ms"], unique=False
        )

    op.create_table(
        "telemetry_sensors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telemetry_sensors")),
        sa.UniqueConstraint("name", name=op.f("uq_telemetry_sensors_name")),
    )
    op.create_table(
        "telemetry_states",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_telemetry_states")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Autogeneration knows no partitions; SQLite's days are tables that nothing joins.
        op.execute(
            "CREATE TABLE telemetry_readings (sensor integer NOT NULL, channel smallint NOT NULL,"
            " at_ms bigint NOT NULL, sequence bigint NOT NULL, value double precision NOT NULL,"
            " arrived_ms bigint NOT NULL, marks smallint NOT NULL,"
            " PRIMARY KEY (sensor, channel, at_ms, sequence, value)) PARTITION BY RANGE (at_ms)"
        )


def downgrade() -> None:
    """Take back, with the tables of the days."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_table("telemetry_readings")
    names = sa.inspect(connection).get_table_names()
    for name in names:
        if re.fullmatch(r"telemetry_readings_\d{8}", name):
            op.drop_table(name)
    # Their indices go with them.
    for name in reversed(TABLES):
        op.drop_table(name)
