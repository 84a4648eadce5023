"""Alarm events become calls: one per incident and receiver; pure but for ``Caller``'s question.

Told are the news in ``words.NEWS``: to those whom the roster names, and that an alarm is over to
those who heard of it. A shelved alarm calls nobody. What happens to one incident within
``Roster.gather_s`` becomes one message: a call waits so long for its first try, and then takes with
it whatever has joined since (``outbox``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from telemetry.alarm.words import AlarmEvent, EventKind
from telemetry.calling.alert import OVER, News, decoded, encoded
from telemetry.calling.composing import alert, news_of
from telemetry.calling.gathering import CALLS_OF_AN_INCIDENT, Outbox
from telemetry.calling.roster import Receiver, Roster
from telemetry.ports import Call, CallState
from telemetry.registry import Point, PointKind

CALLING = frozenset(
    {EventKind.RAISED, EventKind.WORSENED, EventKind.ESCALATED, EventKind.RE_ALARMED}
)

Address = tuple[str, str]
"""Incident and receiver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Turns events into calls.

    Parameters
    ----------
    points
        The registry's points by id.
    calls_of
        Gives the calls of an incident so far; see ``caller_on``.
    clock_ms
        Gives the current time: whose shift it is.
    """

    roster: Roster
    points: Mapping[str, Point]
    calls_of: Callable[[str], Sequence[Call]]
    clock_ms: Callable[[], int]

    def __call__(self, events: Sequence[AlarmEvent]) -> tuple[Call, ...]:
        """Give the calls that follow from events; the same events and store give the same."""
        ended = {event.alarm.incident for event in events if _is_end(event)}
        earlier = {incident: self.calls_of(incident) for incident in sorted(ended)}
        return calls_for(
            events,
            roster=self.roster,
            points=self.points,
            earlier=earlier,
            now_ms=self.clock_ms(),
        )


def caller_on(
    store: Outbox, roster: Roster, points: Mapping[str, Point], clock_ms: Callable[[], int]
) -> Caller:
    """Give the caller of a monitor that writes to a store.

    Parameters
    ----------
    store
        Where earlier calls are looked up.
    roster
        Who is told.
    points
        The registry's points by id.
    clock_ms
        Gives the current time.
    """

    def calls_of(incident: str) -> Sequence[Call]:
        return store.calls(incident=incident, limit=CALLS_OF_AN_INCIDENT)

    return Caller(roster=roster, points=points, calls_of=calls_of, clock_ms=clock_ms)


def calls_for(
    events: Sequence[AlarmEvent],
    *,
    roster: Roster,
    points: Mapping[str, Point],
    earlier: Mapping[str, Sequence[Call]],
    now_ms: int,
) -> tuple[Call, ...]:
    """Give the calls that follow from events.

    Parameters
    ----------
    events
        In order.
    roster
        Who is told.
    points
        By id.
    earlier
        The calls so far of every incident of which an event says that an alarm is over.
    now_ms
        Whose shift it is, and from when the calls wait.
    """
    zone = ZoneInfo(roster.time_zone)
    heard = _heard(earlier)
    news: defaultdict[Address, list[News]] = defaultdict(list)
    for event in events:
        alarm = event.alarm
        point = points.get(alarm.point) or _unknown(alarm.point)
        for receiver in _receivers(event, point, roster, heard, now_ms):
            said = news_of(event, point, zone, roster.link)
            news[alarm.incident, receiver.name].append(said)
            _remember(heard, (alarm.incident, receiver.name), said)
    return tuple(
        _call(roster.receivers[name], incident, said, now_ms, roster.gather_s)
        for (incident, name), said in news.items()
    )


def _receivers(
    event: AlarmEvent,
    point: Point,
    roster: Roster,
    heard: Mapping[Address, set[str]],
    now_ms: int,
) -> Sequence[Receiver]:
    alarm = event.alarm
    if alarm.shelved_until_ms is not None:
        return ()
    if _is_end(event):
        return [
            receiver
            for name, receiver in roster.receivers.items()
            if alarm.id in heard.get((alarm.incident, name), ())
        ]
    return roster.told(event, point, now_ms) if _is_told(event) else ()


def _is_told(event: AlarmEvent) -> bool:
    # Who ends a shelving by hand knows that the alarm stands; when its time is over nobody does.
    back = event.kind is EventKind.UNSHELVED and event.by is None and event.alarm.is_active
    return event.kind in CALLING or back


def _is_end(event: AlarmEvent) -> bool:
    closed = event.kind is EventKind.CLOSED and event.alarm.cleared_ms is None
    return event.kind is EventKind.CLEARED or closed


def _heard(earlier: Mapping[str, Sequence[Call]]) -> defaultdict[Address, set[str]]:
    """Give the alarms that each receiver knows to stand, by what it was told so far."""
    heard: defaultdict[Address, set[str]] = defaultdict(set)
    for incident, calls in earlier.items():
        told = [
            (said.at_ms, said.event in OVER, call.receiver, said)
            for call in calls
            if call.state is not CallState.GIVEN_UP
            for said in decoded(call.body).news
        ]
        for _, _, receiver, said in sorted(told, key=lambda piece: piece[:3]):
            _remember(heard, (incident, receiver), said)
    return heard


def _remember(heard: defaultdict[Address, set[str]], address: Address, said: News) -> None:
    if said.event in OVER:
        heard[address].discard(said.alarm)
    else:
        heard[address].add(said.alarm)


def _call(
    receiver: Receiver, incident: str, news: Sequence[News], now_ms: int, gather_s: int
) -> Call:
    return Call(
        id=call_id(receiver.name, incident, _keys(news)),
        sink=receiver.sink,
        receiver=receiver.name,
        incident=incident,
        body=encoded(alert(incident, news)),
        created_ms=now_ms,
        next_try_ms=now_ms + 1000 * gather_s,
    )


def call_id(receiver: str, incident: str, keys: Sequence[str]) -> str:
    """Name a call: the same news for the same receiver have the same name.

    Parameters
    ----------
    receiver
        Its name.
    incident
        The incident's id.
    keys
        What is told, each piece by a name of its own.
    """
    digest = hashlib.sha256()
    for part in (receiver, incident, *keys):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:32]


def _keys(news: Sequence[News]) -> Sequence[str]:
    return sorted(f"{one.alarm} {one.event} {one.at_ms}" for one in news)


def _unknown(point: str) -> Point:
    """Stand in for a point that the registry no longer has: its alarm must still be told."""
    asset, _, name = point.partition("/")
    return Point(id=point, kind=PointKind.ROOM, asset=asset, name=name or point, zone=None)
