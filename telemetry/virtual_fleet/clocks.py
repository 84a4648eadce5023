"""How fast a fleet's time passes, and what its devices' clocks show.

A fleet counts milliseconds from its beginning. A clock says when such an instant has come, and
what stamp a message of that instant bears.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class FleetClock(Protocol):
    """Makes a fleet wait, and stamps its messages."""

    def stamp_ms(self, elapsed_ms: int) -> int:
        """Give the stamp of an instant."""
        ...

    def wait(self, elapsed_ms: int) -> bool:
        """Wait until an instant has come; False says that the fleet shall stop."""
        ...


class OwnTime:
    """Waits for nobody: as fast as possible, with the fleet's own stamps.

    Parameters
    ----------
    start_ms
        Stamp of the beginning.
    stopped
        Asked now and then whether to stop.
    """

    def __init__(self, start_ms: int, stopped: Callable[[], bool] = lambda: False) -> None:
        self._start_ms = start_ms
        self._stopped = stopped

    def stamp_ms(self, elapsed_ms: int) -> int:
        """Give the stamp of an instant."""
        return self._start_ms + elapsed_ms

    def wait(self, elapsed_ms: int) -> bool:
        """Go on at once."""
        return not self._stopped()


class WallTime:
    """Lets time pass as on the wall, or faster by a factor.

    Parameters
    ----------
    now_s
        A clock that never goes back; only differences count.
    pause
        Waits for seconds and says whether to stop: ``Event.wait`` of a thread does.
    began_ms
        What the devices' clocks show at the beginning.
    factor
        Seconds of the fleet in one second of the wall.
    own_stamps
        Whether the devices' clocks run as fast as the fleet; else they keep to the wall, so that
        whoever listens sees messages of now however fast the fleet lives.
    behind_s
        So many seconds of the wall have passed when the fleet begins: it catches up at once.
    """

    def __init__(
        self,
        now_s: Callable[[], float],
        pause: Callable[[float], bool],
        *,
        began_ms: int,
        factor: float = 1.0,
        own_stamps: bool = False,
        behind_s: float = 0.0,
    ) -> None:
        self._now_s = now_s
        self._pause = pause
        self._began_s = now_s() - behind_s
        self._began_ms = began_ms
        self._factor = factor
        self._stamp_factor = 1.0 if own_stamps else factor

    def stamp_ms(self, elapsed_ms: int) -> int:
        """Give the stamp of an instant."""
        return self._began_ms + int(elapsed_ms / self._stamp_factor)

    def wait(self, elapsed_ms: int) -> bool:
        """Wait until the wall says so; at once where the fleet is behind."""
        ahead_s = elapsed_ms / 1000.0 / self._factor - (self._now_s() - self._began_s)
        return not self._pause(max(0.0, ahead_s))
