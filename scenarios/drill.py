"""A drill: known troubles on a planned day, and how long it takes until somebody hears and acts.

An event file says which cooling fails and which van stands, and how long each person takes to
answer a call. The readings pass through the rules and the estimate of the monitor, the roster says
who is called and when the next one is, and the ways out are those of the dispatcher's desk. The day
has no other variation, so a drill measures the house and not its luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import PER_THOUSAND, SECONDS_PER_MINUTE, Seconds
from optimizer.travel.provider import TravelProvider
from scenarios.day.clock import played
from scenarios.day.losses import Case, truth
from scenarios.day.playing import Told, play
from scenarios.day.running import courses
from scenarios.day.script import script_of
from scenarios.day.troubles import Failure, Stand
from scenarios.day.watching import THREATENING, judged, start_of
from scenarios.day.words import AlarmRaised, DayRecord, Delivered, Diverted, LeftOut, Spoilt
from scenarios.drill_file import CoolingFails, Drill, Trouble
from scenarios.overrides.selecting import seconds_of
from scenarios.overrides.setting import DoesNotFit
from scenarios.variation import NONE, Draws
from telemetry.alarm.words import EventKind
from telemetry.calling.roster import Receiver, Roster, Team

CALLS = frozenset({EventKind.RAISED, EventKind.WORSENED, EventKind.ESCALATED, EventKind.RE_ALARMED})
DRILL_SCHEMA = "coldgrid/drill-result/1"


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """A call: minutes after the trouble, whom, and because of what."""

    after_min: float
    receiver: str
    why: str


class TroubleTimes(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one trouble; times are minutes after it, None is never.

    Parameters
    ----------
    what, vehicle, zone, at
        The trouble, as the file names it.
    detected_min
        The first alarm, or the driver's report.
    called
        Who was called.
    acknowledged_min
        Somebody answered.
    decided_min
        A way out that changes the day was accepted; who rather drives on is asked again later.
    recovered_min
        The last line at risk was handed over, or given up.
    way
        What kind of way out.
    at_risk_kg, lost_kg
        Aboard when it happened, and what of it was spoilt or did not come today.
    """

    what: str
    vehicle: str
    zone: str
    at: str
    detected_min: float | None
    called: tuple[Called, ...]
    acknowledged_min: float | None
    decided_min: float | None
    recovered_min: float | None
    way: str
    at_risk_kg: float
    lost_kg: float


