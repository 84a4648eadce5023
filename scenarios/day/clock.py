"""Plays a script on a simulated clock: every vehicle is a process that drives, waits and serves.

The only user of simpy. Nothing here decides: who is late is late, and goes on with what is next.
"""
# Long because every step of a vehicle's day is one generator, and they are read together.

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import simpy
from simpy.resources.resource import Request

from optimizer.domain.fleet import Echelon
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Delivery
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from scenarios.day.script import Call, CallName, Drive, Ride, Script, soonest_start
from scenarios.day.words import (
    Arrived,
    Began,
    DayEvent,
    Delivered,
    Departed,
    Finished,
    Refused,
    Returned,
)
from scenarios.variation import Draws, Variation

Steps = Generator[simpy.Event, Any, None]
CLOSED, WINDOW = "closed", "window"


def played(
    script: Script,
    *,
    variation: Variation,
    draws: Draws,
    delays: Mapping[str, tuple[Seconds, Seconds]] | None = None,
) -> tuple[DayEvent, ...]:
    """Play a day, and give what happens by time.

    Parameters
    ----------
    script
        Who does what.
    variation, draws
        How much it differs from the plan, and the luck of this day.
    delays
        By route a moment and for how long its vehicle stands then.
    """
    begins = min((_begins(rides[0]) for rides in script.rides.values()), default=0)
    env = simpy.Environment(initial_time=begins)
    day = _Day(script.problem, env, variation, draws, delays or {})
    for rides in script.rides.values():
        for ride in rides:
            day.announce(ride)
    for rides in script.rides.values():
        env.process(day.vehicle(rides))
    env.run()
    return tuple(sorted(day.events, key=lambda one: one.at))


def _begins(ride: Ride) -> Seconds:
    return min(ride.route.departs, ride.left or ride.route.departs) - ride.loading_s


