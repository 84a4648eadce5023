"""Is the machine fit to serve: Python, packages, clock, address, fonts, cores, rights of files."""

from __future__ import annotations

import http.client
import json
import os
import platform
import re
import socket
import stat
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

from api.manifests.fonts import find_font
from api.problem_details import Refusal
from api.services.doctor_words import Finding, failed, fine, warned

OLDEST_PYTHON = (3, 11)
ANSWER_S = 3.0
CLOCK_BEHIND = timedelta(days=1)
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_NEEDED = re.compile(r"^([A-Za-z0-9._-]+)(?![^;]*;.*extra\s*==)")


def python() -> Finding:
    """Look at the version of Python."""
    version = platform.python_version()
    if sys.version_info[:2] < OLDEST_PYTHON:
        return failed("python", version, "Install Python 3.11 or newer, then: make setup.")
    return fine("python", version)


def packages(lock: Path) -> Iterator[Finding]:
    """Hold what is installed against what coldgrid needs, and against its lock where there is one.

    Parameters
    ----------
    lock
        ``requirements.lock``.
    """
    needed = [_NEEDED.match(line) for line in metadata.requires("coldgrid") or ()]
    missing = [found[1] for found in needed if found and _installed(found[1]) is None]
    if missing:
        yield failed("packages", f"not installed: {', '.join(missing)}", "Run make setup.")
    if not lock.is_file():
        yield fine("packages", "no lock to compare with: coldgrid runs without its checkout")
        return
    # A package stands there several times where Pythons or systems need different releases.
    locked: dict[str, list[str]] = {}
    for name, version in _LOCKED.findall(lock.read_text(encoding="utf-8")):
        locked.setdefault(name, []).append(version)
    other = [
        f"{name} {there} instead of {' or '.join(versions)}"
        for name, versions in locked.items()
        if (there := _installed(name)) is not None and there not in versions
    ]
    if other:
        yield warned("packages", ", ".join(other), "Run make setup to get the tested releases.")
    elif not missing:
        yield fine("packages", f"as in {lock.name}")


def clock(now: datetime, checkout: Path) -> Finding:
    """Look whether the clock can be right: it must not be older than coldgrid itself."""
    made = max(
        datetime.fromtimestamp(file.stat().st_mtime, UTC)
        for file in (Path(__file__), checkout / "requirements.lock")
        if file.is_file()
    )
    if now < made - CLOCK_BEHIND:
        cause = f"it says {now:%Y-%m-%d %H:%M}Z, and coldgrid was installed {made:%Y-%m-%d}"
        return failed("clock", cause, "Set the clock, and let NTP keep it.")
    return fine("clock", f"{now:%Y-%m-%d %H:%M}Z")


def port(host: str, number: int) -> Finding:
    """Look whether the address is free, or whether coldgrid answers there already."""
    try:
        with socket.create_server((host, number), family=_family(host)):
            return fine("address", f"{host} port {number} is free")
    except OSError as error:
        if _is_coldgrid(host, number):
            return fine("address", f"coldgrid answers on {host} port {number}")
        cause = f"{host} port {number}: {error.strerror or error}"
        return failed("address", cause, "Set COLDGRID_HOST and COLDGRID_PORT to a free address.")


def travel_folder(folder: Path | None) -> Finding:
    """Look whether travel files can be read."""
    if folder is None:
        return fine("travel", "no folder of travel files is set")
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        return failed(
            "travel", f"{folder} is no folder that can be read", "Correct COLDGRID_TRAVEL_FOLDER."
        )
    return fine("travel", f"{folder} can be read")


def cjk_font(configured: Path | None) -> Finding:
    """Look for the font of the PDFs."""
    try:
        found = find_font(configured)
    except Refusal as refused:
        mend = "Only PDFs with Chinese words need it: install one, or set COLDGRID_FONT."
        return warned("font", str(refused), mend)
    return fine("font", str(found.path))


def cores(running_jobs: int, job_workers: int) -> Finding:
    """Hold the work at a time against the cores of the machine."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    asked = running_jobs * job_workers
    if there is not None and asked > there:
        return warned(
            "cores",
            f"{running_jobs} jobs of {job_workers} processes may run on {there} cores",
            "Each gets less done in its time: lower COLDGRID_RUNNING_JOBS or COLDGRID_JOB_WORKERS.",
        )
    return fine("cores", f"{there} for {asked} processes")


def secret_files(files: Mapping[str, Path]) -> Iterator[Finding]:
    """Look whether files that nobody else may read are closed to others.

    Parameters
    ----------
    files
        By what they are; those that do not exist are left to the checks of what needs them.
    """
    for name, file in files.items():
        if not file.is_file():
            continue
        mode = file.stat().st_mode
        open_to = [
            who
            for who, bits in (("its group", stat.S_IRWXG), ("everybody", stat.S_IRWXO))
            if mode & bits
        ]
        if not open_to:
            yield fine("secrets", f"{name} {file} is its owner's alone")
            continue
        cause = f"{name} {file} is open to {' and '.join(open_to)} ({stat.filemode(mode)})"
        yield warned("secrets", cause, f"chmod 600 {file}")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _is_coldgrid(host: str, number: int) -> bool:
    connection = http.client.HTTPConnection(host, number, timeout=ANSWER_S)
    try:
        connection.request("GET", "/healthz")
        document = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    # Also where it is not well: then its problem detail says so.
    return isinstance(document, dict) and ("database" in document or "CG-" in str(document))
