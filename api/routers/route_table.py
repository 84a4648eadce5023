"""Which route a request means, found before anything of it is run.

What this table does not know the guard does not let through, so a route that is added beside it
is closed rather than open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from re import Pattern

from fastapi import FastAPI
from fastapi.routing import APIRoute, APIRouter

OPENAPI = "read_openapi"
"""Operation id of the schema itself, which the framework serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a path and a method mean.

    Parameters
    ----------
    operation
        Operation id; None where there is no such route.
    parameters
        What stands in the path, by name.
    methods
        Methods that the path knows, where it does not know the one that was asked.
    """

    operation: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    methods: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    pattern: Pattern[str]
    methods: frozenset[str]
    operation: str


class RouteTable:
    """The routes of an app, in the order in which the framework tries them.

    Parameters
    ----------
    app
        Its own routes come last.
    routers
        Those that it includes, in their order.
    """

    def __init__(self, app: FastAPI, routers: Iterable[APIRouter]) -> None:
        included = [route for router in routers for route in router.routes]
        self._openapi = app.openapi_url
        self._rows = [
            _Row(
                pattern=route.path_regex,
                methods=frozenset(route.methods or ()),
                operation=route.operation_id or f"{route.name} without operation id",
            )
            for route in [*included, *app.routes]
            if isinstance(route, APIRoute)
        ]

    def find(self, method: str, path: str) -> Found:
        """Say what a method and a path mean."""
        if path == self._openapi:
            known = frozenset({"GET", "HEAD"})
            return Found(operation=OPENAPI) if method in known else Found(methods=known)
        others: set[str] = set()
        for row in self._rows:
            match = row.pattern.match(path)
            if match is None:
                continue
            if method in row.methods:
                return Found(operation=row.operation, parameters=match.groupdict())
            others |= row.methods
        return Found(methods=frozenset(others))
