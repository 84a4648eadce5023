"""What is kept of a problem is the answer, belongs to it alone, and does not grow without end."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import partial
from itertools import count

import pytest

from optimizer.engines.engine import RoutingRoute
from optimizer.engines.known import Known
from optimizer.engines.loads import peak_of
from optimizer.engines.schedule import schedule
from optimizer.engines.simplify import prospects
from tests.routing_cases import job, on_a_line, van

ROUTE = RoutingRoute(group=0, jobs=(0, 1))


def test_what_is_asked_twice_is_worked_out_once() -> None:
    known, worked = Known(), count()
    assert [known.ask("sum", (1, 2), lambda: next(worked)) for _ in range(2)] == [0, 0]
    assert known.ask("product", (1, 2), lambda: next(worked)) == 1


def test_no_answer_is_kept_as_well() -> None:
    known, worked = Known(), count()

    def nothing() -> None:
        next(worked)

    known.ask("none", 1, nothing)
    known.ask("none", 1, nothing)
    assert next(worked) == 1


def test_no_more_is_kept_than_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.engines.known.MOST_KEPT", 2)
    known = Known()
    for number in range(5):
        assert known.ask("same", number, partial(int, number)) == number
    assert len(known.answers["same"]) <= 2


def test_another_problem_has_answers_of_its_own() -> None:
    problem = on_a_line([0, 1000, 3000], [job(1), job(2)], [van()], service_s=60)
    first = schedule(problem, ROUTE)
    later = replace(problem, service_s=(0, 90, 90))
    nobody = replace(problem, vehicles=(replace(van(), count=0),))
    assert schedule(problem, ROUTE) is first
    assert first is not None
    found = schedule(later, ROUTE)
    assert found is not None
    assert found.duration_s == first.duration_s + 60
    assert not any(prospects(problem).hopeless)
    assert all(prospects(nobody).hopeless)
    heavier = replace(problem, jobs=tuple(replace(one, load=(7,)) for one in problem.jobs))
    assert peak_of(heavier, (0, 1)) == (14,)


def test_a_problem_travels_without_what_is_kept() -> None:
    problem = on_a_line([0, 1000, 3000], [job(1), job(2)], [van()])
    before = schedule(problem, ROUTE)
    there = pickle.loads(pickle.dumps(problem))
    assert not there.known.answers
    assert schedule(there, ROUTE) == before
