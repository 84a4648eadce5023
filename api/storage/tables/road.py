"""Tables of the road: stops and reports, positions, tasks, and goods in compartments."""

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
    String,
    Table,
    UniqueConstraint,
)

from api.storage.columns import Instant
from api.storage.tables.base import SEQUENCE, metadata

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
