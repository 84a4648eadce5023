"""Empties and returns of an order: who fetches them, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from api.road.day import Day
from optimizer.domain.ids import LineKey, OrderId, SiteId, VehicleId
from optimizer.domain.orders import Collect, CollectKind
from optimizer.domain.plan import Unserved
from optimizer.domain.units import Grams


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectTrack:
    """Empties or a return of an order: who fetches them, when, or why nobody does.

    Parameters
    ----------
    vehicle, stop
        None where they are left behind.
    reason, detail
        Why they are left behind.
    """

    key: LineKey
    site: SiteId
    kind: CollectKind
    mass_g: Grams
    vehicle: VehicleId | None = None
    stop: str | None = None
    planned_at: datetime | None = None
    expected_at: datetime | None = None
    reason: str | None = None
    detail: str | None = None


def track_collects(day: Day, order: OrderId) -> list[CollectTrack]:
    """Say of everything that is collected for an order who fetches it, and when.

    Parameters
    ----------
    day
        A day with its outlook.
    order
        The order.
    """
    left = {unserved.key: unserved for unserved in day.plan.unserved}
    found = (one for key, one in day.problem.collects.items() if key.order == order)
    return [_collect(day, one, left.get(one.key)) for one in found]


def _collect(day: Day, collect: Collect, left: Unserved | None) -> CollectTrack:
    known = CollectTrack(
        key=collect.key, site=collect.site, kind=collect.kind, mass_g=collect.mass_g
    )
    if left is not None:
        return replace(known, reason=left.reason.value, detail=left.detail)
    for visit in day.visits.values():
        if any(item.key == collect.key for item in visit.stop.collects):
            return replace(
                known,
                vehicle=visit.route.vehicle,
                stop=visit.id,
                planned_at=day.problem.horizon.instant(visit.stop.service_starts),
                expected_at=visit.expected_at,
            )
    return known
