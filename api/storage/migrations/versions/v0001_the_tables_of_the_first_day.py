"""The tables of the first day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("vehicle", sa.String(length=200), nullable=True),
        sa.Column("sites", sa.JSON(), nullable=True),
        sa.Column("expires_at", columns.Instant(length=27), nullable=False),
        sa.Column("revoked_at", columns.Instant(length=27), nullable=True),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_table(
        "audit",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", columns.Instant(length=27), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)

    op.create_table(
        "networks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("document", columns.Document(), nullable=False),
        sa.Column("sites", sa.Integer(), nullable=False),
        sa.Column("vehicles", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks")),
    )
    op.create_table(
        "plans",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("horizon_start", columns.Instant(length=27), nullable=False),
        sa.Column("pins", sa.JSON(), nullable=False),
        sa.Column("locks", sa.JSON(), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_plans")),
        sa.UniqueConstraint("id", name=op.f("uq_plans_id")),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_horizon_start"), ["horizon_start"], unique=False)
        batch_op.create_index(batch_op.f("ix_plans_state"), ["state"], unique=False)

    op.create_table(
        "positions",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("client_event_id", sa.String(length=100), nullable=False),
        sa.Column("vehicle", sa.String(length=200), nullable=False),
        sa.Column("at", columns.Instant(length=27), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("received_at", columns.Instant(length=27), nullable=False),
        sa.Column("received_from", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_positions")),
        sa.UniqueConstraint("client_event_id", name=op.f("uq_positions_client_event_id")),
    )
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_positions_vehicle_at"), ["vehicle", "at"], unique=False
        )

    op.create_table(
        "problems",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("document", columns.Document(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("order", sa.String(length=200), nullable=False),
        sa.Column("line", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("due_at", columns.Instant(length=27), nullable=False),
        sa.Column("done_at", columns.Instant(length=27), nullable=True),
        sa.Column("done_by", sa.String(length=200), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("kind", "source", name=op.f("uq_tasks_kind_source")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tasks_state_due_at"), ["state", "due_at"], unique=False
        )

    op.create_table(
        "users",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("vehicle", sa.String(length=200), nullable=True),
        sa.Column("sites", sa.JSON(), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", columns.Instant(length=27), nullable=True),
        sa.Column("disabled_at", columns.Instant(length=27), nullable=True),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "jobs",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.String(length=80), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("result_version", sa.Integer(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.JSON(), nullable=True),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("started_at", columns.Instant(length=27), nullable=True),
        sa.Column("finished_at", columns.Instant(length=27), nullable=True),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["problem"], ["problems.id"], name=op.f("fk_jobs_problem")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_jobs")),
        sa.UniqueConstraint(
            "created_by", "idempotency_key", name=op.f("uq_jobs_created_by_idempotency_key")
        ),
        sa.UniqueConstraint("id", name=op.f("uq_jobs_id")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_plan"), ["plan"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_state_number"), ["state", "number"], unique=False)

    op.create_table(
        "job_materials",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("document", columns.Document(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_job_materials_job")),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_materials")),
    )
    op.create_table(
        "order_sets",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("document", columns.Document(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["network"], ["networks.id"], name=op.f("fk_order_sets_network")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_sets")),
    )
    with op.batch_alter_table("order_sets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_sets_network"), ["network"], unique=False)

    op.create_table(
        "resends",
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_resends_task")),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_resends")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("csrf_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("seen_at", columns.Instant(length=27), nullable=False),
        sa.Column("expires_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_sessions_user")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user"), ["user"], unique=False)

    op.create_table(
        "stops",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("vehicle", sa.String(length=200), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_stops_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stops")),
    )
    with op.batch_alter_table("stops", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stops_plan"), ["plan"], unique=False)
        batch_op.create_index(batch_op.f("ix_stops_vehicle"), ["vehicle"], unique=False)

    op.create_table(
        "tracked_orders",
        sa.Column("order", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_tracked_orders_plan")),
        sa.PrimaryKeyConstraint("order", "plan", name=op.f("pk_tracked_orders")),
    )
    with op.batch_alter_table("tracked_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tracked_orders_plan"), ["plan"], unique=False)

    op.create_table(
        "plan_versions",
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=80), nullable=False),
        sa.Column("document", columns.Document(), nullable=False),
        sa.Column("feasible", sa.Boolean(), nullable=False),
        sa.Column("objective_cents", sa.BigInteger(), nullable=False),
        sa.Column("unserved", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("job", sa.String(length=64), nullable=True),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_plan_versions_job")),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_plan_versions_plan")),
        sa.ForeignKeyConstraint(
            ["problem"], ["problems.id"], name=op.f("fk_plan_versions_problem")
        ),
        sa.PrimaryKeyConstraint("plan", "version", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint("job", name=op.f("uq_plan_versions_job")),
    )
    op.create_table(
        "plan_changes",
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("accepted", sa.String(length=2000), nullable=True),
        sa.Column("changed_at", columns.Instant(length=27), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_plan_changes_plan")),
        sa.PrimaryKeyConstraint("plan", "revision", name=op.f("pk_plan_changes")),
    )
    op.create_table(
        "stop_events",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("client_event_id", sa.String(length=100), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("stop", sa.String(length=64), nullable=False),
        sa.Column("vehicle", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", columns.Instant(length=27), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("received_at", columns.Instant(length=27), nullable=False),
        sa.Column("received_from", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["stop"], ["stops.id"], name=op.f("fk_stop_events_stop")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_stop_events")),
        sa.UniqueConstraint("client_event_id", name=op.f("uq_stop_events_client_event_id")),
    )
    with op.batch_alter_table("stop_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stop_events_plan_number"), ["plan", "number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_stop_events_stop"), ["stop"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("stop_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stop_events_stop"))
        batch_op.drop_index(batch_op.f("ix_stop_events_plan_number"))

    op.drop_table("stop_events")
    op.drop_table("plan_changes")
    op.drop_table("plan_versions")
    with op.batch_alter_table("tracked_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tracked_orders_plan"))

    op.drop_table("tracked_orders")
    with op.batch_alter_table("stops", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stops_vehicle"))
        batch_op.drop_index(batch_op.f("ix_stops_plan"))

    op.drop_table("stops")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_user"))

    op.drop_table("sessions")
    op.drop_table("resends")
    with op.batch_alter_table("order_sets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_sets_network"))

    op.drop_table("order_sets")
    op.drop_table("job_materials")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_state_number"))
        batch_op.drop_index(batch_op.f("ix_jobs_plan"))

    op.drop_table("jobs")
    op.drop_table("users")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_state_due_at"))

    op.drop_table("tasks")
    op.drop_table("problems")
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_positions_vehicle_at"))

    op.drop_table("positions")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plans_state"))
        batch_op.drop_index(batch_op.f("ix_plans_horizon_start"))

    op.drop_table("plans")
    op.drop_table("networks")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_at"))
        batch_op.drop_index(batch_op.f("ix_audit_actor"))

    op.drop_table("audit")
    op.drop_table("api_keys")
