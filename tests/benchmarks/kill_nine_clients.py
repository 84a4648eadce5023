"""Clients of a service that goes away: each repeats what was not answered, and notes answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from itertools import cycle
from threading import Condition, Event, Thread
from typing import Any

import httpx2

from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import problem_document
from tests.features.command_line import SMALL_CITY
from tests.running import NO_TLS

PAUSE_S = 0.1
ANSWER_S = 30.0
OPEN = {"queued", "running"}
LINE = {"order": "N101", "line": "1"}


class Tally:
    """What clients were told, from several threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._answers = 0
        self.jobs: dict[str, str] = {}
        self.notes: list[str] = []
        self.events: list[str] = []
        self.positions: list[str] = []
        self.complaints: list[str] = []
        self.repeated = 0

    def answer(self, kind: str, *names: str) -> None:
        """Note an answer that promises something: names of jobs, notes, events, positions."""
        with self._changed:
            if kind == "jobs":
                key, job = names
                if self.jobs.setdefault(key, job) != job:
                    self.complaints.append(f"key {key} gave job {job} and job {self.jobs[key]}")
            else:
                getattr(self, kind).extend(names)
            self._answers += 1
            self._changed.notify_all()

    def repeat(self) -> None:
        with self._changed:
            self.repeated += 1

    def complain(self, complaint: str) -> None:
        with self._changed:
            self.complaints.append(complaint)

    def wait_for(self, more: int, seconds: float) -> None:
        """Wait until so many more answers have come."""
        with self._changed:
            target = self._answers + more
            came = self._changed.wait_for(lambda: self._answers >= target, seconds)
        if not came:
            self.complain(f"no {more} answers in {seconds:g} s")

    def counts(self) -> dict[str, int]:
        named = ("jobs", "notes", "events", "positions")
        return {name: len(getattr(self, name)) for name in named}


@cache
def city() -> dict[str, Any]:
    return dict(problem_document(read_problem(SMALL_CITY).problem))


