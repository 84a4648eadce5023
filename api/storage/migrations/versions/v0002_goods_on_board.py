"""Goods on board: which compartment is watched for which plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "goods_on_board",
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("point", sa.String(length=300), nullable=False),
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("starts_at", columns.Instant(length=27), nullable=False),
        sa.Column("ends_at", columns.Instant(length=27), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("told", sa.String(length=10), nullable=True),
        sa.Column("told_until", columns.Instant(length=27), nullable=True),
        sa.Column("command", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_goods_on_board_plan")),
        sa.PrimaryKeyConstraint("plan", "route", "point", name=op.f("pk_goods_on_board")),
    )
    with op.batch_alter_table("goods_on_board", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goods_on_board_ends_at"), ["ends_at"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("goods_on_board", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goods_on_board_ends_at"))

    op.drop_table("goods_on_board")
