"""What the decision sees in the trial: readings once a minute, the rules, the estimate.

The sensors of a compartment pass through the alarm machine and the estimate as in the monitor, and
its alarms become disruptions as in the service. Doors and units say nothing; the estimate has
learned from days before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from api.reroutes.alarm_to_disruption import Unclear, compartment, disruption_of
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.response.words import Disruption
from telemetry.alarm.packs import default_profile
from telemetry.alarm.state import Sample
from telemetry.alarm.step import fresh, step
from telemetry.monitor.foreseeing import look_ahead
from telemetry.monitor.seats import Seat
from telemetry.registry import Point, PointKind
from tests.benchmarks.reroute_failures_cases import SENSOR, Case
from tests.benchmarks.reroute_failures_fleet import BEFORE_S
from tests.benchmarks.reroute_failures_herd import Course

DAY_S = 86_400
NOISE_C, OFFSET_C, STEPS_PER_DEGREE = 0.05, 0.15, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a sensor without noise says of one compartment over a day, once a minute."""

    at: NDArray[np.int64]
    felt_c: NDArray[np.float64]

    @classmethod
    def of(cls, course: Course, space: int) -> Seen:
        """Take one compartment out of what was recorded."""
        return cls(at=course.at, felt_c=course.felt_c[:, space].copy())


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """A minute of the day of the failure.

    Parameters
    ----------
    alarm
        Kind of the alarm that came first; empty while none stands.
    told
        What the alarms that stand mean for the goods; None where that is not clear.
    """

    at: int
    alarm: str
    told: Disruption | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The compartment of a case, watched.

    Parameters
    ----------
    problem, plan
        In the weather of the case.
    case
        Its sensors say what happens there.
    days
        The days before, and last the one on which it fails.
    pair
        Whether it has two sensors; the second one never drifts.
    seed
        Of noise and offsets.
    """

    problem: Problem
    plan: Plan
    case: Case
    days: Sequence[Seen]
    pair: bool
    seed: int

    def minutes(self) -> Iterator[Minute]:
        """Learn from the days before, and watch the day of the failure."""
        chance = np.random.default_rng([self.seed, self.case.failure.number, 2])
        offsets = chance.normal(0.0, OFFSET_C, 2 if self.pair else 1)
        seat = self._seat()
        for number in range(len(self.days) - 1):
            for _, samples in self._samples(number, chance, offsets):
                _feed(seat, samples)
            # What was wrong on another day has been seen to.
            seat.state = fresh(seat.point.id, always_armed=True)
        air: list[Sample] = []
        for at, samples in self._samples(len(self.days) - 1, chance, offsets):
            _feed(seat, samples)
            air += samples
            if at >= self.case.route.departs:
                yield self._minute(seat, at, samples[-1].at_ms, air)

    def _minute(self, seat: Seat, at: int, now_ms: int, air: Sequence[Sample]) -> Minute:
        broken = compartment(seat.point, seat.state.alarms, seat.outlook, now_ms, air)
        if broken is None:
            return Minute(at=at, alarm="", told=None)
        told: Disruption | None
        try:
            told = disruption_of(broken, self.problem, self.plan, self.problem.horizon.instant(at))
        except Unclear:
            told = None
        return Minute(at=at, alarm=broken.first.kind.value, told=told)

    def _samples(
        self, number: int, chance: np.random.Generator, offsets: NDArray[np.float64]
    ) -> Iterator[tuple[int, list[Sample]]]:
        failure, seen = self.case.failure, self.days[number]
        before = len(self.days) - 1 - number
        start_ms = round(1000 * self.problem.horizon.instant(0).timestamp())
        begins, ends = self.case.route.departs - BEFORE_S, self.case.route.returns
        for at, felt_c in zip(seen.at.tolist(), seen.felt_c.tolist(), strict=True):
            if not begins <= at <= ends:
                continue
            drift = 0.0
            if not before and failure.kind == SENSOR and at > self.case.fails:
                drift = failure.amount * (at - self.case.fails) / 3600.0
            samples = []
            for place, offset in enumerate(offsets.tolist()):
                value = felt_c + offset + NOISE_C * chance.normal() + (0.0 if place else drift)
                rounded = round(value * STEPS_PER_DEGREE) / STEPS_PER_DEGREE
                at_ms = start_ms + 1000 * (at - before * DAY_S) + place
                samples.append(Sample(at_ms, rounded, f"sensor {place}"))
            yield at, samples

    def _seat(self) -> Seat:
        vehicle, zone = self.case.route.vehicle, self.case.failure.zone
        point = Point(
            id=f"{vehicle}/{zone.value}",
            kind=PointKind.COMPARTMENT,
            asset=vehicle,
            name=vehicle,
            zone=zone,
            always_armed=True,
        )
        # Between two days a van is not watched; its silence means nothing.
        return Seat(point, replace(default_profile(zone), stale_after_s=None), 60, 0)


def _feed(seat: Seat, samples: Sequence[Sample]) -> None:
    for sample in samples:
        state, _ = step(seat.profile, seat.state, sample, sample.at_ms)
        seat.state, _ = look_ahead(seat, state, sample)
