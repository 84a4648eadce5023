"""Asks every route of the service what its OpenAPI document allows, and what it does not.

Each question is put by everybody: one key of each role, and somebody without any. What stands in
a path is now made up, now the id of something that is there.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Unsatisfiable
from schemathesis import Case as AnyCase
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from api.problem_details import MEDIA_TYPE
from api.security.principal import Role
from api.wiring import Wiring
from tests.people import machine, person
from tests.published import publish

Case: TypeAlias = AnyCase[Any]
NOBODY = "nobody"
SERVER_FAULT = 500
REFUSED = 400
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An answer that should not be."""

    operation: str
    caller: str
    status: int
    why: str
    request: str

    def __str__(self) -> str:
        return f"{self.operation} as {self.caller}: {self.status}, {self.why}\n    {self.request}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A service with something in it, and all who may ask.

    Parameters
    ----------
    ids
        What is there, by the name that it has in a path.
    """

    client: TestClient
    document: dict[str, Any]
    callers: Mapping[str, dict[str, str]]
    ids: Mapping[str, list[str]]


def stage(client: TestClient, wiring: Wiring) -> Stage:
    """Put a published plan, users and keys into a service.

    Parameters
    ----------
    client
        Speaks to the service.
    wiring
        Its parts; the database has no user yet.
    """
    problem, plan = publish(wiring.database)
    person(wiring, Role.ADMIN)
    machine(wiring, Role.DRIVER)
    document = client.get("/v1/openapi.json").json()
    victims = [row.id for row in wiring.accounts.list_keys()]
    callers = {role.value: machine(wiring, role) for role in Role}
    ids = _listed(client, document, callers[Role.ADMIN.value]) | {
        "key": victims,
        "vehicle": [route.vehicle for route in plan.routes],
        "order": [line.order for line in islice(problem.lines, 5)],
        "site": list(problem.sites)[:5],
        "version": ["1", "2"],
    }
    stops = client.get(f"/v1/plans/{ids['plan'][0]}/stops", headers=callers["admin"]).json()
    ids["stop"] = [stop["id"] for stop in stops["items"][:5]]
    return Stage(client=client, document=document, callers={NOBODY: {}} | callers, ids=ids)


def findings(stage: Stage, *, examples: int, seed: int = 1) -> Iterator[Finding]:
    """Ask every route; give what should not have been answered.

    Parameters
    ----------
    stage
        Whom to ask.
    examples
        Questions for each route and each way of making them up.
    seed
        The same one makes up the same questions.
    """
    schema = schemathesis.openapi.from_dict(stage.document)
    dice = random.Random(seed)
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in MODES:
            for case in _made_up(operation, mode, examples, seed):
                yield from _asked(stage, operation.definition.raw["operationId"], case, dice)


def _made_up(
    operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, examples: int, seed: int
) -> list[Case]:
    made: list[Case] = []

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def collect(case: Case) -> None:
        made.append(case)

    # A route that takes nothing cannot be asked wrongly.
    with suppress(Unsatisfiable):
        collect()
    return made


def _asked(stage: Stage, operation: str, case: Case, dice: random.Random) -> Iterator[Finding]:
    for name, ids in stage.ids.items():
        if name in case.path_parameters and dice.random() < 0.5:
            case.path_parameters[name] = dice.choice(ids)
    request = _request(case)
    for caller, credentials in stage.callers.items():
        answer = stage.client.request(
            **request | {"headers": {**request["headers"], **credentials}, "cookies": None}
        )
        stage.client.cookies.clear()
        if why := _wrong(answer):
            shown = {name: value for name, value in request.items() if name != "cookies"}
            yield Finding(
                operation=operation,
                caller=caller,
                status=answer.status_code,
                why=why,
                request=str(shown)[:2000],
            )


def _request(case: Case) -> dict[str, Any]:
    given = case.as_transport_kwargs(base_url="http://localhost")
    headers = {
        name: value
        for name, value in given["headers"].items()
        if name.lower() not in {"authorization", "user-agent", "content-length"}
    }
    request: dict[str, Any] = {
        name: given[name] for name in ("method", "url", "params", "files") if name in given
    }
    if request.get("files"):
        request["files"] = [(name, _part(part)) for name, part in request["files"]]
    if "json" in given:
        # Escaped: halves of signs, too, travel in JSON.
        request["content"] = json.dumps(given["json"]).encode()
        headers["Content-Type"] = "application/json"
    elif isinstance(given.get("data"), str | bytes):
        request["content"] = given["data"]
    elif given.get("data") is not None:
        request["data"] = given["data"]
    return request | {"headers": headers}


def _part(part: Any) -> Any:
    """Give a part of a form as text or bytes: a form knows no numbers."""
    if isinstance(part, tuple):
        return (part[0], _part(part[1]), *part[2:])
    return part if isinstance(part, str | bytes) else json.dumps(part)


def _wrong(answer: Any) -> str:
    """Say what is wrong with an answer; nothing, if nothing is."""
    if answer.status_code >= SERVER_FAULT:
        return f"a fault of the service: {answer.text[:300]}"
    if answer.status_code < REFUSED:
        return ""
    if not answer.headers["content-type"].startswith(MEDIA_TYPE):
        return f"refused by something that is no problem detail: {answer.headers['content-type']}"
    missing = {"type", "title", "status", "detail", "code", "cause", "action"} - set(answer.json())
    return f"the problem detail lacks {missing}" if missing else ""


def _listed(
    client: TestClient, document: dict[str, Any], headers: dict[str, str]
) -> dict[str, list[str]]:
    """Read each list that has things of its own behind it: ``/v1/plans`` gives ``{plan}``."""
    ids = {}
    for path in document["paths"]:
        match = re.fullmatch(r"(/v1/[\w-]+)/\{(\w+)\}", path)
        if match and "get" in document["paths"].get(match[1], {}):
            items = client.get(match[1], headers=headers).json()["items"]
            if items and "id" in items[0]:
                ids[match[2]] = [item["id"] for item in items]
    return ids
