"""One incident for one lost gateway, instead of one alarm for every point behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from telemetry.alarm.state import PointState
from telemetry.alarm.words import AlarmKind
from telemetry.monitor.gate import Sender
from telemetry.monitor.seats import Seat
from telemetry.registry import Placement, PointKind, Registry

STARTING = "starting"
"""Incident of the first minute after a start: what the broker has kept is still to come."""

MISSED_INTERVALS = 2
"""A sensor that was silent for so many intervals before its gateway was is silent by itself."""


class Excuse(Struct, frozen=True):
    """Why silence of a point raises nothing; None is until something is heard."""

    incident: str
    until_ms: int | None = None


class Gateway:
    """A gateway: when something last came through it, and who is behind it.

    Parameters
    ----------
    seat
        Its place among the points.
    since_ms
        Silence counts from here, where nothing was heard yet.
    """

    __slots__ = ("behind", "heard_ms", "incident", "is_silent", "seat", "since_ms")

    def __init__(self, seat: Seat, since_ms: int) -> None:
        self.seat = seat
        self.since_ms = since_ms
        self.heard_ms = seat.state.last_ms or 0
        self.is_silent = False
        self.incident = seat.point.id
        self.behind: list[Seat] = []

    @property
    def deadline_ms(self) -> int | None:
        """Say when its silence becomes an alarm; None where nobody watches for it."""
        after_s = self.seat.profile.stale_after_s
        if after_s is None:
            return None
        return (
            max(self.heard_ms, self.since_ms, self.seat.state.watch_since_ms or 0) + 1000 * after_s
        )

    def look(self) -> None:
        """Note whether its alarm stands."""
        silent = silence_of(self.seat.state)
        self.is_silent = silent is not None
        if silent is not None:
            self.incident = silent


def silence_of(state: PointState) -> str | None:
    """Give the incident of a stale alarm that stands; None where there is none."""
    for alarm in state.alarms:
        if alarm.kind is AlarmKind.STALE and alarm.is_active:
            return alarm.incident
    return None


class Gateways:
    """All gateways, and which points speak through them.

    Parameters
    ----------
    registry, seats
        Of the monitor.
    since_ms
        When it began to listen.
    """

    def __init__(self, registry: Registry, seats: Mapping[str, Seat], since_ms: int) -> None:
        self._registry = registry
        self._by_name = {
            name: Gateway(seat, since_ms)
            for name, seat in seats.items()
            if seat.point.kind is PointKind.GATEWAY
        }
        for name, seat in seats.items():
            for stay in registry.placements_at(name):
                gateway = self.get(stay.gateway)
                if gateway is not None and seat not in gateway.behind:
                    gateway.behind.append(seat)

    def get(self, name: str | None) -> Gateway | None:
        """Give a gateway; None where there is none of the name."""
        return None if name is None else self._by_name.get(name)

    def recall(self, senders: Iterable[Sender], now_ms: int) -> None:
        """Take up after a restart when something last came through each."""
        for sender in senders:
            for reading in sender.newest:
                if reading is None:
                    continue
                stay = self._registry.place(reading.sensor, reading.at_ms)
                gateway = None if stay is None else self.get(stay.gateway)
                if gateway is not None:
                    gateway.heard_ms = max(gateway.heard_ms, reading.arrived_ms)
        for gateway in self._by_name.values():
            gateway.heard_ms = max(gateway.heard_ms, gateway.seat.state.last_ms or 0)
            gateway.since_ms = now_ms if gateway.heard_ms == 0 else 0
            gateway.look()

    def of(self, seat: Seat, now_ms: int) -> Sequence[Gateway]:
        """Give the gateways that all sensors of a point speak through now; none where one has none.

        Parameters
        ----------
        seat
            The point.
        now_ms
            Which placements count.
        """
        found = [self.get(stay.gateway) for stay in self._stays(seat, now_ms)]
        known = [gateway for gateway in found if gateway is not None]
        return known if len(known) == len(found) else ()

    def excuse(self, seat: Seat, now_ms: int) -> Excuse | None:
        """Say what explains the silence of a point: the loss of every gateway it speaks through."""
        gateways = self.of(seat, now_ms)
        if not gateways:
            return None
        interval_s = min(stay.interval_s for stay in self._stays(seat, now_ms))
        excuses = [_excuse(seat, gateway, interval_s, now_ms) for gateway in gateways]
        found = [excuse for excuse in excuses if excuse is not None]
        if len(found) < len(excuses):
            return None
        ends = [excuse.until_ms for excuse in found if excuse.until_ms is not None]
        return Excuse(found[0].incident, min(ends, default=None))

    def _stays(self, seat: Seat, now_ms: int) -> list[Placement]:
        stays = self._registry.placements_at(seat.point.id)
        return [stay for stay in stays if stay.holds_at(now_ms)]


def _excuse(seat: Seat, gateway: Gateway, interval_s: int, now_ms: int) -> Excuse | None:
    if gateway.is_silent:
        return Excuse(gateway.incident)
    last_ms = seat.state.last_ms or 0
    deadline_ms = gateway.deadline_ms
    together = gateway.heard_ms <= last_ms + 1000 * MISSED_INTERVALS * interval_s
    if together and deadline_ms is not None and now_ms < deadline_ms:
        return Excuse(gateway.incident, deadline_ms)
    return None
