"""A store of readings in memory, for what is exported from one."""

from __future__ import annotations

from collections.abc import Sequence

from telemetry.readings import Channel, Reading


class Readings:
    """Gives readings as a store does, and remembers how much was asked for at once."""

    def __init__(self, *readings: Reading) -> None:
        self._readings = sorted(readings, key=lambda one: (one.at_ms, one.sequence, one.value))
        self.longest_ms = 0

    def readings(
        self,
        sensors: Sequence[str],
        channel: Channel,
        from_ms: int,
        to_ms: int,
        *,
        limit: int | None = None,
    ) -> Sequence[Reading]:
        self.longest_ms = max(self.longest_ms, to_ms - from_ms)
        return [
            one
            for one in self._readings
            if one.sensor in sensors and one.channel is channel and from_ms <= one.at_ms < to_ms
        ]
