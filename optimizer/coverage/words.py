"""The words of coverage: points and stretches of road without a station, and shares by grid."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Metres, Seconds


class Reason(Enum):
    """Why no station helps: the first of these that leaves none."""

    NO_STATION = "no_station"
    """The network has no station."""

    NO_ROAD = "no_road"
    """No road leads to any."""

    TOO_FAR = "too_far"
    """None lies within the radius."""

    NO_ROOM = "no_room"
    """Within the radius none has room in the zone for what is on board."""

    CLOSED = "closed"
    """Of those none is open when the vehicle would be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The station that is nearest by road, whether it helps or not."""

    site: SiteId
    distance_m: Metres


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoint:
    """A pickup point without a station for a zone.

    Parameters
    ----------
    grid
        Who serves it: by the plan, else as the problem fixes it; empty where nothing says.
    at
        When a van is there; None where the plan brings nothing, and hours do not count then.
    """

    site: SiteId
    grid: SiteId
    zone: Zone
    reason: Reason
    nearest: Nearest | None
    at: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of a leg without a station for a zone that is on board.

    Parameters
    ----------
    leg
        Number of the leg on its route, from 1.
    grid
        Where the route starts.
    from_m, to_m
        Along the leg; half a step to both sides of the places that were looked at.
    starts, ends
        When the vehicle is on it.
    lat, lon
        Its middle.
    nearest
        Of its middle.
    """

    route: str
    vehicle: VehicleId
    leg: int
    from_site: SiteId
    to_site: SiteId
    grid: SiteId
    zone: Zone
    from_m: Metres
    to_m: Metres
    starts: Seconds
    ends: Seconds
    lat: float
    lon: float
    reason: Reason
    nearest: Nearest | None

    @property
    def metres(self) -> Metres:
        """How long it is."""
        return self.to_m - self.from_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What of a grid is covered in a zone.

    Parameters
    ----------
    points, covered_points
        Pickup points that have goods of the zone, or none at all.
    legs, covered_legs
        Legs with goods of the zone on board; covered from end to end.
    metres, covered_metres
        The same by length.
    """

    grid: SiteId
    zone: Zone
    points: int = 0
    covered_points: int = 0
    legs: int = 0
    covered_legs: int = 0
    metres: Metres = 0
    covered_metres: Metres = 0

    def __add__(self, other: Share) -> Share:
        return Share(
            grid=self.grid,
            zone=self.zone,
            points=self.points + other.points,
            covered_points=self.covered_points + other.covered_points,
            legs=self.legs + other.legs,
            covered_legs=self.covered_legs + other.covered_legs,
            metres=self.metres + other.metres,
            covered_metres=self.covered_metres + other.covered_metres,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was found.

    Parameters
    ----------
    radius_m, every_m
        How far a station may be by road, and how often a leg was looked at.
    by_position
        Whether distances were measured from places on the road; else from the sites at both ends
        of the leg, because the source of distances knows sites alone.
    points, gaps
        Without a station, in the order of grid, site and zone, and of route, leg, zone and metre.
    shares
        By grid and zone, in their order.
    """

    radius_m: Metres
    every_m: Metres
    by_position: bool
    points: tuple[OpenPoint, ...]
    gaps: tuple[Gap, ...]
    shares: tuple[Share, ...]

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is uncovered."""
        return not self.points and not self.gaps

    def total(self, zone: Zone) -> Share:
        """Sum up a zone over all grids."""
        return sum(
            (share for share in self.shares if share.zone is zone), Share(grid="", zone=zone)
        )
