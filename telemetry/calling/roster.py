"""Who is told of what, where and when; pure.

A *team* looks after some places during its shifts and hears of alarms from its least severity up.
Its *chain* hears of an alarm that nobody has answered: the first step when the alarm is escalated,
each further step with the first re-alarm that comes so many minutes later. Where an alarm finds no
team on duty, ``otherwise`` is told: a gap in the roster must not swallow an alarm. ``roster_file``
reads all of this from YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from optimizer.domain.temperature import Zone
from telemetry.alarm.words import Alarm, AlarmEvent, EventKind, Severity
from telemetry.calling.words import Language
from telemetry.registry import Point

MINUTES_PER_DAY = 24 * 60
MS_PER_MINUTE = 60_000
EVERY_DAY = frozenset(range(7))

WEBHOOK = "webhook"
MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that takes messages over HTTP; both fields are secret and have no ``repr``.

    Parameters
    ----------
    url
        ``https``, or ``http`` inside the house.
    secret
        Signs every message; empty signs none.
    """

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody, or a system, that is told.

    Parameters
    ----------
    name
        What calls and errors name; never the address.
    webhook, mail
        The address: one of the two.
    language
        Which of both languages stands first.
    """

    name: str
    webhook: Webhook | None = None
    mail: str | None = None
    language: Language = Language.EN

    @property
    def sink(self) -> str:
        """Name what reaches it."""
        return WEBHOOK if self.webhook is not None else MAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Some places; an empty field means all. An id may hold ``*`` for any text."""

    assets: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    zones: frozenset[Zone] = frozenset()

    def hold(self, point: Point) -> bool:
        """Say whether a place is one of them; a gateway is of every zone."""
        return (
            _matches(self.assets, point.asset)
            and _matches(self.points, point.id)
            and (not self.zones or point.zone is None or point.zone in self.zones)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Hours on days of the week, by the clock on the wall.

    Parameters
    ----------
    from_minute, to_minute
        Minutes since midnight; a shift that ends when or before it begins ends on the next day.
    time_zone
        IANA name.
    days
        On which it begins; 0 is Monday.
    """

    from_minute: int
    to_minute: int
    time_zone: str
    days: frozenset[int] = EVERY_DAY

    def covers(self, at_ms: int) -> bool:
        """Say whether an instant lies in it; its end does not."""
        local = datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(ZoneInfo(self.time_zone))
        minute, today = 60 * local.hour + local.minute, local.weekday()
        if self.from_minute < self.to_minute:
            return today in self.days and self.from_minute <= minute < self.to_minute
        begun_today = today in self.days and minute >= self.from_minute
        return begun_today or ((today - 1) % 7 in self.days and minute < self.to_minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the chain: who is told so long after the escalation."""

    after_min: int
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People who look after places.

    Parameters
    ----------
    shifts
        Empty is always on duty.
    least
        Alarms below it are not told.
    tell
        Names of receivers.
    chain
        By ``after_min``.
    """

    name: str
    places: Places = Places()
    shifts: tuple[Shift, ...] = ()
    least: Severity = Severity.WARNING
    tell: tuple[str, ...] = ()
    chain: tuple[Step, ...] = ()

    def is_on_duty(self, at_ms: int) -> bool:
        """Say whether one of its shifts is running."""
        return not self.shifts or any(shift.covers(at_ms) for shift in self.shifts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody who can be told, and the rules of it.

    Parameters
    ----------
    receivers
        By name.
    otherwise
        Told where no team looks after a place at that hour.
    time_zone
        Of the times in messages.
    link
        Address of the service, so that a message leads to its alarm.
    gather_s
        What follows within so many seconds of the first news of an incident goes with it.
    """

    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    teams: tuple[Team, ...] = ()
    otherwise: tuple[str, ...] = ()
    time_zone: str = "UTC"
    link: str = ""
    gather_s: int = 10

    def told(self, event: AlarmEvent, point: Point, now_ms: int) -> Sequence[Receiver]:
        """Give whoever is told of an event for the first time or again, each once.

        Who hears that an alarm is over does not stand in the roster: it is whoever heard of the
        alarm.

        Parameters
        ----------
        event
            What happened.
        point
            Where.
        now_ms
            Whose shift it is: what is found in late readings is told to those who are there now.
        """
        names = dict.fromkeys(self._names(event, point, now_ms))
        return [self.receivers[name] for name in names]

    def _names(self, event: AlarmEvent, point: Point, now_ms: int) -> Iterator[str]:
        teams = [team for team in self.teams if team.places.hold(point) and team.is_on_duty(now_ms)]
        if not teams:
            yield from self.otherwise
        for team in teams:
            if event.alarm.severity < team.least:
                continue
            yield from team.tell
            for step in team.chain:
                if _is_due(step, event):
                    yield from step.tell


def _is_due(step: Step, event: AlarmEvent) -> bool:
    alarm: Alarm = event.alarm
    if alarm.escalated_ms is None or alarm.acknowledged_ms is not None:
        return False
    if event.kind is EventKind.ESCALATED:
        return step.after_min == 0
    return event.at_ms - alarm.escalated_ms >= step.after_min * MS_PER_MINUTE


def _matches(patterns: tuple[str, ...], name: str) -> bool:
    return not patterns or any(
        re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) for pattern in patterns
    )
