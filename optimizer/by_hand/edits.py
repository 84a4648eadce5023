"""What a dispatcher may change by hand. Every edit names routes as the plan given names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from optimizer.domain.errors import ColdgridError
from optimizer.domain.ids import LineKey, SiteId, VehicleId


class EditRefused(ColdgridError):
    """An edit that cannot be done, whatever it would cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStop:
    """All that a route hands over and takes back at a site goes to a route, perhaps the same one.

    Parameters
    ----------
    route, site
        Where the stop is.
    to_route
        Where it goes.
    position
        Its place among the stops of the target, the moved one not counted; None takes the place
        that breaks the fewest rules and, of those, costs least.
    """

    route: str
    site: SiteId
    to_route: str
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """One line goes to a van's route, from another route or from the lines left out.

    Parameters
    ----------
    key
        The line, or a collect that the route is to take back.
    to_route
        Where it goes.
    position
        As with ``MoveStop``; without it a stop at the same site is shared where that is best.
    """

    key: LineKey
    to_route: str
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveLine:
    """One line or collect is taken out of the plan; one left out already stays out."""

    key: LineKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeVehicle:
    """A whole route is driven by another vehicle of the same leg and home."""

    route: str
    vehicle: VehicleId


Edit: TypeAlias = MoveStop | MoveLine | LeaveLine | ChangeVehicle
