"""Temperature zones, bands and policies (figures: EU 89/108, GB/T 24616, EN 12830 practice).

A *product* band is what planner, checker and reroute keep; an *air* profile is what an alarm
watches, because air leaves its band at every door and the product must not.
Edges belong to the band: 4.0 is chilled, 4.1 is a breach.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf


class Zone(Enum):
    """A temperature zone, in the order of the compartments from the front to the rear door."""

    FROZEN = "frozen"
    CHILLED = "chilled"
    CONTROLLED = "controlled"

    # A zone equals itself alone. Enum hashes the name anew each time, in Python: 3 % of a plan.
    __hash__ = object.__hash__


ZONES: tuple[Zone, ...] = tuple(Zone)
COLD_ZONES = frozenset({Zone.FROZEN, Zone.CHILLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureBand:
    """A closed interval of degrees Celsius; ``lower_c`` may be minus infinity."""

    lower_c: float
    upper_c: float

    def __contains__(self, temperature_c: float) -> bool:
        return self.lower_c <= temperature_c <= self.upper_c

    def margin_c(self, temperature_c: float) -> float:
        """Say how far inside the band a temperature is; negative outside, infinite never."""
        above = self.upper_c - temperature_c
        below = temperature_c - self.lower_c if self.lower_c > -inf else above
        return min(above, below)


@dataclass(frozen=True, slots=True, kw_only=True)
class AirProfile:
    """What an alarm watches in the air of a compartment; delays in seconds, limits in Celsius."""

    warn_high_c: float
    warn_delay_s: int
    critical_high_c: float
    critical_delay_s: int
    warn_low_c: float | None = None
    critical_low_c: float | None = None
    low_delay_s: int = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperaturePolicy:
    """One zone's rules: product band, air profile, set-point, temperature at loading."""

    product: TemperatureBand
    air: AirProfile
    setpoint_c: float
    loading_c: float


DEFAULT_POLICIES: dict[Zone, TemperaturePolicy] = {
    Zone.FROZEN: TemperaturePolicy(
        product=TemperatureBand(lower_c=-inf, upper_c=-18.0),
        air=AirProfile(
            warn_high_c=-18.0, warn_delay_s=1200, critical_high_c=-15.0, critical_delay_s=900
        ),
        setpoint_c=-20.0,
        loading_c=-20.0,
    ),
    Zone.CHILLED: TemperaturePolicy(
        product=TemperatureBand(lower_c=0.0, upper_c=4.0),
        air=AirProfile(
            warn_high_c=4.0,
            warn_delay_s=900,
            critical_high_c=7.0,
            critical_delay_s=900,
            critical_low_c=0.0,
        ),
        setpoint_c=2.0,
        loading_c=2.0,
    ),
    Zone.CONTROLLED: TemperaturePolicy(
        product=TemperatureBand(lower_c=13.0, upper_c=17.0),
        air=AirProfile(
            warn_high_c=17.0,
            warn_delay_s=900,
            critical_high_c=18.0,
            critical_delay_s=1800,
            warn_low_c=13.0,
            critical_low_c=12.0,
            low_delay_s=900,
        ),
        setpoint_c=15.0,
        loading_c=15.0,
    ),
}
