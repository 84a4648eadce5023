"""Alarms on the road become cases, once each, and cases follow their alarms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from api.reroutes.left_aboard import LATE
from api.services import breaking
from api.services.breaking import Breaking
from api.storage.reroutes import RerouteRow
from optimizer.response.words import RerouteRefused
from telemetry.errors import StoreUnavailable
from tests.broken_van import BrokenVan, broken_van

pytestmark = pytest.mark.usefixtures("no_thread")


@pytest.fixture
def no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests say when it looks."""
    monkeypatch.setattr(Breaking, "start", lambda _: None)


@pytest.fixture
def van(tmp_path: Path) -> Iterator[BrokenVan]:
    with broken_van(tmp_path) as one:
        yield one


def test_a_break_on_the_road_becomes_a_case_with_what_the_estimate_says(van: BrokenVan) -> None:
    van.look()
    assert van.cases() == [], "nothing is wrong yet"
    van.fail()
    van.look()
    (case,) = van.cases()
    assert (case["state"], case["origin"], case["vehicle"]) == ("open", "alarm", "V1")
    (alarm,) = van.alarms()
    assert (case["alarm"], case["opened_by"]) == (alarm["id"], f"alarm:{alarm['id']}")
    assert case["disruption"]["product_c"] == -22.0
    assert case["disruption"]["breach"] == {
        "p10": "2026-07-15T07:37:00+08:00",
        "p50": "2026-07-15T07:47:00+08:00",
        "p90": "2026-07-16T07:07:00+08:00",
    }
    assert case["ranking"]


def test_each_alarm_opens_one_case_and_a_compartment_has_one_at_a_time(van: BrokenVan) -> None:
    van.fail()
    van.look()
    van.measure(-10.0, minutes=21)
    assert {one["kind"] for one in van.alarms()} == {"predicted", "high"}
    van.look()
    assert len(van.cases()) == 1


def test_a_restart_opens_no_second_case_and_forgets_no_alarm(tmp_path: Path) -> None:
    with broken_van(tmp_path) as van:
        van.fail()
        now = van.clock.now
    # The alarm came while nobody looked.
    with broken_van(tmp_path, now=now, fresh=False) as van:
        van.look()
        assert len(van.cases()) == 1
    with broken_van(tmp_path, now=now, fresh=False) as van:
        van.look()
        assert len(van.cases()) == 1


def test_a_case_whose_alarm_is_over_ends_with_that_reason(van: BrokenVan) -> None:
    van.fail()
    van.look()
    van.close_alarms()
    van.look()
    (case,) = van.cases()
    assert (case["state"], case["reason"]) == ("superseded", "the alarm is over")
    assert case["decided_by"] == "alarms"


def test_what_a_person_has_opened_is_left_to_people(van: BrokenVan) -> None:
    van.post("/v1/reroutes", 201, plan=van.plan, disruption=van.compartment())
    van.look()
    (case,) = van.cases()
    assert (case["state"], case["origin"]) == ("open", "person")
    van.fail()
    van.look()
    (case,) = van.cases()
    assert (case["state"], case["revision"]) == ("open", 1)


def test_a_forecast_that_moves_has_the_case_computed_anew(van: BrokenVan) -> None:
    van.fail()
    van.look()
    (before,) = van.cases()
    van.look()
    assert van.cases() == [before], "nothing has moved"
    van.fail(minutes=5)
    van.look()
    (after,) = van.cases()
    assert (after["id"], after["revision"]) == (before["id"], 2)
    told = [one["disruption"]["breach"]["p50"] for one in (before, after)]
    moved = datetime.fromisoformat(told[1]) - datetime.fromisoformat(told[0])
    assert abs(moved) > timedelta(minutes=5)


def test_no_case_without_goods_on_board(tmp_path: Path) -> None:
    with broken_van(tmp_path, state="published") as van:
        van.service.post("/v1/points/V1/frozen/arm")
        van.fail()
        van.look()
        assert van.alarms()
        assert van.cases() == []


def test_what_was_rejected_is_not_asked_again(van: BrokenVan) -> None:
    van.fail()
    van.look()
    (case,) = van.cases()
    van.post(f"/v1/reroutes/{case['id']}/reject", reason="the unit runs again")
    van.look()
    assert [one["state"] for one in van.cases()] == ["rejected"]


def test_a_foreseen_break_that_was_rejected_is_asked_again_when_it_is_measured(
    van: BrokenVan,
) -> None:
    van.fail()
    van.look()
    (case,) = van.cases()
    van.post(f"/v1/reroutes/{case['id']}/reject", reason="the driver has closed the door")
    van.close_alarms()
    van.cool()
    van.fail()
    (again,) = van.alarms()
    assert again["id"] != case["alarm"]
    van.look()
    assert len(van.cases()) == 1, "another alarm of what was decided on"
    van.measure(-10.0, minutes=21)
    van.look()
    newest, rejected = van.cases()
    assert (newest["state"], rejected["state"]) == ("open", "rejected")


