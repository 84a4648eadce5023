"""What Alembic runs: the migrations, on the connection that it was given."""

from __future__ import annotations

from alembic import context

from telemetry.storage.tables import metadata

connection = context.config.attributes["connection"]


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave alone what the application keeps beside us, and the tables of single days."""
    return kind != "table" or name in metadata.tables


context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    include_name=is_ours,
    version_table="coldgrid_telemetry_version",
    # SQLite cannot change a column in place: Alembic then copies the table.
    render_as_batch=True,
)
with context.begin_transaction():
    # Two programs that start together must not both build the tables.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7226321)")
    context.run_migrations()
