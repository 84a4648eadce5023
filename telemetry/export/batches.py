"""What is left of the shelf life of each batch of a shipment, by the temperatures measured.

The figures are of the air beside the goods: on board, and before that on the vehicle that brought
them and in the room where they waited. The rest of the time since the order's figure counts by the
clock, as the planner counts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.shelf_life import USUAL_AGEING, AgeingModel
from optimizer.domain.temperature import Zone
from telemetry.alarm.excursion import UNKNOWN_AFTER_INTERVALS
from telemetry.export.course import Course, Toll, Track
from telemetry.export.shipment_readings import (
    LogRequest,
    ReadingStore,
    placements_of,
    points_of,
    readings_of,
)
from telemetry.readings import Channel
from telemetry.registry import Placement, Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A time in the compartment or room of a batch's zone at a vehicle or site."""

    asset: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """An order line, or a part of one, on board.

    Parameters
    ----------
    route, site
        The trip, and where it goes.
    batch
        None where the order names none.
    on_board
        From loading to the hand-over, or to the present.
    is_handed_over
        Whether it has arrived.
    left_by_clock_h
        What was left at loading of the order's shelf life, had it gone by the clock; None where
        it has none, negative where it was over.
    ways
        By which stays it may have come, one after the other; a line that several vehicles brought
        has several.
    """

    route: str
    site: str
    order: str
    line: str
    article: str
    batch: str | None
    zone: Zone
    on_board: Stay
    is_handed_over: bool
    left_by_clock_h: float | None
    ways: tuple[tuple[Stay, ...], ...] = ()

    @property
    def stays(self) -> Iterable[Stay]:
        """Give all stays of all ways, and that on board."""
        return (*(stay for way in self.ways for stay in way), self.on_board)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLife:
    """A batch and what the ride cost it.

    Parameters
    ----------
    toll
        Of the time on board.
    reference_c
        The temperature at which hours of shelf life are counted.
    mkt_c
        On board; None for frozen goods, where it is not valid, and where nothing is known.
    before_h
        By how many hours the way before loading cost more than the clock; negative where it was
        colder than the reference. Of several ways the dearest counts.
    unknown_before_minutes
        Minutes of that way without readings; where there was none at all, the clock counts.
    left_at_loading_h, left_h
        When it was loaded, and at the end of its time on board; 0 is over. None where it has no
        shelf life, or nothing was measured on board.
    """

    batch: Batch
    toll: Toll
    reference_c: float
    mkt_c: float | None
    before_h: float
    unknown_before_minutes: float
    left_at_loading_h: float | None
    left_h: float | None


def batch_lives(
    store: ReadingStore,
    registry: Registry,
    request: LogRequest,
    batches: Sequence[Batch],
    ageing: Mapping[Zone, AgeingModel] = USUAL_AGEING,
) -> list[BatchLife]:
    """Say what the ride cost each batch, in their order.

    Parameters
    ----------
    store
        Where the readings are.
    registry
        Which sensor was where.
    request
        Who asks, and about what.
    batches
        What was on board; of a place without a sensor nothing is known.
    ageing
        How the goods of each zone age.
    """
    stays: dict[str, dict[Zone, list[Stay]]] = {}
    for one in batches:
        for stay in one.stays:
            stays.setdefault(stay.asset, {}).setdefault(one.zone, []).append(stay)
    courses: dict[tuple[str, Zone], Course] = {}
    for asset, by_zone in stays.items():
        tracks = _tracks(store, registry, _narrowed(request, registry, asset, by_zone))
        for zone, there in by_zone.items():
            instants = {at_ms for stay in there for at_ms in (stay.from_ms, stay.to_ms)}
            courses[asset, zone] = Course(tracks[zone], ageing[zone].rate, instants)
    return [_life(one, courses, ageing[one.zone]) for one in batches]


def _life(
    batch: Batch, courses: Mapping[tuple[str, Zone], Course], model: AgeingModel
) -> BatchLife:
    def toll_of(stay: Stay) -> Toll:
        return courses[stay.asset, batch.zone].toll(stay.from_ms, stay.to_ms)

    toll = toll_of(batch.on_board)
    ways = (_beyond_the_clock(map(toll_of, way)) for way in batch.ways)
    before_h, unknown_before = max(ways, default=(0.0, 0.0))
    loaded_h = left_h = None
    if batch.left_by_clock_h is not None:
        loaded_h = max(0.0, batch.left_by_clock_h - before_h)
        left_h = None if toll.used_h is None else max(0.0, loaded_h - toll.used_h)
    return BatchLife(
        batch=batch,
        toll=toll,
        reference_c=model.reference_c,
        mkt_c=None if batch.zone is Zone.FROZEN else toll.mkt_c,
        before_h=before_h,
        unknown_before_minutes=unknown_before,
        left_at_loading_h=loaded_h,
        left_h=left_h,
    )


def _beyond_the_clock(tolls: Iterable[Toll]) -> tuple[float, float]:
    """Give the hours that stays cost beyond the clock, and their unknown minutes."""
    beyond_h = unknown = 0.0
    for toll in tolls:
        unknown += toll.unknown_minutes
        if toll.used_h is not None:
            beyond_h += toll.used_h - toll.minutes / 60.0
    return beyond_h, unknown


def _narrowed(
    request: LogRequest, registry: Registry, asset: str, stays: Mapping[Zone, Sequence[Stay]]
) -> LogRequest:
    """Ask about one vehicle or site, while the goods were there."""
    there = [stay for some in stays.values() for stay in some]
    return replace(
        request,
        points=tuple(
            name for name in points_of(registry, asset) if registry.points[name].zone in stays
        ),
        from_ms=min(stay.from_ms for stay in there),
        to_ms=max(stay.to_ms for stay in there),
    )


def _tracks(
    store: ReadingStore, registry: Registry, request: LogRequest
) -> Mapping[Zone, list[Track]]:
    """Give what the sensors of each zone measured."""
    placed = list(placements_of(registry, request))
    # The reading ahead of loading says how warm it was then, and so does the one behind the end.
    more_ms = max((_gap_ms(placement) for _, placement in placed), default=0)
    wider = replace(request, from_ms=request.from_ms - more_ms, to_ms=request.to_ms + more_ms)
    samples: dict[tuple[str, int | None], list[tuple[int, float]]] = {}
    for _, placement, one in readings_of(store, registry, wider, (Channel.TEMPERATURE,)):
        of_sensor = samples.setdefault((placement.sensor, placement.from_ms), [])
        of_sensor.append((one.at_ms, placement.corrected_c(one.value)))
    tracks: dict[Zone, list[Track]] = {zone: [] for zone in Zone}
    for point, placement in placed:
        found = samples.get((placement.sensor, placement.from_ms), [])
        if point.zone is not None:
            tracks[point.zone].append(_track(placement, found, request))
    return tracks


def _track(
    placement: Placement, samples: Sequence[tuple[int, float]], request: LogRequest
) -> Track:
    begins = (request.from_ms, *(() if placement.from_ms is None else (placement.from_ms,)))
    ends = (request.to_ms, *(() if placement.to_ms is None else (placement.to_ms,)))
    return Track(
        samples=samples,
        from_ms=max(begins),
        to_ms=min(ends),
        gap_ms=_gap_ms(placement),
    )


def _gap_ms(placement: Placement) -> int:
    return 1000 * UNKNOWN_AFTER_INTERVALS * placement.interval_s
