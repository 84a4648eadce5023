"""Tables of questions and plans: networks, order sets, problems, jobs, plans and their versions."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from api.storage.columns import Document, Instant
from api.storage.tables.base import SEQUENCE, metadata

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
    # PLAN.json to judge, or with which a replan begins; the file of a scenario.
    Column("document", Document, nullable=False),
)

scenario_results = Table(
    "scenario_results",
    metadata,
    Column("job", String(64), ForeignKey("jobs.id"), primary_key=True),
    # coldgrid/scenario-result/1: the answer of a run, as its job ended with it.
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
