"""What may happen to a running day besides a compartment that fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from optimizer.domain.fleet import Vehicle
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.orders import OrderLine
from optimizer.domain.units import Seconds
from optimizer.response.words import Severity

Ring: TypeAlias = tuple[tuple[float, float], ...]
"""The corners of an area, latitude before longitude, the first one not repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRoad:
    """An area that nobody may drive through.

    Parameters
    ----------
    polygon
        Its corners, in order.
    at
        When we decide, in seconds from the horizon start.
    until
        From when on it is open again; None closes it for the rest of the day.
    """

    polygon: Ring
    at: Seconds
    until: Seconds | None = None
    severity: Severity = Severity.DAMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A van that stands and will not drive again today.

    Parameters
    ----------
    lat, lon
        Where it stands; None places it on its leg by the clock.
    cooling_w
        Watts that still reach each of its compartments.
    """

    vehicle: VehicleId
    at: Seconds
    lat: float | None = None
    lon: float | None = None
    cooling_w: float = 0.0
    severity: Severity = Severity.DAMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLinehaul:
    """Trucks between warehouses that come later than planned; a route or a site is given.

    Parameters
    ----------
    route
        The truck's route: everything that is still ahead of it comes later.
    site
        A grid warehouse: whatever truck still has to call there comes later from there on.
    """

    delay_s: Seconds
    at: Seconds
    route: str | None = None
    site: SiteId | None = None
    severity: Severity = Severity.DAMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentOrder:
    """Order lines that come in while the day runs."""

    lines: tuple[OrderLine, ...]
    at: Seconds
    severity: Severity = Severity.SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupCarrier:
    """Vans of a contracted carrier that join the running day.

    Parameters
    ----------
    vehicles
        Vans that the problem has already, or new ones.
    """

    vehicles: tuple[Vehicle, ...]
    at: Seconds
    severity: Severity = Severity.DAMAGE


Event: TypeAlias = ClosedRoad | Breakdown | LateLinehaul | UrgentOrder | BackupCarrier

KINDS: dict[type[Event], str] = {
    ClosedRoad: "closed_road",
    Breakdown: "breakdown",
    LateLinehaul: "late_linehaul",
    UrgentOrder: "urgent_order",
    BackupCarrier: "backup_carrier",
}
"""What documents call them."""
