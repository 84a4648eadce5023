"""Bodies about rule packs: the band of a point and its limits."""

from __future__ import annotations

from math import isfinite
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.alarms import SeverityWord
from optimizer.domain.temperature import Zone
from telemetry.alarm.rules import LimitRule, Profile, Side


class LimitOut(BaseModel):
    """Outside a limit for longer than a delay is an alarm."""

    name: str
    side: Side
    limit_c: float
    severity: SeverityWord
    on_delay_s: int

    @classmethod
    def of(cls, rule: LimitRule) -> LimitOut:
        """Show a limit."""
        words: dict[str, SeverityWord] = {
            "info": "info", "warning": "warning", "critical": "critical",
        }  # fmt: skip
        return cls(
            name=rule.name,
            side=rule.side,
            limit_c=rule.limit_c,
            severity=words[rule.severity.word],
            on_delay_s=rule.on_delay_s,
        )


class ProfileOut(BaseModel):
    """A rule pack. A point without a profile of its own is watched by that of its zone's name."""

    name: str
    version: int
    zone: Zone | None
    lower_c: Annotated[float | None, Field(description="Of the product band; null is open.")]
    upper_c: Annotated[float | None, Field(description="Of the product band; null is open.")]
    limits: list[LimitOut]
    escalate_after_s: Annotated[
        int | None, Field(description="An alarm that nobody has acknowledged is escalated then.")
    ]
    stale_after_s: Annotated[int | None, Field(description="Silence that raises an alarm.")]

    @classmethod
    def of(cls, profile: Profile) -> ProfileOut:
        """Show a rule pack."""
        band = profile.band
        return cls(
            name=profile.name,
            version=profile.version,
            zone=profile.zone,
            lower_c=band.lower_c if isfinite(band.lower_c) else None,
            upper_c=band.upper_c if isfinite(band.upper_c) else None,
            limits=[LimitOut.of(rule) for rule in profile.limits],
            escalate_after_s=profile.escalate_after_s,
            stale_after_s=profile.stale_after_s,
        )


class ProfileList(BaseModel):
    """Every rule pack, by name."""

    items: list[ProfileOut]
