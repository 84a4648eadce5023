"""Every table of the service: read this for what there is to know about a day.

The migrations in ``migrations/versions`` build the same tables step by step; a test holds the two
together. Ids are texts that coldgrid makes up, but for events, which their sender names.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from api.storage.columns import Document, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SEQUENCE = BigInteger().with_variant(Integer, "sqlite")
"""A number that counts up by itself; SQLite does that for INTEGER alone."""

# --- questions ----------------------------------------------------------------------------------

networks = Table(
    "networks",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("document", Document, nullable=False),
    Column("sites", Integer, nullable=False),
    Column("vehicles", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
)

order_sets = Table(
    "order_sets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("network", String(64), ForeignKey("networks.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("document", Document, nullable=False),
    Column("lines", Integer, nullable=False),
    # Faults of rows that were refused, as the sender was told.
    Column("refused", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Index(None, "network"),
)

# A problem is named after its content: the same question twice is one row.
problems = Table(
    "problems",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("digest", String(80), nullable=False),
    Column("document", Document, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
)

# --- work ---------------------------------------------------------------------------------------

jobs = Table(
    "jobs",
    metadata,
    # Jobs start in the order of this number.
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("problem", String(80), ForeignKey("problems.id"), nullable=False),
    # Limit, seed, engine and what a replan holds fixed.
    Column("request", JSON, nullable=False),
    # The plan that the job makes, or of which it makes a version.
    Column("plan", String(64), nullable=False),
    Column("base_version", Integer),
    Column("result_version", Integer),
    Column("attempt", Integer, nullable=False),
    Column("stop_asked", Boolean, nullable=False),
    # A problem detail where the job failed.
    Column("cause", JSON),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    # A sender who got no answer asks again with the same key and gets the same job.
    Column("idempotency_key", String(200)),
    UniqueConstraint("created_by", "idempotency_key"),
    Index(None, "state", "number"),
    Index(None, "plan"),
)

# Apart from the jobs, for they are large and lists of jobs have no use for them.
job_materials = Table(
    "job_materials",
    metadata,
    Column("job", String(64), ForeignKey("jobs.id"), primary_key=True),
    # PLAN.json to judge, or with which a replan begins.
    Column("document", Document, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    # Counts every change of version, state, pins or locks: the ETag.
    Column("revision", Integer, nullable=False),
    Column("horizon_start", Instant, nullable=False),
    # Pins and locks are the dispatcher's and outlive versions.
    Column("pins", JSON, nullable=False),
    Column("locks", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Index(None, "horizon_start"),
    Index(None, "state"),
)

plan_versions = Table(
    "plan_versions",
    metadata,
    Column("plan", String(64), ForeignKey("plans.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("problem", String(80), ForeignKey("problems.id"), nullable=False),
    Column("document", Document, nullable=False),
    Column("feasible", Boolean, nullable=False),
    Column("objective_cents", BigInteger, nullable=False),
    Column("unserved", Integer, nullable=False),
    # planned, replanned, revised, undone, late orders: a word and a sentence.
    Column("reason", String(40), nullable=False),
    Column("note", String(2000), nullable=False),
    # The version that an undo brought back.
    Column("restores", Integer),
    # One job makes one version, also when its result is stored twice.
    Column("job", String(64), ForeignKey("jobs.id"), unique=True),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
)

# What people did to a plan, with their words: a step of its life, pins, a version made by hand.
plan_changes = Table(
    "plan_changes",
    metadata,
    Column("plan", String(64), ForeignKey("plans.id"), primary_key=True),
    # The revision that the change led to: each change of a plan has its own.
    Column("revision", Integer, primary_key=True),
    Column("change", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("note", String(2000), nullable=False),
    # Why somebody let a version with violations be driven.
    Column("accepted", String(2000)),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False),
)

# --- the road -----------------------------------------------------------------------------------

# Written when a version is published: the stops that drivers report on. The id is derived from
# plan, route, site and visit, so a stop keeps its id through versions that keep its visit.
stops = Table(
    "stops",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("plan", String(64), ForeignKey("plans.id"), nullable=False),
    Column("route", String(200), nullable=False),
    Column("vehicle", String(200), nullable=False),
    Column("site", String(200), nullable=False),
    Column("visit", Integer, nullable=False),
    Index(None, "plan"),
    Index(None, "vehicle"),
)

stop_events = Table(
    "stop_events",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("client_event_id", String(100), nullable=False, unique=True),
    Column("plan", String(64), nullable=False),
    Column("stop", String(64), ForeignKey("stops.id"), nullable=False),
    Column("vehicle", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", JSON, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("received_from", String(200), nullable=False),
    Index(None, "plan", "number"),
    Index(None, "stop"),
)

positions = Table(
    "positions",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("client_event_id", String(100), nullable=False, unique=True),
    Column("vehicle", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("received_from", String(200), nullable=False),
    Index(None, "vehicle", "at"),
)

# Which published plans an order rides with, so that a phone number's question needs no scan.
tracked_orders = Table(
    "tracked_orders",
    metadata,
    Column("order", String(200), primary_key=True),
    Column("plan", String(64), ForeignKey("plans.id"), primary_key=True),
    Index(None, "plan"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    # What gave rise to the task, e.g. an event and a line: the same cause makes one task.
    Column("source", String(300), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("site", String(200), nullable=False),
    Column("order", String(200), nullable=False),
    Column("line", String(200), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("done_by", String(200)),
    Column("outcome", JSON),
    UniqueConstraint("kind", "source"),
    Index(None, "state", "due_at"),
)

# Order rows to send again; the next plan of the network takes them along.
resends = Table(
    "resends",
    metadata,
    Column("task", String(64), ForeignKey("tasks.id"), primary_key=True),
    Column("row", JSON, nullable=False),
    Column("taken_by", String(64)),
    Column("created_at", Instant, nullable=False),
)

# --- watching -----------------------------------------------------------------------------------

# Which compartment has goods of which route in it from when to when, and what the monitor was told
# of that. Rows stay: they say afterwards on which lane something broke.
goods_on_board = Table(
    "goods_on_board",
    metadata,
    Column("plan", String(64), ForeignKey("plans.id"), primary_key=True),
    Column("route", String(200), primary_key=True),
    # The point of the registry: vehicle and zone.
    Column("point", String(300), primary_key=True),
    # The site that the route starts from.
    Column("lane", String(200), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    # Whether the compartment is empty before that, or the plan or route is gone.
    Column("is_over", Boolean, nullable=False),
    # What the monitor was told last: arm or disarm, and until when.
    Column("told", String(10)),
    Column("told_until", Instant),
    # The command that told it, until its outcome was looked at.
    Column("command", BigInteger),
    Index(None, "ends_at"),
)

# --- people and machines ------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("password_hash", String(300), nullable=False),
    Column("role", String(20), nullable=False),
    # A driver sees one vehicle, a leader some sites; null means no narrowing.
    Column("vehicle", String(200)),
    Column("sites", JSON),
    Column("failed_logins", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("disabled_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    # SHA-256 of the cookie: who reads the database cannot take over a session.
    Column("token_digest", String(64), primary_key=True),
    Column("user", String(64), ForeignKey("users.id"), nullable=False),
    Column("csrf_digest", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "user"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("prefix", String(20), nullable=False, unique=True),
    Column("key_digest", String(64), nullable=False),
    Column("role", String(20), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("vehicle", String(200)),
    Column("sites", JSON),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("status", Integer, nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("detail", JSON, nullable=False),
    Index(None, "at"),
    Index(None, "actor"),
)
