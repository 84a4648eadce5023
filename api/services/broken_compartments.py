"""Which compartments something is wrong with by now, and whether that has been decided on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from api.reroutes.alarm_to_disruption import (
    DRIVES_ON,
    Compartment,
    Decided,
    breach_of,
    compartment,
    is_confirmed,
    may_break,
    opens_again,
)
from api.reroutes.asking import COMPARTMENT, event_from
from api.reroutes.cases import OriginKind
from api.services.estimates import outlooks
from api.services.plan_book import OpenPlan
from api.storage.reroutes import RerouteRow
from api.storage.telemetry import TelemetryStore
from optimizer.domain.ids import VehicleId
from optimizer.domain.problem import Horizon
from optimizer.domain.units import Seconds
from optimizer.response.risk import is_asked_again
from optimizer.response.words import BreachTimes, Disruption, Kind
from telemetry.alarm.state import Sample
from telemetry.alarm.words import Alarm
from telemetry.ports import Store
from telemetry.readings import Channel
from telemetry.registry import Registry

MOST_ALARMS = 10_000

HISTORY_MS = 12 * 3_600_000
"""A trip and the hour before it are no longer."""


class BrokenCompartments:
    """Looks into the telemetry store for compartments with alarms.

    Parameters
    ----------
    registry
        Says which point is which vehicle's compartment.
    """

    def __init__(self, telemetry: TelemetryStore, registry: Registry) -> None:
        self.telemetry = telemetry
        self._registry = registry
        self._points = {point.id: point for point in registry if may_break(point)}

    def __bool__(self) -> bool:
        """Say whether any compartment is watched here at all."""
        return bool(self._points)

    def __contains__(self, point: object) -> bool:
        """Say whether a point is a compartment that is watched here."""
        return point in self._points

    def among(self, names: Iterable[str], now: datetime) -> Mapping[str, Compartment]:
        """Give those among some points in which an alarm threatens goods.

        Raises
        ------
        StoreUnavailable
            The store does not answer.
        """
        points = sorted({name for name in names if name in self._points})
        if not points:
            return {}
        store = self.telemetry()
        by_point: defaultdict[str, list[Alarm]] = defaultdict(list)
        for alarm in store.alarms(points=points, limit=MOST_ALARMS):
            by_point[alarm.point].append(alarm)
        told = outlooks(store, by_point) if by_point else {}
        now_ms = round(now.timestamp() * 1000)
        every = {
            name: compartment(self._points[name], alarms, told.get(name), now_ms)
            for name, alarms in by_point.items()
        }
        return {
            name: replace(one, air=self._air(store, name, now_ms))
            for name, one in every.items()
            if one is not None
        }

    def _air(self, store: Store, name: str, now_ms: int) -> tuple[Sample, ...]:
        """Read what the sensors of a compartment have measured, since before its trip."""
        from_ms = now_ms - HISTORY_MS
        placed = self._registry.placements_at(name)
        sensors = sorted({one.sensor for one in placed})
        found = []
        for one in store.readings(sensors, Channel.TEMPERATURE, from_ms, now_ms + 1):
            placement = self._registry.place(one.sensor, one.at_ms)
            if placement is not None and placement.point == name:
                value_c = placement.corrected_c(one.value)
                found.append(Sample(one.at_ms, value_c, one.sensor))
        return tuple(found)


def point_of(row: RerouteRow) -> str | None:
    """Name the compartment that a case is about; None where it is about something else."""
    return f"{row.vehicle}/{row.zone}" if row.kind == COMPARTMENT else None


def breach_told(row: RerouteRow, horizon: Horizon) -> BreachTimes | None:
    """Say when the goods of a case were to break, as it was last told."""
    event = event_from(row.disruption, horizon)
    return event.breach if isinstance(event, Disruption) else None


def is_undecided(
    opened: OpenPlan, known: Sequence[RerouteRow], broken: Compartment, now: datetime
) -> bool:
    """Say whether the last decision about a compartment leaves room for another case.

    Parameters
    ----------
    opened
        The plan that has goods in it.
    known
        All cases of the plan, the newest first.
    broken
        The compartment as it is now.
    now
        The present instant.
    """
    last = _last_of_trip(opened, known, broken, now)
    if last is None:
        return True
    decided = Decided(
        state=last.state,
        was_confirmed=last.origin.kind is OriginKind.PERSON or is_confirmed(last.origin.alarm),
        breach=breach_told(last, opened.plan.horizon),
    )
    return opens_again(decided, broken, breach_of(broken, opened.problem, opened.plan, now))


def is_looked_at_again(
    opened: OpenPlan, known: Sequence[RerouteRow], broken: Compartment, now: datetime
) -> bool:
    """Say whether somebody who decided to drive on has to decide once more, new alarm or not.

    That was right while the goods were likely to keep. It is asked again when they no longer are.

    Parameters
    ----------
    opened, known, broken, now
        As for ``is_undecided``.
    """
    last = _last_of_trip(opened, known, broken, now)
    if last is None or last.accepted is None or last.decided_at is None:
        return False
    drives_on = last.state in DRIVES_ON
    if not drives_on and last.ranking[last.accepted - 1].kind != Kind.CARRY_ON.value:
        return False
    horizon = opened.plan.horizon
    then = event_from(last.disruption, horizon)
    after = breach_of(broken, opened.problem, opened.plan, now)
    if not isinstance(then, Disruption) or after is None:
        return False
    anew = replace(then, at=horizon.seconds(now), breach=after)
    return is_asked_again(opened.problem, opened.plan, then, anew)


def _last_of_trip(
    opened: OpenPlan, known: Sequence[RerouteRow], broken: Compartment, now: datetime
) -> RerouteRow | None:
    """Give the last case of a compartment, if it was decided on the trip that goes on."""
    last = next((row for row in known if point_of(row) == broken.point.id), None)
    if last is None or last.decided_at is None:
        return None
    seconds = opened.plan.horizon.seconds
    trips = [_trip(opened, broken.vehicle, seconds(at)) for at in (last.decided_at, now)]
    # On another trip other goods are on board.
    return last if trips[0] == trips[1] else None


def _trip(opened: OpenPlan, vehicle: VehicleId, moment: Seconds) -> str | None:
    """Name the trip that a vehicle is on at a moment; None where it is home."""
    for route in opened.plan.routes:
        if route.vehicle == vehicle and route.departs <= moment < route.returns:
            return route.id
    return None
