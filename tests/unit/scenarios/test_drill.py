"""A drill: who hears of a trouble and when, who answers, what is decided, and what is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.domain.errors import InputRefused
from optimizer.travel.great_circle import GreatCircle
from scenarios.drill import Rehearsed, TroubleTimes, rehearse
from scenarios.drill_file import Drill, read_drill
from scenarios.overrides.setting import DoesNotFit
from telemetry.calling.roster import Receiver, Roster, Step, Team
from tests.stored_plan import city_plan

FILE = """
schema: coldgrid/drill/1
decide_min: 2
people: {lin: 3, wu: 1}
events:
  - cooling_fails: {at: "07:14", vehicle: V1, zone: frozen}
  - breakdown: {at: "07:20", vehicle: V3}
"""


@pytest.fixture(scope="module")
def day() -> Rehearsed:
    problem, plan = city_plan()
    travel = GreatCircle(circuity=problem.travel.circuity)
    return Rehearsed(problem=problem, plan=plan, travel=travel)


def drill_of(folder: Path, text: str = FILE) -> Drill:
    path = folder / "drill.yaml"
    path.write_text(text, encoding="utf-8")
    return read_drill(path)


def called(*, who: str, then: str) -> Roster:
    """Tell one person, and another when the alarm is escalated."""
    team = Team(name="day", tell=(who,), chain=(Step(after_min=0, tell=(then,)),))
    return Roster(receivers={name: Receiver(name=name) for name in (who, then)}, teams=(team,))


def held(day: Rehearsed, drill: Drill, roster: Roster | None) -> list[TroubleTimes]:
    there = Rehearsed(problem=day.problem, plan=day.plan, travel=day.travel, roster=roster)
    return list(rehearse(there, drill).troubles)


def test_a_failure_is_heard_answered_and_decided_in_this_order(
    day: Rehearsed, tmp_path: Path
) -> None:
    warm, stands = held(day, drill_of(tmp_path), None)
    assert warm.detected_min is not None
    assert warm.detected_min > 0
    # Both are called at once, and the quicker one answers.
    assert {one.receiver for one in warm.called} == {"lin", "wu"}
    assert warm.acknowledged_min == warm.detected_min + 1
    assert warm.decided_min is not None
    assert warm.decided_min >= warm.acknowledged_min + 2
    assert (stands.detected_min, stands.acknowledged_min, stands.decided_min) == (0, 0, 0)
    assert stands.way
    assert 0 <= stands.lost_kg <= stands.at_risk_kg


def test_an_alarm_that_one_does_not_answer_reaches_the_next_of_the_chain_later(
    day: Rehearsed, tmp_path: Path
) -> None:
    drill = drill_of(tmp_path, FILE.partition("  - breakdown")[0])
    (first,) = held(day, drill, called(who="lin", then="chief"))
    assert first.acknowledged_min == (first.detected_min or 0) + 3
    (later,) = held(day, drill, called(who="nobody", then="lin"))
    assert [one.why for one in later.called][:2] == ["raised", "escalated"]
    assert later.acknowledged_min is not None
    assert later.acknowledged_min > (first.acknowledged_min or 0)
    (never,) = held(day, drill, called(who="nobody", then="no one"))
    assert (never.acknowledged_min, never.decided_min, never.way) == (None, None, "")
    assert never.detected_min == first.detected_min
    assert never.lost_kg >= first.lost_kg


def test_a_file_says_all_its_faults_with_their_places(tmp_path: Path) -> None:
    wrong = FILE.replace("zone: frozen", "zone: froze").replace("lin: 3", "lin: soon")
    with pytest.raises(InputRefused) as refused:
        drill_of(tmp_path, wrong.replace("breakdown", "flood"))
    places = {(one.code, one.place) for one in refused.value.faults}
    assert places == {
        ("CG-1604", "drill.yaml line 4 column 15"),
        ("CG-1604", "drill.yaml line 6 column 53"),
        ("CG-1602", "drill.yaml line 7 column 5"),
    }


@pytest.mark.parametrize(("old", "new"), [("07:14", "19:00"), ("vehicle: V1", "vehicle: V9")])
def test_a_trouble_that_does_not_fit_the_day_is_refused(
    day: Rehearsed, tmp_path: Path, old: str, new: str
) -> None:
    with pytest.raises(DoesNotFit):
        rehearse(day, drill_of(tmp_path, FILE.replace(old, new)))