@dataclass(slots=True)
class _Day:
    problem: Problem
    env: simpy.Environment
    variation: Variation
    draws: Draws
    delays: Mapping[str, tuple[Seconds, Seconds]]
    events: list[DayEvent] = field(default_factory=list)
    unloaded: dict[CallName, simpy.Event] = field(default_factory=dict)
    emptied: dict[CallName, Seconds] = field(default_factory=dict)
    docks: dict[str, simpy.Resource] = field(default_factory=dict)

    def announce(self, ride: Ride) -> None:
        """Let others wait for the calls of a truck."""
        if ride.route.echelon is Echelon.LINEHAUL:
            for place in range(len(ride.calls)):
                self.unloaded[ride.route.id, place] = self.env.event()

    def vehicle(self, rides: tuple[Ride, ...]) -> Steps:
        """Make the trips of a vehicle, one after the other."""
        for ride in rides:
            yield from self._depart(ride)
            for place, call in enumerate(ride.calls):
                if call.been is None:
                    yield from self._call(ride, place, call)
                else:
                    yield from self._been(ride, place, call, call.been)
            if ride.home is None:
                return
            yield from self._home(ride, ride.home)

    # --- before a trip ---------------------------------------------------------------------------

    def _depart(self, ride: Ride) -> Steps:
        route, dock = ride.route, None
        if ride.left is not None:
            yield from self._until(ride.left)
        else:
            if route.echelon is Echelon.LINEHAUL:
                yield from self._until(route.departs - ride.loading_s)
                dock = yield from self._dock(route.start_site)
            if route.echelon is Echelon.LINEHAUL or not ride.first:
                name = ("loading", route.start_site, route.wave, route.vehicle)
                yield self.env.timeout(self._served(ride.loading_s, *name))
            yield from self._goods(ride)
            yield from self._until(route.departs)
            self._leave(dock)
        litres = sum(item.volume_ml for call in ride.calls for item in call.stop.delivers)
        self.events.append(
            Departed(
                at=self._now,
                vehicle=route.vehicle,
                route=route.id,
                site=route.start_site,
                place=0,
                planned=route.departs,
                loaded_ml=litres,
                room_ml=sum(route.compartments.values()),
            )
        )

    def _goods(self, ride: Ride) -> Steps:
        """Wait until trucks have brought the goods, and hands have sorted them."""
        waits = [self.unloaded[name] for name in ride.needs if name in self.unloaded]
        if not waits:
            return
        yield self.env.all_of(waits)
        last = max(self.emptied[name] for name in ride.needs if name in self.emptied)
        site = self.problem.sites[ride.route.start_site]
        yield from self._until(last + self._served(site.sorting_s, "sorting", site.id))

    # --- on the road -----------------------------------------------------------------------------

    def _drive(self, ride: Ride, drive: Drive) -> Generator[simpy.Event, Any, Seconds]:
        """Drive, and give the seconds at the wheel."""
        route = ride.route
        if drive.since is not None:
            yield from self._until(drive.since)
        name = ("travel", drive.origin, drive.goal, route.wave)
        factor = self.draws.factor(self.variation.travel_sd, *name)
        factor *= self.draws.factor(self.variation.traffic_sd, "traffic")
        seconds = round(drive.seconds * factor * self.variation.slowness(self._now))
        begun = self._now
        yield self.env.timeout(seconds + drive.rest_s)
        stands = self.delays.get(route.id)
        if stands is not None and begun <= stands[0] < self._now:
            yield self.env.timeout(stands[1])
        return seconds

    def _call(self, ride: Ride, place: int, call: Call) -> Steps:
        stop, route = call.stop, ride.route
        seconds = yield from self._drive(ride, call.drive)
        self._arrived(ride, place, call, seconds)
        begins = soonest_start(self.problem, stop, max(self._now, call.not_before))
        if begins is None or (
            stop.kind is SiteKind.PICKUP
            and begins > stop.service_starts
            and begins - self._now > self.variation.patience_s
        ):
            self._refuse(ride, call, stop.delivers, CLOSED)
            self._went_on(ride, place, call, served=0)
            return
        yield from self._until(begins)
        dock = None
        if route.echelon is Echelon.LINEHAUL:
            dock = yield from self._dock(stop.site)
        start = self._began(ride, place, call)
        name = ("service", stop.site, route.echelon.value, route.wave)
        service_s = self._served(call.service_s, *name)
        yield self.env.timeout(service_s)
        self._finished(ride, place, call, start)
        yield self.env.timeout(call.rest_s)
        yield from self._until(call.leaves_after)
        self._leave(dock)
        self._went_on(ride, place, call, served=service_s)

    def _been(
        self, ride: Ride, place: int, call: Call, been: tuple[Seconds, Seconds, Seconds]
    ) -> Steps:
        """Repeat what has happened, to the second."""
        arrived, began, left = been
        begun = self._now if call.drive.since is None else call.drive.since
        yield from self._until(arrived)
        self._arrived(ride, place, call, max(0, arrived - begun - call.drive.rest_s))
        yield from self._until(began)
        dock = None
        if ride.route.echelon is Echelon.LINEHAUL:
            dock = yield from self._dock(call.stop.site)
        self._began(ride, place, call)
        ends = left - call.rest_s
        yield from self._until(ends)
        self._finished(ride, place, call, began)
        yield from self._until(left)
        self._leave(dock)
        self._went_on(ride, place, call, served=ends - began)

    def _home(self, ride: Ride, drive: Drive) -> Steps:
        seconds = yield from self._drive(ride, drive)
        route = ride.route
        self.events.append(
            Returned(
                at=self._now,
                vehicle=route.vehicle,
                route=route.id,
                site=route.end_site,
                planned=route.returns,
                distance_m=drive.metres,
                drive_s=seconds,
                planned_drive_s=drive.seconds,
                rest_s=drive.rest_s,
            )
        )

    # --- at a site -------------------------------------------------------------------------------

    def _arrived(self, ride: Ride, place: int, call: Call, seconds: Seconds) -> None:
        self.events.append(
            Arrived(
                at=self._now,
                vehicle=ride.route.vehicle,
                route=ride.route.id,
                site=call.stop.site,
                place=place,
                planned=call.stop.arrives,
                distance_m=call.drive.metres,
                drive_s=seconds,
                planned_drive_s=call.drive.seconds,
                rest_s=call.drive.rest_s,
            )
        )

    def _began(self, ride: Ride, place: int, call: Call) -> Seconds:
        self.events.append(
            Began(
                at=self._now,
                vehicle=ride.route.vehicle,
                route=ride.route.id,
                site=call.stop.site,
                place=place,
                planned=call.stop.service_starts,
            )
        )
        return self._now

    def _finished(self, ride: Ride, place: int, call: Call, began: Seconds) -> None:
        route, stop = ride.route, call.stop
        self.events.append(
            Finished(
                at=self._now,
                vehicle=route.vehicle,
                route=route.id,
                site=stop.site,
                place=place,
                service_s=self._now - began,
                planned_service_s=call.service_s,
            )
        )
        if stop.kind is not SiteKind.PICKUP:
            return
        missed = [item for item in stop.delivers if self._missed(item, began)]
        self._refuse(ride, call, missed, WINDOW)
        for item in stop.delivers:
            if item not in missed:
                self.events.append(
                    Delivered(
                        at=self._now,
                        vehicle=route.vehicle,
                        route=route.id,
                        site=stop.site,
                        order=item.key.order,
                        line=item.key.line,
                        zone=item.zone,
                        mass_g=item.mass_g,
                        began=began,
                    )
                )

    def _missed(self, item: Delivery, began: Seconds) -> bool:
        line: OrderLine = self.problem.lines[item.key]
        if line.window is None or self.problem.promises[line.promise].soft_window:
            return False
        return began > line.window.closes + self.variation.grace_s

    def _refuse(self, ride: Ride, call: Call, items: Sequence[Delivery], why: str) -> None:
        for item in items:
            self.events.append(
                Refused(
                    at=self._now,
                    vehicle=ride.route.vehicle,
                    route=ride.route.id,
                    site=call.stop.site,
                    order=item.key.order,
                    line=item.key.line,
                    mass_g=item.mass_g,
                    why=why,
                )
            )

    def _went_on(self, ride: Ride, place: int, call: Call, *, served: Seconds) -> None:
        route = ride.route
        self.events.append(
            Departed(
                at=self._now,
                vehicle=route.vehicle,
                route=route.id,
                site=call.stop.site,
                place=place + 1,
                planned=call.stop.departs,
            )
        )
        done = self.unloaded.get((route.id, place))
        if done is not None:
            self.emptied[route.id, place] = self._now
            done.succeed()

    # --- time ------------------------------------------------------------------------------------

    @property
    def _now(self) -> Seconds:
        return int(self.env.now)

    def _until(self, moment: Seconds) -> Steps:
        if moment > self.env.now:
            yield self.env.timeout(moment - self.env.now)

    def _served(self, seconds: Seconds, *name: str) -> Seconds:
        factor = self.draws.factor(self.variation.service_sd, *name)
        return round(seconds * factor * self.variation.service_factor)

    def _dock(self, site: str) -> Generator[simpy.Event, Any, Request | None]:
        room = self.problem.sites[site].docks
        if room is None:
            return None
        dock = self.docks.setdefault(site, simpy.Resource(self.env, capacity=max(1, room)))
        request = dock.request()
        yield request
        return request

    def _leave(self, request: Request | None) -> None:
        if request is not None:
            request.resource.release(request)
