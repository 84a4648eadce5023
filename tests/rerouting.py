"""A service whose vans are on the road and whose ways out are computed in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pytest import MonkeyPatch

from api.jobs.answering import Answering
from api.jobs.warm import Question, WarmProcess
from api.wiring import Wiring
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.travel.means import NO_MEANS
from tests.published import publish
from tests.serving import MORNING, StandingClock, served
from tests.stored_plan import PLAN

ON_THE_WAY_H = 11 + 20 / 60
"""Twenty past seven in the morning, in hours from the horizon start: V1 is on its way."""


class AnsweringHere(Answering):
    """Answers in the process of the test, word for word as the process beside would.

    The same question has the same answer, so it is computed once for all tests.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []

    def ask(self, question: Question) -> dict[str, Any]:
        names = {
            "problem": question.problem,
            "plan": question.plan,
            "problem_name": question.problem_name,
            "travel_folder": None,
            "travel_means": NO_MEANS.document(),
        }
        text = json.dumps({**question.asked, **names}, sort_keys=True)
        self.asked.append(json.loads(text))
        return json.loads(_computed(text, question.problem_document(), question.plan_document()))  # type: ignore[no-any-return]


@cache
def _computed(asked: str, problem: bytes, plan: bytes) -> str:
    return json.dumps(Answering().answer(json.loads(asked), problem, plan))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerouting:
    """A running service, its clock, and the plan that is driven."""

    client: TestClient
    wiring: Wiring
    clock: StandingClock
    problem: Problem
    plan: Plan

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def open(self, status: int = 201, *, plan: str = PLAN, **changes: Any) -> Any:
        """Open a case about V1's frozen compartment, or what a test says."""
        disruption = {"kind": "compartment", "vehicle": "V1", "zone": "frozen"} | changes
        return self.post("/v1/reroutes", status, plan=plan, disruption=disruption)

    def accept(self, case: dict[str, Any], number: int = 1, status: int = 200) -> Any:
        return self.post(f"/v1/reroutes/{case['id']}/accept", status, proposal=number, note="go")


def compute_here(monkeypatch: MonkeyPatch) -> AnsweringHere:
    """Let services of this test compute ways out in their own process; give who does."""
    here = AnsweringHere()
    monkeypatch.setattr(WarmProcess, "answer", lambda _, question: here.ask(question))
    monkeypatch.setattr(WarmProcess, "warm_up", lambda _: None)
    return here


@contextmanager
def rerouting(
    folder: Path,
    *,
    hours: float = ON_THE_WAY_H,
    state: str = "running",
    problem: Problem | None = None,
    plan: Plan | None = None,
    **changes: Any,
) -> Iterator[Rerouting]:
    """Run a service with a plan on the road, by default that of the small city."""
    clock = StandingClock(MORNING)
    clock.advance(hours=hours)
    with served(folder, clock=clock, **changes) as (client, wiring):
        stored, driven = publish(wiring.database, problem, plan, state=state)
        yield Rerouting(client=client, wiring=wiring, clock=clock, problem=stored, plan=driven)
