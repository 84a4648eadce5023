"""Reroutes: cases with their proposals, what happened to them, and what they reserve."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    _cases()
    _events()
    _reservations()


def _cases() -> None:
    op.create_table(
        "reroutes",
        sa.Column("number", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("plan_revision", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("vehicle", sa.String(length=200), nullable=True),
        sa.Column("zone", sa.String(length=20), nullable=True),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("disruption", sa.JSON(), nullable=False),
        sa.Column("ranking", sa.JSON(), nullable=False),
        sa.Column("answer", columns.Document(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("alarm", sa.String(length=300), nullable=True),
        sa.Column("opened_at", columns.Instant(length=27), nullable=False),
        sa.Column("opened_by", sa.String(length=200), nullable=False),
        sa.Column("computed_at", columns.Instant(length=27), nullable=False),
        sa.Column("decided_at", columns.Instant(length=27), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("made_version", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_reroutes_plan")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reroutes")),
        sa.UniqueConstraint("alarm", name=op.f("uq_reroutes_alarm")),
        sa.UniqueConstraint("id", name=op.f("uq_reroutes_id")),
    )
    with op.batch_alter_table("reroutes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reroutes_plan"), ["plan"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_reroutes_state_number"), ["state", "number"], unique=False
        )


def _events() -> None:
    op.create_table(
        "reroute_events",
        sa.Column("number", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("reroute", sa.String(length=64), nullable=False),
        sa.Column("happened", sa.String(length=20), nullable=False),
        sa.Column("at", columns.Instant(length=27), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reroute"], ["reroutes.id"], name=op.f("fk_reroute_events_reroute")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reroute_events")),
    )
    with op.batch_alter_table("reroute_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reroute_events_reroute"), ["reroute"], unique=False)


def _reservations() -> None:
    op.create_table(
        "station_reservations",
        sa.Column("number", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("reroute", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("zone", sa.String(length=20), nullable=False),
        sa.Column("volume_ml", sa.BigInteger(), nullable=False),
        sa.Column("dock_from", columns.Instant(length=27), nullable=False),
        sa.Column("dock_to", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_station_reservations_plan")),
        sa.ForeignKeyConstraint(
            ["reroute"], ["reroutes.id"], name=op.f("fk_station_reservations_reroute")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_station_reservations")),
    )
    with op.batch_alter_table("station_reservations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_station_reservations_dock_from"), ["dock_from"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_station_reservations_reroute"), ["reroute"], unique=False
        )


def downgrade() -> None:
    """Take back."""
    for table, indexes in {
        "station_reservations": ("reroute", "dock_from"),
        "reroute_events": ("reroute",),
        "reroutes": ("state_number", "plan"),
    }.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in indexes:
                batch_op.drop_index(batch_op.f(f"ix_{table}_{name}"))
        op.drop_table(table)
