"""Tables of batches: what rode with which trip of the plans that drivers act on."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from api.storage.columns import Instant
from api.storage.tables.base import SEQUENCE, metadata

# Written with the stops, when a version becomes the drivers': trips that carry a known batch.
traced_trips = Table(
    "traced_trips",
    metadata,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("plan", String(64), ForeignKey("plans.id"), nullable=False),
    # Empty for what no vehicle carries.
    Column("route", String(200), nullable=False),
    Column("vehicle", String(200), nullable=False),
    Column("echelon", String(20), nullable=False),
    Column("from_site", String(200), nullable=False),
    Column("leaves_at", Instant, nullable=False),
    Column("back_at", Instant, nullable=False),
    # Of the trip with its goods: a version that leaves the trip as it was writes nothing.
    Column("digest", String(64), nullable=False),
    UniqueConstraint("plan", "route"),
)

# A line, or a part of one, per trip and stop. Rows stay when a new version leaves them out: a
# driver without a network may hand over by the old one.
traced_goods = Table(
    "traced_goods",
    metadata,
    Column("trip", SEQUENCE, ForeignKey("traced_trips.number"), primary_key=True),
    Column("site", String(200), primary_key=True),
    Column("visit", Integer, primary_key=True),
    Column("order", String(200), primary_key=True),
    Column("line", String(200), primary_key=True),
    Column("article", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("zone", String(20), nullable=False),
    Column("mass_g", BigInteger, nullable=False),
    Column("arrives_at", Instant, nullable=False),
    # Why no vehicle carries it.
    Column("reason", String(40)),
    # Whether it stands in the version that counts.
    Column("is_planned", Boolean, nullable=False),
    Index(None, "batch"),
)

# Which batches a question asks for, so that drafts can be told of: they have no trips here.
asked_batches = Table(
    "asked_batches",
    metadata,
    Column("problem", String(80), ForeignKey("problems.id"), primary_key=True),
    Column("article", Text, primary_key=True),
    Column("batch", Text, primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("mass_g", BigInteger, nullable=False),
    Index(None, "batch"),
)