class Post:
    """Asks until it is answered."""

    def __init__(self, address: str, tally: Tally) -> None:
        self._address = address
        self._tally = tally
        self._pause = Event()

    def once(self, method: str, path: str, **more: Any) -> httpx2.Response | None:
        """Ask once; None where no answer came, or none but that it is no good time."""
        try:
            answer = httpx2.request(
                method, f"{self._address}{path}", timeout=ANSWER_S, verify=NO_TLS, **more
            )
        except httpx2.TransportError:
            answer = None
        if answer is None or answer.status_code in {429, 503}:
            self._tally.repeat()
            self._pause.wait(PAUSE_S)
            return None
        return answer

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Ask until there is an answer."""
        while (answer := self.once(method, path, **more)) is None:
            continue
        return answer

    def ended(self, job: str) -> dict[str, Any]:
        """Wait for a job to end."""
        while (found := self.ask("GET", f"/v1/jobs/{job}").json())["state"] in OPEN:
            self._pause.wait(PAUSE_S)
        return dict(found)

    def new_plan(self, name: str) -> str:
        body = {"problem": city(), "iterations": 1, "name": name}
        answer = self.ask("POST", "/v1/plans", json=body, headers={"Idempotency-Key": name})
        assert answer.status_code == 202, answer.text
        job = answer.json()
        self._tally.answer("jobs", name, job["id"])
        assert self.ended(job["id"])["state"] == "succeeded"
        return str(job["plan"])

    def publish(self, plan: str) -> None:
        tag = self.ask("GET", f"/v1/plans/{plan}").headers["etag"]
        answer = self.ask("POST", f"/v1/plans/{plan}/publish", json={}, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text

    def ended_jobs(self, seconds: float) -> dict[str, int]:
        """Wait until no job is open, and count how they ended; failures with their codes."""
        for _ in range(round(seconds / PAUSE_S)):
            jobs = self.ask("GET", "/v1/jobs", params={"limit": 1000}).json()["items"]
            if not any(job["state"] in OPEN for job in jobs):
                return dict(Counter(_end_of(job) for job in jobs))
            self._pause.wait(PAUSE_S)
        self._tally.complain(f"jobs are still open after {seconds:g} s")
        return {}


def _end_of(job: dict[str, Any]) -> str:
    return f"{job['state']} {job['cause']['code']}" if job["cause"] else str(job["state"])


class Client(Thread, ABC):
    """Does one thing over and over until told to finish; what it has begun it brings to its end."""

    def __init__(self, post: Post, tally: Tally) -> None:
        super().__init__(daemon=True)
        self._post = post
        self._tally = tally
        self._over = Event()

    def run(self) -> None:
        number = 0
        try:
            while not self._over.is_set():
                self.step(number)
                number += 1
        except Exception as error:  # noqa: BLE001 - another thread reports it
            self._tally.complain(f"{type(self).__name__}: {type(error).__name__}: {error}")

    def finish(self, seconds: float) -> None:
        self._over.set()
        self.join(seconds)
        if self.is_alive():
            self._tally.complain(f"{type(self).__name__} got no answer in {seconds:g} s")

    def expect(self, answer: httpx2.Response, *codes: int) -> None:
        assert answer.status_code in codes, f"{answer.status_code} {answer.text[:500]}"

    @abstractmethod
    def step(self, number: int) -> None:
        """Do it once."""


class Planner(Client):
    """Asks for plans, one after the other."""

    def step(self, number: int) -> None:
        key = f"plan-{number}"
        body = {"problem": city(), "iterations": 1, "seed": number, "name": key}
        answer = self._post.ask("POST", "/v1/plans", json=body, headers={"Idempotency-Key": key})
        self.expect(answer, 202)
        job = answer.json()["id"]
        self._tally.answer("jobs", key, job)
        self._post.ended(job)


class OfPlan(Client):
    def __init__(self, post: Post, tally: Tally, plan: str) -> None:
        super().__init__(post, tally)
        self._plan = f"/v1/plans/{plan}"

    def tag(self) -> str:
        return str(self._post.ask("GET", self._plan).headers["etag"])


class Editor(OfPlan):
    """Takes a line out by hand and brings it back, in turns."""

    def step(self, number: int) -> None:
        note = f"edit-{number}"
        while not self._is_there(note):
            path, body = self._edit(number)
            headers = {"If-Match": self.tag()}
            answer = self._post.once(
                "POST", f"{self._plan}/{path}", json=body | {"note": note}, headers=headers
            )
            if answer is not None and answer.status_code != 412:
                self.expect(answer, 200)
                self._tally.answer("notes", note)
                return
        # The answer was lost, and what was asked for was done.
        self._tally.answer("notes", note)

    def _is_there(self, note: str) -> bool:
        versions = self._post.ask("GET", f"{self._plan}/versions").json()["items"]
        return any(version["note"] == note for version in versions)

    def _edit(self, number: int) -> tuple[str, dict[str, Any]]:
        if number % 2:
            return "undo", {}
        return "revisions", {"edits": [{"kind": "leave_line"} | LINE]}


class LateOrders(OfPlan):
    """Brings an order after the other into a plan."""

    def step(self, number: int) -> None:
        key = f"late-{number}"
        row = {
            "order": key, "line": "1", "site": "P5", "article": "WINE", "zone": "controlled",
            "mass_kg": 1, "volume_l": 1, "value_cents": 100,
        }  # fmt: skip
        body = {"orders": [row], "limit": {"iterations": 1}, "note": key}
        headers = {"Idempotency-Key": key, "If-Match": self.tag()}
        answer = self._post.ask("POST", f"{self._plan}/orders", json=body, headers=headers)
        self.expect(answer, 202)
        job = answer.headers["location"].rpartition("/")[2]
        self._tally.answer("jobs", key, job)
        self._post.ended(job)


class Driver(OfPlan):
    """Reports arrivals, departures and positions."""

    def step(self, number: int) -> None:
        stops = self._post.ask("GET", f"{self._plan}/stops").json()["items"]
        kinds = cycle(("arrived", "departed"))
        for place, (stop, kind) in enumerate(zip(stops, kinds, strict=False)):
            name = f"event-{number:04d}-{place:02d}"
            body = {"client_event_id": name, "at": datetime.now(UTC).isoformat(), "kind": kind}
            self._tell("events", name, f"/v1/stops/{stop['id']}/events", body)
            name = f"position-{number:04d}-{place:02d}"
            seen = {"client_event_id": name, "at": body["at"], "lat": 28.2, "lon": 112.9}
            vehicle = f"/v1/vehicles/{stop['vehicle']}/positions"
            self._tell("positions", name, vehicle, seen)

    def _tell(self, kind: str, name: str, path: str, body: dict[str, Any]) -> None:
        self.expect(self._post.ask("POST", path, json=body), 200, 201)
        self._tally.answer(kind, name)
