"""Until when goods stay in a compartment that a diversion empties; pure.

With its acceptance the plan no longer brings them in that vehicle, but they ride in it until they
change hands, and what is given up rides home. Until then they have to be watched, most of all in a
compartment that is broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

LATE = timedelta(minutes=30)
"""Vans meet late: so long after the planned hand-over goods are still taken to be on board."""


def left_until(
    proposal: Mapping[str, Any], vehicle: str, zone: str, home: datetime
) -> dict[str, datetime]:
    """Say until when an accepted proposal leaves goods in the compartments that it empties.

    Parameters
    ----------
    proposal
        As it stands in the answer document.
    vehicle, zone
        The broken compartment.
    home
        When everything is off the vehicle at the latest: what is given up, and what leaves it at a
        place that the proposal does not name.

    Returns
    -------
    dict
        Instants by compartment, as the registry names it; empty where nothing was on board.
    """
    if not proposal["lines"]:
        return {}
    point = f"{vehicle}/{zone}"
    handed = {
        (line["order"], line["line"]): datetime.fromisoformat(hand["ends_at"]) + LATE
        for hand in proposal["handovers"]
        if hand["from_vehicle"] == vehicle
        for line in hand["lines"]
    }
    ends = [handed.get((line["order"], line["line"]), home) for line in proposal["lines"]]
    return {point: max(ends)}
