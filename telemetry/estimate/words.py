"""The words of the estimate: what the air and the goods of a point do now, and where it leads."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from telemetry.alarm.raising import Cause
from telemetry.alarm.rules import Side


class Regime(Enum):
    """What the air of a point does."""

    LEARNING = "learning"
    """Too little has been seen of it to say, or its sensor cannot be believed."""

    STEADY = "steady"
    DEFROST = "defrost"
    DOOR = "door"
    WARMING = "warming"
    """It warms for longer, or further, than it ever did: cooling is missing."""

    COOLING_DOWN = "cooling_down"


class Cues(Struct, frozen=True, gc=False):
    """What is known of a point besides its temperature; None where nobody tells.

    Parameters
    ----------
    door_open
        Whether its door is open.
    defrosting
        Whether its unit says that it defrosts.
    apart_c
        By how much its sensors differ, where it has several.
    pull_c_h
        How fast the air behind its bulkhead would warm it from 0 °C: that air's temperature over
        the time constant of the bulkhead. Only what changes of it counts.
    """

    door_open: bool | None = None
    defrosting: bool | None = None
    apart_c: float | None = None
    pull_c_h: float | None = None


NO_CUES = Cues()


class Forecast(Struct, frozen=True, kw_only=True, gc=False):
    """When the goods will leave their band.

    Parameters
    ----------
    side, limit_c
        Which edge of the band.
    early_ms, breach_ms, late_ms
        The 10th, 50th and 90th percentile; None is beyond the horizon, or never.
    chance
        How likely it happens within the horizon, 0 to 1.
    """

    at_ms: int
    side: Side
    limit_c: float
    early_ms: int | None
    breach_ms: int | None
    late_ms: int | None
    chance: float


class Outlook(Struct, frozen=True, kw_only=True, gc=False):
    """What the estimate says of a point at an instant.

    Parameters
    ----------
    air_c, air_sd_c, product_c, product_sd_c
        Air without its cycles and noise, the goods that follow it, and how uncertain both are
        (standard deviation).
    rate_c_h
        How fast the air changes, °C per hour.
    regime
        What the air does.
    forecast
        None where nothing leads out of the band, or it cannot be said.
    causes
        What ought to stand as an alarm now: of the kinds ``no_cooling`` and ``predicted``, or that
        the sensor is at fault.
    capacity
        What share of its usual capacity the unit seems to have left, by how much longer it runs;
        None where the air shows no cycles, or something is wrong already.
    """

    at_ms: int
    air_c: float
    air_sd_c: float
    product_c: float
    product_sd_c: float
    rate_c_h: float
    regime: Regime
    forecast: Forecast | None = None
    causes: tuple[Cause, ...] = ()
    capacity: float | None = None
