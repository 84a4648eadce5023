"""Settings of the service, from environment variables that begin with ``COLDGRID_``."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _cores() -> int:
    return os.cpu_count() or 1


class Settings(BaseSettings):
    """What an operator can set; the operator's page lists the variables.

    Parameters
    ----------
    database
        ``sqlite:///FILE`` or ``postgresql+psycopg://…``.
    host, port
        Where the service listens. Without users it refuses any host but loopback.
    running_jobs
        Jobs at a time; the others wait.
    waiting_jobs
        Jobs that may wait; one more is refused.
    job_workers
        Processes per job.
    job_attempts
        How often a job is begun anew after the service went down under it.
    order_lines
        Order lines per request.
    upload_bytes
        Bytes per request.
    travel_folder
        Where matrix files lie that a problem may name by file name.
    font
        A font file with Chinese glyphs for PDFs; by default one is looked for.
    frozen_minutes
        No replan touches a route that leaves within these minutes.
    session_hours
        How long a person stays logged in.
    log_format
        ``json`` for machines, ``text`` for people.
    shutdown_seconds
        How long a graceful stop waits for requests.
    """

    model_config = SettingsConfigDict(env_prefix="COLDGRID_", extra="ignore", frozen=True)

    database: str = "sqlite:///coldgrid.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    running_jobs: int = Field(default_factory=_cores, ge=1)
    waiting_jobs: int = Field(default=100, ge=0)
    job_workers: int = Field(default=1, ge=1)
    job_attempts: int = Field(default=3, ge=1)
    order_lines: int = Field(default=20_000, ge=1)
    upload_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    travel_folder: Path | None = None
    font: Path | None = None
    frozen_minutes: int = Field(default=60, ge=0)
    session_hours: float = Field(default=12.0, gt=0)
    log_format: str = Field(default="text", pattern="^(text|json)$")
    shutdown_seconds: float = Field(default=20.0, gt=0)
