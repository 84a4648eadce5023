"""Networks that stay from day to day, and the orders of a day for one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from api.storage.database import Transaction
from api.storage.tables import networks, order_sets


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkNote:
    """A network without its document."""

    id: str
    name: str
    sites: int
    vehicles: int
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSetNote:
    """A set of orders without its document.

    Parameters
    ----------
    refused
        ``rows`` that were left out, and the ``faults`` that their sender was told.
    """

    id: str
    network: str
    name: str
    lines: int
    refused: Mapping[str, Any]
    created_at: datetime
    created_by: str


_NETWORK = [networks.c[name] for name in NetworkNote.__slots__]
_ORDER_SET = [order_sets.c[name] for name in OrderSetNote.__slots__]


def add_network(tx: Transaction, note: NetworkNote, document: bytes) -> None:
    """Store a network; the document is the JSON form of a problem without orders."""
    values = {name: getattr(note, name) for name in NetworkNote.__slots__}
    tx.execute(insert(networks).values(values | {"document": document}))


def network(tx: Transaction, name: str) -> NetworkNote | None:
    """Give a network without its document; None where there is none of this id."""
    row = tx.execute(select(*_NETWORK).where(networks.c.id == name)).one_or_none()
    return None if row is None else NetworkNote(**row._asdict())


def network_document(tx: Transaction, name: str) -> bytes | None:
    """Give the document of a network; None where there is none of this id."""
    query = select(networks.c.document).where(networks.c.id == name)
    found: bytes | None = tx.execute(query).scalar()
    return found


def newest_networks(tx: Transaction, *, limit: int) -> list[NetworkNote]:
    """Give networks, the newest first."""
    order = (networks.c.created_at.desc(), networks.c.id)
    rows = tx.execute(select(*_NETWORK).order_by(*order).limit(limit))
    return [NetworkNote(**row._asdict()) for row in rows]


def add_order_set(tx: Transaction, note: OrderSetNote, document: bytes) -> None:
    """Store a set of orders; the document has ``orders`` and what overrides the network."""
    values = {name: getattr(note, name) for name in OrderSetNote.__slots__}
    tx.execute(insert(order_sets).values(values | {"document": document}))


def order_set(tx: Transaction, name: str) -> OrderSetNote | None:
    """Give a set of orders without its document; None where there is none of this id."""
    row = tx.execute(select(*_ORDER_SET).where(order_sets.c.id == name)).one_or_none()
    return None if row is None else OrderSetNote(**row._asdict())


def order_set_document(tx: Transaction, name: str) -> bytes | None:
    """Give the document of a set of orders; None where there is none of this id."""
    query = select(order_sets.c.document).where(order_sets.c.id == name)
    found: bytes | None = tx.execute(query).scalar()
    return found


def newest_order_sets(
    tx: Transaction, *, limit: int, network: str | None = None
) -> list[OrderSetNote]:
    """Give sets of orders, the newest first."""
    order = (order_sets.c.created_at.desc(), order_sets.c.id)
    query = select(*_ORDER_SET).order_by(*order).limit(limit)
    if network is not None:
        query = query.where(order_sets.c.network == network)
    return [OrderSetNote(**row._asdict()) for row in tx.execute(query)]
