"""Writes pages: a frame, the words, and the script that fills it; no fact of the operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from api.pages.catalogue import catalogue
from api.pages.files import browser_files
from api.pages.languages import HTML_LANGUAGE, LANGUAGES, Language

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
"""Content-Security-Policy of a page: nothing from another host, no script or style in the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page that the bar at the top, or at the bottom of a phone, leads to.

    Parameters
    ----------
    name
        Key of its words ``place.NAME``, and name of its icon.
    roles
        Who has use for it; the others are not shown the way.
    """

    name: str
    path: str
    roles: Sequence[str]


PLACES: tuple[Place, ...] = (
    Place(
        name="dispatch",
        path="/dispatch",
        roles=("dispatcher", "warehouse", "planner", "admin"),
    ),
    Place(
        name="cold_chain",
        path="/cold-chain",
        roles=("dispatcher", "warehouse", "planner", "admin"),
    ),
    Place(
        name="reroutes",
        path="/reroutes",
        roles=("dispatcher", "warehouse", "planner", "admin"),
    ),
    Place(name="shift", path="/shift", roles=("dispatcher", "warehouse", "planner", "admin")),
    Place(name="scenarios", path="/scenarios", roles=("dispatcher", "planner", "admin")),
    Place(name="driver", path="/driver", roles=("driver",)),
)
"""In the order in which they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """One page before it is filled.

    Parameters
    ----------
    template
        File in ``templates``.
    script
        Module in ``static`` that fills it.
    given
        What the script needs to know besides the words, as plain JSON values.
    """

    template: str
    script: str
    language: Language
    time_zone: str
    given: Mapping[str, Any]


def page(shell: Shell) -> str:
    """Write a page.

    Parameters
    ----------
    shell
        What is wanted.
    """
    words = catalogue(shell.language)
    files = browser_files()
    given = {
        "language": shell.language,
        "timeZone": shell.time_zone,
        "places": [
            {"name": place.name, "path": place.path, "roles": list(place.roles)} for place in PLACES
        ],
        "worker": files.address("feed_worker.js"),
        **shell.given,
    }
    return (
        _environment()
        .get_template(shell.template)
        .render(
            t=words.text,
            words=dict(words.messages),
            given=given,
            static=files.address,
            script=shell.script,
            modules=_modules(shell.script),
            lang=HTML_LANGUAGE[shell.language],
            language=shell.language,
            languages=LANGUAGES,
            places=PLACES,
        )
    )


@cache
def _modules(script: str) -> tuple[str, ...]:
    return browser_files().needed_by(script)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
