"""The estimate of a point: what air and goods do, and when they leave their band."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.instants import instant, instant_or_none
from telemetry.alarm.rules import Side
from telemetry.estimate.words import Forecast, Outlook, Regime


class ForecastOut(BaseModel):
    """When the goods leave their band: 10th, 50th and 90th percentile.

    Null is beyond the horizon, or never.
    """

    side: Annotated[Side, Field(description="Which edge of the band.")]
    limit_c: float
    early: datetime | None
    breach: datetime | None
    late: datetime | None
    chance: Annotated[float, Field(description="That it happens within the horizon, 0 to 1.")]

    @classmethod
    def of(cls, forecast: Forecast) -> ForecastOut:
        """Show a forecast."""
        return cls(
            side=forecast.side,
            limit_c=forecast.limit_c,
            early=instant_or_none(forecast.early_ms),
            breach=instant_or_none(forecast.breach_ms),
            late=instant_or_none(forecast.late_ms),
            chance=forecast.chance,
        )


class EstimateOut(BaseModel):
    """What the estimate of a point says; ``_sd`` is a standard deviation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "as_of": "2030-01-01T10:00:00Z",
                    "air_c": -20.4,
                    "air_sd_c": 0.1,
                    "product_c": -21.2,
                    "product_sd_c": 0.4,
                    "rate_c_h": 2.9,
                    "regime": "warming",
                    "forecast": {
                        "side": "high",
                        "limit_c": -18.0,
                        "early": "2030-01-01T10:55:00Z",
                        "breach": "2030-01-01T11:10:00Z",
                        "late": "2030-01-01T11:40:00Z",
                        "chance": 0.93,
                    },
                }
            ]
        }
    )

    as_of: Annotated[
        datetime,
        Field(description="The sample it is of: minutes ago while all is well, else the newest."),
    ]
    air_c: Annotated[float, Field(description="Without its cycles and noise.")]
    air_sd_c: float
    product_c: Annotated[float, Field(description="The most exposed goods.")]
    product_sd_c: float
    rate_c_h: Annotated[float, Field(description="How fast the air changes, °C per hour.")]
    regime: Regime
    forecast: Annotated[
        ForecastOut | None,
        Field(description="Null where nothing leads out of the band, or it cannot be said."),
    ]
    capacity: Annotated[
        float | None,
        Field(
            description="Share of its usual capacity that the unit seems to have left, by how much"
            " longer it runs than usual; null where it does not cycle, or something is wrong."
        ),
    ] = None

    @classmethod
    def of(cls, outlook: Outlook | None) -> EstimateOut | None:
        """Show an estimate; None where there is none."""
        if outlook is None:
            return None
        forecast = outlook.forecast
        return cls(
            as_of=instant(outlook.at_ms),
            air_c=outlook.air_c,
            air_sd_c=outlook.air_sd_c,
            product_c=outlook.product_c,
            product_sd_c=outlook.product_sd_c,
            rate_c_h=outlook.rate_c_h,
            regime=outlook.regime,
            forecast=None if forecast is None else ForecastOut.of(forecast),
            capacity=outlook.capacity,
        )
