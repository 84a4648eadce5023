"""Bodies about what one vehicle has before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.schemas.road import StopOut
from api.services.vehicle_days import Diversion, VehicleDay


class DiversionOut(BaseModel):
    """An accepted way out that changed where a vehicle drives."""

    reroute: str
    made_version: Annotated[int, Field(description="The plan's version that it made.")]
    decided_at: datetime
    sentences: Annotated[dict[str, list[str]], Field(description="What it is, by language.")]
    handovers: Annotated[
        list[dict[str, Any]], Field(description="Goods that change hands: where, when, to whom.")
    ]

    @classmethod
    def of(cls, diversion: Diversion) -> DiversionOut:
        """Show a diversion."""
        return cls(
            reroute=diversion.reroute,
            made_version=diversion.made_version,
            decided_at=diversion.decided_at,
            sentences=diversion.proposal["sentences"],
            handovers=diversion.proposal["handovers"],
        )


class VehicleDayOut(BaseModel):
    """The stops of a vehicle in one plan, in driving order."""

    plan: str
    version: int
    plan_state: str
    diversions: list[DiversionOut]
    items: list[StopOut]

    @classmethod
    def of(cls, one: VehicleDay) -> VehicleDayOut:
        """Show a day."""
        return cls(
            plan=one.day.id,
            version=one.day.version,
            plan_state=one.day.state,
            diversions=[DiversionOut.of(each) for each in one.diversions],
            items=[StopOut.of(one.day, visit) for visit in one.visits],
        )


class VehicleDayList(BaseModel):
    """What a vehicle has before it, plan by plan."""

    vehicle: str
    plans: list[VehicleDayOut]

    @classmethod
    def of(cls, vehicle: str, days: Sequence[VehicleDay]) -> VehicleDayList:
        """Show the days of a vehicle."""
        return cls(vehicle=vehicle, plans=[VehicleDayOut.of(one) for one in days])
