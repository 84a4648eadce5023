"""What is installed here: two processes of one release find the same plan, others may not."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CODE_DIGITS = 12
DECIDING = ("coldgrid", "numpy", "ortools", "pyvrp")
"""Packages whose release decides what a plan looks like."""

PLANNING_ROOMS = ("domain", "engines", "planning")
"""Rooms of ``optimizer`` that plan a grid."""


def release_of(package: str) -> str:
    """Give the release of an installed package; empty where it runs from its source alone."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def code_digest(rooms: Iterable[str], package: Path = PACKAGE) -> str:
    """Digest names and bytes of the source files in some rooms of ``optimizer``.

    Parameters
    ----------
    rooms
        Folders in the package.
    package
        The folder of ``optimizer``.
    """
    files = sorted(file for room in rooms for file in (package / room).rglob("*.py"))
    digest = sha256()
    for file in files:
        name = file.relative_to(package).as_posix().encode()
        body = file.read_bytes()
        digest.update(b"%d %s %d " % (len(name), name, len(body)) + body)
    return digest.hexdigest()[:CODE_DIGITS]


def planning_release() -> dict[str, str]:
    """Name everything that decides which plan a seed gives, with its release."""
    releases = {package: release_of(package) for package in DECIDING}
    return {**releases, "code": code_digest(PLANNING_ROOMS)}
