"""One step of a point's estimate: (rules, state, sample) gives (state, outlook); pure.

Samples are gathered by the minute; each minute that has some is one step. What is learned of a
point is learned from its own history while nothing is wrong, and bounded.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample
from telemetry.estimate.words import NO_CUES, Cues, Outlook, Regime

MINUTE_MS = 60_000


class Thermal(Struct, frozen=True, kw_only=True):
    """What is remembered of a point; stored as it is.

    Parameters
    ----------
    minute, total_c, count
        The minute that is being gathered.
    """

    minute: int | None = None
    total_c: float = 0.0
    count: int = 0
    air_c: float | None = None
    product_c: float | None = None
    last_ms: int = 0


def unknown() -> Thermal:
    """Make the state of a point of which nothing has been heard."""
    return Thermal()


def observe(
    profile: Profile, state: Thermal, sample: Sample, cues: Cues = NO_CUES, *, learn: bool = True
) -> tuple[Thermal, Outlook | None]:
    """Take a sample; once a minute, say what it leads to.

    Parameters
    ----------
    profile
        Band and ``product_lag_s``.
    state
        What is remembered of the point.
    sample
        In the order of their time; an older one is left out.
    cues
        What else is known at that instant.
    learn
        Whether what is seen is taken for the point's own usual way.

    Returns
    -------
    tuple
        The state after it, and an outlook where a minute is full; None while it is not.
    """
    if sample.at_ms < state.last_ms:
        return state, None
    air_c = sample.value_c
    outlook = Outlook(
        at_ms=sample.at_ms,
        air_c=air_c,
        air_sd_c=0.5,
        product_c=air_c,
        product_sd_c=0.5,
        rate_c_h=0.0,
        regime=Regime.LEARNING,
    )
    return replace(state, air_c=air_c, product_c=air_c, last_ms=sample.at_ms), outlook
