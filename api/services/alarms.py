"""Alarms: lists, stories, and what people do to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.problem_details import Refusal
from api.road.alarm_rights import AlarmAction, grade_of, why_not
from api.security.principal import Principal
from api.services.asking_the_monitor import Asked, AskingTheMonitor, Wish, to_ms
from api.services.estimates import outlooks
from api.storage.telemetry import TelemetryStore
from telemetry.alarm.words import Alarm, AlarmKind, CommandKind, Severity
from telemetry.estimate.words import Outlook
from telemetry.ports import Call, NumberedEvent, Store
from telemetry.registry import Point, Registry

CHUNK = 1000
"""Alarms that are read from the store at a time."""
MOST_EVENTS = 1000
MOST_CALLS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmQuestion:
    """Which alarms somebody wants to see.

    Parameters
    ----------
    since, until
        By when they were raised; ``until`` is not included.
    after
        Where the page before ended: instant and id of its last alarm.
    """

    open_only: bool = True
    point: str | None = None
    asset: str | None = None
    kind: AlarmKind | None = None
    severity: Severity | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[int, str] | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An alarm with what the registry knows of its point; None where it knows it no more.

    Parameters
    ----------
    outlook
        What the estimate of the point says now; None where it has none, or nobody asked for it.
    """

    alarm: Alarm
    point: Point | None
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmStory:
    """An alarm with all that happened to it, and who was called about its incident."""

    placed: Placed
    events: Sequence[NumberedEvent]
    calls: Sequence[Call]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody wants to do to an alarm.

    Parameters
    ----------
    shelved_for
        For how long it is to be silent, where it is shelved.
    """

    action: AlarmAction
    comment: str | None = None
    shelved_for: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAnswered:
    """What became of a deed; without an alarm the monitor has not answered."""

    asked: Asked
    placed: Placed | None


class Alarms:
    """Shows alarms and passes on what people do to them.

    Parameters
    ----------
    clock
        Gives the current instant.
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

    def find(self, question: AlarmQuestion) -> list[Placed]:
        """Give alarms, the newest first; open ones with the estimate of their point.

        Raises
        ------
        StoreUnavailable
            The store does not answer.
        """
        store = self._telemetry()
        found: list[Placed] = []
        for alarm in _newest_first(store, question, self._points(question)):
            if _is_wanted(alarm, question):
                found.append(self.placed(alarm))
                if len(found) == question.limit:
                    break
        return _with_outlooks(store, found)

    def story(self, alarm_id: str) -> AlarmStory:
        """Give an alarm with its story, and with the estimate of its point while it is open.

        Raises
        ------
        Refusal
            There is no such alarm.
        """
        store = self._telemetry()
        alarm = _alarm(store, alarm_id)
        (placed,) = _with_outlooks(store, [self.placed(alarm)])
        return AlarmStory(
            placed=placed,
            events=store.events(limit=MOST_EVENTS, alarm_id=alarm_id),
            calls=store.calls(incident=alarm.incident, limit=MOST_CALLS),
        )

    def do(self, alarm_id: str, deed: Deed, caller: Principal) -> AlarmAnswered:
        """Ask the monitor to do something to an alarm.

        Raises
        ------
        Refusal
            There is no such alarm, it is not the caller's to treat so, or the monitor says no.
        """
        placed = self.placed(_alarm(self._telemetry(), alarm_id))
        grade = grade_of(None if placed.point is None else placed.point.grade)
        refused = why_not(grade, caller.role.value, deed.action, deed.shelved_for)
        if refused is not None:
            raise Refusal(*refused)
        until = None if deed.shelved_for is None else self._clock() + deed.shelved_for
        wish = Wish(
            kind=CommandKind(deed.action.value),
            target=alarm_id,
            by=caller.name,
            comment=deed.comment,
            until=until,
        )
        asked = self._asking.ask(wish)
        if asked.outcome is None:
            return AlarmAnswered(asked=asked, placed=None)
        after = asked.outcome.alarm or _alarm(self._telemetry(), alarm_id)
        return AlarmAnswered(asked=asked, placed=self.placed(after))

    def placed(self, alarm: Alarm) -> Placed:
        """Add what the registry knows of an alarm's point."""
        return Placed(alarm=alarm, point=self._registry.points.get(alarm.point))

    def _points(self, question: AlarmQuestion) -> Sequence[str] | None:
        """Name the points that are asked for; None means all."""
        if question.asset is None:
            return None if question.point is None else [question.point]
        return [
            point.id
            for point in self._registry
            if point.asset == question.asset and question.point in (None, point.id)
        ]


def _with_outlooks(store: Store, found: Sequence[Placed]) -> list[Placed]:
    points = [one.alarm.point for one in found if one.alarm.is_open]
    told = outlooks(store, points) if points else {}
    return [
        replace(one, outlook=told.get(one.alarm.point)) if one.alarm.is_open else one
        for one in found
    ]


def _newest_first(
    store: Store, question: AlarmQuestion, points: Sequence[str] | None
) -> Iterator[Alarm]:
    """Walk through the alarms of a store, those raised at one instant by their ids."""
    if points is not None and not points:
        return
    after = question.after
    to_ms_ = None if question.until is None else to_ms(question.until)
    if after is not None:
        to_ms_ = after[0] + 1 if to_ms_ is None else min(to_ms_, after[0] + 1)
    size = CHUNK
    given: set[str] = set()
    while True:
        chunk = store.alarms(
            open_only=question.open_only,
            points=points,
            from_ms=None if question.since is None else to_ms(question.since),
            to_ms=to_ms_,
            limit=size,
        )
        is_last = len(chunk) < size
        # Those of the last instant may go on in the next chunk, and are sorted there.
        last_ms = chunk[-1].raised_ms if chunk else 0
        whole = [alarm for alarm in chunk if is_last or alarm.raised_ms > last_ms]
        for alarm in sorted(whole, key=_place):
            if alarm.id not in given and (after is None or _place(alarm) > (-after[0], after[1])):
                given.add(alarm.id)
                yield alarm
        if is_last:
            return
        if whole:
            to_ms_ = last_ms + 1
        else:
            size *= 2


def _place(alarm: Alarm) -> tuple[int, str]:
    return -alarm.raised_ms, alarm.id


def _is_wanted(alarm: Alarm, question: AlarmQuestion) -> bool:
    return question.kind in (None, alarm.kind) and question.severity in (None, alarm.severity)


def _alarm(store: Store, alarm_id: str) -> Alarm:
    alarm = store.alarm(alarm_id)
    if alarm is None:
        raise Refusal("CG-7001", f"there is no alarm {alarm_id}")
    return alarm
