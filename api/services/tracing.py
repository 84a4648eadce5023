"""Batches followed through all plans that drivers act on: what a recall needs to know at once.

A recall asks the service's own database alone, so that it is answered while the telemetry store is
away; only the trace, which says how warm it was, needs both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.problem_details import Refusal
from api.road.lots import Trip
from api.road.progress import line_progress
from api.road.recall import Affected, Leg, Lying, affected, lyings
from api.road.words import Event
from api.services.asking_the_monitor import to_ms
from api.storage import road, tracing
from api.storage.database import Database, Transaction
from api.storage.stops import stop_id
from api.storage.telemetry import TelemetryStore
from api.storage.tracing import DraftWith, GoodsRow, TripRow
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.temperature import Zone
from telemetry.alarm.words import Excursion
from telemetry.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWith:
    """A plan that drivers act on, and in which goods of the batch ride."""

    id: str
    name: str
    state: str
    version: int
    horizon_start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """All goods of a batch.

    Parameters
    ----------
    asked_at
        When it was looked.
    articles
        Articles that have a batch of this name: several are several batches.
    affected
        Every line served from it, plan by plan in the order of driving.
    drafts
        Plans that nobody drives yet, whose orders ask for it.
    """

    batch: str
    asked_at: datetime
    articles: Sequence[str]
    plans: Sequence[PlanWith]
    affected: Sequence[Affected]
    drafts: Sequence[DraftWith]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stay of goods of the batch, with what was measured there meanwhile.

    Parameters
    ----------
    points
        The registry's points of its zone there; empty where nothing is measured.
    excursions
        Times outside the band during the stay, the earliest first; defrosts are none.
    """

    lying: Lying
    points: tuple[str, ...]
    excursions: tuple[Excursion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The way of a batch.

    Parameters
    ----------
    stages
        The earliest first, those to come last.
    first_broken
        The stage and the excursion in which goods of it were first out of their band; None where
        that was never measured.
    """

    recall: Recall
    stages: Sequence[Stage]
    first_broken: tuple[Stage, Excursion] | None


class Tracing:
    """Follows batches.

    Parameters
    ----------
    clock
        Gives the current instant.
    """

    def __init__(
        self,
        database: Database,
        telemetry: TelemetryStore,
        registry: Registry,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._telemetry = telemetry
        self._registry = registry
        self._clock = clock

    def recall(self, batch: str, article: str | None = None) -> Recall:
        """Say which lines are served from a batch and where they are.

        Parameters
        ----------
        batch
            Its name, as the orders have it.
        article
            Whose batch; None means of any article.

        Raises
        ------
        Refusal
            No order names such a batch.
        """
        return self._found(batch, article)[0]

    def trace(self, batch: str, article: str | None = None) -> Trace:
        """Say where a batch lay and rode, how warm that was, and where it first broke its band.

        Parameters
        ----------
        batch, article
            As with a recall.

        Raises
        ------
        Refusal
            No order names such a batch.
        StoreUnavailable
            The telemetry store does not answer.
        """
        recall, legs = self._found(batch, article)
        stages = self._stages(lyings(legs), recall.asked_at)
        broken = [(stage, one) for stage in stages for one in stage.excursions]
        first = min(broken, key=lambda pair: _begun_ms(*pair), default=None)
        return Trace(recall=recall, stages=stages, first_broken=first)

    def _found(self, batch: str, article: str | None) -> tuple[Recall, list[Leg]]:
        now = self._clock()
        with self._database.read() as tx:
            rows = tracing.goods_of(tx, batch, article)
            trips = tracing.trips(tx, {row.trip for row in rows})
            drafts = tracing.drafts_with(tx, batch, article)
            if not rows and not drafts:
                whose = "" if article is None else f" of article {article}"
                raise Refusal("CG-7001", f"no order of any plan names a batch {batch}{whose}")
            stops = _by_stop(rows, trips)
            events = _events(tx, list(stops), {row.carried.key for row in rows})
        legs = list(_legs(stops, events))
        recall = Recall(
            batch=batch,
            asked_at=now,
            articles=_articles(rows, drafts),
            plans=_plans(trips.values()),
            affected=sorted(affected(legs, now), key=_in_order),
            drafts=drafts,
        )
        return recall, legs

    def _stages(self, stays: Sequence[Lying], now: datetime) -> list[Stage]:
        places = self._points(stays)
        began = [one for one in stays if one.starts_at <= now]
        watched = sorted({name for one in began for name in places[one.asset, one.zone]})
        found: dict[str, list[Excursion]] = {}
        if watched:
            begins = min(to_ms(one.starts_at) for one in began)
            for one in self._telemetry().excursions(
                points=watched, from_ms=begins, to_ms=to_ms(now)
            ):
                if not one.defrost:
                    found.setdefault(one.point, []).append(one)
        return [_stage(one, places[one.asset, one.zone], found, now) for one in stays]

    def _points(self, stays: Iterable[Lying]) -> dict[tuple[str, Zone], tuple[str, ...]]:
        there: dict[tuple[str, Zone], list[str]] = {}
        for point in self._registry:
            if point.zone is not None:
                there.setdefault((point.asset, point.zone), []).append(point.id)
        places = {(one.asset, one.zone) for one in stays}
        return {place: tuple(there.get(place, ())) for place in places}


def _stage(
    lying: Lying, points: tuple[str, ...], found: Mapping[str, Sequence[Excursion]], now: datetime
) -> Stage:
    begins, ends = to_ms(lying.starts_at), to_ms(min(lying.ends_at, now))
    during = [
        one
        for name in points
        for one in found.get(name, ())
        if one.from_ms < ends and (one.to_ms is None or one.to_ms > begins)
    ]
    during.sort(key=lambda one: (one.from_ms, one.point))
    return Stage(lying=lying, points=points, excursions=tuple(during))


def _begun_ms(stage: Stage, excursion: Excursion) -> int:
    """Give from when on the goods were in it: what began before they came counts from then."""
    return max(to_ms(stage.lying.starts_at), excursion.from_ms)


def _by_stop(
    rows: Iterable[GoodsRow], trips: Mapping[int, TripRow]
) -> dict[str, tuple[TripRow, list[GoodsRow]]]:
    """Put rows together that one stop hands over, by the stop's id."""
    visits: dict[tuple[int, SiteId, int], list[GoodsRow]] = {}
    for row in rows:
        visits.setdefault((row.trip, row.carried.site, row.carried.visit), []).append(row)
    found = {}
    for (number, site, visit), here in visits.items():
        trip = trips[number]
        found[stop_id(trip.plan, trip.trip.route, site, visit)] = (trip, here)
    return found


def _events(tx: Transaction, stops: Sequence[str], keys: set[LineKey]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in road.events_about(tx, stops, keys):
        found.setdefault(event.stop, []).append(event)
    return found


def _legs(
    stops: Mapping[str, tuple[TripRow, Sequence[GoodsRow]]], events: Mapping[str, Sequence[Event]]
) -> Iterator[Leg]:
    for stop, (trip, here) in stops.items():
        planned = {row.carried.key: (row.carried.zone, row.carried.mass_g) for row in here}
        lines = line_progress(planned, events.get(stop, ()))
        for row in here:
            yield Leg(
                plan=trip.plan,
                starts_at=trip.horizon_start,
                trip=trip.trip,
                carried=row.carried,
                is_planned=row.is_planned,
                progress=lines[row.carried.key],
            )


def _plans(trips: Iterable[TripRow]) -> list[PlanWith]:
    found = {
        row.plan: PlanWith(
            id=row.plan,
            name=row.plan_name,
            state=row.state,
            version=row.version,
            horizon_start=row.horizon_start,
        )
        for row in trips
    }
    return sorted(found.values(), key=lambda one: (one.horizon_start, one.id))


def _articles(rows: Sequence[GoodsRow], drafts: Sequence[DraftWith]) -> list[str]:
    return sorted({row.carried.article for row in rows} | {one.asked.article for one in drafts})


def _in_order(one: Affected) -> tuple[datetime, str, datetime, str, str, LineKey]:
    leg = one.leg
    trip: Trip = leg.trip
    return (
        leg.starts_at, leg.plan, trip.leaves_at, trip.route, leg.carried.site, leg.carried.key
    )  # fmt: skip
