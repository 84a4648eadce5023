"""Tables of rerouting: cases, what happened to them, stations reserved, and who is told."""

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
)

from api.storage.columns import Document, Instant
from api.storage.tables.base import SEQUENCE, metadata

# A disruption of a plan on the road with its ranked ways out, until somebody decides.
reroutes = Table(
    "reroutes",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("plan", String(64), ForeignKey("plans.id"), nullable=False),
    # Of the plan, when the proposals were computed.
    Column("plan_version", Integer, nullable=False),
    Column("plan_revision", Integer, nullable=False),
    # Counts computations and decisions: the ETag.
    Column("revision", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("vehicle", String(200)),
    Column("zone", String(20)),
    Column("severity", String(10), nullable=False),
    Column("disruption", JSON, nullable=False),
    # The proposals in short; the whole answer, with a plan per proposal, is the document.
    Column("ranking", JSON, nullable=False),
    Column("answer", Document, nullable=False),
    Column("origin", String(20), nullable=False),
    # The same alarm opens one case, also when it is told twice.
    Column("alarm", String(300), unique=True),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", String(200), nullable=False),
    Column("computed_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", String(200)),
    Column("accepted", Integer),
    Column("automatic", Boolean, nullable=False),
    Column("made_version", Integer),
    Column("reason", String(2000), nullable=False),
    Index(None, "plan"),
    Index(None, "state", "number"),
)

# What happened to the cases: those who follow them read on from the last number that they know.
reroute_events = Table(
    "reroute_events",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("reroute", String(64), ForeignKey("reroutes.id"), nullable=False),
    Column("happened", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", JSON, nullable=False),
    Index(None, "reroute"),
)

# Room and docks that accepted proposals take at stations.
station_reservations = Table(
    "station_reservations",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("reroute", String(64), ForeignKey("reroutes.id"), nullable=False),
    Column("plan", String(64), ForeignKey("plans.id"), nullable=False),
    # Other networks may have another station of the same id, so its place goes with it.
    Column("site", String(200), nullable=False),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("zone", String(20), nullable=False),
    Column("volume_ml", BigInteger, nullable=False),
    Column("dock_from", Instant, nullable=False),
    Column("dock_to", Instant, nullable=False),
    Index(None, "dock_from"),
    Index(None, "reroute"),
)

# What pickup points and devices are told of an accepted case, each until it is delivered.
reroute_news = Table(
    "reroute_news",
    metadata,
    # Named after what it says: told twice, it is one row.
    Column("id", String(64), primary_key=True),
    Column("reroute", String(64), ForeignKey("reroutes.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    # The pickup point or the vehicle that it is for.
    Column("receiver", String(200), nullable=False),
    Column("body", Document, nullable=False),
    Column("state", String(20), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("tries", Integer, nullable=False),
    Column("error", String(500), nullable=False),
    Column("delivered_at", Instant),
    Index(None, "reroute"),
    Index(None, "state", "next_try_at"),
)
