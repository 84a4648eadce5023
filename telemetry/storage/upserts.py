"""Rows that are put down whether or not they are there; both databases say it alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def put(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows in the place of those with their key.

    Parameters
    ----------
    tx, table
        Where to.
    rows
        Each with all columns; of two with one key the later one holds.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    # PostgreSQL refuses to change a row twice in one statement; in order, writers do not cross.
    newest = {tuple(row[key] for key in keys): row for row in rows}
    ordered = [newest[key] for key in sorted(newest)]
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in ordered[0] if name not in keys}
    tx.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), ordered)


def put_new(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows down that are not there; leave those that are."""
    if rows:
        insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
        tx.execute(insert(table).on_conflict_do_nothing(), list(rows))


def put_payloads(tx: Connection, table: Table, rows: Sequence[tuple[str, bytes]]) -> None:
    """Put payloads down under their keys; driver SQL, as it is done for every batch.

    Parameters
    ----------
    tx, table
        Where to; a table with the columns ``key`` and ``payload``.
    rows
        Of two with one key the later one holds.
    """
    if not rows:
        return
    newest = sorted(dict(rows).items())
    changed = "ON CONFLICT (key) DO UPDATE SET payload = excluded.payload"
    into = f"INSERT INTO {table.name} (key, payload)"
    if tx.dialect.name == "postgresql":
        columns = tuple(list(column) for column in zip(*newest, strict=True))
        source = "SELECT * FROM unnest(%s::text[], %s::bytea[])"
        tx.exec_driver_sql(f"{into} {source} {changed}", columns)
    else:
        tx.exec_driver_sql(f"{into} VALUES (?, ?) {changed}", newest)
