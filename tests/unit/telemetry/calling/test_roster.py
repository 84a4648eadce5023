"""Who is told depends on the place, the hour, the severity, and who has answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace as changed

from optimizer.domain.temperature import Zone
from telemetry.alarm.words import Alarm, AlarmEvent, EventKind, Severity
from telemetry.calling.roster import Places, Receiver, Roster, Shift, Step, Team
from telemetry.registry import Point, PointKind
from tests.telemetry_cases import MINUTE, T0, an_alarm

COMPARTMENT = Point(
    id="V1/frozen", kind=PointKind.COMPARTMENT, asset="V1", name="frozen", zone=Zone.FROZEN
)
GATEWAY = Point(id="gw", kind=PointKind.GATEWAY, asset="V1", name="gw", zone=None)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def roster_of(*teams: Team, otherwise: tuple[str, ...] = ()) -> Roster:
    names = {*otherwise, *(name for team in teams for name in team.tell)}
    names |= {name for team in teams for step in team.chain for name in step.tell}
    receivers = {name: Receiver(name=name, mail=f"{name}@example.org") for name in sorted(names)}
    return Roster(receivers=receivers, teams=teams, otherwise=otherwise)


def event(kind: EventKind = EventKind.RAISED, at_ms: int = T0, **changes: Any) -> AlarmEvent:
    alarm: Alarm = an_alarm(**changes)
    return AlarmEvent(kind=kind, alarm=alarm, at_ms=at_ms)


def told(roster: Roster, happened: AlarmEvent, now_ms: int = T0) -> list[str]:
    return [receiver.name for receiver in roster.told(happened, COMPARTMENT, now_ms)]


@pytest.mark.parametrize(
    ("at", "covered"),
    [
        ("2026-03-02T21:59:59+08:00", False),  # Monday
        ("2026-03-02T22:00:00+08:00", True),
        ("2026-03-03T05:59:59+08:00", True),
        ("2026-03-03T06:00:00+08:00", False),
        ("2026-03-03T23:00:00+08:00", False),  # Tuesday's night is somebody else's
        ("2026-03-02T05:00:00+08:00", False),  # the night of Sunday
        ("2026-03-02T14:00:00+00:00", True),  # 22:00 there
    ],
)
def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins(
    at: str, covered: bool
) -> None:
    shift = Shift(
        from_minute=22 * 60, to_minute=6 * 60, time_zone="Asia/Shanghai", days=frozenset({0})
    )
    assert shift.covers(ms(at)) is covered


def test_a_shift_goes_by_the_clock_on_the_wall_when_clocks_are_changed() -> None:
    shift = Shift(from_minute=8 * 60, to_minute=16 * 60, time_zone="Europe/Berlin")
    assert shift.covers(ms("2026-03-28T07:00:00+00:00"))
    assert shift.covers(ms("2026-03-30T06:00:00+00:00"))
    assert not shift.covers(ms("2026-03-28T06:59:59+00:00"))


def test_a_shift_of_a_whole_day_has_no_gap() -> None:
    shift = Shift(from_minute=480, to_minute=480, time_zone="UTC")
    start = ms("2026-03-02T00:00:00+00:00")
    assert all(shift.covers(start + hour * 60 * MINUTE) for hour in range(48))


def test_a_team_hears_of_its_places_alone() -> None:
    mine = [
        Places(), Places(assets=("V1",)), Places(assets=("V*",)), Places(points=("*/frozen",)),
        Places(zones=frozenset({Zone.FROZEN})),
    ]  # fmt: skip
    others = [
        Places(assets=("V",)), Places(assets=("V1", "V2"), points=("V1/chilled",)),
        Places(zones=frozenset({Zone.CHILLED})), Places(assets=("V.",)),
    ]  # fmt: skip
    assert all(places.hold(COMPARTMENT) for places in mine)
    assert not any(places.hold(COMPARTMENT) for places in others)
    assert Places(zones=frozenset({Zone.CHILLED})).hold(GATEWAY)


def test_a_team_hears_from_its_least_severity_up() -> None:
    team = Team(name="t", tell=("li",), least=Severity.WARNING)
    words = {severity: told(roster_of(team), event(severity=severity)) for severity in Severity}
    assert words == {Severity.INFO: [], Severity.WARNING: ["li"], Severity.CRITICAL: ["li"]}


def test_a_receiver_of_two_teams_is_told_once() -> None:
    teams = Team(name="a", tell=("li", "wu")), Team(name="b", tell=("wu",))
    assert told(roster_of(*teams), event()) == ["li", "wu"]


def test_where_no_team_is_on_duty_the_others_are_told() -> None:
    shift = Shift(from_minute=0, to_minute=60, time_zone="UTC")
    roster = roster_of(Team(name="t", tell=("li",), shifts=(shift,)), otherwise=("chief",))
    assert told(roster, event(), ms("2026-03-02T00:30:00+00:00")) == ["li"]
    assert told(roster, event(), ms("2026-03-02T01:00:00+00:00")) == ["chief"]
    elsewhere = replace(roster.teams[0], shifts=(), places=Places(assets=("V2",)))
    assert told(replace(roster, teams=(elsewhere,)), event()) == ["chief"]


def test_a_team_that_need_not_hear_is_on_duty_all_the_same() -> None:
    roster = roster_of(Team(name="t", tell=("li",), least=Severity.CRITICAL), otherwise=("chief",))
    assert told(roster, event(severity=Severity.WARNING)) == []


CHAIN = Team(
    name="t",
    tell=("li",),
    chain=(Step(after_min=0, tell=("chief",)), Step(after_min=60, tell=("boss",))),
)


def test_the_chain_hears_step_by_step_of_what_nobody_answers() -> None:
    roster = roster_of(CHAIN)
    escalated = event(EventKind.ESCALATED, escalated_ms=T0)
    assert told(roster, event()) == ["li"]
    assert told(roster, escalated) == ["li", "chief"]
    for minutes, names in ((59, ["li", "chief"]), (60, ["li", "chief", "boss"])):
        again = event(EventKind.RE_ALARMED, T0 + minutes * MINUTE, escalated_ms=T0)
        assert told(roster, again) == names


def test_the_chain_hears_no_more_once_somebody_has_answered() -> None:
    again = event(EventKind.RE_ALARMED, T0 + 90 * MINUTE, escalated_ms=T0)
    answered = changed(again, alarm=changed(again.alarm, acknowledged_ms=T0 + MINUTE))
    assert told(roster_of(CHAIN), answered) == ["li"]


def test_whoever_is_there_now_is_told_of_what_late_readings_show() -> None:
    shift = Shift(from_minute=0, to_minute=60, time_zone="UTC")
    roster = roster_of(Team(name="t", tell=("li",), shifts=(shift,)), otherwise=("chief",))
    past = ms("2026-03-02T00:30:00+00:00")
    now = past + int(timedelta(hours=3).total_seconds() * 1000)
    assert told(roster, event(at_ms=past), now) == ["chief"]
