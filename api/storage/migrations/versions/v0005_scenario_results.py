"""Answers of scenarios that were run as jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "scenario_results",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("document", columns.Document(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_scenario_results_job")),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_scenario_results")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("scenario_results")
