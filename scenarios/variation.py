"""How much a day differs from its plan, and the stream that every random figure comes from."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import exp, log, sqrt
from statistics import NormalDist

from optimizer.domain.problem import TrafficSlot

NORMAL = NormalDist()
WORDS = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """The spreads of a simulated day; the defaults are assumptions unless a source is named.

    Parameters
    ----------
    travel_sd
        Standard deviation of a drive, as a share of its planned time; log-normal with the planned
        time as mean.
    traffic_sd
        The same of the whole day: one factor that all drives of a day share.
    service_sd
        Standard deviation of a service, of loading and of sorting, as a share; log-normal.
    service_factor
        How much longer services take than the plan's rules say, on average.
    breakdowns_per_1000_h
        Vehicles that stand, per 1,000 hours of driving.
    repair_s
        For how long a truck of the linehaul stands; a van does not drive again that day.
    failures_per_1000_h
        Compartments whose cooling fails, per 1,000 hours on the road.
    cooling_left
        Share of its power that a failed compartment keeps.
    silent_per_1000_h, stuck_per_1000_h, drifting_per_1000_h
        Sensors of compartments that fall silent, repeat their last value, or drift away, per 1,000
        hours on the road; what has failed stays so that day.
    drift_c_per_h
        How fast a sensor drifts; below 0 it reads ever colder.
    door_factor
        How much longer doors stand open than the body's type says.
    ambient_c
        How much warmer the day is than the problem says, in K.
    patience_s
        How long a driver who comes late waits for a site to open again before the goods go back.
    grace_s
        How much later than its booked window a household still takes its goods.
    answer_s
        From an alarm until somebody has accepted a proposal.
    traffic
        Slowness by the hour that the plan knows nothing of: every drive takes the factor of the
        moment at which it begins.
    """

    travel_sd: float = 0.15
    traffic_sd: float = 0.05
    service_sd: float = 0.25
    service_factor: float = 1.0
    breakdowns_per_1000_h: float = 1.0
    repair_s: int = 5_400
    failures_per_1000_h: float = 2.0
    cooling_left: float = 0.0
    silent_per_1000_h: float = 0.0
    stuck_per_1000_h: float = 0.0
    drifting_per_1000_h: float = 0.0
    drift_c_per_h: float = 2.0
    door_factor: float = 1.0
    ambient_c: float = 0.0
    patience_s: int = 3_600
    grace_s: int = 900
    answer_s: int = 300
    traffic: tuple[TrafficSlot, ...] = ()

    @property
    def breaks_compartments(self) -> bool:
        """Say whether cooling or sensors may fail."""
        return any(
            rate > 0.0
            for rate in (
                self.failures_per_1000_h,
                self.silent_per_1000_h,
                self.stuck_per_1000_h,
                self.drifting_per_1000_h,
            )
        )

    def slowness(self, moment: int) -> float:
        """Give the factor of drives that begin at a moment."""
        return next((slot.factor for slot in self.traffic if moment in slot.window), 1.0)


NONE = Variation(
    travel_sd=0.0,
    traffic_sd=0.0,
    service_sd=0.0,
    breakdowns_per_1000_h=0.0,
    failures_per_1000_h=0.0,
)
"""A day that goes as planned."""


@dataclass(frozen=True, slots=True)
class Draws:
    """Random figures by name: the same name has the same figure, whatever else is drawn.

    So two variants that share a seed share the luck of every leg and stop that they have in common
    (common random numbers), and a change in one place shifts nothing in another.

    Parameters
    ----------
    seed
        Of the day.
    """

    seed: int

    def uniform(self, *name: str) -> float:
        """Give a figure between 0 and 1, neither of them included."""
        key = "\x1f".join((str(self.seed), *name)).encode()
        word = int.from_bytes(blake2b(key, digest_size=8).digest(), "big")
        # Of 64 bits a float keeps 53: the largest words would round to 1.
        return ((word >> 12) + 0.5) / (WORDS >> 12)

    def factor(self, sd: float, *name: str) -> float:
        """Give a log-normal factor of mean 1 and this standard deviation.

        exp(s z − s²/2) with s² = ln(1 + sd²) and z standard normal.
        """
        if sd <= 0.0:
            return 1.0
        variance = log(1.0 + sd * sd)
        return exp(sqrt(variance) * NORMAL.inv_cdf(self.uniform(*name)) - variance / 2.0)

    def waiting_h(self, per_1000_h: float, *name: str) -> float:
        """Give the hours until something happens that has this rate; infinite at rate 0."""
        if per_1000_h <= 0.0:
            return float("inf")
        return -log(self.uniform(*name)) * 1000.0 / per_1000_h
