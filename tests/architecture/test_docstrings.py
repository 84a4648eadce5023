"""Every public object explains itself, in numpydoc's form and without types."""

import functools
import importlib
import inspect
import warnings
from collections.abc import Iterator

import pytest
from numpydoc.validate import ERROR_MSGS, validate

from tests.architecture.project import module_name, packages, pyproject, source_files

RUN_BY_ALEMBIC = {"api.storage.migrations.env", "telemetry.storage.migrations.env"}
"""A script: it finds its connection only where Alembic runs it."""

MODULES = [
    name
    for package in packages()
    for name in map(module_name, source_files(package))
    if name not in RUN_BY_ALEMBIC and not any(part.startswith("_") for part in name.split("."))
]


def _public_members(owner: object) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in vars(owner).items() if not name.startswith("_"))


def _documented_by_hand(value: object) -> bool:
    return inspect.isfunction(value) or isinstance(
        value, (property, functools.cached_property, classmethod, staticmethod)
    )


def _public_objects(module_name: str) -> Iterator[str]:
    """Yield the dotted names of the public objects written in the module."""
    for name, value in _public_members(importlib.import_module(module_name)):
        if getattr(value, "__module__", None) != module_name:
            continue  # imported from elsewhere, judged there
        if inspect.isfunction(value):
            yield f"{module_name}.{name}"
        elif inspect.isclass(value):
            yield f"{module_name}.{name}"
            for member, method in _public_members(value):
                if _documented_by_hand(method):
                    yield f"{module_name}.{name}.{member}"


def _findings(name: str, checks: frozenset[str]) -> Iterator[str]:
    with warnings.catch_warnings():
        # The parser warns about what the checks report as errors anyway.
        warnings.simplefilter("ignore")
        result = validate(name)
    # A function lists its parameters completely or not at all; a record lists the fields whose
    # names do not say everything. Neither may list what is not there (PR02).
    lists_parameters = result["type"] == "function" and "Parameters\n----" in inspect.cleandoc(
        result["docstring"]
    )
    for code, message in result["errors"]:
        if code in checks and (code != "PR01" or lists_parameters):
            yield f"{name} (line {result['file_line']}): {code} {message}"


def test_configured_checks_exist() -> None:
    assert set(pyproject()["tool"]["numpydoc_validation"]["checks"]) <= set(ERROR_MSGS)


def test_every_module_says_what_it_is_for() -> None:
    # Not through numpydoc, which looks for a `def` line in the module and fails without one.
    assert [name for name in MODULES if not importlib.import_module(name).__doc__] == []


@pytest.mark.parametrize("module", MODULES)
def test_public_objects_are_documented(module: str) -> None:
    checks = frozenset(pyproject()["tool"]["numpydoc_validation"]["checks"])
    findings = [line for name in _public_objects(module) for line in _findings(name, checks)]
    assert not findings, "\n".join(findings)
