"""What is written when a version becomes the one that drivers act on."""

from __future__ import annotations

from collections.abc import Mapping

from api.road.lots import Lot
from api.storage import stops, tracing
from api.storage.database import Transaction
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan


def refresh(tx: Transaction, plan_id: str, plan: Plan, lots: Mapping[LineKey, Lot]) -> None:
    """Write the stops of a version, its orders, and which batch rides where.

    Parameters
    ----------
    tx
        The transaction in which the version becomes the drivers'.
    plan_id
        The plan's id.
    plan
        The version that drivers are to see from now on.
    lots
        What the lines of its question are served from.
    """
    stops.refresh(tx, plan_id, plan)
    tracing.refresh(tx, plan_id, plan, lots)
