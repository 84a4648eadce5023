"""How often, and for how long, a receiver that does not confirm is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a receiver that does not confirm is tried again.

    Parameters
    ----------
    first_s, most_s
        Wait after the first failure; doubled with every further one up to the most.
    jitter
        Share by which a wait is longer or shorter, drawn anew each time: receivers that failed
        together shall not come back together.
    give_up_s
        A call that is so old when it fails is given up.
    try_s
        Longer than any try takes; after a crash in the middle of one it is made again then.
    """

    first_s: float = 15.0
    most_s: float = 900.0
    jitter: float = 0.25
    give_up_s: float = 86_400.0
    try_s: float = 60.0

    def wait_ms(self, failures: int, random: Random) -> int:
        """Give the wait after so many failures in a row."""
        doubled = self.first_s * 2.0 ** min(failures - 1, 30)
        share = 1 + random.uniform(-self.jitter, self.jitter)
        return round(1000 * min(doubled, self.most_s) * share)


USUAL_PATIENCE = Patience()
