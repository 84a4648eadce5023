"""The on-time board: promise clock, time on board and the mean from order to ready (B1, B4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from api.road.facts import Fate, LineFact, RideFact
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import SiteId
from optimizer.domain.temperature import Zone

DECIDED = (Fate.ON_TIME, Fate.LATE, Fate.FAILED, Fate.OPEN_OVERDUE, Fate.LEFT_OUT)
"""Fates of lines whose promise is kept or broken; an open line may still be either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseCount:
    """The lines of one promise class.

    Parameters
    ----------
    promise
        Its name; None for all classes together.
    planned
        Lines on a route: all but those left out.
    done
        Lines handed over, on time or late.
    failed
        Lines of which nothing was handed over, because all was refused or damaged.
    on_time_share
        Of the lines whose promise is kept or broken; None where there is none.
    """

    promise: str | None
    ordered: int
    planned: int
    done: int
    on_time: int
    late: int
    failed: int
    open: int
    open_overdue: int
    left_out: int
    on_time_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RideCount:
    """The time on board of one zone on one echelon.

    Parameters
    ----------
    rides
        Hand-overs of the zone at a stop.
    """

    echelon: Echelon
    zone: Zone
    rides: int
    over_limit: int
    mean: timedelta
    longest: timedelta
    limit: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTimeBoard:
    """All figures of the board.

    Parameters
    ----------
    order_to_ready
        Mean from the horizon start to the hand-over of lines that were handed over.
    """

    plans: int
    total: PromiseCount
    promises: tuple[PromiseCount, ...]
    rides: tuple[RideCount, ...]
    order_to_ready: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a board is narrowed to; None means everything.

    Parameters
    ----------
    grid
        The region: a grid warehouse.
    site
        A pickup point, or a grid warehouse for the rides of trucks.
    """

    grid: SiteId | None = None
    site: SiteId | None = None

    def takes(self, fact: LineFact | RideFact) -> bool:
        """Say whether a fact belongs to the board."""
        return self.grid in (None, fact.grid) and self.site in (None, fact.site)


def on_time_board(
    plans: int, lines: Iterable[LineFact], rides: Iterable[RideFact], narrowed: Filter
) -> OnTimeBoard:
    """Count.

    Parameters
    ----------
    plans
        How many plans the facts come from.
    lines, rides
        Facts of all plans.
    narrowed
        Which of them count.
    """
    counted = [fact for fact in lines if narrowed.takes(fact)]
    by_promise: dict[str, list[LineFact]] = defaultdict(list)
    for fact in counted:
        by_promise[fact.promise].append(fact)
    return OnTimeBoard(
        plans=plans,
        total=_count(None, counted),
        promises=tuple(_count(name, by_promise[name]) for name in sorted(by_promise)),
        rides=tuple(_rides(fact for fact in rides if narrowed.takes(fact))),
        order_to_ready=_order_to_ready(counted),
    )


def _count(promise: str | None, facts: Sequence[LineFact]) -> PromiseCount:
    fates = Counter(fact.fate for fact in facts)
    decided = sum(fates[fate] for fate in DECIDED)
    return PromiseCount(
        promise=promise,
        ordered=len(facts),
        planned=len(facts) - fates[Fate.LEFT_OUT],
        done=fates[Fate.ON_TIME] + fates[Fate.LATE],
        on_time=fates[Fate.ON_TIME],
        late=fates[Fate.LATE],
        failed=fates[Fate.FAILED],
        open=fates[Fate.OPEN],
        open_overdue=fates[Fate.OPEN_OVERDUE],
        left_out=fates[Fate.LEFT_OUT],
        on_time_share=fates[Fate.ON_TIME] / decided if decided else None,
    )


def _rides(facts: Iterable[RideFact]) -> Iterable[RideCount]:
    groups: dict[tuple[Echelon, Zone], list[RideFact]] = defaultdict(list)
    for fact in facts:
        groups[fact.echelon, fact.zone].append(fact)
    for echelon in Echelon:
        for zone in Zone:
            group = groups.get((echelon, zone))
            if group:
                yield _ride_count(echelon, zone, group)


def _ride_count(echelon: Echelon, zone: Zone, group: Sequence[RideFact]) -> RideCount:
    limits = {fact.limit for fact in group if fact.limit is not None}
    return RideCount(
        echelon=echelon,
        zone=zone,
        rides=len(group),
        over_limit=sum(fact.limit is not None and fact.ride > fact.limit for fact in group),
        mean=sum((fact.ride for fact in group), timedelta()) / len(group),
        longest=max(fact.ride for fact in group),
        # Plans of one range may have different limits: the strictest is shown.
        limit=min(limits, default=None),
    )


def _order_to_ready(facts: Iterable[LineFact]) -> timedelta | None:
    waits = [
        fact.handed_at - fact.ordered_from
        for fact in facts
        if fact.handed_at is not None and fact.fate in (Fate.ON_TIME, Fate.LATE)
    ]
    return sum(waits, timedelta()) / len(waits) if waits else None