class DrillResult(msgspec.Struct, frozen=True, kw_only=True):
    """The times of every trouble of a drill."""

    schema: str = DRILL_SCHEMA
    problem: str
    troubles: tuple[TroubleTimes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rung:
    """How an alarm was heard."""

    calls: tuple[tuple[Seconds, str, str], ...]
    raised: Seconds | None = None
    answered: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """A day with its plan, on which a drill is held.

    Parameters
    ----------
    roster
        Who is called; None calls everybody of the file at once.
    """

    problem: Problem
    plan: Plan
    travel: TravelProvider
    roster: Roster | None = None


def rehearse(day: Rehearsed, drill: Drill) -> DrillResult:
    """Hold a drill.

    Parameters
    ----------
    day
        The planned day.
    drill
        What happens, and how fast people answer.

    Raises
    ------
    DoesNotFit
        A trouble names what the day has not, or a van that is not under way then.
    """
    troubles = [(one, _trouble(day, one)) for one in drill.troubles]
    rung = {found: _rung(day, drill, found) for _, found in troubles}
    told = Told(
        stands=tuple(one for _, one in troubles if isinstance(one, Stand)),
        failures=tuple(one for _, one in troubles if isinstance(one, Failure)),
        answer_s={
            (one.vehicle, one.zone): heard.answered - heard.raised + drill.decide_s
            for one, heard in rung.items()
            if isinstance(one, Failure) and heard.answered is not None and heard.raised is not None
        }
        | {
            (one.vehicle, one.zone): NEVER_S
            for one, heard in rung.items()
            if isinstance(one, Failure) and heard.answered is None
        },
    )
    record = play(day.problem, day.plan, day.travel, variation=NONE, seed=drill.seed, told=told)
    return DrillResult(
        problem=day.problem.id,
        troubles=tuple(_times(day, name, found, rung[found], record) for name, found in troubles),
    )


NEVER_S: Seconds = 10**7
"""Longer than any day: nobody answers."""


def _trouble(day: Rehearsed, one: Trouble) -> Failure | Stand:
    if one.vehicle not in day.problem.vehicles:
        raise DoesNotFit("CG-1620", f"there is no vehicle {one.vehicle}")
    at = seconds_of(day.problem, one.at)
    assert at is not None
    route = next(
        (
            route
            for route in day.plan.routes
            if route.vehicle == one.vehicle
            and route.echelon is Echelon.LAST_MILE
            and route.departs <= at < route.returns
        ),
        None,
    )
    if route is None:
        raise DoesNotFit("CG-1620", f"{one.vehicle} is on no trip to pickup points at {one.at}")
    if isinstance(one, CoolingFails):
        zone = Zone(one.zone)
        if not route.compartments.get(zone):
            raise DoesNotFit("CG-1620", f"{one.vehicle} has no {zone.value} compartment then")
        return Failure(at=at, vehicle=one.vehicle, route=route.id, zone=zone)
    return Stand(at=at, vehicle=one.vehicle, route=route.id)


def _rung(day: Rehearsed, drill: Drill, trouble: Failure | Stand) -> _Rung:
    """Let the alarm ring until somebody answers; of a van that stands the driver calls himself."""
    if isinstance(trouble, Stand):
        call = ((trouble.at, "the driver's call", name) for name in drill.people)
        return _Rung(calls=tuple(call), raised=trouble.at, answered=trouble.at)
    draws = Draws(drill.seed)
    events = played(script_of(day.problem, day.plan, day.travel), variation=NONE, draws=draws)
    route = _route(day, trouble.route)
    case = Case(failure=trouble, loaded=route)
    course = courses(one for one in events if one.route == route.id)[route.id]
    seen = truth(day.problem, case, route, course, variation=NONE, draws=draws)
    roster = day.roster or _everybody(drill.people)
    calls: list[tuple[Seconds, str, str]] = []
    due: dict[str, Seconds] = {}
    raised: Seconds | None = None
    for at, _, seat, happened in judged(day.problem, trouble.vehicle, trouble.zone, seen, draws):
        for event in happened:
            if at < trouble.at or event.kind not in CALLS or event.alarm.kind not in THREATENING:
                continue
            raised = at if raised is None else raised
            now_ms = start_of(day.problem) + PER_THOUSAND * at
            for receiver in roster.told(event, seat.point, now_ms):
                calls.append((at, event.kind.value, receiver.name))
                if receiver.name in drill.people:
                    due.setdefault(receiver.name, at + drill.people[receiver.name])
        answered = min(due.values(), default=None)
        if answered is not None and answered <= at:
            heard = tuple(one for one in calls if one[0] <= answered)
            return _Rung(calls=heard, raised=raised, answered=answered)
    return _Rung(calls=tuple(calls), raised=raised, answered=min(due.values(), default=None))


def _everybody(people: Mapping[str, Seconds]) -> Roster:
    names = tuple(people)
    return Roster(
        receivers={name: Receiver(name=name) for name in names},
        teams=(Team(name="everybody", tell=names),),
    )


def _times(
    day: Rehearsed, name: Trouble, trouble: Failure | Stand, heard: _Rung, record: DayRecord
) -> TroubleTimes:
    risked = dict(_at_risk(_route(day, trouble.route), trouble))
    zones = ZONES if isinstance(trouble, Stand) else (trouble.zone,)
    mine = [one for one in record.events if one.vehicle == trouble.vehicle]
    alarm = next(
        (x.at for x in mine if isinstance(x, AlarmRaised) and x.zone in zones), heard.raised
    )
    decided = next((x for x in mine if isinstance(x, Diverted) and x.at >= trouble.at), None)
    given_up = {
        LineKey(one.order, one.line): one.mass_g
        for one in record.events
        if isinstance(one, LeftOut | Spoilt) and LineKey(one.order, one.line) in risked
    }
    settled = [
        one.at
        for one in record.events
        if isinstance(one, Delivered | LeftOut) and LineKey(one.order, one.line) in risked
    ]

    def after(moment: Seconds | None) -> float | None:
        return None if moment is None else round((moment - trouble.at) / SECONDS_PER_MINUTE, 1)

    return TroubleTimes(
        what="breakdown" if isinstance(trouble, Stand) else "cooling_fails",
        vehicle=trouble.vehicle,
        zone="" if isinstance(trouble, Stand) else trouble.zone.value,
        at=name.at,
        detected_min=after(alarm),
        called=tuple(
            Called(after_min=after(at) or 0.0, receiver=who, why=why)
            for at, why, who in heard.calls
        ),
        acknowledged_min=after(heard.answered),
        decided_min=after(None if decided is None else decided.at),
        recovered_min=after(max(settled, default=None)),
        way="" if decided is None else decided.kind,
        at_risk_kg=sum(risked.values()) / PER_THOUSAND,
        lost_kg=sum(given_up.values()) / PER_THOUSAND,
    )


def _at_risk(route: Route, trouble: Failure | Stand) -> Iterator[tuple[LineKey, int]]:
    for stop in route.stops:
        if stop.service_starts > trouble.at:
            for item in stop.delivers:
                if isinstance(trouble, Stand) or item.zone is trouble.zone:
                    yield item.key, item.mass_g


def _route(day: Rehearsed, name: str) -> Route:
    return next(route for route in day.plan.routes if route.id == name)
