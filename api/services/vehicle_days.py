"""What one vehicle has before it: its stops in every plan on the road, and why its way changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.life.states import State
from api.reroutes.cases import CaseState
from api.road.day import Day, Visit
from api.security.narrowing import require_vehicle
from api.security.principal import Principal
from api.services.reroutes import Reroutes
from api.services.road import Road
from api.storage import stops
from api.storage.database import Database

AHEAD = (State.PUBLISHED.value, State.LOADING.value, State.RUNNING.value)
"""States of plans that a driver has to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversion:
    """An accepted way out that sends a vehicle elsewhere.

    Parameters
    ----------
    made_version
        The version of the plan that it made.
    """

    reroute: str
    made_version: int
    decided_at: datetime
    proposal: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleDay:
    """A plan as far as one vehicle drives it."""

    day: Day
    visits: tuple[Visit, ...]
    diversions: tuple[Diversion, ...]


class VehicleDays:
    """Gives vehicles their days.

    Parameters
    ----------
    road
        Knows the stops and what was reported.
    reroutes
        Knows which ways out were accepted.
    """

    def __init__(self, database: Database, road: Road, reroutes: Reroutes) -> None:
        self._database = database
        self._road = road
        self._reroutes = reroutes

    def of(self, vehicle: str, caller: Principal) -> list[VehicleDay]:
        """Give the plans on the road, the oldest first, with the stops of a vehicle.

        Raises
        ------
        Refusal
            The vehicle is not the caller's.
        """
        require_vehicle(caller, vehicle)
        with self._database.read() as tx:
            names = stops.plans_of_vehicle(tx, vehicle, AHEAD)
        found = [self._day(plan, vehicle, caller) for plan in names]
        return [one for one in found if one.visits]

    def _day(self, plan: str, vehicle: str, caller: Principal) -> VehicleDay:
        day, visits = self._road.stops(plan, caller)
        mine = tuple(visit for visit in visits if visit.route.vehicle == vehicle)
        return VehicleDay(day=day, visits=mine, diversions=self._diversions(plan, vehicle, mine))

    def _diversions(
        self, plan: str, vehicle: str, visits: tuple[Visit, ...]
    ) -> tuple[Diversion, ...]:
        routes = {visit.route.id for visit in visits}
        found = []
        for row in self._reroutes.listed(plan=plan, state=CaseState.ACCEPTED):
            _, answer = self._reroutes.answer(row.id)
            assert row.accepted is not None
            assert row.made_version is not None
            assert row.decided_at is not None
            proposal = answer["proposals"][row.accepted - 1]
            if routes & set(proposal["changed_routes"]) or _meets(proposal, vehicle):
                found.append(
                    Diversion(
                        reroute=row.id,
                        made_version=row.made_version,
                        decided_at=row.decided_at,
                        proposal=proposal,
                    )
                )
        return tuple(found)


def _meets(proposal: Mapping[str, Any], vehicle: str) -> bool:
    return any(vehicle in (one["from_vehicle"], one["to_vehicle"]) for one in proposal["handovers"])
