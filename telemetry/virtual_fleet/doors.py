"""Doors that people open, and sometimes leave open; nobody tells the fleet's watchers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telemetry.virtual_fleet.bodies import Bodies

AT_NIGHT = 0.1
"""Share of the openings of working hours that happen outside them."""

SHORTEST_S, LONGEST_S = 10.0, 300.0


class Doors:
    """Opens and closes the doors of a fleet.

    Parameters
    ----------
    bodies
        How each door is used.
    chance
        When, and for how long.
    """

    def __init__(self, bodies: Bodies, chance: np.random.Generator) -> None:
        self._chance = chance
        rates = bodies.openings_per_s
        self._used = rates > 0
        self._pause_s = 1.0 / np.where(self._used, rates, 1.0)
        self._open_s = bodies.open_s
        first = chance.exponential(self._pause_s)
        self._next_s = np.where(self._used, first, np.inf)
        self._until_s = np.full(len(rates), -np.inf)
        self.forced = np.zeros(len(rates), dtype=np.bool_)

    def open_at(self, elapsed_s: float, *, working: bool) -> NDArray[np.bool_]:
        """Say which doors are open; instants come in order.

        Parameters
        ----------
        elapsed_s
            The instant.
        working
            Whether it is within working hours.
        """
        due = np.flatnonzero(self._next_s <= elapsed_s)
        if len(due):
            lasts = np.clip(self._chance.exponential(self._open_s[due]), SHORTEST_S, LONGEST_S)
            used = self._chance.random(len(due)) < (1.0 if working else AT_NIGHT)
            self._until_s[due] = np.where(used, elapsed_s + lasts, self._until_s[due])
            pause = self._chance.exponential(self._pause_s[due])
            self._next_s[due] = elapsed_s + lasts + pause
        return (elapsed_s < self._until_s) | self.forced
