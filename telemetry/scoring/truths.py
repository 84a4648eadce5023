"""What the truth of a failure is: when the band is left for good, and how long it is watched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.domain.temperature import TemperatureBand
from telemetry.scoring.material import HOUR_MS, MINUTE_MS

HORIZON_MS = 48 * HOUR_MS
"""A breach that comes later is none."""

AFTER_BREACH_MS = 2 * HOUR_MS
"""So long is still watched when it is too late."""


def breach_ms(failed_ms: int, truth_c: Sequence[float], band: TemperatureBand) -> int | None:
    """Say from when on the band is never kept again within the horizon; None where it is.

    Parameters
    ----------
    failed_ms
        When it fails.
    truth_c
        What is protected, at every minute from then on.
    band
        Its edges are inside.
    """
    truth = np.asarray(truth_c[: HORIZON_MS // MINUTE_MS + 1])
    inside = np.flatnonzero((truth <= band.upper_c) & (truth >= band.lower_c))
    after = int(inside[-1]) + 1 if len(inside) else 0
    return None if after == len(truth) else failed_ms + after * MINUTE_MS


def until_ms(failed_ms: int, breaks_ms: int | None) -> int:
    """Say until when a failure is watched."""
    return failed_ms + HORIZON_MS if breaks_ms is None else breaks_ms + AFTER_BREACH_MS
