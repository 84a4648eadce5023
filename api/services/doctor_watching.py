"""Can what the settings say about watching be used: the registry, and the files for the broker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

from api.services.doctor_words import Finding, failed, fine, warned
from api.settings import Settings, variable_of
from optimizer.domain.errors import InputRefused
from telemetry.registry_files import read_registry

BROKER_FILES = ("broker_ca", "broker_certificate", "broker_key")


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at what is there, without asking broker or store for anything.

    Parameters
    ----------
    settings
        Where the registry lies.
    now
        What calibrations are held against.
    """
    yield from _registry(settings, now)
    for name in BROKER_FILES:
        file = getattr(settings, name)
        if file is not None and not os.access(file, os.R_OK):
            yield failed("broker", f"{file} cannot be read", f"Correct {variable_of(name)}.")


def _registry(settings: Settings, now: datetime) -> Iterator[Finding]:
    folder = settings.registry
    if folder is None:
        yield fine("registry", "none is set: no sensor is watched")
        return
    try:
        files = read_registry(folder, now_ms=round(now.timestamp() * 1000))
    except InputRefused as refused:
        for fault in refused.faults:
            yield failed("registry", f"{fault.place}: {fault.cause}", fault.action)
        return
    for fault in files.warnings:
        yield warned("registry", f"{fault.place}: {fault.cause}", fault.action)
    points, sensors = len(files.registry.points), len(list(files.registry.sensors))
    yield fine("registry", f"{points} points and {sensors} sensors in {folder}")
