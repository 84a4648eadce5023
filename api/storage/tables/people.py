"""Tables of people and machines: users, sessions, keys, and the audit log."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from api.storage.columns import Instant
from api.storage.tables.base import SEQUENCE, metadata

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
    # Covers the note and the digest before it; see ``audit_chain``.
    Column("digest", String(64), nullable=False, server_default=""),
    Index(None, "at"),
    Index(None, "actor"),
)
