"""What Alembic runs: the migrations, on the connection that it was given."""

from __future__ import annotations

from alembic import context

from api.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    user_module_prefix="columns.",
    # SQLite cannot change a column in place: Alembic then copies the table.
    render_as_batch=True,
)
with context.begin_transaction():
    # Two servers that start together must not both build the tables.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7226317)")
    context.run_migrations()
