"""What the monitor saves of a point, as far as people are shown it: its state and its estimate.

The monitor saves an outlook at once where something begins, ends or threatens, then once a minute
while it threatens, and every five minutes while all is well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.msgpack import Decoder

from telemetry.alarm.state import PointState
from telemetry.estimate.words import Outlook
from telemetry.ports import Store


class SavedPoint(Struct, frozen=True):
    """The part that is shown.

    Parameters
    ----------
    outlook
        None where nothing is foreseen, or was yet.
    """

    state: PointState
    outlook: Outlook | None = None


_DECODER = Decoder(SavedPoint)


def saved_points(store: Store, points: Iterable[str]) -> Mapping[str, SavedPoint]:
    """Read what is saved of points; of which nothing is, those are missing.

    Raises
    ------
    StoreUnavailable
        The store does not answer.
    """
    found = store.states(sorted(set(points)))
    return {name: _DECODER.decode(payload) for name, payload in found.items()}


def outlooks(store: Store, points: Iterable[str]) -> Mapping[str, Outlook]:
    """Read what the estimates of points say; those without one are missing.

    Raises
    ------
    StoreUnavailable
        The store does not answer.
    """
    saved = saved_points(store, points)
    return {name: one.outlook for name, one in saved.items() if one.outlook is not None}
