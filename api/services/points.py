"""Points: whether they are watched, what was measured there last, and what people ask of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.problem_details import Refusal
from api.services.asking_the_monitor import Asked, AskingTheMonitor, Wish, to_ms
from api.services.estimates import SavedPoint, saved_points
from api.services.ranges import TimeRange
from api.services.shared_answers import SharedAnswers
from api.storage.telemetry import TelemetryStore
from telemetry.alarm import watch
from telemetry.alarm.state import PointState, Watch
from telemetry.alarm.words import Alarm, Excursion
from telemetry.estimate.words import Outlook
from telemetry.readings import Channel, Reading
from telemetry.registry import Placement, Point, PointKind, Registry

MOST_OPEN = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PointQuestion:
    """Which points somebody wants to see.

    Parameters
    ----------
    after
        The id of the last point of the page before.
    """

    asset: str | None = None
    alarming: bool = False
    after: str | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The newest reading of a channel at a point, with the sensor's offset.

    Parameters
    ----------
    age_s
        How long ago it was measured.
    """

    reading: Reading
    corrected: float
    age_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointStanding:
    """A point as it is now.

    Parameters
    ----------
    outlook
        What its estimate says; None where it has none.
    """

    point: Point
    state: PointState
    latest: Sequence[Latest]
    alarms: Sequence[Alarm]
    outlook: Outlook | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointAnswered:
    """What became of a wish; without a standing the monitor has not answered."""

    asked: Asked
    standing: PointStanding | None


class Points:
    """Shows points and passes on what people ask of them.

    Parameters
    ----------
    clock
        Gives the current instant.

    Attributes
    ----------
    shared
        Lists of points as they were written for boards; whoever may list points sees all of them.
    """

    def __init__(
        self,
        telemetry: TelemetryStore,
        registry: Registry,
        asking: AskingTheMonitor,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._telemetry = telemetry
        self._registry = registry
        self._asking = asking
        self._clock = clock
        self.shared = SharedAnswers()

    def find(self, question: PointQuestion) -> list[PointStanding]:
        """Give points in the order of their ids.

        Raises
        ------
        StoreUnavailable
            The store does not answer.
        """
        open_alarms = self._open_alarms()
        wanted = [
            point
            for name, point in sorted(self._registry.points.items())
            if question.asset in (None, point.asset)
            and (question.after is None or name > question.after)
            and (not question.alarming or name in open_alarms)
        ]
        return self._standings(wanted[: question.limit], open_alarms)

    def read(self, point_id: str) -> PointStanding:
        """Give a point.

        Raises
        ------
        Refusal
            There is no such point.
        """
        return self._standings([self.point(point_id)], self._open_alarms([point_id]))[0]

    def point(self, point_id: str) -> Point:
        """Give what the registry knows of a point.

        Raises
        ------
        Refusal
            There is no such point.
        """
        point = self._registry.points.get(point_id)
        if point is None:
            raise Refusal("CG-7001", f"there is no point {point_id}")
        return point

    def excursions(self, point_id: str, wanted: TimeRange) -> Sequence[Excursion]:
        """Give the excursions of a point that touch a stretch of time.

        Raises
        ------
        Refusal
            There is no such point.
        """
        self.point(point_id)
        store = self._telemetry()
        return store.excursions(points=[point_id], from_ms=wanted.from_ms, to_ms=wanted.to_ms)

    def ask(self, wish: Wish) -> PointAnswered:
        """Ask something of the monitor about a point.

        Raises
        ------
        Refusal
            There is no such point, or the monitor says no.
        """
        self.point(wish.target)
        asked = self._asking.ask(wish)
        self.shared.forget()
        standing = None if asked.outcome is None else self.read(wish.target)
        return PointAnswered(asked=asked, standing=standing)

    def _open_alarms(self, points: Sequence[str] | None = None) -> Mapping[str, list[Alarm]]:
        found: defaultdict[str, list[Alarm]] = defaultdict(list)
        for alarm in self._telemetry().alarms(points=points, limit=MOST_OPEN):
            found[alarm.point].append(alarm)
        return found

    def _standings(
        self, points: Sequence[Point], open_alarms: Mapping[str, list[Alarm]]
    ) -> list[PointStanding]:
        store, now_ms = self._telemetry(), to_ms(self._clock())
        saved = saved_points(store, [point.id for point in points])
        placed = {
            point.id: [
                one for one in self._registry.placements_at(point.id) if one.holds_at(now_ms)
            ]
            for point in points
        }
        sensors = sorted({one.sensor for placements in placed.values() for one in placements})
        newest = _by_sensor(store.latest(sensors) if sensors else ())
        return [
            PointStanding(
                point=point,
                state=_state(point, saved.get(point.id), now_ms),
                latest=_latest(placed[point.id], newest, now_ms),
                alarms=open_alarms.get(point.id, ()),
                outlook=_outlook(saved.get(point.id)),
            )
            for point in points
        ]


def corrected(reading: Reading, placement: Placement | None) -> float:
    """Give a value with the sensor's offset, which counts for temperatures alone."""
    if placement is None or reading.channel is not Channel.TEMPERATURE:
        return reading.value
    return placement.corrected_c(reading.value)


def _outlook(saved: SavedPoint | None) -> Outlook | None:
    return None if saved is None else saved.outlook


def _state(point: Point, saved: SavedPoint | None, now_ms: int) -> PointState:
    """Read how a point stands, counting states that have ended since the monitor looked."""
    if saved is None:
        always = point.always_armed or point.kind is PointKind.GATEWAY
        resting = Watch.ARMED if always else Watch.OFF
        return PointState(point=point.id, watch=resting, always_armed=always)
    return watch.turn(saved.state, now_ms)[0]


def _by_sensor(readings: Iterable[Reading]) -> Mapping[str, list[Reading]]:
    found: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        found[reading.sensor].append(reading)
    return found


def _latest(
    placements: Sequence[Placement], newest: Mapping[str, list[Reading]], now_ms: int
) -> list[Latest]:
    """Give what was measured last while each sensor was here: one value a sensor and channel."""
    found = [
        Latest(
            reading=reading,
            corrected=corrected(reading, placement),
            age_s=(now_ms - reading.at_ms) / 1000,
        )
        for placement in placements
        for reading in newest.get(placement.sensor, ())
        if placement.holds_at(reading.at_ms)
    ]
    return sorted(found, key=lambda one: (one.reading.channel, one.reading.sensor))
