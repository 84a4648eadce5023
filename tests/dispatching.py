"""A dispatcher at the service: asks with the ETag that was last seen, and waits for jobs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from api.jobs.feeds import DONE
from api.storage.jobs import JobRow
from api.wiring import Wiring

JOB_TAKES_AT_MOST_S = 120


@dataclass(slots=True, kw_only=True)
class Dispatcher:
    """Somebody who works on one plan."""

    client: TestClient
    plan: str
    etag: str

    def ask(self, way: str, body: dict[str, Any] | None = None, **headers: str) -> Response:
        """Change the plan, without looking at what comes of it."""
        method = "PUT" if way == "pins" else "POST"
        sent = {"If-Match": self.etag} | headers
        return self.client.request(
            method, f"/v1/plans/{self.plan}/{way}", json=body or {}, headers=sent
        )

    def do(self, way: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Change the plan and remember its new ETag."""
        answer = self.ask(way, body)
        assert answer.is_success, answer.text
        self.etag = answer.headers.get("ETag", self.etag)
        document: dict[str, Any] = answer.json()
        return document

    def refused(self, way: str, body: dict[str, Any] | None = None, **headers: str) -> list[Any]:
        """Give status, code and detail of a refusal."""
        answer = self.ask(way, body, **headers)
        document = answer.json()
        return [answer.status_code, document["code"], document["detail"]]

    def look(self) -> dict[str, Any]:
        """Read the plan and its ETag."""
        answer = self.client.get(f"/v1/plans/{self.plan}")
        assert answer.is_success, answer.text
        self.etag = answer.headers["ETag"]
        document: dict[str, Any] = answer.json()
        return document


def ended(wiring: Wiring, job: str) -> JobRow:
    """Wait until a job has ended."""

    async def follow() -> None:
        with wiring.planning.feeds.following(job) as follower:
            if wiring.planning.job(job).is_open:
                async for event in follower.events():
                    if event.name == DONE:
                        return

    asyncio.run(asyncio.wait_for(follow(), JOB_TAKES_AT_MOST_S))
    return wiring.planning.job(job)
