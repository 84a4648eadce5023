"""The whole fleet: lets time pass, measures, and publishes what its sensors say.

One step of the thermal model covers all spaces at once; within it every sensor that is due speaks
at its own instant. Everything random comes from one seed in streams that do not touch each other,
so that another failure does not change when doors are opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from telemetry.readings import Channel
from telemetry.virtual_fleet.bodies import bodies_of
from telemetry.virtual_fleet.clocks import FleetClock
from telemetry.virtual_fleet.doors import Doors
from telemetry.virtual_fleet.failures import Failure
from telemetry.virtual_fleet.post import Post, Taken
from telemetry.virtual_fleet.sensing import Sensing
from telemetry.virtual_fleet.speak import Sent
from telemetry.virtual_fleet.spec import FleetSpec
from telemetry.virtual_fleet.thermal import Temperatures
from telemetry.virtual_fleet.troubles import Troubles
from telemetry.virtual_fleet.truth import FailureTruth, SpaceTruth, Truth, failure_truth
from telemetry.virtual_fleet.units import Units
from telemetry.virtual_fleet.weather import weather_at

Publish: TypeAlias = Callable[[str, bytes], object]
"""Takes topic and payload; may wait."""

Due: TypeAlias = tuple[int, Sequence[Sent]]
"""Messages, and at which instant from the beginning they are said."""

SAID_AT_ONCE = 32
"""So many measurements are published before the clock is asked again."""

TRUTH_EVERY_MS = 60_000


@dataclass(slots=True, kw_only=True)
class Totals:
    """What a fleet has done.

    Parameters
    ----------
    elapsed_ms
        How long it has lived.
    measured, published
        Measurements that were taken, and messages that were handed over.
    """

    elapsed_ms: int = 0
    measured: int = 0
    published: int = 0


class Fleet:
    """Vehicles and rooms with their sensors.

    Parameters
    ----------
    spec
        What it consists of.

    Attributes
    ----------
    temperatures, units, troubles
        What really is, for whoever looks behind the sensors.
    totals
        What was done so far.
    """

    def __init__(self, spec: FleetSpec) -> None:
        streams = [
            np.random.default_rng(each) for each in np.random.SeedSequence(spec.seed).spawn(6)
        ]
        bodies = bodies_of(spec, streams[0])
        self.spec = spec
        self.temperatures = Temperatures(bodies)
        self.units = Units(bodies, streams[1])
        self.troubles = Troubles(spec, streams[2])
        self.totals = Totals()
        self._doors = Doors(bodies, streams[3])
        self._sensing = Sensing(spec, bodies, streams[4])
        self._post = Post(spec, streams[5])
        self._points = [space.id for space in spec.spaces()]
        self._step_ms = _step_ms(spec)
        self._groups, self._group_of = _groups(spec)
        self._truth_ms = 0
        self._begun = False

    def run(
        self,
        clock: FleetClock,
        publish: Publish,
        *,
        until_ms: int | None = None,
        truth: Truth | None = None,
    ) -> Totals:
        """Live and publish until an instant, or until the clock says stop.

        Parameters
        ----------
        clock
            How fast time passes, and how messages are stamped.
        publish
            Where messages go.
        until_ms
            Milliseconds from the beginning; None goes on for good.
        truth
            Who takes down what really was.
        """
        while until_ms is None or self.totals.elapsed_ms < until_ms:
            for index, (elapsed_ms, sent) in enumerate(self.step(clock, truth)):
                if index % SAID_AT_ONCE == 0 and not clock.wait(elapsed_ms):
                    return self.totals
                for topic, payload in sent:
                    publish(topic, payload)
                self.totals.published += len(sent)
            if not clock.wait(self.totals.elapsed_ms):
                return self.totals
        for topic, payload in self._post.rest():
            publish(topic, payload)
            self.totals.published += 1
        return self.totals

    def step(self, clock: FleetClock, truth: Truth | None = None) -> Sequence[Due]:
        """Let one step pass, and give what is said in it, in order.

        Parameters
        ----------
        clock
            How messages are stamped.
        truth
            Who takes down what really was.
        """
        begin_ms = self.totals.elapsed_ms
        end_ms = begin_ms + self._step_ms
        begun, ended = self.troubles.move_to(begin_ms / 1000.0)
        self._live(begin_ms / 1000.0)
        stamp_ms = clock.stamp_ms(begin_ms)
        first: list[Sent] = [] if self._begun else self._post.begin(stamp_ms)
        self._begun = True
        if begun or ended:
            first += self._post.turn(stamp_ms, self.troubles)
        if truth is not None:
            self._tell(truth, stamp_ms, begun=begun, ended=ended)
        self.totals.elapsed_ms = end_ms
        taken, instants = self._measure(end_ms, clock)
        self.totals.measured += len(taken)
        said = zip(instants, self._post.carry(taken, self.troubles), strict=True)
        return [(begin_ms, first), *said]

    def _live(self, elapsed_s: float) -> None:
        step_s = self._step_ms / 1000.0
        weather = weather_at(self.spec.climate, elapsed_s)
        self._doors.forced = self.troubles.forced
        self.units.capacity = self.troubles.capacity
        doors = self._doors.open_at(elapsed_s, working=weather.working)
        air = self.temperatures.air_c
        watts = self.units.step(elapsed_s, step_s, air, weather.air_c)
        self.temperatures.step(step_s, watts, weather, doors=doors, fans=self.units.fans)
        self._sensing.step(step_s, self.temperatures.spot_c, doors)

    def _measure(self, end_ms: int, clock: FleetClock) -> tuple[list[Taken], list[int]]:
        due, at_ms = self._sensing.due(end_ms)
        heard = ~self.troubles.lost[due]
        due, at_ms = due[heard], at_ms[heard]
        columns = self._sensing.columns(due, end_ms / 1000.0, self.units, self.troubles)
        values: list[Sequence[float]] = [()] * len(due)
        of_group = self._group_of[due]
        for group, channels in enumerate(self._groups):
            place = np.flatnonzero(of_group == group)
            rows = zip(*(columns[channel](place) for channel in channels), strict=True)
            for index, row in zip(place.tolist(), rows, strict=True):
                values[index] = row
        instants: list[int] = at_ms.tolist()
        skews: list[int] = self.troubles.skew_ms[due].tolist()
        stamps = [clock.stamp_ms(at) + skew for at, skew in zip(instants, skews, strict=True)]
        return list(zip(due.tolist(), stamps, values, strict=True)), instants

    def _tell(
        self, truth: Truth, stamp_ms: int, *, begun: Sequence[Failure], ended: Sequence[Failure]
    ) -> None:
        elapsed_s = self.totals.elapsed_ms / 1000.0
        lines: list[SpaceTruth | FailureTruth] = [
            failure_truth(change, each, at_ms=stamp_ms, elapsed_s=elapsed_s)
            for change, failures in (("begun", begun), ("ended", ended))
            for each in failures
        ]
        if self.totals.elapsed_ms >= self._truth_ms:
            self._truth_ms += TRUTH_EVERY_MS
            lines += self._spaces(stamp_ms, elapsed_s)
        truth.write(lines)

    def _spaces(self, stamp_ms: int, elapsed_s: float) -> Iterator[SpaceTruth]:
        now = self.temperatures
        columns = (now.air_c, now.goods_c, now.spot_c)
        rounded = (np.round(column, 3).tolist() for column in columns)
        doors, modes = self._sensing.doors.tolist(), self.units.modes.tolist()
        for point, air, goods, spot, door, mode in zip(
            self._points, *rounded, doors, modes, strict=True
        ):
            yield SpaceTruth(
                at_ms=stamp_ms,
                elapsed_s=elapsed_s,
                point=point,
                air_c=air,
                product_c=goods,
                spot_c=spot,
                door=door,
                mode=mode,
            )


def _step_ms(spec: FleetSpec) -> int:
    """Give the length of a step: no sensor may be due twice in one."""
    shortest = min((sensor.interval_s for sensor in spec.sensors()), default=spec.step_s)
    return round(1000 * min(spec.step_s, shortest))


def _groups(spec: FleetSpec) -> tuple[list[tuple[Channel, ...]], NDArray[np.intp]]:
    """Sort the sensors by what they report, so that each channel is read for many at once."""
    number_of: dict[tuple[Channel, ...], int] = {}
    of_sensors = [
        number_of.setdefault(sensor.channels, len(number_of)) for sensor in spec.sensors()
    ]
    return list(number_of), np.array(of_sensors, dtype=np.intp)
