"""How long to wait before the next try: twice as long each time, and never all at once."""

from __future__ import annotations

from random import Random


class BackOff:
    """Gives ever longer pauses.

    Parameters
    ----------
    first_s, most_s
        The first pause and the longest one.
    chance
        Shortens each pause by up to a half: a thousand clients of a broker that comes back do not
        knock in the same instant.
    """

    def __init__(self, first_s: float, most_s: float, chance: Random) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._chance = chance
        self._pause_s = first_s

    def next_s(self) -> float:
        """Give the next pause."""
        pause_s = self._pause_s
        self._pause_s = min(2 * pause_s, self._most_s)
        return pause_s * self._chance.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Begin with the first pause again."""
        self._pause_s = self._first_s
