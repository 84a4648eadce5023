"""Networks and order sets, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.storage import questions
from api.storage.database import Clash, Database
from api.storage.questions import NetworkNote, OrderSetNote
from tests.serving import MORNING

DOCUMENT = '{"name": "桂花巷", "x": [1.5, null]}'.encode()


def network(number: int) -> NetworkNote:
    return NetworkNote(
        id=f"network-{number}", name="市", sites=3, vehicles=2,
        created_at=MORNING + timedelta(minutes=number), created_by="user:li",
    )  # fmt: skip


def order_set(number: int, of: int) -> OrderSetNote:
    return OrderSetNote(
        id=f"orders-{number}", network=f"network-{of}", name="", lines=2,
        refused={"rows": 1, "faults": [{"code": "CG-1006"}]},
        created_at=MORNING + timedelta(minutes=number), created_by="user:li",
    )  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as tx:
        for number in (1, 2, 3):
            questions.add_network(tx, network(number), DOCUMENT)
        for number, of in ((1, 1), (2, 2), (3, 1)):
            questions.add_order_set(tx, order_set(number, of), DOCUMENT)
    return database


def test_what_was_stored_comes_back(filled: Database) -> None:
    with filled.read() as tx:
        assert questions.network(tx, "network-2") == network(2)
        assert questions.network_document(tx, "network-2") == DOCUMENT
        assert questions.order_set(tx, "orders-3") == order_set(3, 1)
        assert questions.order_set_document(tx, "orders-3") == DOCUMENT


def test_what_was_not_stored_is_none(filled: Database) -> None:
    with filled.read() as tx:
        assert questions.network(tx, "x") is None
        assert questions.network_document(tx, "x") is None
        assert questions.order_set(tx, "x") is None
        assert questions.order_set_document(tx, "x") is None


def test_the_newest_come_first(filled: Database) -> None:
    with filled.read() as tx:
        assert questions.newest_networks(tx, limit=2) == [network(3), network(2)]
        of_one = questions.newest_order_sets(tx, limit=9, network="network-1")
        assert of_one == [order_set(3, 1), order_set(1, 1)]
        assert len(questions.newest_order_sets(tx, limit=9)) == 3


def test_orders_belong_to_a_network_that_exists(filled: Database) -> None:
    with pytest.raises(Clash), filled.write() as tx:
        questions.add_order_set(tx, order_set(4, 9), DOCUMENT)
