"""What operators' tools are told."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class HealthOut(BaseModel):
    """The service is well; where it is not, a problem detail comes instead."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "ok", "version": "0.1.0", "database": "ok", "jobs": "ok"}]
        }
    )

    status: Literal["ok"] = "ok"
    version: str = Field(description="The release of coldgrid that answers.")
    database: Literal["ok"] = "ok"
    jobs: Literal["ok"] = "ok"
