"""Rows that are put down whether or not they are there; both databases say it alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table


def put(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows in the place of those with their key.

    Parameters
    ----------
    tx, table
        Where to.
    rows
        Each with all columns, as the driver takes them; of two with one key the later one holds.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    # PostgreSQL refuses to change a row twice in one statement; in order, writers do not cross.
    newest = {tuple(row[key] for key in keys): row for row in rows}
    _run(tx, table, [newest[key] for key in sorted(newest)], over=True)


def put_new(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows down that are not there; leave those that are; each as the driver takes it."""
    if rows:
        _run(tx, table, rows, over=False)


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


def _run(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, over: bool) -> None:
    names = tuple(rows[0])
    statement = _statement(table, names, over=over, is_postgres=tx.dialect.name == "postgresql")
    tx.exec_driver_sql(statement, [tuple(row[name] for name in names) for row in rows])


@cache
def _statement(table: Table, names: tuple[str, ...], *, over: bool, is_postgres: bool) -> str:
    """Write a statement down once: SQLAlchemy would put it together anew for every batch."""
    keys = [column.name for column in table.primary_key]
    places = ", ".join(["%s" if is_postgres else "?"] * len(names))
    into = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"
    if not over:
        return f"{into} ON CONFLICT DO NOTHING"
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    return f"{into} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"
