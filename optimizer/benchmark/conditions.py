"""Finds out what a measurement depends on: releases, source, commit and processors."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

from optimizer.benchmark.run_row import Conditions
from optimizer.release import PACKAGE, PLANNING_ROOMS, code_digest, release_of

MEASURED = ("benchmark", *PLANNING_ROOMS)
"""Rooms of ``optimizer`` that a measurement goes through."""

GIT_PATIENCE_S = 20


def conditions_here() -> Conditions:
    """Look at this process, its machine and the checkout that it runs from."""
    return Conditions(
        commit=commit_of(PACKAGE),
        code=code_digest(MEASURED),
        coldgrid=release_of("coldgrid"),
        python=platform.python_version(),
        ortools=release_of("ortools"),
        pyvrp=release_of("pyvrp"),
        processors=_processors(),
    )


def commit_of(folder: Path) -> str:
    """Give the commit that a folder was checked out from, ``+`` behind it where files differ.

    Empty where git is missing or does not know the folder: a folder that merely lies inside
    somebody else's checkout, as an environment may, has no commit.
    """
    if not _git(folder, "ls-files", "--", "__init__.py"):
        return ""
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return _git(folder, "rev-parse", "--short=10", "HEAD") + ("+" if changed else "")


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            text=True,
            timeout=GIT_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        # A commit is worth knowing, not worth losing a measurement for.
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
