"""Events become one call per incident and receiver, and only for those whom they concern."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from optimizer.domain.temperature import Zone
from telemetry.alarm.words import AlarmEvent, EventKind, Severity
from telemetry.calling.alert import Alert, decoded
from telemetry.calling.digest import Caller, caller_on, calls_for
from telemetry.calling.roster import Receiver, Roster, Team, Webhook
from telemetry.ports import Call, CallState
from telemetry.registry import Point, PointKind
from tests.receivers import Clock, MemoryOutbox
from tests.telemetry_cases import HOUR, MINUTE, SECOND, T0, an_alarm

POINTS = {
    "V1/frozen": Point(
        id="V1/frozen", kind=PointKind.COMPARTMENT, asset="V1", name="frozen", zone=Zone.FROZEN
    )
}
ROSTER = Roster(
    receivers={
        "li": Receiver(name="li", mail="li@example.org"),
        "desk": Receiver(name="desk", webhook=Webhook(url="https://example.org")),
        "boss": Receiver(name="boss", mail="boss@example.org"),
    },
    teams=(
        Team(name="all", tell=("li", "desk")),
        Team(name="top", tell=("boss",), least=Severity.CRITICAL),
    ),
    time_zone="Asia/Shanghai",
    link="https://coldgrid.example.org",
)


def event(kind: EventKind, at_ms: int = T0, by: str | None = None, **changes: Any) -> AlarmEvent:
    return AlarmEvent(kind=kind, alarm=an_alarm(**changes), at_ms=at_ms, by=by)


def cleared(at_ms: int = T0 + HOUR, **changes: Any) -> AlarmEvent:
    return event(EventKind.CLEARED, at_ms, cleared_ms=at_ms, **changes)


def calls(*events: AlarmEvent, earlier: tuple[Call, ...] = (), now_ms: int = T0) -> dict[str, Call]:
    by_incident: dict[str, list[Call]] = {}
    for call in earlier:
        by_incident.setdefault(call.incident, []).append(call)
    made = calls_for(events, roster=ROSTER, points=POINTS, earlier=by_incident, now_ms=now_ms)
    return {call.receiver: call for call in made}


def said(call: Call) -> list[tuple[str, str]]:
    message: Alert = decoded(call.body)
    return [(one.alarm, one.event) for one in message.news]


RAISED = event(EventKind.RAISED)


def test_a_raised_alarm_calls_those_whom_the_roster_names() -> None:
    made = calls(RAISED)
    assert set(made) == {"li", "desk"}
    assert (made["li"].sink, made["desk"].sink) == ("mail", "webhook")
    assert made["li"].created_ms == T0
    assert made["li"].next_try_ms == T0 + 10 * SECOND


@pytest.mark.parametrize(
    ("kind", "is_told"),
    [
        (EventKind.RAISED, True),
        (EventKind.WORSENED, True),
        (EventKind.ESCALATED, True),
        (EventKind.RE_ALARMED, True),
        (EventKind.UNSHELVED, True),
        (EventKind.EASED, False),
        (EventKind.ACKNOWLEDGED, False),
        (EventKind.SHELVED, False),
        (EventKind.COMMENTED, False),
        (EventKind.CLEARED, False),  # nobody had heard of it
        (EventKind.CLOSED, False),
    ],
)
def test_only_news_call_people(kind: EventKind, is_told: bool) -> None:
    assert bool(calls(event(kind))) is is_told


def test_a_shelved_alarm_calls_nobody_whatever_happens_to_it() -> None:
    earlier = tuple(calls(RAISED).values())
    for kind in EventKind:
        assert not calls(event(kind, shelved_until_ms=T0 + HOUR), earlier=earlier)


def test_who_ends_a_shelving_by_hand_knows_that_the_alarm_stands() -> None:
    assert not calls(event(EventKind.UNSHELVED, by="li"))
    assert not calls(event(EventKind.UNSHELVED, cleared_ms=T0))


def test_that_it_is_over_is_told_to_those_who_heard_of_it() -> None:
    first = calls(RAISED)
    heard = replace(first["li"], state=CallState.DELIVERED)
    not_heard = replace(first["desk"], state=CallState.GIVEN_UP)
    assert set(calls(cleared(), earlier=(heard, not_heard))) == {"li"}


def test_that_it_is_over_is_told_once() -> None:
    first = calls(RAISED)
    over = calls(cleared(), earlier=tuple(first.values()))
    earlier = (*first.values(), *over.values())
    assert not calls(cleared(at_ms=T0 + 2 * HOUR), earlier=earlier)


def test_what_a_merged_call_said_was_heard() -> None:
    first = calls(RAISED)
    merged = replace(first["li"], state=CallState.MERGED)
    assert set(calls(cleared(), earlier=(merged,))) == {"li"}


def test_a_forced_close_ends_it_for_those_who_heard_and_a_later_one_is_no_news() -> None:
    earlier = tuple(calls(RAISED).values())
    closed = event(EventKind.CLOSED, closed_ms=T0, by="chief")
    assert [said(call) for call in calls(closed, earlier=earlier).values()] == [
        [("high-1", "closed")]
    ] * 2
    after = event(EventKind.CLOSED, cleared_ms=T0, closed_ms=T0, by="chief")
    assert not calls(after, earlier=earlier)


def test_whoever_hears_of_the_worse_alone_hears_its_end_too() -> None:
    worse = event(EventKind.WORSENED, T0 + MINUTE, severity=Severity.CRITICAL)
    earlier = tuple(calls(RAISED, worse).values())
    assert {call.receiver: said(call) for call in earlier} == {
        "li": [("high-1", "raised"), ("high-1", "worsened")],
        "desk": [("high-1", "raised"), ("high-1", "worsened")],
        "boss": [("high-1", "worsened")],
    }
    assert set(calls(cleared(), earlier=earlier)) == {"li", "desk", "boss"}


def test_raised_and_over_in_one_batch_is_one_call() -> None:
    made = calls(RAISED, cleared())
    assert said(made["li"]) == [("high-1", "raised"), ("high-1", "cleared")]


def test_many_alarms_of_one_incident_are_one_call_and_of_two_incidents_two() -> None:
    lost = [event(EventKind.RAISED, id=f"stale-{n}", incident="gw") for n in range(200)]
    made = calls_for([*lost, RAISED], roster=ROSTER, points=POINTS, earlier={}, now_ms=T0)
    assert sorted((call.incident, call.receiver) for call in made) == [
        ("gw", "desk"), ("gw", "li"), ("high-1", "desk"), ("high-1", "li"),
    ]  # fmt: skip
    message = decoded(made[0].body)
    assert (len(message.news), message.left_out) == (100, 100)
    assert "100 more alarms" in message.text.en


def test_the_same_events_make_the_same_calls_and_others_make_others() -> None:
    again = calls(RAISED, now_ms=T0 + MINUTE)
    assert again["li"].id == calls(RAISED)["li"].id
    names = {call.id for call in calls(RAISED).values()}
    names |= {call.id for call in calls(event(EventKind.RE_ALARMED)).values()}
    assert len(names) == 4


def test_a_point_that_the_registry_has_lost_is_still_told_of() -> None:
    made = calls(event(EventKind.RAISED, point="V9/old"))
    assert "V9" in decoded(made["li"].body).text.en


def test_a_caller_asks_for_earlier_calls_only_where_something_ends() -> None:
    outbox = MemoryOutbox(*calls(RAISED).values())
    asked: list[str] = []

    def calls_of(incident: str) -> Any:
        asked.append(incident)
        return outbox.calls(incident=incident)

    caller = Caller(roster=ROSTER, points=POINTS, calls_of=calls_of, clock_ms=Clock())
    assert len(caller([RAISED])) == 2
    assert asked == []
    assert len(caller([cleared()])) == 2
    assert asked == ["high-1"]


STEPS = st.lists(
    st.tuples(st.sampled_from(EventKind), st.integers(0, 3), st.booleans()), max_size=12
)


@given(steps=STEPS, cut=st.integers(0, 12))
@settings(max_examples=60)
def test_however_events_are_batched_the_same_is_said_to_the_same_people(
    steps: list[tuple[EventKind, int, bool]], cut: int
) -> None:
    events = [
        event(
            kind,
            T0 + index * MINUTE,
            id=f"a{alarm}",
            incident=f"i{alarm % 2}",
            severity=Severity.CRITICAL if bad else Severity.WARNING,
            cleared_ms=T0 if kind is EventKind.CLEARED else None,
        )
        for index, (kind, alarm, bad) in enumerate(steps)
    ]
    outbox = MemoryOutbox()
    caller = caller_on(outbox, ROSTER, POINTS, Clock())
    for batch in (events[:cut], events[cut:]):
        outbox.add(*caller(batch))
    apart = sorted(
        (call.receiver, *piece) for call in outbox.calls(limit=1000) for piece in said(call)
    )
    whole = caller_on(MemoryOutbox(), ROSTER, POINTS, Clock())(events)
    assert apart == sorted((call.receiver, *piece) for call in whole for piece in said(call))
