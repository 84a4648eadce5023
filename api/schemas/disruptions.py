"""Bodies that say what broke: a compartment, or anything else that happens to a running day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, model_validator

from api.problem_details import Refusal
from api.reroutes.asking import Happening
from api.schemas.events import Instant, Name
from optimizer.domain.problem import Horizon
from optimizer.domain.temperature import Zone
from optimizer.response.words import BreachTimes, Disruption, Severity

MOST_AHEAD = timedelta(minutes=1)
"""Clocks of two machines differ; what is further ahead has not happened."""

Celsius = Annotated[float, Field(ge=-60, le=60, allow_inf_nan=False)]
Row = dict[str, Any]
MOST_ROWS = 100


class BreachBody(BaseModel):
    """When the product leaves its band: the moments that one, five and nine in ten are after."""

    model_config = ConfigDict(extra="forbid")

    p10: Instant
    p50: Instant
    p90: Instant

    @model_validator(mode="after")
    def _ascending(self) -> BreachBody:
        if not self.p10 <= self.p50 <= self.p90:
            raise ValueError("p10, p50 and p90 follow each other in time")
        return self


class CompartmentBody(BaseModel):
    """A compartment that no longer keeps its zone; what is left out is taken from the plan."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["compartment"]
    vehicle: Name
    zone: Zone
    at: Annotated[Instant | None, Field(description="When it was noticed; null is now.")] = None
    product_c: Annotated[Celsius | None, Field(description="The product, as estimated.")] = None
    product_sd_c: Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)] = 0.3
    air_c: Celsius | None = None
    ambient_c: Celsius | None = None
    cooling_w: Annotated[
        float, Field(ge=0, le=100_000, allow_inf_nan=False, description="Watts that are left.")
    ] = 0.0
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    severity: Severity = Severity.FOOD_SAFETY
    breach: BreachBody | None = None

    @model_validator(mode="after")
    def _whole_position(self) -> CompartmentBody:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a position has both lat and lon")
        return self

    def event(self, horizon: Horizon, now: datetime) -> Disruption:
        """Give the disruption for the service.

        Parameters
        ----------
        horizon
            Of the plan's problem.
        now
            The present instant.

        Raises
        ------
        Refusal
            It lies in the future.
        """
        at = _noticed(self.at, now)
        told = ("vehicle", "zone", "product_c", "product_sd_c", "air_c", "ambient_c", "cooling_w")
        breach = self.breach
        return Disruption(
            **{name: getattr(self, name) for name in told},
            at=horizon.seconds(at),
            severity=self.severity,
            lat=self.lat,
            lon=self.lon,
            breach=None
            if breach is None
            else BreachTimes(
                p10=horizon.seconds(breach.p10),
                p50=horizon.seconds(breach.p50),
                p90=horizon.seconds(breach.p90),
            ),
        )


class HappeningBody(BaseModel):
    """What all other disruptions have in common."""

    model_config = ConfigDict(extra="forbid")

    at: Annotated[Instant | None, Field(description="When it was noticed; null is now.")] = None
    severity: Severity | None = None

    def event(self, horizon: Horizon, now: datetime) -> Happening:
        """Give the disruption for the service, which reads the rest against the plan's problem.

        Parameters
        ----------
        horizon
            Of the plan's problem.
        now
            The present instant.

        Raises
        ------
        Refusal
            It lies in the future.
        """
        at = _noticed(self.at, now)
        document = self.model_dump(mode="json", exclude={"at"}, exclude_none=True)
        return Happening(at=horizon.seconds(at), document=document)


class ClosedRoadBody(HappeningBody):
    """An area that nobody may drive through."""

    kind: Literal["closed_road"]
    polygon: Annotated[Row, Field(description="A GeoJSON polygon, longitude before latitude.")]
    until: Annotated[Instant | None, Field(description="Null is the rest of the day.")] = None


class BreakdownBody(HappeningBody):
    """A van that stands and will not drive again today."""

    kind: Literal["breakdown"]
    vehicle: Name
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    cooling_w: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] = 0.0


class LateLinehaulBody(HappeningBody):
    """A truck that comes later than planned: its route, or the site where it is waited for."""

    kind: Literal["late_linehaul"]
    delay_min: Annotated[float, Field(ge=1, le=2880, allow_inf_nan=False)]
    route: Name | None = None
    site: Name | None = None


class UrgentOrderBody(HappeningBody):
    """Order lines that come in while the day runs: rows with the columns of orders.csv."""

    kind: Literal["urgent_order"]
    orders: Annotated[list[Row], Field(min_length=1, max_length=MOST_ROWS)]


class BackupCarrierBody(HappeningBody):
    """Vans of a contracted carrier: ids of the plan's problem, or rows of vehicles.csv."""

    kind: Literal["backup_carrier"]
    vehicles: Annotated[list[Name | Row], Field(min_length=1, max_length=MOST_ROWS)]


DisruptionBody = Annotated[
    CompartmentBody
    | ClosedRoadBody
    | BreakdownBody
    | LateLinehaulBody
    | UrgentOrderBody
    | BackupCarrierBody,
    Discriminator("kind"),
]
"""The kinds of disruption."""


def _noticed(at: datetime | None, now: datetime) -> datetime:
    """Give when something was noticed.

    Raises
    ------
    Refusal
        That lies in the future.
    """
    if at is not None and at > now + MOST_AHEAD:
        raise Refusal("CG-7806", f"disruption/at: {at.isoformat()} is ahead of {now.isoformat()}")
    return at or now
