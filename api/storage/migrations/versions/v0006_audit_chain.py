"""The audit log is chained by digests, and the database refuses to change what stands in it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from api.storage import columns
from api.storage.audit_chain import BEGIN, FIELDS, digest_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEVER = "the audit log is append-only"

SQLITE_UP = (
    "CREATE TRIGGER audit_keeps_its_notes BEFORE UPDATE ON audit "
    f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    "CREATE TRIGGER audit_loses_no_note BEFORE DELETE ON audit "
    f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    # INSERT OR REPLACE takes the old row away without asking the trigger above.
    "CREATE TRIGGER audit_replaces_no_note BEFORE INSERT ON audit "
    "WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number) "
    f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
)
SQLITE_DOWN = (
    "DROP TRIGGER audit_keeps_its_notes",
    "DROP TRIGGER audit_loses_no_note",
    "DROP TRIGGER audit_replaces_no_note",
)
POSTGRES_UP = (
    "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{NEVER}'; END $$",
    "CREATE TRIGGER audit_keeps_its_notes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
)
POSTGRES_DOWN = (
    "DROP TRIGGER audit_keeps_its_notes ON audit",
    "DROP FUNCTION audit_is_append_only()",
)


def upgrade() -> None:
    """Apply; notes that are there already are chained as they stand."""
    op.add_column(
        "audit", sa.Column("digest", sa.String(length=64), nullable=False, server_default="")
    )
    _chain_what_is_there()
    for statement in SQLITE_UP if _on_sqlite() else POSTGRES_UP:
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Take back."""
    for statement in SQLITE_DOWN if _on_sqlite() else POSTGRES_DOWN:
        op.execute(sa.text(statement))
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_column("digest")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _chain_what_is_there() -> None:
    other: dict[str, sa.types.TypeEngine[Any]] = {
        "at": columns.Instant(length=27),
        "detail": sa.JSON(),
        "status": sa.Integer(),
    }
    audit = sa.table(
        "audit",
        sa.column("number", sa.BigInteger()),
        sa.column("digest", sa.String()),
        *(sa.column(name, other.get(name, sa.String())) for name in FIELDS),
    )
    connection = op.get_bind()
    before = BEGIN
    # All are read first: SQLite may show a row again that was changed while it was walked over.
    for row in connection.execute(sa.select(audit).order_by(audit.c.number)).all():
        before = digest_of(before, row._asdict())
        change = sa.update(audit).where(audit.c.number == row.number).values(digest=before)
        connection.execute(change)
