"""The air outside by the time of day."""

from __future__ import annotations

import math
from dataclasses import dataclass

from telemetry.virtual_fleet.spec import Climate

SUNRISE_H, SUNSET_H = 6.0, 18.0
WORK_BEGINS_H, WORK_ENDS_H = 5.0, 19.0
ROOF_SHARE = 0.25
"""How much of a body's surface the sun reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """The weather of an instant.

    Parameters
    ----------
    air_c
        Temperature of the air.
    skin_c
        Temperature that the outside of a vehicle has on average: the sun is in it.
    working
        Whether doors are used as in working hours.
    """

    air_c: float
    skin_c: float
    working: bool


def weather_at(climate: Climate, elapsed_s: float) -> Weather:
    """Give the weather so many seconds after the beginning."""
    hour = (climate.begins_h + elapsed_s / 3600.0) % 24.0
    turn = math.cos(2.0 * math.pi * (hour - climate.hottest_h) / 24.0)
    air_c = climate.mean_c + climate.swing_c * turn
    height = math.sin(math.pi * (hour - SUNRISE_H) / (SUNSET_H - SUNRISE_H))
    sun_c = climate.sun_c * max(0.0, height) if SUNRISE_H < hour < SUNSET_H else 0.0
    return Weather(
        air_c=air_c,
        skin_c=air_c + ROOF_SHARE * sun_c,
        working=WORK_BEGINS_H <= hour < WORK_ENDS_H,
    )
