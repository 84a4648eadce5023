"""Orders under way of which nobody has heard anything for too long (D10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from api.road.day import Day
from api.road.tasks import NewTask, TaskKind, TaskRules
from api.road.words import Event
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import OrderId


def stalls(day: Day, events: Iterable[Event], now: datetime, rules: TaskRules) -> Iterator[NewTask]:
    """Give a task for every order that stands still somewhere.

    An order is under way from when the first vehicle with goods of it leaves until all of them are
    accounted for. It is scanned whenever a report names it. An order makes one task, whatever is
    heard of it later.

    Parameters
    ----------
    day
        A plan whose vehicles drive.
    events
        Everything reported about it.
    now
        The present instant.
    rules
        How long an order may go without a scan.
    """
    scanned = _last_scans(events)
    for order, (left_at, site) in _under_way(day).items():
        last = max(left_at, scanned.get(order, left_at))
        if now - last > rules.stalled_after:
            yield NewTask(
                kind=TaskKind.STALLED,
                source=f"{day.id}/{order}",
                plan=day.id,
                site=site,
                order=order,
                due_at=last + rules.stalled_after + rules.due_after,
                body={"last_scan": last.isoformat(), "was_scanned": order in scanned},
            )


def _last_scans(events: Iterable[Event]) -> Mapping[OrderId, datetime]:
    scanned: dict[OrderId, datetime] = {}
    for event in events:
        named = {piece.key.order for piece in event.report.pieces}
        if event.report.order is not None:
            named.add(event.report.order)
        for order in named:
            scanned[order] = max(event.at, scanned.get(order, event.at))
    return scanned


def _under_way(day: Day) -> Mapping[OrderId, tuple[datetime, str]]:
    """Give when orders left and where they go, of those that have not come to all their goods."""
    left: dict[OrderId, datetime] = {}
    missing: dict[OrderId, str] = {}
    for visit in day.visits.values():
        departs = day.plan.horizon.instant(visit.route.departs)
        for key, line in visit.progress.lines.items():
            left[key.order] = min(departs, left.get(key.order, departs))
            if visit.route.echelon is Echelon.LAST_MILE and line.rest_g > 0:
                missing[key.order] = visit.stop.site
    return {order: (left[order], site) for order, site in missing.items()}
