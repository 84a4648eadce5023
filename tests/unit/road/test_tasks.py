from datetime import timedelta

import pytest

from api.road.tasks import (
    LEVELS,
    SEVERITY_OF,
    Ending,
    NewTask,
    Severity,
    TaskKind,
    TaskRules,
    custody,
    tasks_of,
    uncollected,
    why_not,
)
from api.road.words import Event, Kind
from optimizer.domain.temperature import Zone
from tests.builders import HOUR
from tests.road_cases import Teller, instant, piece

RULES = TaskRules()
SIX = 10 * HOUR


def given(teller: Teller, event: Event) -> list[NewTask]:
    bands = {zone: policy.product for zone, policy in teller.problem.policies.items()}
    return list(tasks_of(event, teller.day([event]).visits[event.stop], bands, RULES))


def waiting(teller: Teller, site: str, *events: Event) -> dict[str, object]:
    visit = teller.day(events).visits[teller.stops["V1-1", site]]
    return {one.order: one.waits_since for one in custody(visit, teller.problem.lines)}


def test_damage_is_a_task_per_line_due_in_two_hours() -> None:
    teller = Teller()
    pieces = (piece("A", 500), piece("A", 250), piece("A", 100, "2"))
    event = teller.tell("P1", Kind.DAMAGED, SIX, pieces=pieces, reason="fell")
    first, second = given(teller, event)
    assert first.due_at == event.at + timedelta(hours=2)
    assert (first.kind, first.severity) == (TaskKind.DAMAGE, Severity.DAMAGE_OR_DELAY)
    assert (first.order, first.line, first.site) == ("A", "1", "P1")
    assert first.body == {"mass_kg": 0.75, "cause": "fell"}
    assert first.source != second.source


def test_the_same_event_has_the_same_sources() -> None:
    teller = Teller()
    event = teller.tell("P1", Kind.DAMAGED, SIX, pieces=(piece("A", 1),))
    assert given(teller, event) == given(teller, event)


@pytest.mark.parametrize(
    ("product_c", "is_task"), [(4.0, False), (4.1, True), (0.0, False), (-0.1, True)]
)
def test_a_product_outside_its_band_is_a_matter_of_food_safety(
    product_c: float, is_task: bool
) -> None:
    teller = Teller()
    event = teller.handed(
        "P1", SIX, piece("A", 20_000), piece("A", 3000, "2"),
        product_c={Zone.CHILLED: product_c, Zone.FROZEN: -20.0},
    )  # fmt: skip
    found = given(teller, event)
    assert [task.kind for task in found] == [TaskKind.TEMPERATURE] * is_task
    for task in found:
        assert task.severity is Severity.FOOD_SAFETY
        assert task.body["lines"] == ["A/1"]
        assert task.body["outside_by_c"] == pytest.approx(0.1)


@pytest.mark.parametrize("kind", [Kind.ARRIVED, Kind.REFUSED, Kind.EMPTIES, Kind.DEPARTED])
def test_other_events_are_no_tasks(kind: Kind) -> None:
    teller = Teller()
    pieces = (piece("A", 1),) if kind is Kind.REFUSED else ()
    assert given(teller, teller.tell("P1", kind, SIX, pieces=pieces)) == []


def test_goods_wait_from_the_last_hand_over_until_they_are_collected() -> None:
    teller = Teller()
    assert waiting(teller, "P1") == {"A": None}
    handed = [
        teller.handed("P1", SIX, piece("A", 10_000)),
        teller.handed("P1", SIX + 60, piece("A", 3000, "2")),
    ]
    assert waiting(teller, "P1", *handed) == {"A": instant(teller.problem, SIX + 60)}
    collected = teller.tell("P1", Kind.COLLECTED, SIX + 90, order="A")
    assert waiting(teller, "P1", *handed, collected) == {"A": None}
    assert waiting(teller, "P1", collected, *reversed(handed)) == {"A": None}


def test_goods_brought_to_the_door_and_to_a_grid_wait_for_nobody() -> None:
    teller = Teller()
    assert waiting(teller, "P2", teller.handed("P2", SIX, piece("B", 20_000))) == {}
    visit = teller.day([teller.handed("G1", SIX, piece("A", 1))]).visits[teller.stops["T1-1", "G1"]]
    assert list(custody(visit, teller.problem.lines)) == []


def test_uncollected_goods_become_a_task_after_a_day() -> None:
    teller = Teller()
    event = teller.handed("P1", SIX, piece("A", 10_000))
    visit = teller.day([event]).visits[event.stop]
    (one,) = custody(visit, teller.problem.lines)
    task = uncollected(one, visit, "plan-1", RULES)
    assert task is not None
    assert task.severity is Severity.SERVICE
    # Shown from 24 h after the hand-over on, with two hours to act.
    assert task.due_at - RULES.due_after == event.at + timedelta(hours=24)


def test_every_kind_has_a_level_and_every_level_its_roles_and_actions() -> None:
    assert set(SEVERITY_OF) == set(TaskKind)
    assert set(LEVELS) == set(Severity)
    assert all("admin" in level.roles and level.actions for level in LEVELS.values())
    assert "leader" not in LEVELS[Severity.FOOD_SAFETY].roles


def test_who_may_end_what_and_how() -> None:
    done = Ending(action="quarantined", note="")
    assert why_not(Severity.FOOD_SAFETY, "warehouse", done) is None
    refused = why_not(Severity.FOOD_SAFETY, "leader", done)
    assert refused is not None
    assert refused[0] == "CG-7308"
    wrong = why_not(Severity.SERVICE, "leader", done)
    assert wrong is not None
    assert wrong[0] == "CG-7309"
    assert "collected" in wrong[1]