def test_what_was_accepted_is_not_asked_again(van: BrokenVan) -> None:
    van.fail()
    van.look()
    (case,) = van.cases()
    van.post(f"/v1/reroutes/{case['id']}/accept", proposal=1)
    van.fail(minutes=10)
    van.look()
    assert [one["state"] for one in van.cases()] == ["accepted"]


def test_who_drove_on_is_asked_again_once_goods_are_likely_lost(van: BrokenVan) -> None:
    van.measure(-20.5, minutes=3)
    van.measure(-17.5, minutes=4)
    van.look()
    (case,) = van.cases()
    assert case["ranking"][0]["kind"] == "carry_on", "most futures are well"
    van.post(f"/v1/reroutes/{case['id']}/accept", proposal=1)
    van.look()
    assert len(van.cases()) == 1
    van.measure(-10.0, minutes=14)
    van.look()
    newest, first = van.cases()
    assert (newest["state"], first["state"]) == ("open", "accepted")
    assert (newest["alarm"], first["alarm"]) == (None, van.alarms()[0]["id"]), "no alarm is new"
    van.post(f"/v1/reroutes/{newest['id']}/accept", proposal=1)
    van.measure(-17.5, minutes=4)
    van.look()
    assert len(van.cases()) == 2, "she took another way, knowing how likely that was"


def test_a_broken_compartment_is_watched_until_its_goods_have_changed_hands(
    van: BrokenVan,
) -> None:
    van.fail()
    van.look()
    (case,) = van.cases()
    whole = van.service.get(f"/v1/reroutes/{case['id']}")
    (number, hands) = next(
        (place, one["handovers"])
        for place, one in enumerate(whole["proposals"], 1)
        if one["handovers"] and one["quarantined_kg"] == 0
    )
    van.post(f"/v1/reroutes/{case['id']}/accept", proposal=number)
    last = max(datetime.fromisoformat(hand["ends_at"]) for hand in hands)
    van.look()
    assert van.service.get("/v1/points/V1/frozen")["watch"] == "armed", "they are still in it"
    minutes = (last + LATE - van.clock()).total_seconds() // 60 + 1
    van.measure(-10.0, minutes=int(minutes))
    van.look()
    assert van.service.get("/v1/points/V1/frozen")["watch"] == "off"


def test_a_refusal_is_counted_once_and_tried_again_after_a_while(
    van: BrokenVan, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[object] = []

    def refuse(*_: object, **__: object) -> RerouteRow:
        tries.append(_)
        raise RerouteRefused("CG-1502", "it is on no trip")

    with monkeypatch.context() as broken:
        broken.setattr(van.wiring.reroutes, "open", refuse)
        van.fail()
        for _ in range(3):
            van.look()
        assert len(tries) == 1
        assert van.wiring.breaking.counts["refused"] == 1
        van.clock.advance(seconds=61)
        van.look()
        assert len(tries) == 2
        assert van.wiring.breaking.counts["refused"] == 1, "for the same reason"
    van.clock.advance(seconds=61)
    van.look()
    assert len(van.cases()) == 1
    figures = van.service.client.get("/metrics").text
    assert 'coldgrid_breaks_total{outcome="refused"} 1.0' in figures
    assert 'coldgrid_breaks_total{outcome="computed"} 1.0' in figures


def test_the_thread_goes_on_when_a_look_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(breaking, "REST_S", 0.01)
    looks = count()

    def look(self: Breaking) -> bool:
        match next(looks):
            case 0:
                raise StoreUnavailable("CG-8201", "away")
            case 1:
                raise ZeroDivisionError
            case 2:
                monkeypatch.setattr(Breaking, "look", whole)
        return False

    whole = Breaking.look
    monkeypatch.setattr(Breaking, "look", look)
    with broken_van(tmp_path) as van:
        van.fail()
        pause = Event()
        for _ in range(1000):
            if van.cases():
                break
            pause.wait(0.01)
        counts = van.wiring.breaking.counts
    assert (counts["away"], counts["failed"], counts["computed"]) == (1, 1, 1)


def test_a_store_that_is_away_ends_no_case(van: BrokenVan, monkeypatch: pytest.MonkeyPatch) -> None:
    van.fail()
    van.look()

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("CG-8201", "away")

    with monkeypatch.context() as broken:
        broken.setattr(van.service.store, "alarms", away)
        with pytest.raises(StoreUnavailable):
            van.look()
    assert [one["state"] for one in van.cases()] == ["open"]


def test_a_defect_with_one_case_hides_no_other(
    van: BrokenVan, monkeypatch: pytest.MonkeyPatch
) -> None:
    van.post("/v1/reroutes", 201, plan=van.plan, disruption=van.compartment(zone="chilled"))
    van.fail()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Breaking, "_keep_up", broken)
    van.look()
    assert {one["zone"] for one in van.cases()} == {"chilled", "frozen"}
    assert van.wiring.breaking.counts["failed"] == 1
