"""News of accepted cases: what pickup points and devices are told, until it is delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "reroute_news",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("reroute", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("body", columns.Document(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("next_try_at", columns.Instant(length=27), nullable=False),
        sa.Column("expires_at", columns.Instant(length=27), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("delivered_at", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(["reroute"], ["reroutes.id"], name=op.f("fk_reroute_news_reroute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reroute_news")),
    )
    with op.batch_alter_table("reroute_news", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reroute_news_reroute"), ["reroute"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_reroute_news_state_next_try_at"),
            ["state", "next_try_at"],
            unique=False,
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("reroute_news", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reroute_news_state_next_try_at"))
        batch_op.drop_index(batch_op.f("ix_reroute_news_reroute"))
    op.drop_table("reroute_news")
