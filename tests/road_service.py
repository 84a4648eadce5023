"""A service with the small city's plan on the road, and short words for what tests say to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pydantic import BaseModel

from api.security.principal import ALL_SCOPES, Role, Scope
from api.services.accounts import NewKey, NewUser
from api.wiring import Wiring
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from tests.published import publish
from tests.serving import MORNING, StandingClock, served
from tests.stored_plan import PLAN

ROAD_SCOPES = frozenset({Scope.ROAD_READ, Scope.ROAD_WRITE})
SEVEN_H = 11
"""Seven in the morning, in hours from the horizon start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadService:
    """A running service, its clock, and the plan that is driven."""

    client: TestClient
    wiring: Wiring
    clock: StandingClock
    problem: Problem
    plan: Plan
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def stop(self, site: str) -> dict[str, Any]:
        """Read the stop of a site."""
        items: list[dict[str, Any]] = self.get(f"/v1/plans/{PLAN}/stops", site=site)["items"]
        return items[0]

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def event(self, kind: str, **said: Any) -> dict[str, Any]:
        """Write an event of this moment under a name of its own."""
        name = f"event-{next(self.numbers):05}"
        return {"client_event_id": name, "at": self.clock().isoformat(), "kind": kind, **said}

    def handed(self, stop: dict[str, Any], **said: Any) -> dict[str, Any]:
        """Write the hand-over of everything that is left at a stop."""
        lines = [
            {"order": line["order"], "line": line["line"], "mass_kg": line["rest_kg"]}
            for line in stop["lines"]
            if line["rest_kg"] > 0
        ]
        told = {"lines": lines, "signed_by": "Mrs. Luo", "inspected": True} | said
        return self.event("handed_over", **told)

    def report(self, stop: dict[str, Any], event: dict[str, Any], status: int = 201) -> Any:
        answer = self.client.post(f"/v1/stops/{stop['id']}/events", json=event)
        assert answer.status_code == status, answer.text
        return answer.json()

    def refused(self, stop: dict[str, Any], event: dict[str, Any], status: int, code: str) -> str:
        """Report what is refused, and give the reason."""
        told = self.report(stop, event, status)
        assert told["code"] == code
        detail: str = told["detail"]
        return detail

    def key(self, role: Role, **narrowed: Any) -> dict[str, str]:
        """Make an API key; from the first one on, requests need one."""
        if not self.wiring.accounts.list_users():
            admin = NewUser(name="admin", password="twelve crates of ice", role=Role.ADMIN)
            self.wiring.accounts.create_user(admin, by="local")
        new = NewKey(
            name=f"key {next(self.numbers)}",
            role=role,
            scopes=ALL_SCOPES if role is Role.ADMIN else ROAD_SCOPES,
            **narrowed,
        )
        made = self.wiring.accounts.create_key(new, by="local")
        return {"Authorization": f"Bearer {made.secret}"}


@contextmanager
def on_the_road(
    folder: Path, *, state: str = "running", hours: float = SEVEN_H
) -> Iterator[RoadService]:
    """Run a service whose plan is driven, some hours after the horizon start."""
    clock = StandingClock(MORNING)
    clock.advance(hours=hours)
    with served(folder, clock=clock) as (client, wiring):
        problem, plan = publish(wiring.database, state=state)
        yield RoadService(client=client, wiring=wiring, clock=clock, problem=problem, plan=plan)


def example_of(body: type[BaseModel]) -> dict[str, Any]:
    """Give the example that the schema of a body shows."""
    (example,) = body.model_json_schema()["examples"]
    assert isinstance(example, dict)
    return example
