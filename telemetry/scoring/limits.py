"""The limits a trace is judged by: its zone's own, unless its control band reaches over them.

One rule for all. An edge of the zone that the level of the first half lies beyond for more than two
per cent says nothing of failures. It moves to one degree outside of what the air keeps to in that
half, but for two per cent on each side. Defrosts, which the level does not show, move nothing.
"""

from __future__ import annotations

import numpy as np

from telemetry.alarm.rules import Profile
from telemetry.replay import Adjustment, adjusted
from telemetry.scoring.material import Material

OUTSIDE_PERCENT = 2.0
MARGIN_C = 1.0


def fitted(profile: Profile, material: Material, half_ms: int) -> Profile:
    """Give a profile whose band leaves room around the control band of a trace.

    Parameters
    ----------
    profile
        The zone's.
    material
        The trace.
    half_ms
        Where its first half ends; what comes after is not looked at.
    """
    sides = (OUTSIDE_PERCENT, 100.0 - OUTSIDE_PERCENT)
    low_c, high_c = np.percentile(material.grid_c[material.grid_ms < half_ms], sides)
    coldest_c, warmest_c = np.percentile(material.value_c[material.at_ms < half_ms], sides)
    band = profile.band
    wanted = Adjustment(
        warn_c=round(float(warmest_c) + MARGIN_C, 1) if high_c > band.upper_c else None,
        low_c=round(float(coldest_c) - MARGIN_C, 1) if low_c < band.lower_c else None,
    )
    return adjusted(profile, wanted)
