"""What operators' tools are told."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.observe.watch_health import WatchReport


class HealthOut(BaseModel):
    """The service is well; where it is not, a problem detail comes instead."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ok",
                    "version": "0.1.0",
                    "database": "ok",
                    "jobs": "ok",
                    "telemetry": "ok",
                    "monitor": "ok",
                    "monitor_heard_at": "2026-07-15T07:40:00Z",
                }
            ]
        }
    )

    status: Literal["ok"] = "ok"
    version: str = Field(description="The release of coldgrid that answers.")
    database: Literal["ok"] = "ok"
    jobs: Literal["ok"] = "ok"
    telemetry: Literal["ok", "away", "off"] = Field(
        description="The store of readings and alarms; off where nothing is watched."
    )
    monitor: Literal["ok", "silent", "off"] = Field(
        description="Whether a monitor has worked in the last minute."
    )
    monitor_heard_at: datetime | None

    @classmethod
    def of(cls, version: str, watching: WatchReport) -> HealthOut:
        """Show a service that is well."""
        return cls(
            version=version,
            telemetry=watching.store,
            monitor=watching.monitor,
            monitor_heard_at=watching.heard_at,
        )


class ReadyOut(BaseModel):
    """Requests may come; where they should not, a problem detail comes instead."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "version": "0.1.0",
                    "database": "ok",
                    "jobs": "ok",
                    "tables": "ok",
                }
            ]
        }
    )

    status: Literal["ready"] = "ready"
    version: str = Field(description="The release of coldgrid that answers.")
    database: Literal["ok"] = "ok"
    jobs: Literal["ok"] = "ok"
    tables: Literal["ok"] = Field(default="ok", description="Whether they are this release's.")
