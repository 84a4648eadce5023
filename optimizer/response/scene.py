"""Everything that a candidate looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.domain.units import Metres
from optimizer.response.outlook import Outlooks
from optimizer.response.roads import Roads
from optimizer.response.situation import Situation
from optimizer.response.words import Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A broken vehicle, the ways around it, and how long its goods keep.

    Parameters
    ----------
    reserved
        Room and docks at stations that others have taken.
    radius_m
        Stations farther off need a person's override.
    """

    here: Situation
    roads: Roads
    ahead: Outlooks
    reserved: Sequence[Reservation]
    radius_m: Metres
