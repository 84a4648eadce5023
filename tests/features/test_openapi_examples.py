"""Every example of the OpenAPI document is sent, in the order of a day, and works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.asking import events_of
from tests.rerouting import compute_here
from tests.serving import MORNING
from tests.stored_plan import PLAN, store
from tests.watched_service import VAN, WatchedService, watched

Example = dict[str, Any]
OTHER_PLAN = "plan-2"


class Day:
    """A client that sends examples and keeps count of whose they were."""

    def __init__(self, service: WatchedService) -> None:
        self.service = service
        self.client = client = service.client
        self.document: dict[str, Any] = client.get("/v1/openapi.json").json()
        self.sent: set[tuple[str, int]] = set()
        self.headers: dict[str, str] = {}

    def bodies(self) -> dict[str, list[Example]]:
        """Give the examples of every operation that takes a JSON body."""
        found: dict[str, list[Example]] = {}
        for path in self.document["paths"].values():
            for operation in path.values():
                content = operation.get("requestBody", {}).get("content", {})
                if "application/json" in content:
                    name = operation["operationId"]
                    found[name] = list(self._examples(content["application/json"]))
        return found

    def _examples(self, content: dict[str, Any]) -> Iterator[Example]:
        yield from content.get("examples", {}).values()
        yield from self._of_shape(content["schema"])

    def _of_shape(self, schema: dict[str, Any]) -> Iterator[Example]:
        schemas = self.document["components"]["schemas"]
        if "$ref" in schema:
            yield from self._of_shape(schemas[schema["$ref"].rpartition("/")[2]])
            return
        yield from schema.get("examples", ())
        if not schema.get("examples"):
            for each in schema.get("oneOf", ()) or schema.get("anyOf", ()):
                yield from self._of_shape(each)

    def send(self, name: str, *, number: int = 0, etag: bool = False, **known: Any) -> Any:
        """Send one example to its route; ``known`` fills the path and replaces ids in the body."""
        (method, path), body = self._route(name), dict(self.bodies()[name][number])
        body |= {key: value for key, value in known.items() if key in body}
        headers = dict(self.headers)
        if etag:
            plan = self.client.get(f"/v1/plans/{known['plan']}")
            headers["If-Match"] = plan.headers["etag"]
        answer = self.client.request(method, path.format(**known), json=body, headers=headers)
        assert answer.is_success, f"{name}: {answer.status_code} {answer.text}"
        self.sent.add((name, number))
        return answer

    def _route(self, name: str) -> tuple[str, str]:
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                if operation["operationId"] == name:
                    return method.upper(), path
        raise LookupError(name)


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    compute_here(monkeypatch)
    with watched(tmp_path) as service:
        store(service.wiring.database)
        store(service.wiring.database, name=OTHER_PLAN)
        yield Day(service)


def test_every_example_works(day: Day) -> None:
    _ask(day)
    _live(day)
    _watch(day)
    _drive(day)
    _let_people_in(day)
    examples = {(name, n) for name, bodies in day.bodies().items() for n in range(len(bodies))}
    assert day.sent == examples


def _ask(day: Day) -> None:
    network = day.send("store_network").json()["id"]
    day.send("store_order_set", network=network)
    job = day.send("request_plan")
    _succeeds(day, job.json()["id"])
    assert day.send("check_scenario").json() == {"faults": []}
    run = day.send("run_scenario")
    _succeeds(day, run.json()["job"])


def _live(day: Day) -> None:
    day.send("revise_plan", plan=PLAN, etag=True)
    day.send("undo_plan", plan=PLAN, etag=True)
    job = day.send("revise_plan", number=1, plan=PLAN, etag=True)
    _succeeds(day, job.json()["id"])
    day.send("pin_plan", plan=PLAN, etag=True)
    job = day.send("change_orders", plan=PLAN, etag=True)
    _succeeds(day, job.json()["id"])
    day.send("publish_plan", plan=PLAN, etag=True)
    day.send("load_plan", plan=PLAN, etag=True)
    day.send("start_plan", plan=PLAN, etag=True)


def _watch(day: Day) -> None:
    for name in ("arm_point", "disarm_point", "precool_point", "wash_point"):
        day.send(name, point=VAN)
    day.send("take_point_out_of_service", point=VAN)
    alarm = day.service.an_alarm()["id"]
    for name in ("acknowledge", "comment", "shelve", "unshelve", "close"):
        day.send(f"{name}_alarm", alarm=alarm)


def _drive(day: Day) -> None:
    stops = day.client.get(f"/v1/plans/{PLAN}/stops").json()["items"]
    first = next(s["id"] for s in stops if s["site"] == "P1")
    _reroute(day)
    day.service.clock.advance(hours=8)
    for number in range(len(day.bodies()["report_stop_event"])):
        day.send("report_stop_event", number=number, stop=first)
    for number in range(len(day.bodies()["report_position"])):
        day.send("report_position", number=number, vehicle="V1")
    day.send("request_compensation")
    open_task = day.client.get("/v1/tasks?state=open").json()["items"][0]["id"]
    day.send("finish_task", task=open_task)
    day.send("close_plan", plan=PLAN, etag=True)
    # Last, because it bears the same orders, and what is asked of an order is asked of the newest.
    day.send("publish_plan", number=1, plan=OTHER_PLAN, etag=True)


def _reroute(day: Day) -> None:
    """V1 has been at its first point."""
    # The monitor beside has moved the clock by some minutes.
    late = day.service.clock() - MORNING
    day.service.clock.advance(hours=11.35, seconds=-late.total_seconds())
    day.send("reject_reroute", reroute=day.send("open_reroute").json()["id"])
    case = day.send("open_reroute").json()["id"]
    day.send("accept_reroute", reroute=case)
    day.send("take_back_reroute", reroute=case)


def _let_people_in(day: Day) -> None:
    """Create the person whose log-in is the example, and let this person do the rest."""
    (person,) = day.bodies()["log_in"]
    made = day.client.post("/v1/users", json=person | {"role": "admin"})
    assert made.status_code == 201, made.text
    day.headers = {"X-CSRF-Token": day.send("log_in").json()["csrf_token"]}
    user = day.send("create_user").json()["id"]
    day.send("change_user", user=user)
    day.send("create_key")
    day.send("change_password")


def _succeeds(day: Day, job: str) -> None:
    name, data = events_of(day.client, job)[-1][1:]
    assert (name, data["state"]) == ("done", "succeeded"), data
